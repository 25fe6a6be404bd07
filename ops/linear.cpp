// The op linear: a layer's product with its bias, forward and backward.
#include <cinta/framework/core/op.hpp>
#include <cinta/framework/core/reduction.hpp>
#include <cinta/ops/gemm.hpp>
#include <cinta/ops/ops.hpp>
#include <cinta/ops/promotion.hpp>

#include <fmt/format.h>

#include <span>

namespace cinta {
namespace {

using Size = std::int64_t;

// The number of rows of x [..., in].
Size rows_of(const Shape& x) {
  Size rows = 1;
  for (int i = 0; i < x.rank() - 1; ++i) rows *= x[i];
  return rows;
}

template <class T> void forward(const Tensor& x, const Tensor& w, const Tensor* bias, Tensor& y) {
  const Size in = w.shape()[0], out = w.shape()[1];
  gemm<T>(rows_of(x.shape()), out, in, {x.data<T>(), in, 1}, {w.data<T>(), out, 1}, y.mutable_data<T>(), out,
          {.bias = bias == nullptr ? nullptr : bias->data<T>()});
}

template <class T> void backward_of(VjpContext& c) {
  const Tensor &x = c.saved_values(0), &w = c.saved_values(1);
  const T* g = c.gradient().data<T>();
  const Size rows = rows_of(x.shape()), in = w.shape()[0], out = w.shape()[1];
  bool add = false;
  if (c.needs(0)) {  // ∂x = g·Wᵀ
    T* dx = c.accumulator(0, add).mutable_data<T>();
    gemm<T>(rows, in, out, {g, out, 1}, {w.data<T>(), 1, out}, dx, in, {.add = add});
  }
  if (c.needs(1)) {  // ∂W = xᵀ·g
    T* dw = c.accumulator(1, add).mutable_data<T>();
    gemm<T>(in, out, rows, {x.data<T>(), 1, in}, {g, out, 1}, dw, out, {.add = add});
  }
  if (c.inputs() == 3 && c.needs(2)) {  // ∂b = Σ g over rows
    T* db = c.accumulator(2, add).mutable_data<T>();
    sum_rows(g, rows, out, db, add);
  }
}

void linear_backward(VjpContext& c) {
  if (c.dtype() == f64) backward_of<double>(c);
  else backward_of<float>(c);
}

void linear_vjp(VjpContext& c) {
  const Where where = c.where();
  const Tensor x = c.saved(0), w = c.saved(1), g = c.gradient();
  if (c.needs(0)) c.give(0, matmul(Arg(g, where), Arg(w, where), {.transpose_b = true}));
  if (c.needs(1)) {
    const Size rows = rows_of(x.shape());
    const Tensor x2 = x.rank() == 2 ? x : reshape(Arg(x, where), Shape{rows, w.shape()[0]});
    const Tensor g2 = g.rank() == 2 ? g : reshape(Arg(g, where), Shape{rows, w.shape()[1]});
    c.give(1, matmul(Arg(x2, where), Arg(g2, where), {.transpose_a = true}));
  }
  if (c.inputs() == 3 && c.needs(2)) c.give(2, sum_to(Arg(g, where), Shape{w.shape()[1]}));
}

constexpr OpDef linear_op{"linear", linear_vjp, linear_backward};

[[noreturn, gnu::noinline]] void refuse(Where where, const Tensor& x, const Tensor& w, const Tensor* bias) {
  if (w.rank() != 2)
    throw ShapeError(where, fmt::format("linear: the weight is [in, out], not of shape {}", to_string(w.shape())));
  if (x.rank() == 0)
    throw ShapeError(where, fmt::format("linear: takes rows of {} features, not a scalar", w.shape()[0]));
  if (x.shape().back() != w.shape()[0])
    throw ShapeError(
        where, fmt::format("linear: the inner sizes differ: {} × {}", to_string(x.shape()), to_string(w.shape())));
  throw ShapeError(where, fmt::format("linear: the bias of shape {} does not fit {} outputs", to_string(bias->shape()),
                                      w.shape()[1]));
}

bool one_float(const Input& x, const Input& w, const Input* bias) {
  const Dtype dtype = x.tensor->dtype();
  return is_floating(dtype) && w.tensor->dtype() == dtype && (bias == nullptr || bias->tensor->dtype() == dtype);
}

Tensor linear_of(const Input& x, const Input& w, const Input* bias, Where where) {
  const Tensor &xt = *x.tensor, &wt = *w.tensor;
  const Tensor* bt = bias == nullptr ? nullptr : bias->tensor;
  if (wt.rank() != 2 || xt.rank() == 0 || xt.shape().back() != wt.shape()[0] ||
      (bt != nullptr && (bt->rank() != 1 || bt->size() != wt.shape()[1]))) [[unlikely]]
    refuse(where, xt, wt, bt);
  Shape shape = xt.shape();
  shape[shape.rank() - 1] = wt.shape()[1];
  if (wt.shape()[0] == 0)
    shape = Shape(std::span(shape.begin(), shape.end()), where);  // whose size no operand bounds: checked
  Tensor y = empty(shape, xt.dtype());
  if (xt.dtype() == f64) forward<double>(xt, wt, bt, y);
  else forward<float>(xt, wt, bt, y);
  if (bias == nullptr) Record(linear_op, y, where, {x, w}).save(x).save(w);
  else Record(linear_op, y, where, {x, w, *bias}).save(x).save(w);
  return y;
}

}  // namespace

Tensor linear(const Arg& x, const Arg& weight, const Arg& bias) {
  const Input b = input_of(bias, "linear"), w = input_of(weight, "linear"), a = input_of(x, "linear");
  if (one_float(a, w, &b)) [[likely]]
    return linear_of(a, w, &b, x.where());
  const Dtype dtype = float_among({a.tensor->dtype(), w.tensor->dtype(), b.tensor->dtype()}, "linear", x.where());
  Tensor made[3];
  return linear(risen(x, dtype, made[0]), risen(weight, dtype, made[1]), risen(bias, dtype, made[2]));
}

Tensor linear(const Arg& x, const Arg& weight) {
  const Input w = input_of(weight, "linear"), a = input_of(x, "linear");
  if (one_float(a, w, nullptr)) [[likely]]
    return linear_of(a, w, nullptr, x.where());
  const Dtype dtype = float_among({a.tensor->dtype(), w.tensor->dtype()}, "linear", x.where());
  Tensor made[2];
  return linear(risen(x, dtype, made[0]), risen(weight, dtype, made[1]));
}

}  // namespace cinta
