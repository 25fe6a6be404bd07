#include <cinta/framework/nn/dropout.hpp>

#include <cinta/framework/core/op.hpp>
#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/random.hpp>
#include <cinta/ops/ops.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace cinta {
namespace {

const OpDef dropout_op{"dropout", [](VjpContext& c) { c.give(0, mul(Arg(c.gradient(), c.where()), c.saved(0))); }};

constexpr std::int64_t chunk = 16384;

void check_probability(double p, Where where) {
  if (!(p >= 0 && p < 1)) throw ValueError(where, fmt::format("dropout: p must lie in [0, 1), not be {}", p));
}

// Writes y = x·m and the mask m itself, 0 or 1 / (1 − p), for the elements numbered from `first` on.
template <class T> void mask(const T* x, std::int64_t n, double p, std::uint64_t seed, std::uint64_t stream,
                             std::int64_t first, T* m, T* y) {
  const auto least = static_cast<std::uint32_t>(std::ldexp(p, 32));  // of the numbers that are kept
  const T scale = static_cast<T>(1 / (1 - p));
  parallel_chunks(n, chunk, [&](std::int64_t begin, std::int64_t end) {
    std::uint32_t bits[512];
    while (begin < end) {
      const std::int64_t count = std::min<std::int64_t>(end - begin, 512);
      random_bits(seed, stream, static_cast<std::uint64_t>(first + begin), {bits, static_cast<std::size_t>(count)});
      for (std::int64_t i = 0; i < count; ++i) {
        m[begin + i] = bits[i] >= least ? scale : T(0);
        y[begin + i] = x[begin + i] * m[begin + i];
      }
      begin += count;
    }
  });
}

}  // namespace

Dropout::Dropout(double p, Where where) : p_(p) { check_probability(p, where); }

Tensor Dropout::operator()(const Arg& x) const { return dropout(x, p_); }

Tensor dropout(const Arg& arg, double p) {
  check_probability(p, arg.where());
  Scope* scope = Scope::current();
  if (scope == nullptr || !scope->training()) return tensor_of(arg, "dropout");
  const Input x = input_of(arg, "dropout");
  if (!is_floating(x.tensor->dtype()))
    throw DtypeError(arg.where(), fmt::format("dropout: takes f32 or f64, not {}: convert it, x.to(f32)",
                                              to_string(x.tensor->dtype())));
  // Taken for p = 0 too, so that the masks of other layers do not depend on this one's p.
  const auto ordinal = static_cast<std::uint64_t>(scope->next_ordinal());
  const std::uint64_t stream = stream_of("dropout") + (static_cast<std::uint64_t>(scope->pass()) << 20) + ordinal;
  if (p == 0) return tensor_of(arg, "dropout");

  const std::int64_t n = x.tensor->size(), rows = x.tensor->rank() == 0 ? 1 : x.tensor->shape()[0];
  const std::int64_t first = scope->first_row() * (rows == 0 ? 0 : n / rows);
  Tensor m = empty(x.tensor->shape(), x.tensor->dtype()), y = empty(x.tensor->shape(), x.tensor->dtype());
  if (m.dtype() == f32)
    mask(x.tensor->data<float>(), n, p, scope->seed(), stream, first, m.mutable_data<float>(), y.mutable_data<float>());
  else
    mask(x.tensor->data<double>(), n, p, scope->seed(), stream, first, m.mutable_data<double>(),
         y.mutable_data<double>());
  Record(dropout_op, y, arg.where(), {x}).save(m);
  return y;
}

}  // namespace cinta
