// per_example_gradients: the gradient of each example's loss by itself. A light header, for everybody.
#pragma once

#include <cinta/framework/train/fit.hpp>

namespace cinta {

/// The losses of n examples, and the gradients of each.
struct PerExampleGradients {
  PerExample loss;      // values and weights, [n], off the tape
  Gradients gradients;  // [n, the parameter's shape…]

  /// Of a parameter, [n, its shape…]: row i is ∂(wᵢ·lᵢ)/∂p. Throws `TapeError` when no example used it.
  Tensor operator[](const Arg& parameter) const { return gradients[parameter]; }
};

namespace detail {
PerExampleGradients per_example_gradients(std::int64_t rows, const std::vector<NamedConstParameter>& parameters,
                                          LossOfRows loss, Where where);
}

/// ∂(wᵢ·lᵢ)/∂p for each example i of a batch and each trainable parameter p: their sum over Σ w is the gradient of the
/// batch's mean loss. `loss` is as in `fit`: a loss struct, or a function of model and batch.
///
/// Each row goes through the model alone, side by side with others, in a recording of its own: any model whose rows do
/// not look at each other has them, at n times the cost of one example. Inside a recording scope a row has its dropout
/// mask of the whole batch, and the scope then begins its next pass, as after `backward`; outside, layers behave as in
/// evaluation. Throws `DataError` for no rows, `ValueError` for a parameter without values.
template <class M, class L, class B>
PerExampleGradients per_example_gradients(const M& net, const L& loss, const B& batch, Where where = Where::here()) {
  return detail::per_example_gradients(
      rows_of(batch, where), detail::trainable(net),
      [&](std::int64_t begin, std::int64_t end) {
        return detail::loss_of(loss, net, rows(batch, begin, end, where), end - begin, where);
      },
      where);
}
/// The same for a plain batch, so that braces do: `per_example_gradients(net, loss, {x, y})`.
template <class M, class L> PerExampleGradients per_example_gradients(const M& net, const L& loss, const Batch& batch,
                                                                      Where where = Where::here()) {
  return per_example_gradients<M, L, Batch>(net, loss, batch, where);
}

}  // namespace cinta
