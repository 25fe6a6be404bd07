// Layers: modules to build models from. A light header, for everybody; activations and dropout have headers of their
// own.
//
// A layer is called with a tensor and passes the place of the call on, so that an error names the user's line.
#pragma once

#include <cinta/framework/core/size.hpp>
#include <cinta/framework/nn/activations.hpp>
#include <cinta/framework/nn/dropout.hpp>
#include <cinta/framework/nn/init.hpp>

namespace cinta {

/// Options of `Linear`.
struct LinearOptions {
  bool bias = true;                     ///< whether there is one
  Scheme weight_init = glorot_uniform;  ///< how W is drawn
  Scheme bias_init = Initializer{};     ///< zeros
};

/// y = x·W + b: x [..., in] → [..., out]; called with an activation f, y = f(x·W + b) (ops/matmul.hpp).
///
/// Parameters: `weight` [in, out] and, unless `{.bias = false}`, `bias` [out]. By default the weight is Glorot uniform
/// and the bias zero, as in Keras (PyTorch draws both from ±1/√in). Throws `ValueError` for sizes under 1; when called,
/// `ShapeError` for another number of features and `ValueError` for parameters that were never initialised.
class Linear {
 public:
  /// From `in` features to `out`; throws `ValueError` for sizes under 1.
  Linear(Size in, Size out, LinearOptions options = {}, Where where = Where::here());

  /// f(x·W + b), f the activation.
  Tensor operator()(const Arg& x, Activation activation = Activation::identity) const;

  /// Features of x.
  std::int64_t in() const { return weight.shape()[0]; }
  /// Features of y.
  std::int64_t out() const { return weight.shape()[1]; }
  /// Whether b is there.
  bool has_bias() const { return has_bias_; }

  template <class Self> static void visit(Self& self, auto&& f) {
    f("weight", self.weight);
    if (self.has_bias_) f("bias", self.bias);
  }

  Parameter weight;  ///< W [in, out]
  Parameter bias;    ///< b [out]

 private:
  bool has_bias_;
};

/// [n, a, b, …] → [n, a·b·…]: the buffer is shared. Throws `ShapeError` for a scalar.
struct Flatten {
  Tensor operator()(const Arg& x) const;
};

}  // namespace cinta
