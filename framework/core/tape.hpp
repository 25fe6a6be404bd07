// Differentiation as users see it: variable, backward, grad, value_and_grad. A light header, for everybody.
#pragma once

#include <cinta/framework/core/arg.hpp>
#include <cinta/framework/core/gradients.hpp>
#include <cinta/framework/core/scope.hpp>

#include <vector>

namespace cinta {

/// x as a leaf of this scope's tape, whose gradient is found by `g[x]`. Throws `TapeError` outside a recording scope.
Tensor variable(const Tensor& x, Where where = Where::here());

/// Options of `backward`.
struct BackwardOptions {
  bool retain_graph = false;  // keep the tape, for a second loss on the same values
};

/// The gradients of a scalar loss with respect to every parameter and variable that it was computed from; the tape is
/// cleared, also of what was recorded beside the loss. Throws `ShapeError` for a loss of more than one element,
/// `TapeError` for one that was not recorded, was cleared, or whose parameters are gone.
Gradients backward(const Arg& loss, BackwardOptions options = {});

/// Options of `grad`.
struct GradOptions {
  bool create_graph = false;  // record the gradients, so that they can be differentiated again
  bool allow_unused = false;  // give zeros instead of throwing for an x that y does not depend on
};

/// ∂y/∂xᵢ as values, for a scalar y, or Σ v·∂y/∂xᵢ with a `seed` v of y's shape. The xs are leaves or any recorded
/// values; the tape stays as it is.
std::vector<Tensor> grad(const Arg& y, const std::vector<Tensor>& xs, GradOptions options = {});
/// The same for a y of any shape: the gradients of Σ seed · y, seed of y's shape.
std::vector<Tensor> grad(const Arg& y, const std::vector<Tensor>& xs, const Tensor& seed, GradOptions options = {});
/// Σⱼ vⱼ·∂yⱼ/∂xᵢ for several ys, each with a seed v of its shape, in one sweep.
std::vector<Tensor> grad(const std::vector<Tensor>& ys, const std::vector<Tensor>& xs, const std::vector<Tensor>& seeds,
                         GradOptions options = {}, Where where = Where::here());

/// f(x) and its gradient with respect to x, in a recording of its own: `auto [value, gx] = value_and_grad(f, x);`
template <class F> std::pair<Tensor, Tensor> value_and_grad(F&& f, const Tensor& x, Where where = Where::here()) {
  Recording recording(where.file, where.line);
  const Tensor leaf = variable(x, where);
  const Tensor y = f(leaf);
  Tensor g = grad(Arg(y, where), {leaf})[0];
  return {y.detach(), g.detach()};
}

}  // namespace cinta
