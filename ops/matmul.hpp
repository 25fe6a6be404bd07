// Matrix products and the linear layer's op. A light header, for everybody; part of ops.hpp.
#pragma once

#include <cinta/ops/activation.hpp>

namespace cinta {

/// Options of `matmul`.
struct MatmulOptions {
  bool transpose_a = false;  ///< use Aᵀ (its last two axes), without a copy
  bool transpose_b = false;  ///< multiply by bᵀ
};
/// A·B: [m, k] × [k, n] → [m, n]; vectors and leading (batch) axes as NumPy's matmul.
/// i32 and u8 rise to the float they meet. Throws `ShapeError` when the inner sizes differ, `DtypeError` when f32 meets
/// f64 and when neither is one of them.
Tensor matmul(const Arg& a, const Arg& b, MatmulOptions options = {});

/// f(x·W + b): x [..., in], W [in, out], b [out] → [..., out], f the activation. Throws as `matmul`.
///
/// One op, also with relu, tanh or sigmoid, whose derivative follows from the result: they run on a part of it while it
/// is in cache. Any other activation is an op of its own. The bits are those of `apply(f, linear(x, W, b))`.
Tensor linear(const Arg& x, const Arg& weight, const Arg& bias, Activation activation = Activation::identity);
/// The same without a bias.
Tensor linear(const Arg& x, const Arg& weight, Activation activation = Activation::identity);

}  // namespace cinta
