// Activations as layers, for `sequential`. In a struct of your own the functions (`tanh(hidden(x))`, ops/ops.hpp) read
// better; one chosen at run time is an `Activation` (ops/activation.hpp). A light header, for everybody.
#pragma once

#include <cinta/ops/ops.hpp>

namespace cinta {

/// x itself.
struct Identity {
  Tensor operator()(const Arg& x) const;
};
/// max(x, 0).
struct Relu {
  Tensor operator()(const Arg& x) const { return relu(x); }
};
/// x where x > 0, else slope · x.
struct LeakyRelu {
  double slope = 0.01;  ///< for negative x
  Tensor operator()(const Arg& x) const { return leaky_relu(x, Arg(slope, x.where())); }
};
/// x where x > 0, else α (eˣ − 1).
struct Elu {
  double alpha = 1;  ///< α
  Tensor operator()(const Arg& x) const { return elu(x, Arg(alpha, x.where())); }
};
/// x · Φ(x).
struct Gelu {
  bool tanh_approximation = false;  ///< Φ by the tanh formula
  Tensor operator()(const Arg& x) const { return gelu(x, {.tanh_approximation = tanh_approximation}); }
};
/// x · σ(x).
struct Silu {
  Tensor operator()(const Arg& x) const { return silu(x); }
};
/// σ(x) = 1 / (1 + e⁻ˣ).
struct Sigmoid {
  Tensor operator()(const Arg& x) const { return sigmoid(x); }
};
/// tanh x.
struct Tanh {
  Tensor operator()(const Arg& x) const { return tanh(x); }
};
/// log(1 + eˣ).
struct Softplus {
  Tensor operator()(const Arg& x) const { return softplus(x); }
};
/// log σ(x).
struct LogSigmoid {
  Tensor operator()(const Arg& x) const { return log_sigmoid(x); }
};
/// eˣ / Σ eˣ along an axis.
struct Softmax {
  int axis = -1;  ///< negative ones count from the end
  Tensor operator()(const Arg& x) const { return softmax(x, axis); }
};

}  // namespace cinta
