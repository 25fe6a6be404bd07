// Reductions over axes. Their order of summation is that of framework/core/reduction.hpp.
#include <cinta/framework/core/op.hpp>
#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/reduction.hpp>
#include <cinta/ops/ops.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace cinta {
namespace {

// The axes of one reduction, and what follows from them.
struct Reduced {
  Reduced(unsigned reduced_axes, std::int64_t reduced_count) : axes(reduced_axes), count(reduced_count) {}

  unsigned axes;
  std::int64_t count;  // elements that become one
  Shape result;        // as asked for
};

Reduced reduced(const Shape& shape, unsigned axes, bool keepdims) {
  Reduced r(axes, 1);
  for (int a = 0; a < shape.rank(); ++a) {
    const bool gone = (axes >> a & 1) != 0;
    if (gone) r.count *= shape[a];
    if (!gone || keepdims) r.result.push_back(gone ? 1 : shape[a]);
  }
  return r;
}
Reduced reduced(const Shape& shape, Axes axes, bool keepdims, const char* op, Where where) {
  return reduced(shape, axes.bits(shape.rank(), op, where), keepdims);
}

void require_floating(const Tensor& x, const char* op, Where where) {
  if (!is_floating(x.dtype()))
    throw DtypeError(where,
                     fmt::format("{}: takes f32 or f64, not {}: convert it, x.to(f32)", op, to_string(x.dtype())));
}

// x /= n, off the tape.
template <class T> void divide_typed(Tensor& x, T n) {
  T* p = x.mutable_data<T>();
  for (T* end = p + x.size(); p != end; ++p) *p /= n;
}
void divide(Tensor& x, double n) {
  if (x.dtype() == f64) divide_typed<double>(x, n);
  else divide_typed<float>(x, static_cast<float>(n));
}

Tensor kept_gradient(VjpContext& c, unsigned axes) {
  return reshape(Arg(c.gradient(), c.where()), reduced(c.input_shape(0), axes, true).result);
}

// --- sum and mean

// The gradient g of the result, repeated along the reduced axes.
void give_repeated(VjpContext& c, const Tensor& kept) {
  c.give(0, broadcast_to(Arg(kept, c.where()), Shape(c.input_shape(0))));
}

// The same where nothing is recorded, in place: g to every element, and to each its sum's gradient over `n`.
template <class T> void add_number(VjpContext& c, T g) {
  bool add = false;
  Tensor& gx = c.accumulator(0, add);
  T* out = gx.own_data<T>();
  parallel_chunks(gx.size(), 1 << 15, [=](std::int64_t begin, std::int64_t end) {
    if (add)
      for (std::int64_t i = begin; i < end; ++i) out[i] += g;
    else std::fill(out + begin, out + end, g);
  });
}
template <class T> void add_repeated(VjpContext& c, const Tensor& kept, T n) {
  bool add = false;
  Tensor& gx = c.accumulator(0, add);
  T* out = gx.own_data<T>();
  Tensor repeated = broadcast_to(Arg(kept, c.where()), gx.shape());
  const T* g = repeated.data<T>();
  parallel_chunks(gx.size(), 1 << 15, [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) out[i] = add ? out[i] + g[i] / n : g[i] / n;
  });
}

template <bool divide, class T> void sum_backward_of(VjpContext& c) {
  const Tensor& g = c.gradient();
  const Shape& shape = c.input_shape(0);
  if (g.size() == 1) return add_number(c, *g.data<T>() / static_cast<T>(divide ? shape.size() : 1));
  const Reduced r = reduced(shape, c.attributes<unsigned>(), true);
  add_repeated(c, with_shape(g, r.result), static_cast<T>(divide ? r.count : 1));
}
template <bool divide> void sum_backward(VjpContext& c) {
  if (c.dtype() == f64) sum_backward_of<divide, double>(c);
  else sum_backward_of<divide, float>(c);
}

const OpDef sum_op{"sum", [](VjpContext& c) { give_repeated(c, kept_gradient(c, c.attributes<unsigned>())); },
                   sum_backward<false>};

const OpDef mean_op{"mean",
                    [](VjpContext& c) {
                      const Reduced r = reduced(c.input_shape(0), c.attributes<unsigned>(), true);
                      const Arg share(static_cast<double>(r.count), c.where());
                      give_repeated(c, div(Arg(kept_gradient(c, r.axes), c.where()), share));
                    },
                    sum_backward<true>};

// --- max and min

// Every element that equals the result has an even share of the gradient; where the result is NaN, every NaN has.
void share_evenly(VjpContext& c) {
  const auto axes = c.attributes<unsigned>();
  const Where where = c.where();
  const Tensor x = c.saved(0).detach(), y = c.saved(1).detach();
  const Tensor mask =
      logical_or(Arg(equal(Arg(x, where), Arg(y, where)), where), Arg(not_equal(Arg(x, where), Arg(x, where)), where));
  const Tensor winners = reduce(Reduction::sum, convert(mask, x.dtype()), axes);
  const Tensor share = div(Arg(kept_gradient(c, axes), where), Arg(winners, where));
  c.give(0, select(Arg(mask, where), Arg(share, where), Arg(0.0, where)));
}
const OpDef max_op{"max", share_evenly};
const OpDef min_op{"min", share_evenly};

Tensor extreme(Reduction reduction, const OpDef& op, const Arg& arg, Axes axes, ReduceOptions options) {
  const Input x = input_of(arg, op.name);
  const Reduced r = reduced(x.tensor->shape(), axes, options.keepdims, op.name, arg.where());
  if (r.count == 0)
    throw ShapeError(arg.where(), fmt::format("{}: of nothing there is none: the shape is {}", op.name,
                                              to_string(x.tensor->shape())));
  const Tensor kept = reduce(reduction, *x.tensor, r.axes);
  Tensor y = with_shape(kept, r.result);
  Record(op, y, arg.where(), {x}).attributes(r.axes).save(*x.tensor).save(kept);
  return y;
}

// --- var and logsumexp

struct VarAttributes {
  unsigned axes;
  double divisor;
};

const OpDef var_op{"var", [](VjpContext& c) {  // 2 (x − mean) / divisor; the gradient through the mean is zero
                     const auto [axes, divisor] = c.attributes<VarAttributes>();
                     const Where where = c.where();
                     const Tensor x = c.saved(0);
                     const Reduced r = reduced(x.shape(), axes, true);
                     const Tensor total = reshape(Arg(sum_to(Arg(x, where), r.result), where), r.result);
                     const Tensor centre = div(Arg(total, where), Arg(static_cast<double>(r.count), where));
                     const Tensor scaled = mul(Arg(kept_gradient(c, axes), where), Arg(2 / divisor, where));
                     c.give(0, mul(Arg(scaled, where), Arg(sub(Arg(x, where), Arg(centre, where)), where)));
                   }};

const OpDef logsumexp_op{
    "logsumexp", [](VjpContext& c) {  // e^(x − y), and 0 where all x are −∞
      const auto axes = c.attributes<unsigned>();
      const Where where = c.where();
      const Tensor x = c.saved(0), y = reshape(Arg(c.saved(1), where), reduced(x.shape(), axes, true).result);
      const Tensor nothing = equal(Arg(y, where), Arg(-std::numeric_limits<double>::infinity(), where));
      const Tensor shift = select(Arg(nothing, where), Arg(0.0, where), Arg(y, where));
      const Tensor weight = exp(Arg(sub(Arg(x, where), Arg(shift, where)), where));
      c.give(0, mul(Arg(kept_gradient(c, axes), where), Arg(weight, where)));
    }};

// --- argmax and argmin

template <class T> bool is_nan(T x) { return x != x; }

// x as [outer, n, inner]; `better(a, b)`: a goes before an earlier b.
template <class T, class Better>
void find_best(const T* x, std::int64_t outer, std::int64_t n, std::int64_t inner, std::int32_t* y, Better better) {
  const std::int64_t grain = std::max<std::int64_t>(1, (1 << 15) / std::max<std::int64_t>(1, n * inner));
  parallel_chunks(outer, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t o = begin; o < end; ++o) {
      const T* p = x + o * n * inner;
      std::int32_t* best = y + o * inner;
      if (inner == 1) {  // in registers
        T found = p[0];
        std::int64_t at = 0;
        for (std::int64_t i = 1; i < n; ++i) {
          const bool closer = better(p[i], found);
          found = closer ? p[i] : found;
          at = closer ? i : at;
        }
        *best = static_cast<std::int32_t>(at);
        continue;
      }
      std::fill_n(best, inner, 0);
      for (std::int64_t i = 1; i < n; ++i)
        for (std::int64_t c = 0; c < inner; ++c)
          if (better(p[i * inner + c], p[best[c] * inner + c])) best[c] = static_cast<std::int32_t>(i);
    }
  });
}

Tensor arg_extreme(bool largest, const char* op, const Arg& arg, int axis, ReduceOptions options) {
  const Tensor& x = values_of(arg, op);
  axis = normalize_axis(axis, x.rank(), op, arg.where());
  const std::int64_t n = x.shape()[axis];
  if (n == 0)
    throw ShapeError(arg.where(), fmt::format("{}: axis {} of the shape {} is empty", op, axis, to_string(x.shape())));
  if (n > std::numeric_limits<std::int32_t>::max())
    throw ShapeError(arg.where(),
                     fmt::format("{}: axis {} has {} elements, more than an i32 index can tell apart", op, axis, n));
  std::int64_t outer = 1, inner = 1;
  for (int a = 0; a < axis; ++a) outer *= x.shape()[a];
  for (int a = axis + 1; a < x.rank(); ++a) inner *= x.shape()[a];
  Tensor y = empty(reduced(x.shape(), 1u << axis, options.keepdims).result, i32);
  visit_dtype(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const auto run = [&](auto better) {
      find_best(x.data<T>(), outer, n, inner, y.mutable_data<std::int32_t>(), better);
    };
    if (largest) run([](T a, T b) { return a > b || (is_nan(a) && !is_nan(b)); });
    else run([](T a, T b) { return a < b || (is_nan(a) && !is_nan(b)); });
  });
  return y;
}

}  // namespace

unsigned Axes::bits(int rank, const char* op, Where where) const {
  if (count_ == 0) return (1u << rank) - 1;
  unsigned bits = 0;
  for (int i = 0; i < std::min(count_, Shape::max_rank); ++i) {
    const int axis = normalize_axis(axes_[i], rank, op, where);
    if ((bits >> axis & 1) != 0) throw ShapeError(where, fmt::format("{}: axis {} is named twice", op, axis));
    bits |= 1u << axis;
  }
  if (count_ > Shape::max_rank)
    throw ShapeError(where, fmt::format("{}: {} axes of a tensor of rank {}", op, count_, rank));
  return bits;
}

Tensor sum(const Arg& arg, Axes axes, ReduceOptions options) {
  const Input x = input_of(arg, "sum");
  const Reduced r = reduced(x.tensor->shape(), axes, options.keepdims, "sum", arg.where());
  Tensor y = reduce(Reduction::sum, *x.tensor, r.axes, r.result);
  Record(sum_op, y, arg.where(), {x}).attributes(r.axes);
  return y;
}

Tensor mean(const Arg& arg, Axes axes, ReduceOptions options) {
  const Input x = input_of(arg, "mean");
  require_floating(*x.tensor, "mean", arg.where());
  const Reduced r = reduced(x.tensor->shape(), axes, options.keepdims, "mean", arg.where());
  Tensor y = reduce(Reduction::sum, *x.tensor, r.axes, r.result);
  divide(y, static_cast<double>(r.count));
  Record(mean_op, y, arg.where(), {x}).attributes(r.axes);
  return y;
}

Tensor max(const Arg& x, Axes axes, ReduceOptions options) { return extreme(Reduction::max, max_op, x, axes, options); }
Tensor min(const Arg& x, Axes axes, ReduceOptions options) { return extreme(Reduction::min, min_op, x, axes, options); }

Tensor var(const Arg& arg, Axes axes, VarOptions options) {
  const Input x = input_of(arg, "var");
  const Where where = arg.where();
  require_floating(*x.tensor, "var", where);
  const Reduced r = reduced(x.tensor->shape(), axes, options.keepdims, "var", where);
  const auto n = static_cast<double>(r.count);
  const double divisor = std::max(0.0, n - options.correction);
  const Tensor values = convert(*x.tensor, f64);  // f32 loses half a digit on the way
  Tensor centre = reduce(Reduction::sum, values, r.axes);
  divide(centre, n);
  const Tensor squares = square(Arg(sub(Arg(values, where), Arg(centre, where)), where));
  Tensor total = reduce(Reduction::sum, squares, r.axes, r.result);
  divide(total, divisor);
  Tensor y = convert(total, x.tensor->dtype());
  Record(var_op, y, where, {x}).attributes(VarAttributes{r.axes, divisor}).save(x);
  return y;
}

Tensor logsumexp(const Arg& arg, Axes axes, ReduceOptions options) {
  const Input x = input_of(arg, "logsumexp");
  const Where where = arg.where();
  require_floating(*x.tensor, "logsumexp", where);
  const Reduced r = reduced(x.tensor->shape(), axes, options.keepdims, "logsumexp", where);
  const Tensor values = x.tensor->detach(), top = reduce(Reduction::max, values, r.axes);
  // An infinite maximum is no shift: ∞ − ∞ would be NaN where the sum is 0 or ∞.
  const Tensor shift = select(Arg(isfinite(Arg(top, where)), where), Arg(top, where), Arg(0.0, where));
  const Tensor powers = exp(Arg(sub(Arg(values, where), Arg(shift, where)), where));
  const Tensor logs = log(Arg(reduce(Reduction::sum, powers, r.axes), where));
  Tensor y = with_shape(add(Arg(logs, where), Arg(shift, where)), r.result);
  Record record(logsumexp_op, y, where, {x});
  record.attributes(r.axes).save(x).save(y);
  return y;
}

Tensor argmax(const Arg& x, int axis, ReduceOptions options) { return arg_extreme(true, "argmax", x, axis, options); }
Tensor argmin(const Arg& x, int axis, ReduceOptions options) { return arg_extreme(false, "argmin", x, axis, options); }

}  // namespace cinta
