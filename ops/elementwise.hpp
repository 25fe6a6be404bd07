// How elementwise ops run: one fused pass over any number of broadcast operands. For the table of rules and for `map`.
#pragma once

#include <cinta/framework/core/op.hpp>
#include <cinta/ops/run.hpp>

namespace cinta {

/// What a rule's vjp reads, and so what the tape keeps.
enum class Saves : std::uint8_t { nothing, input, output };

/// Which element types an op takes, and what it returns.
enum class Domain : std::uint8_t {
  floating,    // f32, f64 → the same
  arithmetic,  // also i32 → i32 (u8 rises to i32)
  comparison,  // f32, f64, i32 → u8
  finiteness,  // f32, f64 → u8
  logical,     // everything, as x ≠ 0 → u8
};

constexpr int max_operands = 6;

/// Elements of one task.
constexpr std::int64_t elementwise_grain = 1 << 15;

/// The compiled loops of one op for one element type.
template <class T> struct ElementwiseKernels {
  ElementwiseForward forward = nullptr;
  /// gx (= or +=) the gradient of operand i, from g and whatever was saved (`y` null otherwise). gx may be g.
  void (*backward[max_operands])(std::int64_t n, T* gx, bool add, const T* g, const Run* x, const T* y) = {};
};

struct ElementwiseOp : OpDef {
  Domain domain = Domain::floating;
  Saves saves = Saves::input;
  bool mask_first = false;       // operand 0 is a u8 mask, whatever the others are (select)
  unsigned passes_gradient = 0;  // bit i: the vjp of operand i is g itself
  bool flat = false;             // the result is told as a vector, whatever the shape of the operands
  const ElementwiseKernels<float>* f32_kernels = nullptr;
  const ElementwiseKernels<double>* f64_kernels = nullptr;
  ElementwiseForward i32_forward = nullptr;
  ElementwiseForward u8_forward = nullptr;
};

/// Runs and records the op on operands that broadcast together. Throws `ShapeError` for shapes that do not,
/// `DtypeError` for types that do not mix or that the op does not take, with the place of the first argument.
Tensor elementwise(const ElementwiseOp& op, std::initializer_list<const Arg*> arguments);

/// `squared_difference` and `binary_cross_entropy` of operands of one shape, which the caller has checked, as vectors
/// in the order of the elements: of [n, 1] the [n] that a loss gives, without a reshape.
Tensor flat_squared_difference(const Arg& x, const Arg& y);
Tensor flat_binary_cross_entropy(const Arg& logits, const Arg& target);

/// `OpDef::backward` of every ElementwiseOp.
void elementwise_backward(VjpContext& context);

}  // namespace cinta
