#include <cinta/framework/nn/losses.hpp>

#include <cinta/framework/core/op.hpp>
#include <cinta/framework/nn/loss_checks.hpp>
#include <cinta/ops/elementwise.hpp>

#include <fmt/format.h>

#include <limits>

namespace cinta {
namespace {

using namespace detail;

constexpr double infinity = std::numeric_limits<double>::infinity();

// Passes what a loss computes on to the next op under the place of the user's call.
struct At {
  Where where;
  Arg operator()(const Tensor& t) const { return {t, where}; }
  Arg operator()(double number) const { return {number, where}; }
};

// A target of i32 or u8 as the prediction's type; f32 with f64 is left for the op to refuse.
Tensor floating_target(const Arg& target, Dtype dtype, const char* loss, Where where) {
  Tensor t = tensor_of(target, loss);
  return is_floating(t.dtype()) ? t : t.to(dtype, where);
}

// Whether each example has one output: then an element is what an example counts.
bool has_one_output(const Tensor& x) { return x.size() == x.shape()[0]; }

// The mean over all axes but the first: [n, …] → [n].
Tensor over_outputs(const Tensor& x, At at) {
  const std::int64_t n = x.shape()[0];
  if (x.rank() == 1) return x;
  if (has_one_output(x)) return reshape(at(x), Shape{n});
  return x.rank() == 2 ? mean(at(x), 1) : mean(at(reshape(at(x), Shape{n, n == 0 ? 0 : x.size() / n})), 1);
}

// ŷ − y, after the checks that all regression losses share.
Tensor difference(const char* loss, const Arg& prediction, const Arg& target) {
  check_same_shape(loss, "prediction", prediction, target);
  const Tensor p = tensor_of(prediction, loss);
  return sub(Arg(p, prediction.where()),
             Arg(floating_target(target, p.dtype(), loss, prediction.where()), target.where()));
}

}  // namespace

Tensor sum(const PerExample& loss, Where where) {
  if (!loss.weight.defined()) return sum(Arg(loss.value, where));
  return sum(Arg(mul(Arg(loss.weight, where), loss.value), where));
}

Tensor mean(const PerExample& loss, Where where) {
  if (!loss.weight.defined()) return mean(Arg(loss.value, where));
  return div(Arg(sum(loss, where), where), sum(Arg(loss.weight, where)));
}

PerExample operator+(const PerExample& loss, const Arg& scalar) {
  if (!scalar.is_number() && values_of(scalar, "add").rank() != 0)
    throw ShapeError(scalar.where(),
                     fmt::format("a scalar is what can be added to every example's loss, not a tensor of shape {}",
                                 to_string(scalar.tensor()->shape())));
  return {add(Arg(loss.value, scalar.where()), scalar), loss.weight};
}

PerExample operator*(const PerExample& loss, const Arg& factor) {
  if (!factor.is_number() && values_of(factor, "mul").rank() != 0)
    throw ShapeError(factor.where(),
                     fmt::format("every example's loss takes the same factor, a scalar, not a tensor of shape {}; "
                                 "weighted(loss, w) weighs examples",
                                 to_string(factor.tensor()->shape())));
  return {mul(Arg(loss.value, factor.where()), factor), loss.weight};
}

PerExample weighted(const PerExample& loss, const Arg& weight) {
  const At at{weight.where()};
  Tensor w = tensor_of(weight, "weighted");
  const std::int64_t n = loss.value.size();
  if (w.shape() == Shape{n, 1}) w = reshape(at(w), loss.value.shape());
  if (!(w.shape() == loss.value.shape()))
    throw ShapeError(
        at.where, fmt::format("weighted: {} examples want weights of shape [{}], not {}", n, n, to_string(w.shape())));
  const Tensor values = convert(w, f64);
  for (std::int64_t i = 0; i < n; ++i)
    if (!(values.data<double>()[i] >= 0))
      throw ValueError(at.where, fmt::format("weighted: the weight in row {} is {}: weights are not negative", i,
                                             values.data<double>()[i]));
  if (!is_floating(w.dtype())) w = w.to(loss.value.dtype(), at.where);
  return {loss.value, loss.weight.defined() ? mul(at(w), loss.weight) : w};
}

PerExample MeanSquaredError::operator()(const Arg& prediction, const Arg& target) const {
  const At at{prediction.where()};
  check_same_shape(name, "prediction", prediction, target);
  Tensor risen;
  if (!is_floating(target.tensor()->dtype())) risen = target.tensor()->to(prediction.tensor()->dtype(), at.where);
  const Arg y = risen.defined() ? Arg(risen, target.where()) : target;
  if (has_one_output(*prediction.tensor())) return {flat_squared_difference(prediction, y), {}};
  return {over_outputs(squared_difference(prediction, y), at), {}};
}

PerExample MeanAbsoluteError::operator()(const Arg& prediction, const Arg& target) const {
  const At at{prediction.where()};
  return {over_outputs(abs(at(difference(name, prediction, target))), at), {}};
}

PerExample Huber::operator()(const Arg& prediction, const Arg& target) const {
  const At at{prediction.where()};
  if (!(delta > 0)) throw ValueError(at.where, fmt::format("huber: delta must be above 0, not {}", delta));
  const Tensor size = abs(at(difference(name, prediction, target)));
  const Tensor cut = minimum(at(size), delta);  // h = cut · (|d| − ½ cut) on both sides of δ
  return {over_outputs(mul(at(cut), sub(at(size), mul(at(cut), 0.5))), at), {}};
}

PerExample BinaryCrossEntropy::operator()(const Arg& logits, const Arg& target) const {
  const At at{logits.where()};
  check_option(name, "label_smoothing", label_smoothing, 0, 1, at.where);
  check_option(name, "positive_weight", positive_weight, 0, infinity, at.where);
  check_same_shape(name, "logits", logits, target);
  const Tensor u = tensor_of(logits, name), t = floating_target(target, u.dtype(), name, at.where);
  check_unit_interval(name, "target", t, at.where);

  const Tensor y = label_smoothing == 0 ? t : add(at(mul(at(t), 1 - label_smoothing)), label_smoothing / 2);
  Tensor values;
  if (positive_weight == 1) {
    values = has_one_output(u) ? flat_binary_cross_entropy(at(u), y) : binary_cross_entropy(at(u), y);
  } else {
    const Tensor positive = mul(at(mul(at(y), positive_weight)), softplus(at(neg(at(u)))));
    values = add(at(positive), mul(at(sub(at(1), y)), softplus(at(u))));
  }
  PerExample loss{over_outputs(values, at), {}};
  if (!class_weights.defined()) return loss;

  if (!has_one_output(u))
    throw ShapeError(
        at.where, fmt::format("binary_cross_entropy: class_weights weigh an example by its one target, but the logits "
                              "{} have several",
                              to_string(u.shape())));
  const Tensor w = checked_class_weights(name, class_weights, 2, f64, at.where);
  const Tensor labels = reshape(at(t.detach()), Shape{u.size()});
  loss.weight = add(at(mul(at(labels), w(1) - w(0))), w(0));
  return loss;
}

}  // namespace cinta
