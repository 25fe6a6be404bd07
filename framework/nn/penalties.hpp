// Penalties on weights, as scalars to add to a loss. A light header, for everybody.
#pragma once

#include <cinta/framework/nn/module.hpp>

namespace cinta {

namespace detail {
Tensor penalty(const char* name, bool squares, const std::vector<NamedConstParameter>& parameters, double lambda,
               std::string_view pattern, Where where);
}

/// λ Σ |w| over the parameters whose names fit the pattern: by default weights, not biases. Differentiable inside a
/// recording scope; a frozen parameter counts as a constant. Throws `ValueError` when λ is negative or no name fits.
template <class M>
Tensor l1(const M& net, double lambda, std::string_view pattern = "*weight", Where where = Where::here()) {
  return detail::penalty("l1", false, named_parameters(net), lambda, pattern, where);
}
/// λ Σ w², as in Keras: the gradient is 2 λ w, where PyTorch's weight_decay adds λ w. Else as `l1`.
template <class M>
Tensor l2(const M& net, double lambda, std::string_view pattern = "*weight", Where where = Where::here()) {
  return detail::penalty("l2", true, named_parameters(net), lambda, pattern, where);
}

}  // namespace cinta
