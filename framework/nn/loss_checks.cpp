#include <cinta/framework/nn/loss_checks.hpp>

#include <cinta/framework/core/op.hpp>

#include <fmt/format.h>

#include <cmath>

namespace cinta::detail {

const Tensor& checked_tensor(const char* loss, const Arg& arg) { return values_of(arg, loss); }

void check_same_shape(const char* loss, const char* prediction_name, const Arg& prediction, const Arg& target) {
  const Tensor& p = checked_tensor(loss, prediction);
  const Tensor& t = checked_tensor(loss, target);
  const Where where = prediction.where();
  if (p.rank() == 0)
    throw ShapeError(where,
                     fmt::format("{}: the {} is a scalar: its first axis must be the examples", loss, prediction_name));
  if (p.shape() == t.shape()) return;
  throw ShapeError(
      where, fmt::format("{}: {} {} and target {} differ in shape{}", loss, prediction_name, to_string(p.shape()),
                         to_string(t.shape()),
                         p.size() == t.size() ? fmt::format("; reshape the target to {}", to_string(p.shape())) : ""));
}

void check_option(const char* loss, const char* option, double value, double low, double high, Where where) {
  if (value >= low && value <= high) return;
  throw ValueError(where, std::isinf(high)
                              ? fmt::format("{}: {} must be a number from {}, not {}", loss, option, low, value)
                              : fmt::format("{}: {} must lie in [{}, {}], not be {}", loss, option, low, high, value));
}

void check_unit_interval(const char* loss, const char* what, const Tensor& target, Where where) {
  visit_dtype(target.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T* t = target.data<T>();
    const std::int64_t n = target.size();
    for (std::int64_t i = 0; i < n; ++i) {
      if (t[i] >= T(0) && t[i] <= T(1)) [[likely]]
        continue;
      throw InvalidTarget(where, fmt::format("{}: the {} in row {} is {}, not in [0, 1]", loss, what,
                                             i / (n / target.shape()[0]), +t[i]));
    }
  });
}

Tensor checked_class_weights(const char* loss, const Tensor& weights, std::int64_t classes, Dtype dtype, Where where) {
  if (!(weights.shape() == Shape{classes}))
    throw ShapeError(where, fmt::format("{}: {} classes want class_weights of shape [{}], not {}", loss, classes,
                                        classes, to_string(weights.shape())));
  const Tensor w = convert(weights, f64);
  for (std::int64_t c = 0; c < classes; ++c) {
    const double value = w.data<double>()[c];
    if (!(value >= 0) || std::isinf(value))
      throw ValueError(
          where, fmt::format("{}: the weight of class {} is {}: weights are finite and not negative", loss, c, value));
  }
  return dtype == weights.dtype() ? weights.detach() : convert(w, dtype);
}

}  // namespace cinta::detail
