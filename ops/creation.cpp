// Tensors made from numbers.
#include <cinta/framework/core/op.hpp>
#include <cinta/ops/creation.hpp>
#include <cinta/ops/ops.hpp>

#include <fmt/format.h>

#include <sys/sysinfo.h>

#include <algorithm>
#include <cmath>

namespace cinta {
namespace {

// Throws unless the element type holds the value: casting any other to an integer is undefined.
void require_fits(double value, Dtype dtype, const char* op, Where where) {
  if (is_floating(dtype)) return;
  const double low = dtype == i32 ? -2147483648.0 : 0, high = dtype == i32 ? 2147483647.0 : 255;
  if (!(value >= low && value <= high) || value != std::trunc(value))
    throw ValueError(where, fmt::format("{}: {} is not a value of {}", op, value, to_string(dtype)));
}

void require_finite(double value, const char* op, Where where) {
  if (!std::isfinite(value)) throw ValueError(where, fmt::format("{}: {} is not a finite number", op, value));
}

// Memory and swap of this machine, in bytes.
double memory_of_machine() {
  struct sysinfo info {};
  if (sysinfo(&info) != 0) return HUGE_VAL;
  return (static_cast<double>(info.totalram) + static_cast<double>(info.totalswap)) * info.mem_unit;
}

Tensor filled_as_asked(const Shape& shape, double value, Dtype dtype, const char* op, Where where) {
  check_memory_for(shape, dtype, op, where);
  return filled(shape, value, dtype);
}

template <class F> Tensor filled_by(std::int64_t n, Dtype dtype, const char* op, Where where, F f) {
  const Shape shape({n}, where);
  check_memory_for(shape, dtype, op, where);
  Tensor y = empty(shape, dtype);
  visit_dtype(dtype, [&](auto zero) {
    using T = decltype(zero);
    T* out = y.mutable_data<T>();
    for (std::int64_t i = 0; i < n; ++i) out[i] = static_cast<T>(f(i));
  });
  return y;
}

}  // namespace

void check_memory_for(const Shape& shape, Dtype dtype, const char* op, Where where) {
  constexpr double surely_there = 1 << 28;  // bytes for which the system is not asked
  const double bytes = static_cast<double>(shape.size()) * static_cast<double>(size_of(dtype));
  if (bytes <= surely_there) return;
  const double memory = memory_of_machine();
  if (bytes > memory)
    throw ShapeError(where, fmt::format("{}: {} elements of {} take {:.0f} GB, and this machine has {:.0f}", op,
                                        to_string(shape), to_string(dtype), bytes / 1e9, memory / 1e9));
}

Tensor zeros(const Shape& shape, Dtype dtype, Where where) { return filled_as_asked(shape, 0, dtype, "zeros", where); }
Tensor ones(const Shape& shape, Dtype dtype, Where where) { return filled_as_asked(shape, 1, dtype, "ones", where); }

Tensor full(const Shape& shape, double value, Dtype dtype, Where where) {
  require_fits(value, dtype, "full", where);
  return filled_as_asked(shape, value, dtype, "full", where);
}

Tensor zeros_like(const Arg& x) {
  const Tensor& t = values_of(x, "zeros_like");
  return filled(t.shape(), 0, t.dtype());
}
Tensor ones_like(const Arg& x) {
  const Tensor& t = values_of(x, "ones_like");
  return filled(t.shape(), 1, t.dtype());
}

Tensor eye(std::int64_t n, Dtype dtype, Where where) {
  Tensor y = filled_as_asked(Shape({n, n}, where), 0, dtype, "eye", where);
  visit_dtype(dtype, [&](auto zero) {
    using T = decltype(zero);
    T* out = y.mutable_data<T>();
    for (std::int64_t i = 0; i < n; ++i) out[i * n + i] = T(1);
  });
  return y;
}

Tensor arange(double start, double stop, double step, Dtype dtype, Where where) {
  for (const double v : {start, stop, step}) require_finite(v, "arange", where);
  if (step == 0) throw ValueError(where, "arange: the step is 0");
  const double steps = std::ceil((stop - start) / step);
  if (steps > 0x1p53)
    throw ValueError(where, fmt::format("arange: from {} to {} by {} are too many numbers", start, stop, step));
  std::int64_t n = steps > 0 ? static_cast<std::int64_t>(steps) : 0;
  const auto at = [=](std::int64_t i) { return start + static_cast<double>(i) * step; };
  while (n > 0 && (step > 0 ? at(n - 1) >= stop : at(n - 1) <= stop)) --n;  // the quotient was rounded up
  if (n > 0) {
    require_fits(start, dtype, "arange", where);
    require_fits(at(n - 1), dtype, "arange", where);
    if (n > 1) require_fits(at(1), dtype, "arange", where);
  }
  return filled_by(n, dtype, "arange", where, at);
}

Tensor linspace(double start, double stop, std::int64_t n, Dtype dtype, Where where) {
  for (const double v : {start, stop}) require_finite(v, "linspace", where);
  if (!is_floating(dtype)) throw DtypeError(where, fmt::format("linspace: makes f32 or f64, not {}", to_string(dtype)));
  if (n < 0) throw ValueError(where, fmt::format("linspace: {} numbers are asked for", n));
  const double last = static_cast<double>(n - 1);
  return filled_by(n, dtype, "linspace", where, [=](std::int64_t i) {
    if (i == 0) return start;  // also for n = 1
    const double t = static_cast<double>(i) / last;
    return start * (1 - t) + stop * t;
  });
}

}  // namespace cinta
