#include <cinta/framework/data/class_weights.hpp>

#include <fmt/format.h>

#include <cmath>
#include <vector>

namespace cinta {

Tensor balanced_class_weights(const Tensor& targets, Size classes, Dtype dtype, Where where) {
  const std::int64_t k = classes;
  if (k < 2) throw ValueError(where, fmt::format("balanced_class_weights: there are {} classes, not two or more", k));
  const Tensor values = convert(targets, f64);
  std::vector<double> rows(static_cast<std::size_t>(k));
  for (const double y : values.span<double>()) {
    if (!(y >= 0) || y >= static_cast<double>(k) || y != std::floor(y))
      throw InvalidTarget(where, fmt::format("balanced_class_weights: {} is none of the classes 0 to {}", y, k - 1));
    ++rows[static_cast<std::size_t>(y)];
  }
  std::vector<double> weights;
  const auto n = static_cast<double>(values.size());
  for (const double of_class : rows) weights.push_back(of_class == 0 ? 1 : n / (static_cast<double>(k) * of_class));
  return convert(tensor(std::span<const double>(weights), {k}), dtype);
}

}  // namespace cinta
