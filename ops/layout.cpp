// Other shapes and orders of the same elements. Slices and joined tensors: ops/pieces.cpp.
#include <cinta/framework/core/op.hpp>
#include <cinta/framework/core/strided.hpp>
#include <cinta/ops/ops.hpp>

#include <fmt/format.h>

#include <array>

namespace cinta {
namespace {

// --- reshape

const OpDef reshape_op{"reshape",
                       [](VjpContext& c) { c.give(0, reshape(Arg(c.gradient(), c.where()), Shape(c.input_shape(0)))); },
                       [](VjpContext& c) {
                         Tensor g = c.take_gradient();
                         g.set_shape(c.input_shape(0));
                         c.give(0, std::move(g));
                       }};

Tensor reshaped(const Input& x, const Shape& shape, Where where) {
  Tensor y = with_shape(*x.tensor, shape);
  Record(reshape_op, y, where, {x});
  return y;
}

[[noreturn]] void refuse_shape(const Shape& from, std::initializer_list<std::int64_t> to, Where where) {
  throw ShapeError(where, fmt::format("reshape: the {} elements of {} do not fill the shape [{}]", from.size(),
                                      to_string(from), fmt::join(to, ", ")));
}

// --- permute

using Order = std::array<int, Shape::max_rank>;

Tensor permuted(const Arg& x, const Order& order, const char* op);

const OpDef permute_op{"permute", [](VjpContext& c) {
                         const auto order = c.attributes<Order>();
                         Order inverse{};
                         for (int a = 0; a < c.output_shape().rank(); ++a)
                           inverse[static_cast<std::size_t>(order[static_cast<std::size_t>(a)])] = a;
                         c.give(0, permuted(Arg(c.gradient(), c.where()), inverse, "permute"));
                       }};

Tensor permuted(const Arg& arg, const Order& order, const char* op) {
  const Input x = input_of(arg, op);
  const Shape& from = x.tensor->shape();
  const Strides strides = strides_of(from);
  Shape shape;
  Strides read;
  bool moves = false;  // whether an axis of more than one element passes another
  int last = -1;
  for (int a = 0; a < from.rank(); ++a) {
    const int source = order[static_cast<std::size_t>(a)];
    shape.push_back(from[source]);
    read[a] = strides[source];
    if (from[source] == 1) continue;
    moves = moves || source < last;
    last = source;
  }
  Tensor y = moves ? empty(shape, x.tensor->dtype()) : with_shape(*x.tensor, shape);
  if (moves) strided_copy(shape, size_of(y.dtype()), x.tensor->raw(), read, y.mutable_raw(), strides_of(shape));
  Record(permute_op, y, arg.where(), {x}).attributes(order);
  return y;
}

}  // namespace

Tensor reshape(const Arg& arg, std::initializer_list<std::int64_t> sizes) {
  const Input x = input_of(arg, "reshape");
  const Shape& from = x.tensor->shape();
  std::int64_t known = 1;
  int open = 0;
  for (const std::int64_t n : sizes) {
    if (n == -1) ++open;
    else if (n < 0 || (n > 0 && known > (std::int64_t{1} << 62) / n)) refuse_shape(from, sizes, arg.where());
    else known *= n;
  }
  if (open > 1)
    throw ShapeError(arg.where(), fmt::format("reshape: at most one size may be -1: [{}]", fmt::join(sizes, ", ")));
  if (open == 0 ? known != from.size() : known == 0 || from.size() % known != 0) refuse_shape(from, sizes, arg.where());
  Shape shape;
  for (const std::int64_t n : sizes) shape.push_back(n == -1 ? from.size() / known : n);
  return reshaped(x, shape, arg.where());
}

Tensor reshape(const Arg& arg, const Shape& shape) {
  const Input x = input_of(arg, "reshape");
  const Shape& from = x.tensor->shape();
  if (from.size() != shape.size())
    throw ShapeError(arg.where(), fmt::format("reshape: the {} elements of {} do not fill the shape {}", from.size(),
                                              to_string(from), to_string(shape)));
  return reshaped(x, shape, arg.where());
}

Tensor squeeze(const Arg& arg, Axes axes) {
  const Input x = input_of(arg, "squeeze");
  const Shape& from = x.tensor->shape();
  const unsigned bits = axes.bits(from.rank(), "squeeze", arg.where());
  Shape shape;
  for (int a = 0; a < from.rank(); ++a) {
    const bool named = (bits >> a & 1) != 0;
    if (named && from[a] != 1 && !axes.all())
      throw ShapeError(arg.where(), fmt::format("squeeze: axis {} of the shape {} has the size {}, not 1", a,
                                                to_string(from), from[a]));
    if (!named || from[a] != 1) shape.push_back(from[a]);
  }
  return reshaped(x, shape, arg.where());
}

Tensor unsqueeze(const Arg& arg, int axis) {
  const Input x = input_of(arg, "unsqueeze");
  const Shape& from = x.tensor->shape();
  if (from.rank() == Shape::max_rank)
    throw ShapeError(arg.where(),
                     fmt::format("unsqueeze: the shape {} has {} axes already", to_string(from), Shape::max_rank));
  const int at = normalize_axis(axis, from.rank() + 1, "unsqueeze", arg.where());
  Shape shape;
  for (int a = 0; a <= from.rank(); ++a) {
    if (a == at) shape.push_back(1);
    if (a < from.rank()) shape.push_back(from[a]);
  }
  return reshaped(x, shape, arg.where());
}

Tensor transpose(const Arg& arg, int axis0, int axis1) {
  const int rank = values_of(arg, "transpose").rank();
  Order order;
  for (int a = 0; a < Shape::max_rank; ++a) order[static_cast<std::size_t>(a)] = a;
  std::swap(order[static_cast<std::size_t>(normalize_axis(axis0, rank, "transpose", arg.where()))],
            order[static_cast<std::size_t>(normalize_axis(axis1, rank, "transpose", arg.where()))]);
  return permuted(arg, order, "transpose");
}

Tensor permute(const Arg& arg, std::initializer_list<int> axes) {
  const Shape& shape = values_of(arg, "permute").shape();
  const auto refuse = [&] {
    throw ShapeError(arg.where(), fmt::format("permute: the order [{}] must name each axis of the shape {} once",
                                              fmt::join(axes, ", "), to_string(shape)));
  };
  if (static_cast<int>(axes.size()) != shape.rank()) refuse();
  Order order{};
  unsigned seen = 0;
  std::size_t k = 0;
  for (const int a : axes) {
    const int axis = a < 0 ? a + shape.rank() : a;
    if (axis < 0 || axis >= shape.rank() || (seen >> axis & 1) != 0) refuse();
    seen |= 1u << axis;
    order[k++] = axis;
  }
  return permuted(arg, order, "permute");
}

}  // namespace cinta
