// Functions made into their derivatives: vjp, jvp, jacobian, hessian, hvp. A light header, for everybody.
//
// f is a function of one tensor, or of a vector of them, written in ops. Each transform runs f in a recording of its
// own, in which layers behave as in evaluation, and returns values off the tape; values that f captures are constants.
// For a model, f takes its parameters: `[&](const std::vector<Tensor>& w) { return mean(loss(with_values(net, w)(x),
// y)); }` with x = parameters(net). Seeds and directions have the shapes
// and types of what they go with, else `ShapeError` and `DtypeError`. A constant f has gradients of zero.
#pragma once

#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/tape.hpp>

namespace cinta {

namespace detail {

using TensorFunction = FunctionRef<Tensor(const std::vector<Tensor>&)>;
using Tensors = std::vector<Tensor>;

std::pair<Tensor, Tensors> vjp(TensorFunction f, const Tensors& xs, const Tensor& v, Where where);
std::pair<Tensor, Tensor> jvp(TensorFunction f, const Tensors& xs, const Tensors& v, Where where);
Tensors jacobian(TensorFunction f, const Tensors& xs, Where where);
Tensor hessian(TensorFunction f, const Tensor& x, Where where);
Tensors hvp(TensorFunction f, const Tensors& xs, const Tensors& v, Where where);

// A function of one tensor as one of a vector of them.
template <class F> auto of_first(F& f) {
  return [&f](const Tensors& xs) -> Tensor { return f(xs[0]); };
}

}  // namespace detail

/// f(x) and Σ v·∂f/∂x, of x's shape: reverse mode, one run of f for any number of inputs.
template <class F> std::pair<Tensor, Tensor> vjp(F&& f, const Tensor& x, const Tensor& v, Where where = Where::here()) {
  auto [y, g] = detail::vjp(detail::of_first(f), {x}, v, where);
  return {std::move(y), std::move(g[0])};
}
/// The same for several inputs: a gradient for each.
template <class F> std::pair<Tensor, std::vector<Tensor>> vjp(F&& f, const std::vector<Tensor>& xs, const Tensor& v,
                                                              Where where = Where::here()) {
  return detail::vjp(f, xs, v, where);
}

/// f(x) and ∂f/∂x · v, of f(x)'s shape: the derivative along v. Taken as two vjps, the second of the first with respect
/// to its seed, so every op with a differentiable rule has it.
template <class F> std::pair<Tensor, Tensor> jvp(F&& f, const Tensor& x, const Tensor& v, Where where = Where::here()) {
  return detail::jvp(detail::of_first(f), {x}, {v}, where);
}
/// The same for several inputs, each with its v.
template <class F> std::pair<Tensor, Tensor> jvp(F&& f, const std::vector<Tensor>& xs, const std::vector<Tensor>& v,
                                                 Where where = Where::here()) {
  return detail::jvp(f, xs, v, where);
}

/// ∂f/∂x, of f(x)'s shape followed by x's; one backward pass for each element of f(x).
template <class F> Tensor jacobian(F&& f, const Tensor& x, Where where = Where::here()) {
  return detail::jacobian(detail::of_first(f), {x}, where)[0];
}
/// The same for several inputs: a Jacobian for each.
template <class F> std::vector<Tensor> jacobian(F&& f, const std::vector<Tensor>& xs, Where where = Where::here()) {
  return detail::jacobian(f, xs, where);
}

/// ∂²f/∂x² of a scalar f, of x's shape twice; one backward pass for each element of x. Throws `ShapeError` when f(x)
/// has more than one element.
template <class F> Tensor hessian(F&& f, const Tensor& x, Where where = Where::here()) {
  return detail::hessian(detail::of_first(f), x, where);
}

/// The Hessian of a scalar f times v, without the Hessian: the gradient of ∇f·v. Of x's shape, at the cost of two
/// gradients. Pearlmutter, "Fast exact multiplication by the Hessian", Neural Computation 6 (1994).
template <class F> Tensor hvp(F&& f, const Tensor& x, const Tensor& v, Where where = Where::here()) {
  return detail::hvp(detail::of_first(f), {x}, {v}, where)[0];
}
/// The same for several inputs, each with its v.
template <class F> std::vector<Tensor> hvp(F&& f, const std::vector<Tensor>& xs, const std::vector<Tensor>& v,
                                           Where where = Where::here()) {
  return detail::hvp(f, xs, v, where);
}

}  // namespace cinta
