// Activations by name, for what chooses one at run time. A light header, for everybody; part of ops.hpp.
#pragma once

#include <cinta/framework/core/arg.hpp>

#include <string_view>

namespace cinta {

/// An activation chosen at run time, with the default options of its op (ops.hpp).
enum class Activation : std::uint8_t { identity, relu, leaky_relu, elu, gelu, silu, sigmoid, tanh, softplus };

/// "relu".
std::string_view to_string(Activation activation);
/// The activation of that name. Throws `ValueError`: unknown activation "rellu"; did you mean "relu"?
Activation activation_named(std::string_view name, Where where = Where::here());
/// The activation of x.
Tensor apply(Activation activation, const Arg& x);

}  // namespace cinta
