// The functions of a pack that come from SLEEF: xsimd's own are wrong, or their lanes depend on neighbours.
// For pack_functions.hpp alone. Always the `Sleef_finz_…` names: made to give one result on every instruction set.
#pragma once

#include <cinta/framework/core/pack.hpp>

#include <sleef.h>

namespace cinta {
inline namespace CINTA_KERNELS {
namespace sleef {

// One batch at a time where the instruction set has SLEEF functions that we know, else one lane at a time; same bits.
#if defined(__AVX512F__)
#define CINTA_SLEEF_CALL(name, precision, ...)                                                                         \
  if constexpr (sizeof(T) == 4)                                                                                        \
    return Pack<T>::apply(                                                                                             \
        [](auto... v) { return lanes::Batch<T>(Sleef_finz_##name##f16_##precision##avx512f(v...)); }, __VA_ARGS__);    \
  else                                                                                                                 \
    return Pack<T>::apply([](auto... v) { return lanes::Batch<T>(Sleef_finz_##name##d8_##precision##avx512f(v...)); }, \
                          __VA_ARGS__)
#elif defined(__AVX2__)
#define CINTA_SLEEF_CALL(name, precision, ...)                                                                      \
  if constexpr (sizeof(T) == 4)                                                                                     \
    return Pack<T>::apply([](auto... v) { return lanes::Batch<T>(Sleef_finz_##name##f8_##precision##avx2(v...)); }, \
                          __VA_ARGS__);                                                                             \
  else                                                                                                              \
    return Pack<T>::apply([](auto... v) { return lanes::Batch<T>(Sleef_finz_##name##d4_##precision##avx2(v...)); }, \
                          __VA_ARGS__)
#else
template <class T, class F, class... P> CINTA_INLINE Pack<T> by_lane(F f, const P&... x) {
  T r[Pack<T>::size];
  for (int i = 0; i < Pack<T>::size; ++i) r[i] = f(x.lane(i)...);
  return Pack<T>::load(r);
}
#define CINTA_SLEEF_CALL(name, precision, ...)                                                                   \
  if constexpr (sizeof(T) == 4)                                                                                  \
    return by_lane<T>([](auto... v) { return Sleef_finz_##name##f1_##precision##purecfma(v...); }, __VA_ARGS__); \
  else return by_lane<T>([](auto... v) { return Sleef_finz_##name##d1_##precision##purecfma(v...); }, __VA_ARGS__)
#endif

#define CINTA_SLEEF_UNARY(name, precision) \
  template <class T> CINTA_INLINE Pack<T> name(Pack<T> x) { CINTA_SLEEF_CALL(name, precision, x); }
#define CINTA_SLEEF_BINARY(name, precision) \
  template <class T> CINTA_INLINE Pack<T> name(Pack<T> x, Pack<T> y) { CINTA_SLEEF_CALL(name, precision, x, y); }
CINTA_SLEEF_UNARY(sin, u10)
CINTA_SLEEF_UNARY(cos, u10)
CINTA_SLEEF_UNARY(tan, u10)
CINTA_SLEEF_UNARY(erf, u10)
CINTA_SLEEF_UNARY(lgamma, u10)
CINTA_SLEEF_BINARY(pow, u10)
CINTA_SLEEF_BINARY(atan2, u10)
CINTA_SLEEF_BINARY(hypot, u05)
#undef CINTA_SLEEF_UNARY
#undef CINTA_SLEEF_BINARY
#undef CINTA_SLEEF_CALL

}  // namespace sleef
}  // namespace CINTA_KERNELS
}  // namespace cinta
