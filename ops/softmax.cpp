// softmax, log_softmax and softmax_cross_entropy: over rows by kernels, over other axes by transposing.
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
  static const SoftmaxTable& t = CINTA_OF_SET(isa(), softmax_table);
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

template <class T> const CrossEntropyKernels<T>& cross_entropy_kernels() {
  if constexpr (std::is_same_v<T, float>) return table().cross_entropy_f32;
  else return table().cross_entropy_f64;
}

template <class T> void cross_entropy_backward(VjpContext& c) {
  const Tensor &x = c.saved_values(0), &stats = c.saved_values(1), &classes = c.saved_values(2);
  const std::int64_t n = x.shape()[0], k = x.shape()[1];
  const T *in = x.data<T>(), *top = stats.data<T>(), *g = c.gradient().data<T>();
  const auto* index = classes.data<std::int32_t>();
  bool add = false;
  T* gx = c.accumulator(0, add).mutable_data<T>();
  each_rows(x.shape(), [&](std::int64_t at, std::int64_t rows) {
    const std::int64_t r = at / k;
    cross_entropy_kernels<T>().backward(in + at, index + r, top + r, top + n + r, g + r, rows, k, gx + at, add);
  });
}

// g (softmax(x) − 1[class])
const OpDef cross_entropy_op{"softmax_cross_entropy",
                             [](VjpContext& c) {
                               const Where where = c.where();
                               const Tensor x = c.saved(0), classes = c.saved(2), g = c.gradient();
                               const Tensor own = one_hot(Arg(classes, where), x.shape()[1], x.dtype());
                               const Tensor d = sub(Arg(softmax(Arg(x, where), 1), where), Arg(own, where));
                               c.give(0, mul(Arg(reshape(Arg(g, where), Shape{g.size(), 1}), where), Arg(d, where)));
                             },
                             [](VjpContext& c) {
                               if (c.dtype() == f64) cross_entropy_backward<double>(c);
                               else cross_entropy_backward<float>(c);
                             }};

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

Tensor softmax_cross_entropy(const Arg& logits, const Arg& classes) {
  const Input x = input_of(logits, "softmax_cross_entropy");
  const Tensor& index = values_of(classes, "softmax_cross_entropy");
  const Where where = logits.where();
  const Shape& shape = x.tensor->shape();
  if (!is_floating(x.tensor->dtype()) || index.dtype() != i32)
    throw DtypeError(where, fmt::format("softmax_cross_entropy: takes logits of f32 or f64 and classes of i32, not {} "
                                        "and {}",
                                        to_string(x.tensor->dtype()), to_string(index.dtype())));
  if (shape.rank() != 2 || !(index.shape() == Shape{shape[0]}))
    throw ShapeError(where, fmt::format("softmax_cross_entropy: takes logits [n, k] and classes [n], not {} and {}",
                                        to_string(shape), to_string(index.shape())));
  const std::int64_t n = shape[0], k = shape[1];
  const auto* c = index.data<std::int32_t>();
  for (std::int64_t i = 0; i < n; ++i)
    if (c[i] < 0 || c[i] >= k) [[unlikely]]
      throw InvalidTarget(where,
                          fmt::format("softmax_cross_entropy: the class in row {} is {}, not one of {}", i, c[i], k));
  Tensor y = empty(Shape{n}, x.tensor->dtype()), stats = empty(Shape{2, n}, x.tensor->dtype());
  const auto run = [&]<class T>(T) {
    const T* in = x.tensor->data<T>();
    T *out = y.mutable_data<T>(), *top = stats.mutable_data<T>();
    each_rows(shape, [&](std::int64_t at, std::int64_t rows) {
      const std::int64_t r = at / k;
      cross_entropy_kernels<T>().forward(in + at, c + r, rows, k, out + r, top + r, top + n + r);
    });
  };
  if (y.dtype() == f64) run(double{});
  else run(float{});
  Record record(cross_entropy_op, y, where, {x});
  record.save(x).save(stats).save(index);
  return y;
}

Tensor softmax(const Arg& x, int axis) { return along<false>(x, axis, softmax_op); }
Tensor log_softmax(const Arg& x, int axis) { return along<true>(x, axis, log_softmax_op); }

}  // namespace cinta
