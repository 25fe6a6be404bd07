// The functions of dual numbers: the value computed once, the derivative from it. Included by dual.hpp.
#pragma once

#include <cinta/ops/dual.hpp>

namespace cinta {
inline namespace CINTA_KERNELS {

// y is the value f(x); `slope` is f′(x), written in x and y.
#define CINTA_DUAL_FUNCTION(name, slope)                    \
  template <class P> CINTA_INLINE Dual<P> name(Dual<P> a) { \
    const P x = a.v;                                        \
    const P y = name(x);                                    \
    (void)x;                                                \
    return {y, a.d * (slope)};                              \
  }
#define CINTA_DUAL_QUOTIENT(name, divisor)                  \
  template <class P> CINTA_INLINE Dual<P> name(Dual<P> a) { \
    const P x = a.v;                                        \
    const P y = name(x);                                    \
    (void)x;                                                \
    return {y, a.d / (divisor)};                            \
  }
#define CINTA_DUAL_FLAT(name) \
  template <class P> CINTA_INLINE Dual<P> name(Dual<P> a) { return {name(a.v), P(0)}; }

CINTA_DUAL_FLAT(floor)
CINTA_DUAL_FLAT(ceil)
CINTA_DUAL_FLAT(round)
CINTA_DUAL_FLAT(trunc)
CINTA_DUAL_FLAT(sign)
CINTA_DUAL_FLAT(step)

CINTA_DUAL_FUNCTION(abs, sign(x))
CINTA_DUAL_FUNCTION(squared, 2 * x)
CINTA_DUAL_QUOTIENT(sqrt, 2 * y)
CINTA_DUAL_QUOTIENT(cbrt, 3 * (y * y))

CINTA_DUAL_FUNCTION(exp, y)
CINTA_DUAL_FUNCTION(expm1, y + 1)
CINTA_DUAL_QUOTIENT(log, x)
CINTA_DUAL_QUOTIENT(log2, x * 0.69314718055994530942)
CINTA_DUAL_QUOTIENT(log1p, x + 1)

CINTA_DUAL_FUNCTION(sin, cos(x))
CINTA_DUAL_FUNCTION(cos, -sin(x))
CINTA_DUAL_FUNCTION(tan, fma(y, y, 1))
CINTA_DUAL_QUOTIENT(asin, sqrt((1 - x) * (1 + x)))
CINTA_DUAL_QUOTIENT(acos, -sqrt((1 - x) * (1 + x)))
CINTA_DUAL_QUOTIENT(atan, fma(x, x, 1))

CINTA_DUAL_FUNCTION(sinh, cosh(x))
CINTA_DUAL_FUNCTION(cosh, sinh(x))
CINTA_DUAL_FUNCTION(tanh, fnma(y, y, 1))
CINTA_DUAL_QUOTIENT(asinh, hypot(x, 1))  // x² would overflow
CINTA_DUAL_QUOTIENT(acosh, sqrt(x - 1) * sqrt(x + 1))
CINTA_DUAL_QUOTIENT(atanh, (1 - x) * (1 + x))

CINTA_DUAL_FUNCTION(erf, 1.12837916709551257390 * exp(-(x * x)))  // 2 / √π
CINTA_DUAL_FUNCTION(lgamma, digamma(x))
CINTA_DUAL_FUNCTION(sigmoid, y*(1 - y))
CINTA_DUAL_FUNCTION(softplus, sigmoid(x))
CINTA_DUAL_FUNCTION(log_sigmoid, sigmoid(-x))

#undef CINTA_DUAL_FUNCTION
#undef CINTA_DUAL_QUOTIENT
#undef CINTA_DUAL_FLAT

/// The derivative at 0 is 0.
template <class P> CINTA_INLINE Dual<P> relu(Dual<P> a) { return {relu(a.v), select(a.v <= 0, 0, a.d)}; }

/// xʸ. With respect to x: y xʸ⁻¹, and 0 where y = 0 (so at 0⁰); with respect to y: xʸ ln x, and 0 at x = 0.
template <class A, class B>
requires DualArguments<A, B> CINTA_INLINE auto pow(A a, B b) {
  using P = dual_pack<A, B>;
  const P x = value(a), y = value(b), v = pow(x, y);
  const auto by_base = [&](const P& d) { return select((y == 0) | (d == 0), 0, d * (y * pow(x, y - 1))); };
  const auto by_exponent = [&](const P& d) { return select((x == 0) | (d == 0), 0, d * (v * log(x))); };
  if constexpr (!is_dual<B>) return Dual<P>{v, by_base(a.d)};
  else if constexpr (!is_dual<A>) return Dual<P>{v, by_exponent(b.d)};
  else return Dual<P>{v, by_base(a.d) + by_exponent(b.d)};
}

/// The derivative is (a a′ + b b′) / hypot(a, b), and 0 at the origin.
template <class A, class B>
requires DualArguments<A, B> CINTA_INLINE auto hypot(A a, B b) {
  using P = dual_pack<A, B>;
  const P x = value(a), y = value(b), v = hypot(x, y);
  const auto slope = [&](P z) { return select(v == 0, 0, z / v); };
  return Dual<P>{v, derivative(
                        a, b, [&] { return slope(x); }, [&] { return slope(y); })};
}

/// The angle of (x, y); its derivative is (x y′ − y x′) / (x² + y²).
template <class A, class B>
requires DualArguments<A, B> CINTA_INLINE auto atan2(A a, B b) {
  using P = dual_pack<A, B>;
  const P y = value(a), x = value(b), h = hypot(x, y);
  return Dual<P>{atan2(y, x), derivative(
                                  a, b, [&] { return x / h / h; }, [&] { return -(y / h) / h; })};
}

/// a − b ⌊a / b⌋; the quotient is held constant.
template <class A, class B>
requires DualArguments<A, B> CINTA_INLINE auto mod(A a, B b) {
  using P = dual_pack<A, B>;
  const P x = value(a), y = value(b), v = mod(x, y);
  return Dual<P>{v, derivative(
                        a, b, [] { return P(1); }, [&] { return -round((x - v) / y); })};
}

// The derivative of whichever is taken, half of each where a = b.
template <class P, class A, class B>
CINTA_INLINE P derivative_of_taken(Mask<typename P::value_type> first, Mask<typename P::value_type> second, A a, B b) {
  const auto share = [](auto m, auto tie, P d) { return select(m, d, select(tie, d / 2, 0)); };
  const auto tie = !(first | second);
  if constexpr (!is_dual<B>) return share(first, tie, a.d);
  else if constexpr (!is_dual<A>) return share(second, tie, b.d);
  else return share(first, tie, a.d) + share(second, tie, b.d);
}
template <class A, class B>
requires DualArguments<A, B> CINTA_INLINE auto maximum(A a, B b) {
  using P = dual_pack<A, B>;
  const P x = value(a), y = value(b);
  return Dual<P>{maximum(x, y), derivative_of_taken<P>(x > y, x < y, a, b)};
}
template <class A, class B>
requires DualArguments<A, B> CINTA_INLINE auto minimum(A a, B b) {
  using P = dual_pack<A, B>;
  const P x = value(a), y = value(b);
  return Dual<P>{minimum(x, y), derivative_of_taken<P>(x<y, x> y, a, b)};
}

/// x held between constants; the derivative is 1 between them and at them, as PyTorch's clamp.
template <class P, class A, class B>
requires(PackArguments<P, A, B>) CINTA_INLINE Dual<P> clamp(Dual<P> a, A low, B high) {
  return {clamp(a.v, low, high), select((a.v < low) | (a.v > high), 0, a.d)};
}

}  // namespace CINTA_KERNELS
}  // namespace cinta
