// Mlp: a multilayer perceptron whose widths and activation are chosen at run time. A light header, for everybody.
#pragma once

#include <cinta/framework/nn/layers.hpp>

#include <vector>

namespace cinta {

/// Options of `Mlp`.
struct MlpOptions {
  Size inputs = 0;                           ///< features of an example
  std::vector<Size> hidden = {};             ///< units of each hidden layer; none: a linear model
  Size outputs = 1;                          ///< 1, or the number of classes
  Activation activation = Activation::relu;  ///< of the hidden layers; `activation_named("relu")` takes text
  double dropout = 0;                        ///< after each hidden layer
};

/// x [n, inputs] → [n, outputs]: linear, activation and dropout for each hidden layer, then linear.
///
/// The output has no activation: it is the prediction in regression, and the logits in classification. Parameters are
/// `layers.0.weight`, `layers.0.bias`, …. Hidden weights are He uniform before ReLU and its like, else Glorot uniform,
/// as the output's are; biases zero. Throws `ValueError` for sizes under 1 or a dropout outside [0, 1).
class Mlp {
 public:
  /// Without values until `init` or `load`; throws `ValueError`.
  explicit Mlp(MlpOptions options, Where where = Where::here());

  Tensor operator()(const Arg& x) const;

  /// As they were given.
  const MlpOptions& options() const { return options_; }

  template <class Self> static void visit(Self& self, auto&& f) { f("layers", self.layers); }

  std::vector<Linear> layers;  ///< the hidden ones, then the output's

 private:
  MlpOptions options_;
};

}  // namespace cinta
