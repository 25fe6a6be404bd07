// The ops that the tape and tensors need themselves; each is another's derivative.
#include <cinta/framework/core/op.hpp>
#include <cinta/framework/core/reduction.hpp>
#include <cinta/framework/core/strided.hpp>

#include <fmt/format.h>

namespace cinta {
namespace {

const OpDef add_op{"add", [](VjpContext& c) {
                     for (int i = 0; i < 2; ++i)
                       if (c.needs(i)) c.give(i, c.gradient());
                   }};

const OpDef sum_to_op{
    "sum_to", [](VjpContext& c) { c.give(0, broadcast_to(Arg(c.gradient(), c.where()), Shape(c.input_shape(0)))); }};

const OpDef broadcast_to_op{"broadcast_to", [](VjpContext& c) { c.give(0, c.take_gradient()); }};  // undone by the tape

const OpDef alias_op{"alias", [](VjpContext& c) { c.give(0, c.take_gradient()); }};

const OpDef to_op{"to", [](VjpContext& c) { c.give(0, c.gradient().to(c.input_dtype(0), c.where())); }};

}  // namespace

Tensor Tensor::to(Dtype dtype, Where where) const {
  if (dtype == meta_.dtype) return *this;
  const Arg arg(*this, where);
  if (!is_floating(dtype)) return convert(values_of(arg, "to"), dtype);
  const Input x = input_of(arg, "to");
  Tensor y = convert(*this, dtype);
  Record(to_op, y, where, {x});
  return y;
}

Tensor alias(const Arg& arg) {
  const Input x = input_of(arg, "alias");
  Tensor y = x.tensor->detach();
  Record(alias_op, y, arg.where(), {x});
  return y;
}

Tensor add_same_shape(const Tensor& x, const Tensor& y, Where where) {
  const Input a = input_of(Arg(x, where), "add"), b = input_of(Arg(y, where), "add");
  Tensor z = x.detach();
  (void)z.mutable_raw();
  add_in_place(z, y);
  Record(add_op, z, where, {a, b});
  return z;
}

Tensor sum_to(const Arg& arg, const Shape& shape) {
  const Input x = input_of(arg, "sum_to");
  const Shape& from = x.tensor->shape();
  const int offset = from.rank() - shape.rank();
  unsigned axes = 0;
  bool fits = offset >= 0;
  for (int a = 0; a < from.rank() && fits; ++a) {
    if (a < offset || (shape[a - offset] == 1 && from[a] != 1)) axes |= 1u << a;
    else fits = shape[a - offset] == from[a];
  }
  if (!fits)
    throw ShapeError(arg.where(),
                     fmt::format("sum_to: {} does not broadcast to {}", to_string(shape), to_string(from)));
  Tensor y = with_shape(reduce(Reduction::sum, *x.tensor, axes), shape);
  Record(sum_to_op, y, arg.where(), {x});
  return y;
}

Tensor broadcast_to(const Arg& arg, const Shape& shape) {
  const Input x = input_of(arg, "broadcast_to");
  const Shape& from = x.tensor->shape();
  const int offset = shape.rank() - from.rank();
  bool fits = offset >= 0;
  for (int a = 0; a < from.rank() && fits; ++a) fits = from[a] == 1 || from[a] == shape[a + offset];
  if (!fits)
    throw ShapeError(arg.where(),
                     fmt::format("broadcast_to: {} does not broadcast to {}", to_string(from), to_string(shape)));
  Tensor y = empty(shape, x.tensor->dtype());
  strided_copy(shape, size_of(y.dtype()), x.tensor->raw(), broadcast_strides(from, shape), y.mutable_raw(),
               strides_of(shape));
  Record(broadcast_to_op, y, arg.where(), {x});
  return y;
}

}  // namespace cinta
