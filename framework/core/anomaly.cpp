#include <cinta/framework/core/anomaly.hpp>

#include <cinta/framework/core/inspection.hpp>

#include <fmt/format.h>

#include <cmath>
#include <optional>

namespace cinta {
namespace {

// "inf at [3, 1] (2 of 64 elements)", or nothing when all are finite.
std::optional<std::string> not_finite(const Tensor& x) {
  if (!is_floating(x.dtype())) return {};
  std::int64_t first = -1, count = 0;
  double value = 0;
  const auto look = [&](const auto* elements) {
    for (std::int64_t i = 0; i < x.size(); ++i) {
      if (std::isfinite(elements[i])) continue;
      if (first < 0) {
        first = i;
        value = static_cast<double>(elements[i]);
      }
      ++count;
    }
  };
  if (x.dtype() == f64) look(x.data<double>());
  else look(x.data<float>());
  if (count == 0) return {};
  std::string index;
  for (int axis = x.rank() - 1; axis >= 0; --axis) {
    index = fmt::format("{}{}{}", first % x.shape()[axis], index.empty() ? "" : ", ", index);
    first /= x.shape()[axis];
  }
  return fmt::format("{} at [{}] ({} of {} elements)", value, index, count, x.size());
}

}  // namespace

AnomalyMode::AnomalyMode() { begin_inspection(Inspection::anomaly); }
AnomalyMode::~AnomalyMode() { end_inspection(Inspection::anomaly); }

void check_value(const char* op, const Tensor& y, Where where, const Input* inputs, std::size_t count) {
  const auto found = not_finite(y);
  if (!found) return;
  for (std::size_t i = 0; i < count; ++i)
    if (const auto there = inputs[i].tensor == nullptr ? std::nullopt : not_finite(*inputs[i].tensor))
      throw AnomalyError(
          where, fmt::format("{}: its value is not finite: {}; nor is its input {}: {}", op, *found, i, *there));
  throw AnomalyError(
      where, fmt::format("{}: its value is not finite{}: {}", op, count == 0 ? "" : ", though its inputs are", *found));
}

void check_gradients(const VjpContext& context, const std::vector<Tensor>& gradients) {
  for (int i = 0; i < context.inputs(); ++i) {
    const std::int32_t e = context.edge(i);
    if (e < 0 || !gradients[static_cast<std::size_t>(e)].defined()) continue;
    if (const auto found = not_finite(gradients[static_cast<std::size_t>(e)]))
      throw AnomalyError(context.where(), fmt::format("{}: the gradient of its input {} is not finite: {}",
                                                      context.op().name, i, *found));
  }
}

}  // namespace cinta
