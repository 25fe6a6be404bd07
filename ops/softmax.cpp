// softmax and log_softmax along an axis: over rows by kernels, over other axes by transposing.
#include <cinta/framework/core/isa.hpp>
#include <cinta/framework/core/op.hpp>
#include <cinta/framework/core/parallel.hpp>
#include <cinta/ops/ops.hpp>
#include <cinta/ops/softmax_kernels.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace cinta {
namespace {

constexpr std::int64_t grain = 1 << 14;  // elements of one task

const SoftmaxTable& table() {
  static const SoftmaxTable& t = isa() == Isa::v4 ? v4::softmax_table : v3::softmax_table;
  return t;
}
template <bool log, class T> const SoftmaxKernels<T>& kernels() {
  if constexpr (std::is_same_v<T, float>) return log ? table().log_softmax_f32 : table().softmax_f32;
  else return log ? table().log_softmax_f64 : table().softmax_f64;
}

// f(offset of the first element, rows) over the rows of a shape; whole rows to a task.
template <class F> void each_rows(const Shape& shape, F&& f) {
  const std::int64_t n = shape.back();
  if (shape.size() == 0) return;
  parallel_chunks(shape.size() / n, std::max<std::int64_t>(1, grain / n),
                  [&](std::int64_t begin, std::int64_t end) { f(begin * n, end - begin); });
}

template <bool log, class T> void backward_rows(VjpContext& c) {
  const Tensor& y = c.saved_values(0);
  const T *result = y.data<T>(), *g = c.gradient().data<T>();
  bool add = false;
  T* gx = c.accumulator(0, add).mutable_data<T>();
  each_rows(y.shape(), [&](std::int64_t at, std::int64_t rows) {
    kernels<log, T>().backward(result + at, g + at, rows, y.shape().back(), gx + at, add);
  });
}
template <bool log> void backward_of(VjpContext& c) {
  if (c.dtype() == f64) backward_rows<log, double>(c);
  else backward_rows<log, float>(c);
}

// y (g − Σ g y), and g − e^y Σ g: with the kernels' bits.
const OpDef softmax_op{"softmax",
                       [](VjpContext& c) {
                         const Where where = c.where();
                         const Tensor y = c.saved(0), g = c.gradient();
                         const Tensor dot = sum(Arg(mul(Arg(g, where), Arg(y, where)), where), -1, {.keepdims = true});
                         c.give(0, mul(Arg(sub(Arg(g, where), Arg(dot, where)), where), Arg(y, where)));
                       },
                       backward_of<false>};

const OpDef log_softmax_op{"log_softmax",
                           [](VjpContext& c) {
                             const Where where = c.where();
                             const Tensor y = c.saved(0), g = c.gradient();
                             const Tensor total = sum(Arg(g, where), -1, {.keepdims = true}), p = exp(Arg(y, where));
                             c.give(0, sub(Arg(g, where), Arg(mul(Arg(p, where), Arg(total, where)), where)));
                           },
                           backward_of<true>};

template <bool log> Tensor rows_of(const Arg& arg, const OpDef& op) {
  const Input x = input_of(arg, op.name);
  Tensor y = empty(x.tensor->shape(), x.tensor->dtype());
  const auto run = [&]<class T>(T) {
    const T* in = x.tensor->data<T>();
    T* out = y.mutable_data<T>();
    each_rows(y.shape(), [&](std::int64_t at, std::int64_t rows) {
      kernels<log, T>().forward(in + at, rows, y.shape().back(), out + at);
    });
  };
  if (y.dtype() == f64) run(double{});
  else run(float{});
  Record record(op, y, arg.where(), {x});
  record.save(y);
  return y;
}

template <bool log> Tensor along(const Arg& x, int axis, const OpDef& op) {
  const Tensor& values = values_of(x, op.name);
  const Where where = x.where();
  if (!is_floating(values.dtype()))
    throw DtypeError(
        where, fmt::format("{}: takes f32 or f64, not {}: convert it, x.to(f32)", op.name, to_string(values.dtype())));
  const int rank = values.rank();
  if (normalize_axis(axis, rank, op.name, where) == rank - 1) return rows_of<log>(x, op);
  const Tensor turned = transpose(x, axis, -1);
  return transpose(Arg(rows_of<log>(Arg(turned, where), op), where), axis, -1);
}

}  // namespace

Tensor softmax(const Arg& x, int axis) { return along<false>(x, axis, softmax_op); }
Tensor log_softmax(const Arg& x, int axis) { return along<true>(x, axis, log_softmax_op); }

}  // namespace cinta
