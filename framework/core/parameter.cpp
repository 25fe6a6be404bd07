#include <cinta/framework/core/parameter.hpp>

#include <cinta/framework/core/arg.hpp>
#include <cinta/framework/core/op.hpp>

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <cstring>
#include <mutex>
#include <vector>

namespace cinta {
namespace {

// Generations of all slots, in blocks that never move, so that `alive` needs no lock.
constexpr int block_size = 4096, max_blocks = 4096;
constinit std::array<std::atomic<std::atomic<std::uint32_t>*>, max_blocks> blocks{};

std::atomic<std::uint32_t>& generation_of(std::int32_t index) {
  const auto i = static_cast<std::uint32_t>(index);
  return blocks[i / block_size].load(std::memory_order_acquire)[i % block_size];
}

struct Slots {
  std::mutex mutex;
  std::vector<std::int32_t> free;
  std::int32_t used = 0;
};
Slots& slots() {
  static auto* s = new Slots;  // never destroyed: static models outlive any order of destruction
  return *s;
}

}  // namespace

Slot::Slot() {
  Slots& s = slots();
  const std::lock_guard lock(s.mutex);
  if (!s.free.empty()) {
    index_ = s.free.back();
    s.free.pop_back();
  } else {
    if (s.used == block_size * max_blocks) throw ValueError("more than 16 million parameters are alive");
    index_ = s.used++;
    auto& block = blocks[static_cast<std::size_t>(index_ / block_size)];
    if (block.load(std::memory_order_relaxed) == nullptr)
      block.store(
          new std::atomic<std::uint32_t>[block_size] {}, std::memory_order_release);
    s.free.reserve(static_cast<std::size_t>(s.used));  // so that release can't throw
  }
  generation_ = generation_of(index_).load(std::memory_order_relaxed);
}

void Slot::release() noexcept {
  Slots& s = slots();
  const std::lock_guard lock(s.mutex);
  generation_of(index_).store(generation_ + 1, std::memory_order_release);
  s.free.push_back(index_);
}

bool Slot::alive(std::int32_t index, std::uint32_t generation) {
  return generation_of(index).load(std::memory_order_acquire) == generation;
}

Parameter& Parameter::operator=(const Parameter& other) {
  if (this == &other) return *this;
  const bool same_place = value_.defined() && other.value_.defined() && !value_.recorded() &&
                          !other.value_.recorded() && value_.dtype() == other.value_.dtype() &&
                          value_.shape() == other.value_.shape();
  if (same_place && is_unique(value_.storage())) std::memcpy(value_.mutable_raw(), other.value_.raw(), value_.bytes());
  else value_ = other.value_;
  slot_ = other.slot_;
  shape_ = other.shape_;
  initializer_ = other.initializer_;
  frozen_ = other.frozen_;
  return *this;
}

Parameter& Parameter::operator=(const Tensor& value) {
  if (!(value.shape() == shape_))
    throw ShapeError(fmt::format("a parameter of shape {} can't take values of shape {}", to_string(shape_),
                                 to_string(value.shape())));
  mutable_value() = value.detach();
  return *this;
}

const Tensor& Parameter::value(Where where) const {
  if (!value_.defined())
    throw ValueError(
        where, fmt::format("a parameter of shape {} was never initialised: call init(net, {{.seed = 1}}), or load it",
                           to_string(shape_)));
  return value_;
}

Parameter::operator Tensor() const { return tensor_of(Arg(*this), "Parameter"); }

Buffer& Buffer::operator=(const Tensor& value) {
  value_ = value.detach();
  return *this;
}

}  // namespace cinta
