#include <cinta/framework/core/memory_watch.hpp>

#include <cinta/framework/core/inspection.hpp>
#include <cinta/framework/core/storage.hpp>

#include <algorithm>
#include <mutex>

namespace cinta {
namespace {

constinit std::mutex watches_mutex;
constinit MemoryWatch* watches = nullptr;

}  // namespace

MemoryWatch::MemoryWatch() : peak_(memory_use().in_use) {
  {
    const std::lock_guard lock(watches_mutex);
    next_ = watches;
    watches = this;
  }
  begin_inspection(Inspection::memory);
}

MemoryWatch::~MemoryWatch() {
  end_inspection(Inspection::memory);
  const std::lock_guard lock(watches_mutex);
  MemoryWatch** link = &watches;
  while (*link != this) link = &(*link)->next_;
  *link = next_;
}

std::size_t MemoryWatch::peak() const {
  const std::lock_guard lock(watches_mutex);
  return peak_;
}

std::size_t MemoryWatch::largest_peak() {
  const std::lock_guard lock(watches_mutex);
  std::size_t peak = 0;
  for (const MemoryWatch* w = watches; w != nullptr; w = w->next_) peak = std::max(peak, w->peak_);
  return peak;
}

void MemoryWatch::sample() {
  const std::size_t now = memory_use().in_use;
  const std::lock_guard lock(watches_mutex);
  for (MemoryWatch* w = watches; w != nullptr; w = w->next_) w->peak_ = std::max(w->peak_, now);
}

}  // namespace cinta
