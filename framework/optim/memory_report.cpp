#include <cinta/framework/optim/memory_report.hpp>

#include <cinta/framework/core/op.hpp>

#include <fmt/format.h>

#include <set>

namespace cinta {
namespace {

std::string readable(std::size_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  auto size = static_cast<double>(bytes);
  const char* unit = "kB";
  size /= 1000;
  for (const char* next : {"MB", "GB", "TB"})
    if (size >= 1000) {
      size /= 1000;
      unit = next;
    }
  return fmt::format("{:.1f} {}", size, unit);
}

}  // namespace

MemoryReport detail::memory_report(const std::vector<Tensor>& of_model, std::size_t optimizer_state) {
  MemoryReport report;
  std::set<const Storage*> counted;  // a buffer that several tensors share counts once
  const auto add = [&](const Tensor& t, std::size_t& to) {
    if (t.defined() && counted.insert(t.storage()).second) to += capacity_of(*t.storage());
  };
  for (const Tensor& t : of_model) add(t, report.parameters);
  report.optimizer_state = optimizer_state;
  if (const Scope* scope = Scope::current(); scope != nullptr && scope->records())
    for (const Tensor& t : scope->tape()->saved) add(t, report.recorded);
  const MemoryUse use = memory_use();
  const std::size_t known = report.parameters + report.optimizer_state + report.recorded;
  report.other = use.in_use > known ? use.in_use - known : 0;
  report.pooled = use.pooled;
  report.peak = MemoryWatch::largest_peak();
  return report;
}

std::string MemoryReport::text() const {
  std::string out;
  const auto line = [&](const char* what, std::size_t bytes) {
    out += fmt::format("{:<36}{:>10}\n", what, readable(bytes));
  };
  line("parameters", parameters);
  line("optimizer state", optimizer_state);
  if (recorded > 0) line("recorded for the backward pass", recorded);
  line("data and other tensors", other);
  line("pool, to be used again", pooled);
  if (peak > 0) {
    line("peak of all tensors", peak);
    line("  of it activations and gradients", working_peak());
  }
  return out;
}

}  // namespace cinta
