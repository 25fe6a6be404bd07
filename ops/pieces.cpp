// Pieces of tensors: slices, and tensors joined from others.
#include <cinta/framework/core/op.hpp>
#include <cinta/framework/core/strided.hpp>
#include <cinta/ops/ops.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace cinta {
namespace {

// --- slice

// Elements start, start + step, …, `count` of them, along an axis of a tensor of shape `whole`.
struct Piece {
  Shape whole;
  int axis = 0;
  std::int64_t start = 0, step = 1, count = 0;

  Shape shape() const {
    Shape s = whole;
    s[axis] = count;
    return s;
  }
  std::int64_t outer() const {
    std::int64_t n = 1;
    for (int a = 0; a < axis; ++a) n *= whole[a];
    return n;
  }
  std::int64_t inner() const {
    std::int64_t n = 1;
    for (int a = axis + 1; a < whole.rank(); ++a) n *= whole[a];
    return n;
  }
};

// Copies the piece of `whole` to `part`, or back.
void copy_piece(const Piece& p, std::size_t width, const void* from, void* to, bool back) {
  Strides strides = strides_of(p.whole);
  const auto offset = p.count == 0 ? std::size_t{0} : static_cast<std::size_t>(p.start * strides[p.axis]) * width;
  strides[p.axis] *= p.step;
  const Strides own = strides_of(p.shape());
  if (back) strided_copy(p.shape(), width, from, own, static_cast<std::byte*>(to) + offset, strides);
  else strided_copy(p.shape(), width, static_cast<const std::byte*>(from) + offset, strides, to, own);
}

Tensor take_piece(const Arg& x, const Piece& piece, const char* op);
Tensor place_piece(const Arg& x, const Piece& piece);

// Adds g into the piece of x's gradient: a tensor cut into many slices costs one pass, not one a slice.
template <class T> void add_piece(VjpContext& c, const Piece& p) {
  bool add = false;
  const T* g = c.gradient().data<T>();
  Tensor& gx = c.accumulator(0, add);
  T* out = gx.mutable_data<T>();
  if (!add) std::fill_n(out, gx.size(), T(0));
  const std::int64_t outer = p.outer(), inner = p.inner(), n = p.whole[p.axis];
  for (std::int64_t o = 0; o < outer; ++o)
    for (std::int64_t k = 0; k < p.count; ++k) {
      T* to = out + (o * n + p.start + k * p.step) * inner;
      const T* from = g + (o * p.count + k) * inner;
      for (std::int64_t i = 0; i < inner; ++i) to[i] += from[i];
    }
}

const OpDef slice_op{"slice",
                     [](VjpContext& c) { c.give(0, place_piece(Arg(c.gradient(), c.where()), c.attributes<Piece>())); },
                     [](VjpContext& c) {
                       if (c.dtype() == f64) add_piece<double>(c, c.attributes<Piece>());
                       else add_piece<float>(c, c.attributes<Piece>());
                     }};

const OpDef place_op{"slice", [](VjpContext& c) {
                       c.give(0, take_piece(Arg(c.gradient(), c.where()), c.attributes<Piece>(), "slice"));
                     }};

Tensor take_piece(const Arg& arg, const Piece& piece, const char* op) {
  const Input x = input_of(arg, op);
  Tensor y = empty(piece.shape(), x.tensor->dtype());
  copy_piece(piece, size_of(y.dtype()), x.tensor->raw(), y.mutable_raw(), false);
  Record(slice_op, y, arg.where(), {x}).attributes(piece);
  return y;
}

// The adjoint of take_piece: zeros, but for the piece.
Tensor place_piece(const Arg& arg, const Piece& piece) {
  const Input x = input_of(arg, "slice");
  Tensor y = filled(piece.whole, 0, x.tensor->dtype());
  copy_piece(piece, size_of(y.dtype()), x.tensor->raw(), y.mutable_raw(), true);
  Record(place_op, y, arg.where(), {x}).attributes(piece);
  return y;
}

// --- concat and stack

// Saved with the op: where each input begins along the axis, as f64 (exact below 2⁵³), for inputs that the tape does
// not know have sizes too.
template <bool new_axis> void split_gradient(VjpContext& c) {
  const int axis = c.attributes<int>();
  const Tensor begins = c.saved(0);
  for (int i = 0; i < c.inputs(); ++i) {
    if (!c.needs(i)) continue;
    Piece piece{c.output_shape(), axis};
    piece.start = static_cast<std::int64_t>(begins.data<double>()[i]);
    piece.count = static_cast<std::int64_t>(begins.data<double>()[i + 1]) - piece.start;
    Tensor g = take_piece(Arg(c.gradient(), c.where()), piece, "concat");
    if constexpr (new_axis) g = reshape(Arg(g, c.where()), Shape(c.input_shape(i)));
    c.give(i, std::move(g));
  }
}
const OpDef concat_op{"concat", split_gradient<false>};
const OpDef stack_op{"stack", split_gradient<true>};

// Joins xs, each seen with the size `size(i)` along `axis` of `shape`.
template <class Size>
Tensor join(const OpDef& op, const std::vector<Tensor>& xs, Shape shape, int axis, Size size, Where where) {
  static thread_local std::vector<Input> inputs;  // keeps its capacity: a training step allocates nothing
  inputs.clear();
  Tensor begins = empty({static_cast<std::int64_t>(xs.size()) + 1}, f64);
  auto* begin = begins.mutable_data<double>();
  std::int64_t total = 0;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    inputs.push_back(input_of(Arg(xs[i], where), op.name));
    begin[i] = static_cast<double>(total);
    total += size(i);
  }
  begin[xs.size()] = static_cast<double>(total);
  shape[axis] = total;
  Tensor y = empty(shape, xs[0].dtype());
  Piece piece{shape, axis};
  for (std::size_t i = 0; i < xs.size(); ++i) {
    piece.count = size(i);
    copy_piece(piece, size_of(y.dtype()), xs[i].raw(), y.mutable_raw(), true);
    piece.start += piece.count;
  }
  Record(op, y, where, inputs.data(), inputs.size()).attributes(axis).save(begins);
  return y;
}

void require_joinable(const std::vector<Tensor>& xs, const char* op, Where where) {
  if (xs.empty()) throw ValueError(where, fmt::format("{}: there is nothing to join", op));
  for (const Tensor& x : xs) {
    (void)values_of(Arg(x, where), op);
    if (x.dtype() != xs[0].dtype())
      throw DtypeError(where, fmt::format("{}: {} and {} do not mix: convert one, x.to({})", op,
                                          to_string(xs[0].dtype()), to_string(x.dtype()), to_string(xs[0].dtype())));
  }
}

}  // namespace

Tensor concat(const std::vector<Tensor>& xs, int axis, Where where) {
  require_joinable(xs, "concat", where);
  const Shape& first = xs[0].shape();
  if (first.rank() == 0) throw ShapeError(where, "concat: scalars have no axis to be joined along: stack them");
  axis = normalize_axis(axis, first.rank(), "concat", where);
  for (const Tensor& x : xs) {
    bool fits = x.rank() == first.rank();
    for (int a = 0; a < first.rank() && fits; ++a) fits = a == axis || x.shape()[a] == first[a];
    if (!fits)
      throw ShapeError(where, fmt::format("concat: the shapes {} and {} differ in more than axis {}", to_string(first),
                                          to_string(x.shape()), axis));
  }
  return join(
      concat_op, xs, first, axis, [&](std::size_t i) { return xs[i].shape()[axis]; }, where);
}

Tensor stack(const std::vector<Tensor>& xs, int axis, Where where) {
  require_joinable(xs, "stack", where);
  const Shape& first = xs[0].shape();
  if (first.rank() == Shape::max_rank)
    throw ShapeError(where, fmt::format("stack: the shape {} has {} axes already", to_string(first), Shape::max_rank));
  axis = normalize_axis(axis, first.rank() + 1, "stack", where);
  for (const Tensor& x : xs)
    if (!(x.shape() == first))
      throw ShapeError(where,
                       fmt::format("stack: the shapes {} and {} differ", to_string(first), to_string(x.shape())));
  Shape shape;
  for (int a = 0; a <= first.rank(); ++a) {
    if (a == axis) shape.push_back(1);
    if (a < first.rank()) shape.push_back(first[a]);
  }
  return join(
      stack_op, xs, shape, axis, [](std::size_t) { return std::int64_t{1}; }, where);
}

Tensor slice(const Arg& arg, int axis, std::int64_t begin, std::int64_t end, SliceOptions options) {
  const Shape shape = values_of(arg, "slice").shape();
  axis = normalize_axis(axis, shape.rank(), "slice", arg.where());
  const std::int64_t n = shape[axis], step = options.step;
  if (step == 0) throw ValueError(arg.where(), "slice: the step is 0");
  // Python's: bounds from the end, then cut to [0, n], or [−1, n − 1] for steps backwards.
  const auto bound = [&](std::int64_t b) {
    if (b < 0) b += n;
    return step > 0 ? std::clamp<std::int64_t>(b, 0, n) : std::clamp<std::int64_t>(b, -1, n - 1);
  };
  begin = bound(begin);
  end = bound(end);
  Piece piece{shape, axis};
  piece.start = begin;
  piece.step = step;
  if (step > 0 && begin < end) piece.count = (end - begin - 1) / step + 1;
  if (step < 0 && begin > end) piece.count = (begin - end - 1) / -step + 1;
  return take_piece(arg, piece, "slice");
}

}  // namespace cinta
