// Compiled twice, as the library's kernels are; see pack_kernels.hpp.
#include "pack_kernels.hpp"

#include <cinta/framework/core/pack_reduce.hpp>

namespace cinta {
inline namespace CINTA_KERNELS {

template <auto f, class T> static void run(const T* a, const T* b, const T* c, T* y, int n) {
  using P = Pack<T>;
  for (int i = 0; i < n; i += P::size) {
    const int count = n - i < P::size ? n - i : P::size;
    f(P::load(a + i, count), P::load(b + i, count), P::load(c + i, count)).store(y + i, count);
  }
}

// clang-format off
// An entry whose expression is in packs x, y, z; masks are shown as 1 and 0.
#define ENTRY(name, expression) \
  {name, run<[](auto x, auto y, auto z) { (void)x, (void)y, (void)z; return expression; }, T>},
#define UNARY(name) ENTRY(#name, name(x))
#define BINARY(name) ENTRY(#name, name(x, y))

template <class T> static pack_kernels::Table<pack_kernels::Function<T>> functions() {
  static constexpr pack_kernels::Function<T> table[] = {
    ENTRY("copy", x) ENTRY("-x", -x)
    ENTRY("x + y", x + y) ENTRY("x - y", x - y) ENTRY("x * y", x * y) ENTRY("x / y", x / y)
    ENTRY("fma", fma(x, y, z)) ENTRY("fms", fms(x, y, z)) ENTRY("fnma", fnma(x, y, z))
    ENTRY("x < y", select(x < y, 1, 0)) ENTRY("x <= y", select(x <= y, 1, 0))
    ENTRY("x > y", select(x > y, 1, 0)) ENTRY("x >= y", select(x >= y, 1, 0))
    ENTRY("x == y", select(x == y, 1, 0)) ENTRY("x != y", select(x != y, 1, 0))
    ENTRY("and", select((x < y) & (x < z), 1, 0)) ENTRY("or", select((x < y) | (x < z), 1, 0))
    ENTRY("xor", select((x < y) ^ (x < z), 1, 0)) ENTRY("not", select(!(x < y), 1, 0))
    ENTRY("select", select(x < y, z, x)) ENTRY("clamp", clamp(x, y, z))
    ENTRY("isnan", select(isnan(x), 1, 0)) ENTRY("isfinite", select(isfinite(x), 1, 0))
    UNARY(abs) UNARY(sqrt) UNARY(floor) UNARY(ceil) UNARY(trunc) UNARY(round)
    UNARY(sign) UNARY(step) UNARY(relu) UNARY(squared)
    BINARY(copysign) BINARY(maximum) BINARY(minimum) BINARY(mod)
    UNARY(exp) UNARY(expm1) UNARY(log) UNARY(log1p) UNARY(log2) UNARY(cbrt)
    BINARY(pow) BINARY(hypot) BINARY(atan2)
    UNARY(sin) UNARY(cos) UNARY(tan) UNARY(asin) UNARY(acos) UNARY(atan)
    UNARY(sinh) UNARY(cosh) UNARY(tanh) UNARY(asinh) UNARY(acosh) UNARY(atanh)
    UNARY(erf) UNARY(lgamma) UNARY(digamma) UNARY(sigmoid) UNARY(softplus) UNARY(log_sigmoid)
  };
  return {table, sizeof(table) / sizeof(table[0])};
}
// clang-format on

template <class T> static pack_kernels::Table<pack_kernels::Reduction<T>> reductions() {
  using std::int64_t;
  static constexpr pack_kernels::Reduction<T> table[] = {
      {"sum", [](const T* a, const T*, int64_t n) { return reduce<Sum>(a, n); }},
      {"product", [](const T* a, const T*, int64_t n) { return reduce<Product>(a, n); }},
      {"maximum", [](const T* a, const T*, int64_t n) { return reduce<Maximum>(a, n); }},
      {"minimum", [](const T* a, const T*, int64_t n) { return reduce<Minimum>(a, n); }},
      {"sum chunk", [](const T* a, const T*, int64_t n) { return sum_chunk(a, static_cast<int>(n)); }},
      {"dot chunk", [](const T* a, const T* b, int64_t n) { return dot_chunk(a, b, static_cast<int>(n)); }},
      {"sum of quotients",  // a tail of NaN, 0 / 0, must not count
       [](const T* a, const T* b, int64_t n) {
         return map_reduce<Sum, T>(
             n, [=](int64_t i, int count) { return Pack<T>::load(a + i, count) / Pack<T>::load(b + i, count); });
       }},
      {"tree of sums", [](const T* a, const T*, int64_t n) { return combine_chunks(a, n); }},
  };
  return {table, sizeof(table) / sizeof(table[0])};
}

template <class T> static pack_kernels::Set<T> set() {
  return {functions<T>(), reductions<T>(),
          [](const T* x, std::uint8_t* y, int n) {
            for (int i = 0; i < n; i += Pack<T>::size) {
              const int count = n - i < Pack<T>::size ? n - i : Pack<T>::size;
              store_bytes(Pack<T>::load(x + i, count) > 0, y + i, count);
            }
          },
          [](const std::uint8_t* x, T* y, int n) {
            for (int i = 0; i < n; i += Pack<T>::size) {
              const int count = n - i < Pack<T>::size ? n - i : Pack<T>::size;
              select(load_bytes<T>(x + i, count), 1, 0).store(y + i, count);
            }
          }};
}

pack_kernels::Set<float> pack_set_f32() { return set<float>(); }
pack_kernels::Set<double> pack_set_f64() { return set<double>(); }

}  // namespace CINTA_KERNELS
}  // namespace cinta
