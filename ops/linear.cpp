// The op linear: a layer's product with its bias and, where its derivative follows from the result, its activation;
// forward and backward.
#include <cinta/framework/core/inspection.hpp>
#include <cinta/framework/core/op.hpp>
#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/reduction.hpp>
#include <cinta/ops/elementwise_table.hpp>
#include <cinta/ops/gemm.hpp>
#include <cinta/ops/ops.hpp>
#include <cinta/ops/promotion.hpp>

#include <fmt/format.h>

#include <span>

namespace cinta {
namespace {

using Size = std::int64_t;

struct LinearOp : OpDef {
  const ElementwiseKernels<float>* f32_activation = nullptr;  // null: none
  const ElementwiseKernels<double>* f64_activation = nullptr;

  template <class T> const ElementwiseKernels<T>* activation() const {
    if constexpr (std::is_same_v<T, float>) return f32_activation;
    else return f64_activation;
  }
};

// The number of rows of x [..., in].
Size rows_of(const Shape& x) {
  Size rows = 1;
  for (int i = 0; i < x.rank() - 1; ++i) rows *= x[i];
  return rows;
}

template <class T> void forward(const LinearOp& op, const Input* in, int count, Tensor& y) {
  const Tensor &x = *in[0].tensor, &w = *in[1].tensor;
  const Size k = w.shape()[0], n = w.shape()[1];
  const ElementwiseKernels<T>* activation = op.activation<T>();
  gemm<T>(rows_of(x.shape()), n, k, {x.data<T>(), k, 1}, {w.data<T>(), n, 1}, y.own_data<T>(), n,
          {.bias = count == 3 ? in[2].tensor->data<T>() : nullptr,
           .finish = activation == nullptr ? nullptr : activation->forward});
}

// g·f′, f′ from y = f(z): in g's own buffer, unless somebody else holds it.
template <class T> Tensor before(const ElementwiseKernels<T>& activation, Tensor g, const Tensor& y) {
  Tensor made = is_unique(g.storage()) ? Tensor() : empty(g.shape(), g.dtype());
  const T *from = g.data<T>(), *results = y.data<T>();
  T* to = (made.defined() ? made : g).mutable_data<T>();
  const Run none{results, 1};
  parallel_chunks(g.size(), elementwise_grain, [&](Size begin, Size end) {
    activation.backward[0](end - begin, to + begin, false, from + begin, &none, results + begin);
  });
  return made.defined() ? made : g;
}

template <class T> void backward_of(VjpContext& c) {
  const Tensor &x = c.saved_values(0), &w = c.saved_values(1);
  const ElementwiseKernels<T>* activation = static_cast<const LinearOp&>(c.op()).activation<T>();
  Tensor gradient = c.take_gradient();
  if (activation != nullptr) gradient = before(*activation, std::move(gradient), c.saved_values(2));
  const T* g = gradient.data<T>();
  const Size rows = rows_of(x.shape()), in = w.shape()[0], out = w.shape()[1];
  bool add = false;
  if (c.needs(0)) {  // ∂x = g·Wᵀ
    T* dx = c.accumulator(0, add).own_data<T>();
    gemm<T>(rows, in, out, {g, out, 1}, {w.data<T>(), 1, out}, dx, in, {.add = add});
  }
  if (c.needs(1)) {  // ∂W = xᵀ·g
    T* dw = c.accumulator(1, add).own_data<T>();
    gemm<T>(in, out, rows, {x.data<T>(), 1, in}, {g, out, 1}, dw, out, {.add = add});
  }
  if (c.inputs() == 3 && c.needs(2)) {  // ∂b = Σ g over rows
    T* db = c.accumulator(2, add).own_data<T>();
    sum_rows(g, rows, out, db, add);
  }
}

void linear_backward(VjpContext& c) {
  if (c.dtype() == f64) backward_of<double>(c);
  else backward_of<float>(c);
}

struct NoActivation {
  static Tensor vjp(const Tensor& g, rules::NotSaved, rules::NotSaved) { return g; }
};

// The same in public ops, for the rule R of the activation.
template <class R> void linear_vjp(VjpContext& c) {
  const Where where = c.where();
  const Tensor x = c.saved(0), w = c.saved(1);
  const auto y = [&] {
    if constexpr (std::is_same_v<R, NoActivation>) return rules::NotSaved{};
    else return c.saved(2);
  }();
  const Tensor g = R::vjp(c.gradient(), rules::NotSaved{}, y);
  if (c.needs(0)) c.give(0, matmul(Arg(g, where), Arg(w, where), {.transpose_b = true}));
  if (c.needs(1)) {
    const Size rows = rows_of(x.shape());
    const Tensor x2 = x.rank() == 2 ? x : reshape(Arg(x, where), Shape{rows, w.shape()[0]});
    const Tensor g2 = g.rank() == 2 ? g : reshape(Arg(g, where), Shape{rows, w.shape()[1]});
    c.give(1, matmul(Arg(x2, where), Arg(g2, where), {.transpose_a = true}));
  }
  if (c.inputs() == 3 && c.needs(2)) c.give(2, sum_to(Arg(g, where), Shape{w.shape()[1]}));
}

template <class R> LinearOp made_with(const char* name) {
  static_assert(R::saves == Saves::output, "the derivative of a fused activation is known from its result");
  const ElementwiseTable& table = CINTA_OF_SET(isa(), elementwise_table);
  return {
      {name, linear_vjp<R>, linear_backward}, &table.f32[rules::Rules::index<R>], &table.f64[rules::Rules::index<R>]};
}

constexpr LinearOp plain{{"linear", linear_vjp<NoActivation>, linear_backward}};

// The one op for an activation, or null where there is none. Anomaly mode tells the two apart: relu and tanh hide an
// infinite sum.
const LinearOp* one_op(Activation activation) {
  if (activation == Activation::identity) return &plain;
  if (inspected_by(Inspection::anomaly)) return nullptr;
  static const struct {
    LinearOp relu = made_with<rules::Relu>("linear+relu"), sigmoid = made_with<rules::Sigmoid>("linear+sigmoid"),
             tanh = made_with<rules::Tanh>("linear+tanh");
  } ops;
  switch (activation) {
    case Activation::relu:
      return &ops.relu;
    case Activation::sigmoid:
      return &ops.sigmoid;
    case Activation::tanh:
      return &ops.tanh;
    default:
      return nullptr;
  }
}

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

// Of a result whose size no operand bounds, for the inner size is 0.
[[gnu::noinline]] void check_size(Shape shape, Size last, Where where) {
  shape[shape.rank() - 1] = last;
  (void)Shape(std::span(shape.begin(), shape.end()), where);
}

// Of floats of one type: x, the weight and, where count is 3, the bias.
Tensor linear_of(const LinearOp& op, const Input* in, int count, Where where) {
  const Tensor &x = *in[0].tensor, &w = *in[1].tensor;
  const Tensor* bias = count == 3 ? in[2].tensor : nullptr;
  if (w.rank() != 2 || x.rank() == 0 || x.shape().back() != w.shape()[0] ||
      (bias != nullptr && (bias->rank() != 1 || bias->size() != w.shape()[1]))) [[unlikely]]
    refuse(where, x, w, bias);
  if (w.shape()[0] == 0) [[unlikely]]
    check_size(x.shape(), w.shape()[1], where);
  Tensor y;
  y.allocate(x.shape(), w.shape()[1], x.dtype());
  if (x.dtype() == f64) forward<double>(op, in, count, y);
  else forward<float>(op, in, count, y);
  Record record(op, y, where, in, static_cast<std::size_t>(count));
  if (!record) return y;
  record.save(in[0]).save(in[1]);
  if (op.f32_activation != nullptr) record.save(y);
  return y;
}

Tensor linear_of(const Arg& x, const Arg& weight, const Arg* bias, Activation activation) {
  const LinearOp* op = one_op(activation);
  if (op == nullptr) [[unlikely]]
    return apply(activation, Arg(linear_of(x, weight, bias, Activation::identity), x.where()));
  Scope* scope = Scope::current();
  Input in[3] = {input_of(x, "linear", scope), input_of(weight, "linear", scope), {nullptr, -1}};
  const int count = bias == nullptr ? 2 : 3;
  if (bias != nullptr) in[2] = input_of(*bias, "linear", scope);
  const Dtype a = in[0].tensor->dtype(), b = in[1].tensor->dtype(), c = in[count - 1].tensor->dtype();
  if (is_floating(a) && a == b && a == c) [[likely]]
    return linear_of(*op, in, count, x.where());
  const Dtype dtype = float_among({a, b, c}, "linear", x.where());
  Tensor made[3];
  const Arg floats = risen(x, dtype, made[0]), weights = risen(weight, dtype, made[1]);
  if (bias == nullptr) return linear_of(floats, weights, nullptr, activation);
  const Arg biases = risen(*bias, dtype, made[2]);
  return linear_of(floats, weights, &biases, activation);
}

}  // namespace

Tensor linear(const Arg& x, const Arg& weight, const Arg& bias, Activation activation) {
  return linear_of(x, weight, &bias, activation);
}

Tensor linear(const Arg& x, const Arg& weight, Activation activation) {
  return linear_of(x, weight, nullptr, activation);
}

}  // namespace cinta
