// CrossEntropy, for class indices and for probabilities.
#include <cinta/framework/core/op.hpp>
#include <cinta/framework/nn/loss_checks.hpp>
#include <cinta/framework/nn/losses.hpp>

#include <fmt/format.h>

namespace cinta {
namespace {

using namespace detail;

// With label smoothing a class of weight 0 has a loss all the same (PyTorch's formula); a power of two keeps w·l exact.
constexpr double least_weight = 0x1p-60;

// Class indices as [n] i32, checked: 0 where the row is ignored.
struct Classes {
  Tensor index;
  Tensor counted;  // u8 [n], 0 where ignored; undefined when no row is
};

Classes checked_classes(const Tensor& target, std::int64_t classes, std::int64_t ignored, Where where) {
  const std::int64_t n = target.size();
  Classes result{with_shape(target.dtype() == i32 ? target.detach() : convert(target, i32), Shape{n}), {}};
  const std::int32_t* y = result.index.data<std::int32_t>();
  bool any_ignored = false;
  for (std::int64_t i = 0; i < n; ++i) {
    if (y[i] == ignored) [[unlikely]]
      any_ignored = true;
    else if (y[i] < 0 || y[i] >= classes) [[unlikely]]
      throw InvalidTarget(
          where, fmt::format("cross_entropy: the target in row {} is {}, but the logits have {} classes (0 to {})", i,
                             y[i], classes, classes - 1));
  }
  if (!any_ignored) return result;
  result.counted = empty(Shape{n}, u8);
  auto* counted = result.counted.mutable_data<std::uint8_t>();
  auto* index = result.index.mutable_data<std::int32_t>();
  for (std::int64_t i = 0; i < n; ++i) {
    counted[i] = index[i] != ignored;
    if (counted[i] == 0) index[i] = 0;
  }
  return result;
}

[[noreturn]] void refuse_target(const Shape& logits, const Tensor& target, Where where) {
  const std::int64_t n = logits[0];
  const bool one_each = target.shape() == Shape{n} || target.shape() == Shape{n, 1};
  if (is_floating(target.dtype()) && one_each)
    throw ShapeError(
        where,
        fmt::format("cross_entropy: targets of {} are probabilities, of the shape of the logits, {}; classes are i32: "
                    "target.to(i32)",
                    to_string(target.dtype()), to_string(logits)));
  if (is_floating(target.dtype()))
    throw ShapeError(where, fmt::format("cross_entropy: logits {} want targets {}, not {}", to_string(logits),
                                        to_string(logits), to_string(target.shape())));
  throw ShapeError(where, fmt::format("cross_entropy: logits {} want one class for each row, targets [{}], not {}",
                                      to_string(logits), n, to_string(target.shape())));
}

// Σ_c w_c x_c over the last axis, w undefined being 1 for each.
Tensor weighted_sum(const Tensor& x, const Tensor& w, Where where) {
  return sum(Arg(w.defined() ? mul(Arg(x, where), w) : x, where), 1);
}

PerExample with_probabilities(const Tensor& log_p, Tensor t, const Tensor& w, double smoothing, Where where) {
  const auto k = static_cast<double>(log_p.shape()[1]);
  if (smoothing != 0) t = add(Arg(mul(Arg(t, where), 1 - smoothing), where), smoothing / k);
  return {neg(Arg(weighted_sum(mul(Arg(t, where), log_p), w, where), where)), {}};
}

PerExample with_classes(const Tensor& logits, const Classes& classes, const Tensor& w, double smoothing, Where where) {
  const auto at = [where](const Tensor& t) { return Arg(t, where); };
  PerExample loss;
  if (w.defined()) {
    loss.weight = index_select(at(w), classes.index);
    if (smoothing != 0) loss.weight = maximum(at(loss.weight), least_weight);
  }
  loss.value = softmax_cross_entropy(at(logits), classes.index);
  if (smoothing != 0) {
    const Tensor all = weighted_sum(log_softmax(at(logits), 1), w, where);
    Tensor spread = mul(at(all), -smoothing / static_cast<double>(logits.shape()[1]));
    if (w.defined()) spread = div(at(spread), loss.weight);
    loss.value = add(at(mul(at(loss.value), 1 - smoothing)), spread);
  }
  if (!classes.counted.defined()) return loss;
  loss.value = select(at(classes.counted), loss.value, 0);
  const Tensor counted = classes.counted.to(logits.dtype(), where);
  loss.weight = w.defined() ? mul(at(loss.weight), counted) : counted;
  return loss;
}

}  // namespace

PerExample CrossEntropy::operator()(const Arg& logits, const Arg& target) const {
  const Where where = logits.where();
  check_option(name, "label_smoothing", label_smoothing, 0, 1, where);
  const Tensor u = tensor_of(logits, name);
  const Tensor t = tensor_of(target, name);
  if (u.rank() != 2 || u.shape()[1] == 0)
    throw ShapeError(where,
                     fmt::format("cross_entropy: the logits have shape {}, not [n, classes]", to_string(u.shape())));
  const std::int64_t n = u.shape()[0], k = u.shape()[1];
  const bool fits = is_floating(t.dtype()) ? t.shape() == u.shape() : t.shape() == Shape{n} || t.shape() == Shape{n, 1};
  if (!fits) refuse_target(u.shape(), t, where);

  Tensor w;
  if (class_weights.defined()) w = checked_class_weights(name, class_weights, k, u.dtype(), where);
  if (is_floating(t.dtype())) {
    check_unit_interval(name, "probability", t, where);
    return with_probabilities(log_softmax(Arg(u, where), 1), t, w, label_smoothing, where);
  }
  const Classes classes = checked_classes(t, k, ignore_index, where);
  return with_classes(u, classes, w, label_smoothing, where);
}

}  // namespace cinta
