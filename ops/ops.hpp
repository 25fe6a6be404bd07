// Every public op, declared and documented. A light header, for everybody.
//
// Ops take tensors, parameters, buffers and numbers, and broadcast as NumPy does. f32 with f64 throws `DtypeError`; i32
// and u8 rise to the float they meet; a number takes the tensor's type. Shapes that do not fit throw `ShapeError`. All
// errors name the line of the call. Inside a recording scope results are recorded if an operand is.
#pragma once

#include <cinta/framework/core/tape.hpp>
#include <cinta/ops/matmul.hpp>

#include <vector>

namespace cinta {

// --- elementwise: arithmetic
// ------------------------------------------------------------------------------------------------ The formulas and
// sources stand with the rules, in ops/elementwise_rules.hpp. Arithmetic also takes i32.

/// −x.
Tensor neg(const Arg& x);
/// x + y.
Tensor add(const Arg& x, const Arg& y);
/// x − y.
Tensor sub(const Arg& x, const Arg& y);
/// x · y.
Tensor mul(const Arg& x, const Arg& y);
/// x / y; floats only.
Tensor div(const Arg& x, const Arg& y);
/// x^y; floats only. 0⁰ = 1.
Tensor pow(const Arg& x, const Arg& y);
/// The larger, elementwise; NaN wins; a tie gives half the gradient to each side.
Tensor maximum(const Arg& x, const Arg& y);
/// The smaller, elementwise; NaN wins; a tie gives half the gradient to each side.
Tensor minimum(const Arg& x, const Arg& y);
/// |x|, with derivative 0 at 0.
Tensor abs(const Arg& x);
/// −1, 0 or 1.
Tensor sign(const Arg& x);
/// x².
Tensor square(const Arg& x);

/// −x.
inline Tensor operator-(const Arg& x) { return neg(x); }
/// x + y.
inline Tensor operator+(const Arg& x, const Arg& y) { return add(x, y); }
/// x − y.
inline Tensor operator-(const Arg& x, const Arg& y) { return sub(x, y); }
/// x · y.
inline Tensor operator*(const Arg& x, const Arg& y) { return mul(x, y); }
/// x / y; floats only.
inline Tensor operator/(const Arg& x, const Arg& y) { return div(x, y); }
/// x = x + y, and so on: the handle is bound anew, and a graph that holds the old value keeps it.
inline Tensor& operator+=(Tensor& x, const Arg& y) { return x = add(Arg(x, y.where()), y); }
/// x = x − y.
inline Tensor& operator-=(Tensor& x, const Arg& y) { return x = sub(Arg(x, y.where()), y); }
/// x = x · y.
inline Tensor& operator*=(Tensor& x, const Arg& y) { return x = mul(Arg(x, y.where()), y); }
/// x = x / y.
inline Tensor& operator/=(Tensor& x, const Arg& y) { return x = div(Arg(x, y.where()), y); }

// --- elementwise: functions
// -------------------------------------------------------------------------------------------------

/// √x; NaN below 0.
Tensor sqrt(const Arg& x);
/// eˣ.
Tensor exp(const Arg& x);
/// eˣ − 1, exact near 0.
Tensor expm1(const Arg& x);
/// log x, the natural logarithm; −∞ at 0, NaN below.
Tensor log(const Arg& x);
/// log(1 + x), exact near 0.
Tensor log1p(const Arg& x);
/// sin x, x in radians.
Tensor sin(const Arg& x);
/// cos x, x in radians.
Tensor cos(const Arg& x);
/// The error function.
Tensor erf(const Arg& x);

// --- elementwise: activations
// -----------------------------------------------------------------------------------------------

/// tanh x.
Tensor tanh(const Arg& x);
/// σ(x) = 1 / (1 + e⁻ˣ).
Tensor sigmoid(const Arg& x);
/// log σ(x), finite for any finite x.
Tensor log_sigmoid(const Arg& x);
/// log(1 + eˣ), finite for any finite x.
Tensor softplus(const Arg& x);
/// max(x, 0), with derivative 0 at 0.
Tensor relu(const Arg& x);
/// x where x > 0, else slope · x.
Tensor leaky_relu(const Arg& x, const Arg& slope = Arg(0.01, Where{}));
/// x where x > 0, else α (eˣ − 1).
Tensor elu(const Arg& x, const Arg& alpha = Arg(1.0, Where{}));
/// Options of `gelu`.
struct GeluOptions {
  bool tanh_approximation = false;  ///< Φ by the tanh formula
};
/// x · Φ(x), exactly, or by the tanh approximation.
Tensor gelu(const Arg& x, GeluOptions options = {});
/// x · σ(x).
Tensor silu(const Arg& x);
/// 1 where x ≥ 0, else 0 (also for NaN). It has no derivative: asking for one throws; detach what it is taken of.
Tensor step(const Arg& x);
/// min(max(x, low), high). The gradient passes where low ≤ x ≤ high.
Tensor clamp(const Arg& x, const Arg& low, const Arg& high);

// --- elementwise: losses

/// (x − y)².
Tensor squared_difference(const Arg& x, const Arg& y);
/// −(y log σ(u) + (1 − y) log(1 − σ(u))) of logits u and targets y, finite for any finite logit.
Tensor binary_cross_entropy(const Arg& logits, const Arg& target);

// --- masks: u8 tensors of 0 and 1, without gradients
// ------------------------------------------------------------------------

/// x < y.
Tensor less(const Arg& x, const Arg& y);
/// x ≤ y.
Tensor less_equal(const Arg& x, const Arg& y);
/// x > y.
Tensor greater(const Arg& x, const Arg& y);
/// x ≥ y.
Tensor greater_equal(const Arg& x, const Arg& y);
/// x = y; a NaN equals nothing.
Tensor equal(const Arg& x, const Arg& y);
/// x ≠ y; a NaN differs from everything.
Tensor not_equal(const Arg& x, const Arg& y);
/// x < y.
inline Tensor operator<(const Arg& x, const Arg& y) { return less(x, y); }
/// x ≤ y.
inline Tensor operator<=(const Arg& x, const Arg& y) { return less_equal(x, y); }
/// x > y.
inline Tensor operator>(const Arg& x, const Arg& y) { return greater(x, y); }
/// x ≥ y.
inline Tensor operator>=(const Arg& x, const Arg& y) { return greater_equal(x, y); }
/// x = y.
inline Tensor operator==(const Arg& x, const Arg& y) { return equal(x, y); }
/// x ≠ y.
inline Tensor operator!=(const Arg& x, const Arg& y) { return not_equal(x, y); }
/// Neither infinite nor NaN.
Tensor isfinite(const Arg& x);
/// Of x ≠ 0 and y ≠ 0, for any types.
Tensor logical_and(const Arg& x, const Arg& y);
/// Of x ≠ 0 or y ≠ 0, for any types.
Tensor logical_or(const Arg& x, const Arg& y);
/// Whether exactly one of x ≠ 0 and y ≠ 0 holds, for any types.
Tensor logical_xor(const Arg& x, const Arg& y);
/// x = 0, for any type.
Tensor logical_not(const Arg& x);
/// `logical_and`.
inline Tensor operator&(const Arg& x, const Arg& y) { return logical_and(x, y); }
/// `logical_or`.
inline Tensor operator|(const Arg& x, const Arg& y) { return logical_or(x, y); }
/// `logical_xor`.
inline Tensor operator^(const Arg& x, const Arg& y) { return logical_xor(x, y); }
/// `logical_not`.
inline Tensor operator!(const Arg& x) { return logical_not(x); }
/// a where the mask is not 0, else b. Both are computed; the one not taken leaves no trace in the value, and its
/// gradient is 0 there, which a derivative that is infinite or NaN further back still makes NaN: keep √ or log of it
/// inside its domain.
Tensor select(const Arg& mask, const Arg& a, const Arg& b);

// --- reductions
// -------------------------------------------------------------------------------------------------------------

/// The axes of a reduction: one, several, or (by default) all; negative ones count from the end.
class Axes {
 public:
  constexpr Axes() = default;
  /// One axis.
  constexpr Axes(int axis) : axes_{axis}, count_(1) {}
  /// Several axes.
  constexpr Axes(std::initializer_list<int> axes) {
    for (const int a : axes) {
      if (count_ < Shape::max_rank) axes_[count_] = a;
      ++count_;
    }
  }
  /// Whether no axis is named: all are meant.
  constexpr bool all() const { return count_ == 0; }
  /// As bits; throws `ShapeError` for an axis out of range or named twice.
  unsigned bits(int rank, const char* op, Where where) const;

 private:
  int axes_[Shape::max_rank] = {};
  int count_ = 0;  // 0: all
};
/// Options of reductions.
struct ReduceOptions {
  bool keepdims = false;  // reduced axes stay, of size 1
};

/// Σ x. Integers are summed as i32 and wrap.
Tensor sum(const Arg& x, Axes axes = {}, ReduceOptions options = {});
/// Σ / n; NaN for n = 0. Floats only.
Tensor mean(const Arg& x, Axes axes = {}, ReduceOptions options = {});
/// The largest element (NaN wins); several of them share the gradient evenly. Throws `ShapeError` over nothing.
Tensor max(const Arg& x, Axes axes = {}, ReduceOptions options = {});
/// The smallest element (NaN wins); several of them share the gradient evenly. Throws `ShapeError` over nothing.
Tensor min(const Arg& x, Axes axes = {}, ReduceOptions options = {});
/// Options of `var`.
struct VarOptions {
  bool keepdims = false;
  double correction = 1;  // divides by n − correction: 1 as PyTorch, 0 as NumPy
};
/// Σ (x − mean)² / (n − correction), in two passes and in f64; NaN or ∞ where n ≤ correction. Floats only.
Tensor var(const Arg& x, Axes axes = {}, VarOptions options = {});
/// log Σ eˣ = m + log Σ e^(x − m), m = max x; −∞, with gradient 0, over nothing or over −∞ alone. Floats only.
Tensor logsumexp(const Arg& x, Axes axes = {}, ReduceOptions options = {});
/// The index of the first largest element (NaN counts as largest) along the axis, i32; no gradient.
Tensor argmax(const Arg& x, int axis = -1, ReduceOptions options = {});
/// The index of the first smallest element (NaN counts as smallest) along the axis, i32; no gradient.
Tensor argmin(const Arg& x, int axis = -1, ReduceOptions options = {});

/// eˣ / Σ eˣ along the axis, as e^(x − max x) / Σ e^(x − max x): without overflow. Floats only.
Tensor softmax(const Arg& x, int axis = -1);
/// (x − max x) − log Σ e^(x − max x) along the axis, in that order: finite for any finite x. The logarithm is taken as
/// log1p of the sum without one largest term, so that log_softmax(0, −100) is (−3.7e-44, −100), not (0, −100).
Tensor log_softmax(const Arg& x, int axis = -1);
/// −log softmax(x)ᵢ[classᵢ] of each row i: logits [n, k] and classes [n], i32; of shape [n], in one pass over each row
/// forward and one backward, without the [n, k] of the logarithms. Throws `ShapeError`, and `InvalidTarget` for a class
/// outside [0, k).
Tensor softmax_cross_entropy(const Arg& logits, const Arg& classes);

// --- layout
// -----------------------------------------------------------------------------------------------------------------

/// The same elements under another shape; one size may be −1. The buffer is shared.
Tensor reshape(const Arg& x, std::initializer_list<std::int64_t> shape);
/// The same for a Shape.
Tensor reshape(const Arg& x, const Shape& shape);
/// Without the axes of size 1 (all of them, or those named, which must be of size 1).
Tensor squeeze(const Arg& x, Axes axes = {});
/// With an axis of size 1 before `axis` (negative ones count from the end of the result).
Tensor unsqueeze(const Arg& x, int axis);
/// Two axes swapped; by default the last two. Copies: `matmul` has flags that need none.
Tensor transpose(const Arg& x, int axis0 = -2, int axis1 = -1);
/// Axis i of the result is axis `order[i]` of x.
Tensor permute(const Arg& x, std::initializer_list<int> order);
// broadcast_to(x, shape) and sum_to(x, shape) stand below, declared again from the tape's own.
Tensor sum_to(const Arg& x, const Shape& shape);
Tensor broadcast_to(const Arg& x, const Shape& shape);
/// Joined along an axis; all other sizes agree.
Tensor concat(const std::vector<Tensor>& xs, int axis = 0, Where where = Where::here());
/// Joined along a new axis; all shapes agree.
Tensor stack(const std::vector<Tensor>& xs, int axis = 0, Where where = Where::here());
/// Options of `slice`.
struct SliceOptions {
  std::int64_t step = 1;  ///< of the index; negative: backwards
};
/// Elements begin, begin + step, … below end (above, for a negative step) along an axis; negative bounds count from the
/// end, and bounds beyond it are cut, as Python's.
Tensor slice(const Arg& x, int axis, std::int64_t begin, std::int64_t end, SliceOptions options = {});

// --- indices: i32 tensors; negative ones count from the end; one out of range throws `ShapeError`
// -----------------------------

/// Rows (or any axis) of x by index: y[…, k, …] = x[…, index[k], …] for index [n]; an index of any other rank puts its
/// axes in the place of this one, as NumPy's take (token numbers [batch, time] of a table [words, width] give [batch,
/// time, width]). The gradient sums in index order.
Tensor index_select(const Arg& x, const Arg& index, int axis = 0);
/// y[i, j] = x[i, index[i, j]] for axis 1, and so on, as PyTorch's gather; index has x's rank, and in the other axes no
/// more elements than x.
Tensor gather(const Arg& x, const Arg& index, int axis = -1);
/// The adjoint of gather: zeros of `shape`, to which x is added at index (of x's shape), in index order.
Tensor scatter_add(const Arg& x, const Arg& index, const Shape& shape, int axis = -1);
/// A new last axis of `classes`, 1 at the index and 0 elsewhere. Throws for an index outside [0, classes).
Tensor one_hot(const Arg& index, std::int64_t classes, Dtype dtype = f32);

// --- creation
// ---------------------------------------------------------------------------------------------------------------

/// Every element 0. Throws `ShapeError` for a negative size, and for more bytes than the machine has memory and swap
/// together (a lack of memory below that is `std::bad_alloc`); so do all that follow.
Tensor zeros(const Shape& shape, Dtype dtype = f32, Where where = Where::here());
/// Every element 1.
Tensor ones(const Shape& shape, Dtype dtype = f32, Where where = Where::here());
/// Every element `value`; throws `ValueError` where an integer type does not hold it.
Tensor full(const Shape& shape, double value, Dtype dtype = f32, Where where = Where::here());
/// Zeros of x's shape and type.
Tensor zeros_like(const Arg& x);
/// Ones of x's shape and type.
Tensor ones_like(const Arg& x);
/// The identity matrix.
Tensor eye(std::int64_t n, Dtype dtype = f32, Where where = Where::here());
/// start, start + step, … below stop (above it for a negative step), computed in f64. Throws `ValueError` for a step of
/// 0, for bounds that are not finite, and for numbers that an integer type does not hold.
Tensor arange(double start, double stop, double step = 1, Dtype dtype = f32, Where where = Where::here());
/// n numbers evenly from start to stop, both included; floats only.
Tensor linspace(double start, double stop, std::int64_t n, Dtype dtype = f32, Where where = Where::here());

/// Random numbers are functions of (seed, stream, index): the same on every machine and with any number of threads.
struct RandomOptions {
  std::uint64_t seed = 0;    ///< of all that is drawn
  std::uint64_t stream = 0;  ///< apart from others of the same seed
  Dtype dtype = f32;         ///< f32 or f64
};
/// Uniform in [low, high); `low` for equal bounds. Floats only.
Tensor uniform(const Shape& shape, double low, double high, RandomOptions options = {}, Where where = Where::here());
/// Normal with a mean and a standard deviation. Floats only.
Tensor normal(const Shape& shape, double mean, double deviation, RandomOptions options = {},
              Where where = Where::here());
/// 1 with probability p, else 0, in any element type.
Tensor bernoulli(const Shape& shape, double p, RandomOptions options = {}, Where where = Where::here());
/// 0 … n − 1 in random order, i32 whatever `options.dtype`.
Tensor permutation(std::int64_t n, RandomOptions options = {}, Where where = Where::here());

}  // namespace cinta
