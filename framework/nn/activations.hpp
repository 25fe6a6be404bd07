// Activations as layers, for `sequential` and for models that choose one at run time. In a struct of your own the
// functions
// (`tanh(hidden(x))`, ops/ops.hpp) read better. A light header, for everybody.
#pragma once

#include <cinta/ops/ops.hpp>

#include <string_view>

namespace cinta {

struct Identity {
  Tensor operator()(const Arg& x) const;
};
struct Relu {
  Tensor operator()(const Arg& x) const { return relu(x); }
};
struct LeakyRelu {
  double slope = 0.01;
  Tensor operator()(const Arg& x) const { return leaky_relu(x, Arg(slope, x.where())); }
};
struct Elu {
  double alpha = 1;
  Tensor operator()(const Arg& x) const { return elu(x, Arg(alpha, x.where())); }
};
struct Gelu {
  bool tanh_approximation = false;
  Tensor operator()(const Arg& x) const { return gelu(x, {.tanh_approximation = tanh_approximation}); }
};
struct Silu {
  Tensor operator()(const Arg& x) const { return silu(x); }
};
struct Sigmoid {
  Tensor operator()(const Arg& x) const { return sigmoid(x); }
};
struct Tanh {
  Tensor operator()(const Arg& x) const { return tanh(x); }
};
struct Softplus {
  Tensor operator()(const Arg& x) const { return softplus(x); }
};
struct LogSigmoid {
  Tensor operator()(const Arg& x) const { return log_sigmoid(x); }
};
struct Softmax {
  int axis = -1;
  Tensor operator()(const Arg& x) const { return softmax(x, axis); }
};

/// An activation chosen at run time, with the layers' default options.
enum class Activation : std::uint8_t { identity, relu, leaky_relu, elu, gelu, silu, sigmoid, tanh, softplus };

/// "relu".
std::string_view to_string(Activation activation);
/// The activation of that name. Throws `ValueError`: unknown activation "rellu"; did you mean "relu"?
Activation activation_named(std::string_view name, Where where = Where::here());
/// The activation of x.
Tensor apply(Activation activation, const Arg& x);

}  // namespace cinta
