// Random tensors: functions of (seed, stream, index), from framework/core/random.hpp.
#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/random.hpp>
#include <cinta/ops/creation.hpp>
#include <cinta/ops/ops.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace cinta {
namespace {

constexpr std::int64_t grain = 1 << 14;  // elements of one task

template <class F> void each_floating(Tensor& y, const char* op, Where where, F f) {
  if (y.dtype() == f32) f(y.mutable_data<float>());
  else if (y.dtype() == f64) f(y.mutable_data<double>());
  else throw DtypeError(where, fmt::format("{}: makes f32 or f64, not {}", op, to_string(y.dtype())));
}

void require_finite(double x, const char* op, Where where) {
  if (!std::isfinite(x)) throw ValueError(where, fmt::format("{}: {} is not a finite number", op, x));
}

template <class T> std::span<T> part_of(T* p, std::int64_t begin, std::int64_t end) {
  return {p + begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

Tensor uniform(const Shape& shape, double low, double high, RandomOptions options, Where where) {
  require_finite(low, "uniform", where);
  require_finite(high, "uniform", where);
  if (low > high)
    throw ValueError(where, fmt::format("uniform: the lower bound {} is above the upper one, {}", low, high));
  check_memory_for(shape, options.dtype, "uniform", where);
  Tensor y = empty(shape, options.dtype);
  each_floating(y, "uniform", where, [&]<class T>(T* out) {
    const T from = static_cast<T>(low), to = static_cast<T>(high), width = to - from;
    const T last = to > from ? std::nextafter(to, from) : from;  // from + width · u may round to the upper bound
    parallel_chunks(y.size(), grain, [&](std::int64_t begin, std::int64_t end) {
      random_uniform<T>(options.seed, options.stream, static_cast<std::uint64_t>(begin), part_of(out, begin, end));
      for (std::int64_t i = begin; i < end; ++i) out[i] = std::min(from + width * out[i], last);
    });
  });
  return y;
}

Tensor normal(const Shape& shape, double mean, double deviation, RandomOptions options, Where where) {
  require_finite(mean, "normal", where);
  require_finite(deviation, "normal", where);
  if (deviation < 0) throw ValueError(where, fmt::format("normal: the standard deviation {} is negative", deviation));
  check_memory_for(shape, options.dtype, "normal", where);
  Tensor y = empty(shape, options.dtype);
  each_floating(y, "normal", where, [&]<class T>(T* out) {
    const T m = static_cast<T>(mean), s = static_cast<T>(deviation);
    parallel_chunks(y.size(), grain, [&](std::int64_t begin, std::int64_t end) {
      random_normal<T>(options.seed, options.stream, static_cast<std::uint64_t>(begin), part_of(out, begin, end));
      for (std::int64_t i = begin; i < end; ++i) out[i] = m + s * out[i];
    });
  });
  return y;
}

Tensor bernoulli(const Shape& shape, double p, RandomOptions options, Where where) {
  if (!(p >= 0 && p <= 1)) throw ValueError(where, fmt::format("bernoulli: {} is no probability", p));
  const auto threshold = static_cast<std::uint64_t>(p * 0x1p32);  // 1 where the word is below it
  check_memory_for(shape, options.dtype, "bernoulli", where);
  Tensor y = empty(shape, options.dtype);
  visit_dtype(y.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* out = y.mutable_data<T>();
    parallel_chunks(y.size(), grain, [&](std::int64_t begin, std::int64_t end) {
      constexpr std::int64_t block = 512;
      std::uint32_t bits[block];
      for (std::int64_t at = begin; at < end; at += block) {
        const std::int64_t n = std::min(block, end - at);
        random_bits(options.seed, options.stream, static_cast<std::uint64_t>(at), part_of(bits, 0, n));
        for (std::int64_t i = 0; i < n; ++i) out[at + i] = static_cast<T>(bits[i] < threshold ? 1 : 0);
      }
    });
  });
  return y;
}

Tensor permutation(std::int64_t n, RandomOptions options, Where where) {
  if (n < 0 || n > std::numeric_limits<std::int32_t>::max())
    throw ValueError(where, fmt::format("permutation: of {} elements there is none in i32", n));
  const std::vector<std::int64_t> order = shuffled_indices(options.seed, options.stream, n);
  Tensor y = empty({n}, i32);
  std::transform(order.begin(), order.end(), y.mutable_data<std::int32_t>(),
                 [](std::int64_t i) { return static_cast<std::int32_t>(i); });
  return y;
}

}  // namespace cinta
