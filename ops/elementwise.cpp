// Runs elementwise ops, and binds each rule of the table to its public name.
#include <cinta/ops/elementwise.hpp>

#include <cinta/framework/core/isa.hpp>
#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/reduction.hpp>
#include <cinta/framework/core/strided.hpp>

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>

namespace cinta {
namespace {

constexpr std::int64_t grain = elementwise_grain;

struct Operands {
  int count = 0;
  Input input[max_operands];
  bool number[max_operands] = {};
  std::optional<std::array<Tensor, max_operands>>
      made;  // numbers, and operands converted to the common type: seldom any

  void replace(int i, Tensor t) {
    if (!made) made.emplace();
    (*made)[static_cast<std::size_t>(i)] = std::move(t);
    input[i] = {&(*made)[static_cast<std::size_t>(i)], -1};
  }

  const Tensor& operator[](int i) const { return *input[i].tensor; }
};

[[noreturn]] void refuse_dtype(const ElementwiseOp& op, Dtype dtype, Where where) {
  throw DtypeError(where,
                   fmt::format("{}: takes f32 or f64, not {}: convert it, x.to(f32)", op.name, to_string(dtype)));
}

// The type that the operands are computed in.
Dtype common_dtype(const ElementwiseOp& op, const Operands& x, Where where) {
  if (op.domain == Domain::logical) return u8;
  bool any = false, floating = false;
  Dtype common = f32, integer = i32;
  for (int i = op.mask_first ? 1 : 0; i < x.count; ++i) {
    if (x.number[i]) continue;
    const Dtype d = x[i].dtype();
    if (is_floating(d)) {
      if (floating && d != common)
        throw DtypeError(where, fmt::format("{}: f32 and f64 do not mix: convert one, x.to(f64)", op.name));
      common = d;
      floating = true;
    } else if (!floating) {
      common = i32;
      integer = d;
    }
    any = true;
  }
  if (!any) return f32;
  if (!is_floating(common) && op.domain != Domain::arithmetic && op.domain != Domain::comparison)
    refuse_dtype(op, integer, where);
  return common;
}

Tensor number_operand(const ElementwiseOp& op, double number, Dtype dtype, Where where) {
  if (dtype == u8) return scalar(number != 0 ? 1 : 0, u8);
  if (dtype == i32 && (number != std::trunc(number) || std::fabs(number) > 2147483647.0))
    throw DtypeError(
        where, fmt::format("{}: the number {} does not fit an i32 tensor: convert it, x.to(f32)", op.name, number));
  return scalar(number, dtype);
}

bool is_stale(const Arg& arg) {
  const Scope* scope = Scope::current();
  return arg.tensor()->recorded() && scope != nullptr && scope->records() &&
         arg.tensor()->recording() != scope->tape()->recording();
}

// Where no derivative is defined, a value whose tape was cleared is as good as any. `step` is recorded all the same, so
// that it can say that it has none.
Input operand(const ElementwiseOp& op, int i, const Arg& arg) {
  const bool constant =
      op.domain > Domain::arithmetic || (op.mask_first && i == 0) || (op.vjp == nullptr && is_stale(arg));
  return constant ? constant_of(arg, op.name) : input_of(arg, op.name);
}

void gather(const ElementwiseOp& op, std::initializer_list<const Arg*> arguments, Operands& x) {
  const Where where = (*arguments.begin())->where();
  for (const Arg* arg : arguments) {
    const int i = x.count++;
    x.number[i] = arg->is_number();
    if (!x.number[i]) x.input[i] = operand(op, i, *arg);
  }
  bool same = true;  // the usual case: floats of one type, and no mask
  for (int i = 0; i < x.count; ++i)
    same = same && !x.number[i] && is_floating(x[i].dtype()) && x[i].dtype() == x[0].dtype();
  if (same && op.domain != Domain::logical && !op.mask_first) return;
  const Dtype dtype = common_dtype(op, x, where);
  int i = 0;
  for (const Arg* arg : arguments) {
    const Dtype wanted = op.mask_first && i == 0 ? u8 : dtype;
    if (x.number[i]) x.replace(i, number_operand(op, arg->number(), wanted, where));
    else if (x[i].dtype() != wanted) x.replace(i, convert(x[i], wanted));
    ++i;
  }
}

// Axes that all operands walk evenly are merged; outermost first. Steps are 0 or, in the innermost axis, 1.
struct Loop {
  int rank = 0;
  std::int64_t size[Shape::max_rank];
  std::int64_t step[max_operands][Shape::max_rank];
};

Loop plan(const Operands& x, const Shape& shape) {
  Loop loop;
  Strides strides[max_operands];
  for (int i = 0; i < x.count; ++i) strides[i] = broadcast_strides(x[i].shape(), shape);
  for (int a = 0; a < shape.rank(); ++a) {
    if (shape[a] == 1) continue;
    const int last = loop.rank - 1;
    bool merges = last >= 0;
    for (int i = 0; i < x.count && merges; ++i) merges = loop.step[i][last] == strides[i][a] * shape[a];
    const int at = merges ? last : loop.rank++;
    loop.size[at] = merges ? loop.size[at] * shape[a] : shape[a];
    for (int i = 0; i < x.count; ++i) loop.step[i][at] = strides[i][a];
  }
  return loop;
}

// f(offset in the result, n, runs) for runs that cover the result; runs' pointers are those of the operands, moved
// along.
template <class F> void each_run(const Operands& x, const Shape& shape, F&& f) {
  const std::int64_t total = shape.size();
  if (total == 0) return;
  Run base[max_operands];
  std::size_t width[max_operands];
  bool flat = true;
  for (int i = 0; i < x.count; ++i) {
    const std::int64_t n = x[i].size();
    base[i] = {x[i].raw(), n == 1 ? 0 : 1};
    width[i] = size_of(x[i].dtype());
    flat = flat && (n == 1 || n == total);
  }
  const auto moved = [&](int i, std::int64_t offset, std::int64_t step) {
    return Run{static_cast<const std::byte*>(base[i].data) + static_cast<std::size_t>(offset) * width[i], step};
  };
  if (flat && total <= grain) return f(0, total, base);
  if (flat) {
    parallel_chunks(total, grain, [&](std::int64_t begin, std::int64_t end) {
      Run runs[max_operands];
      for (int i = 0; i < x.count; ++i) runs[i] = moved(i, base[i].step * begin, base[i].step);
      f(begin, end - begin, runs);
    });
    return;
  }
  const Loop loop = plan(x, shape);
  const int inner = loop.rank - 1;
  const std::int64_t n = loop.size[inner], rows = total / n;
  parallel_chunks(rows, std::max<std::int64_t>(1, grain / n), [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t r = first; r < last; ++r) {
      std::int64_t offset[max_operands] = {};
      std::int64_t rest = r;
      for (int a = inner - 1; a >= 0; --a) {
        const std::int64_t at = rest % loop.size[a];
        rest /= loop.size[a];
        for (int i = 0; i < x.count; ++i) offset[i] += at * loop.step[i][a];
      }
      parallel_chunks(n, grain, [&](std::int64_t begin, std::int64_t end) {
        Run runs[max_operands];
        for (int i = 0; i < x.count; ++i)
          runs[i] = moved(i, offset[i] + begin * loop.step[i][inner], loop.step[i][inner]);
        f(r * n + begin, end - begin, runs);
      });
    }
  });
}

Shape result_shape(const ElementwiseOp& op, const Operands& x, Where where) {
  Shape shape = x[0].shape();
  for (int i = 1; i < x.count; ++i)
    if (!(x[i].shape() == shape)) shape = broadcast_shapes(shape, x[i].shape(), op.name, where);
  return shape;
}

ElementwiseForward forward_of(const ElementwiseOp& op, Dtype dtype) {
  switch (dtype) {
    case f32:
      return op.f32_kernels->forward;
    case f64:
      return op.f64_kernels->forward;
    case i32:
      return op.i32_forward;
    default:
      return op.u8_forward;
  }
}

template <class T> const ElementwiseKernels<T>& kernels(const ElementwiseOp& op) {
  if constexpr (std::is_same_v<T, float>) return *op.f32_kernels;
  else return *op.f64_kernels;
}

// The gradient of operand i, of g's shape, (= or +=) into `out`.
template <class T> void run_backward(const ElementwiseOp& op, const VjpContext& c, int i, T* out, bool add) {
  const auto backward = kernels<T>(op).backward[i];
  const Tensor& g = c.gradient();
  const std::int64_t size = g.size();
  const T* result = op.saves == Saves::output ? c.saved_values(0).data<T>() : nullptr;
  const int saved = op.saves == Saves::input ? c.inputs() : 0;
  Run runs[max_operands];
  bool alike = size <= grain;  // then one run is all
  for (int k = 0; k < saved; ++k) {
    runs[k] = {c.saved_values(k).raw(), 1};
    alike = alike && c.saved_values(k).size() == size;
  }
  if (alike) return backward(size, out, add, g.data<T>(), runs, result);
  Operands x;
  for (; x.count < saved; ++x.count) x.input[x.count] = {&c.saved_values(x.count), -1};
  each_run(x, g.shape(), [&](std::int64_t at, std::int64_t n, const Run* runs_at) {
    backward(n, out + at, add, g.data<T>() + at, runs_at, result == nullptr ? nullptr : result + at);
  });
}

template <class T> void accumulate_all(const ElementwiseOp& op, VjpContext& c) {
  const Shape& shape = c.output_shape();
  for (int i = 0; i < c.inputs(); ++i) {
    if (!c.needs(i)) continue;
    if ((op.passes_gradient >> i & 1) != 0) {
      c.give(i, c.gradient());
    } else if (op.flat || c.input_shape(i) == shape) {
      bool add = false;
      T* out = c.accumulator(i, add).own_data<T>();
      run_backward(op, c, i, out, add);
    } else {
      Tensor whole = empty(shape, c.dtype());
      run_backward(op, c, i, whole.own_data<T>(), false);
      c.give(i, std::move(whole));
    }
  }
}

void record(const ElementwiseOp& op, Tensor& y, Where where, const Input* x, int count) {
  Record record(op, y, where, x, static_cast<std::size_t>(count));
  if (!record) return;
  if (op.saves == Saves::output) record.save(y);
  if (op.saves == Saves::input)
    for (int i = 0; i < count; ++i) record.save(x[i]);
}

// The usual case, which must cost little: a few floats of one type and shape. Their number, −1 in other cases.
[[gnu::always_inline]] inline std::int64_t alike(const ElementwiseOp& op, std::initializer_list<const Arg*> arguments) {
  const Tensor* first = (*arguments.begin())->tensor();
  if (op.domain > Domain::arithmetic || op.mask_first || op.vjp == nullptr || first == nullptr ||
      !is_floating(first->dtype()))
    return -1;
  for (const Arg* const* arg = arguments.begin() + 1; arg != arguments.end(); ++arg) {
    const Tensor* t = (*arg)->tensor();
    if (t == nullptr || t->dtype() != first->dtype() || !(t->shape() == first->shape())) return -1;
  }
  const std::int64_t size = first->size();
  return size <= grain ? size : -1;
}

[[gnu::always_inline]] inline Tensor run_alike(const ElementwiseOp& op, std::initializer_list<const Arg*> arguments,
                                               std::int64_t size) {
  Input x[max_operands];
  Run runs[max_operands];
  int count = 0;
  for (const Arg* arg : arguments) {
    x[count] = input_of(*arg, op.name);
    runs[count] = {x[count].tensor->raw(), 1};
    ++count;
  }
  Tensor y = empty(x[0].tensor->shape(), x[0].tensor->dtype());
  const ElementwiseForward forward = y.dtype() == f32 ? op.f32_kernels->forward : op.f64_kernels->forward;
  forward(size, y.own_data<void>(), runs);
  if (op.flat) [[unlikely]]
    y.set_shape(Shape{y.size()});
  record(op, y, (*arguments.begin())->where(), x, count);
  return y;
}

[[gnu::noinline]] Tensor run_any(const ElementwiseOp& op, std::initializer_list<const Arg*> arguments) {
  Operands x;
  const Where where = (*arguments.begin())->where();
  gather(op, arguments, x);
  const Dtype dtype = x[x.count - 1].dtype();
  const bool mask = op.domain > Domain::arithmetic;
  Tensor y = empty(result_shape(op, x, where), mask ? u8 : dtype);
  const ElementwiseForward forward = forward_of(op, dtype);
  auto* out = y.own_data<std::byte>();
  const std::size_t width = size_of(y.dtype());
  each_run(x, y.shape(), [&](std::int64_t at, std::int64_t n, const Run* runs) {
    forward(n, out + static_cast<std::size_t>(at) * width, runs);
  });
  if (op.flat) [[unlikely]]
    y.set_shape(Shape{y.size()});
  if (is_floating(y.dtype())) record(op, y, where, x.input, x.count);
  return y;
}

}  // namespace

Tensor elementwise(const ElementwiseOp& op, std::initializer_list<const Arg*> arguments) {
  const std::int64_t size = alike(op, arguments);
  return size >= 0 ? run_alike(op, arguments, size) : run_any(op, arguments);
}

void elementwise_backward(VjpContext& c) {
  const auto& op = static_cast<const ElementwiseOp&>(c.op());
  if (c.dtype() == f64) accumulate_all<double>(op, c);
  else accumulate_all<float>(op, c);
}

}  // namespace cinta
