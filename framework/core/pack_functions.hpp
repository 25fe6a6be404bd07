// The functions of packs: each from the source whose results are the same bits on AVX2 and AVX-512, with GCC and Clang,
// and whose lanes don't depend on their neighbours (measured over every exponent, both signs, specials and subnormals).
// Errors are the largest found there, in units in the last place (ulp). A NaN gives NaN; which NaN is left open.
#pragma once

#include <limits>

#include <cinta/framework/core/pack_sleef.hpp>

namespace cinta {
inline namespace CINTA_KERNELS {

#define CINTA_XSIMD(name, function)                                      \
  template <class T> CINTA_INLINE Pack<T> name(Pack<T> x) {              \
    return Pack<T>::apply([](auto v) { return xsimd::function(v); }, x); \
  }

// ---- exact or correctly rounded

/// |x|: the sign cleared, of zeros too.
CINTA_XSIMD(abs, abs)
/// √x, correctly rounded; NaN below zero.
CINTA_XSIMD(sqrt, sqrt)
/// The largest integer ≤ x.
CINTA_XSIMD(floor, floor)
/// The smallest integer ≥ x.
CINTA_XSIMD(ceil, ceil)
/// x without its fraction.
CINTA_XSIMD(trunc, trunc)
/// The nearest integer, halves to the even one, as NumPy and PyTorch.
CINTA_XSIMD(round, nearbyint)

template <class T> CINTA_INLINE Mask<T> isnan(Pack<T> x) {
  return Mask<T>::apply([](auto v) { return xsimd::isnan(v); }, x);
}
template <class T> CINTA_INLINE Mask<T> isfinite(Pack<T> x) { return abs(x) <= std::numeric_limits<T>::max(); }
/// The magnitude of x with the sign bit of y.
template <class T> CINTA_INLINE Pack<T> copysign(Pack<T> x, Pack<T> y) {
  return Pack<T>::apply([](auto v, auto w) { return xsimd::copysign(v, w); }, x, y);
}
/// 1, −1, or x itself where it is ±0 or NaN.
template <class T> CINTA_INLINE Pack<T> sign(Pack<T> x) { return select(x > 0, 1, select(x < 0, -1, x)); }
/// 1 if x ≥ 0, else 0; a NaN gives 0.
template <class T> CINTA_INLINE Pack<T> step(Pack<T> x) { return select(x >= 0, 1, 0); }
/// x if x > 0, else +0; a NaN stays.
template <class T> CINTA_INLINE Pack<T> relu(Pack<T> x) { return select(x <= 0, 0, x); }
/// b if b > a or b is NaN, else a: a NaN on either side wins, and of equal values (±0 included) the first is taken.
template <class A, class B>
requires PackArguments<A, B> CINTA_INLINE common_pack<A, B> maximum(A a, B b) {
  using P = common_pack<A, B>;
#if defined(__x86_64__)  // max(x, y) is x > y ? x : y there; the test for NaN stays off the chain of a reduction, whose
                         // b is new
  return select(isnan(P(b)), b, P::apply([](auto x, auto y) { return xsimd::max(x, y); }, P(b), P(a)));
#else
  return select((P(b) > a) | isnan(P(b)), b, a);
#endif
}
/// b if b < a or b is NaN, else a.
template <class A, class B>
requires PackArguments<A, B> CINTA_INLINE common_pack<A, B> minimum(A a, B b) {
  using P = common_pack<A, B>;
#if defined(__x86_64__)
  return select(isnan(P(b)), b, P::apply([](auto x, auto y) { return xsimd::min(x, y); }, P(b), P(a)));
#else
  return select((P(b) < a) | isnan(P(b)), b, a);
#endif
}
/// x held between `low` and `high`; a NaN stays. With low > high the result is high, as in NumPy and PyTorch.
template <class T, class A, class B>
requires PackArguments<Pack<T>, A, B> CINTA_INLINE Pack<T> clamp(Pack<T> x, A low, B high) {
  return minimum(maximum(x, low), high);
}

/// u², and +0 for |u| < 2⁻⁵⁸ (f32) or 2⁻⁵⁰⁶ (f64), where a thousandth of the square would be subnormal and slow.
template <class T> CINTA_INLINE Pack<T> squared(Pack<T> u) {
  constexpr T least = sizeof(T) == 4 ? T(0x1p-58) : T(0x1p-506);
  const Pack<T> v = select(abs(u) < least, 0, u);  // first: a subnormal product is slow even where it is not taken
  return v * v;
}

// ---- exponentials and logarithms

/// eˣ for x ≤ 89 in two halves, for loops that take each over a block of packs: the whole is one long chain of
/// operations, of which a processor holds too few at once. x = k ln 2 + r with |r| ≤ ½ ln 2, and eˣ = 2ᵏ eʳ; gives r,
/// and 2ᵏ in `power`.
CINTA_INLINE Pack<float> exp_reduce(Pack<float> x, Pack<float>& power) {
  x = Pack<float>::apply([]<class B>(B v) { return xsimd::max(B(-88), v); }, x);  // where 2ᵏ is 0; a NaN stays
  const Pack<float> k = round(x * 0x1.715476p+0f);
  power = Pack<float>::apply([]<class B>(B v) { return xsimd::ldexp(B(1), xsimd::to_int(v)); }, k);
  return fnma(k, -0x1.bd0106p-13f, fnma(k, 0x1.63p-1f, x));
}
/// 2ᵏ eʳ, by Cephes' polynomial.
CINTA_INLINE Pack<float> exp_finish(Pack<float> r, Pack<float> power) {
  Pack<float> p = fma(0x1.6ef19ep-10f, r, 0x1.131b16p-7f);
  p = fma(p, r, 0x1.5552aep-5f);
  p = fma(p, r, 0x1.55534ap-3f);
  p = fma(p, r, 0.5f);
  return (fma(p, r * r, r) + 1) * power;
}
/// Of doubles the second half is all of it: r is x, and `power` 1.
CINTA_INLINE Pack<double> exp_reduce(Pack<double> x, Pack<double>& power) {
  power = 1;
  return x;
}
CINTA_INLINE Pack<double> exp_finish(Pack<double> r, Pack<double> power) {
  return Pack<double>::apply([](auto v) { return xsimd::exp(v); }, r) * power;
}
/// eˣ, ≤ 1.5 ulp (f32), 0.9 (f64). Infinity from 88.37627 (f32) or 709.43614 (f64) on, a little before it must be;
/// 0 below −87.68312 or −708.39642, where eˣ is subnormal.
template <class T> CINTA_INLINE Pack<T> exp(Pack<T> x) {
  if constexpr (sizeof(T) == 4)
    x = Pack<T>::apply([]<class B>(B v) { return xsimd::min(B(89), v); }, x);  // where 2ᵏ is infinity; a NaN stays
  Pack<T> power;
  const Pack<T> r = exp_reduce(x, power);
  return exp_finish(r, power);
}
/// eˣ − 1, ≤ 2 ulp; infinity where exp is.
template <class T> CINTA_INLINE Pack<T> expm1(Pack<T> x) {
  return select(x == 0, x, Pack<T>::apply([](auto v) { return xsimd::expm1(v); }, x));
}
/// ln x, ≤ 0.8 ulp; −inf at ±0, NaN below.
template <class T> CINTA_INLINE Pack<T> log(Pack<T> x) {
  const auto plain = [](auto v) { return xsimd::log(v); };
  if constexpr (sizeof(T) == 4) return Pack<T>::apply(plain, x);
  const auto tiny = x < std::numeric_limits<T>::min();  // xsimd's is wrong for subnormal doubles
  const Pack<T> y = Pack<T>::apply(plain, select(tiny, x * 0x1p54, x));
  return select(tiny, y - 37.42994775023704804, y);  // 54 ln 2
}
/// log₂ x, ≤ 1.6 ulp.
template <class T> CINTA_INLINE Pack<T> log2(Pack<T> x) {
  const auto plain = [](auto v) { return xsimd::log2(v); };
  if constexpr (sizeof(T) == 4) return Pack<T>::apply(plain, x);
  const auto tiny = x < std::numeric_limits<T>::min();
  const Pack<T> y = Pack<T>::apply(plain, select(tiny, x * 0x1p54, x));
  return select(tiny, y - 54, y);
}
/// ln(1 + x), ≤ 0.8 ulp.
template <class T> CINTA_INLINE Pack<T> log1p(Pack<T> x) {
  return select(x == 0, x, Pack<T>::apply([](auto v) { return xsimd::log1p(v); }, x));
}
/// xʸ as C's pow (0⁰ = 1), ≤ 0.8 ulp; infinity from 10⁻¹² (f64) below overflow on. From SLEEF, but for x¹ and x·x.
template <class A, class B>
requires PackArguments<A, B> CINTA_INLINE common_pack<A, B> pow(A x, B y) {
  using P = common_pack<A, B>;
  const P base(x), exponent(y), product = base * base;
  const auto once = exponent == 1, twice = exponent == 2;
  if (all(once | twice)) return select(once, base, product);  // every lane is what it would be beside others
  return select(once, base, select(twice, product, sleef::pow(base, exponent)));
}
/// ∛x, ≤ 1.7 ulp, the sign kept.
template <class T> CINTA_INLINE Pack<T> cbrt(Pack<T> x) {
  const auto plain = [](auto v) { return xsimd::cbrt(v); };
  if constexpr (sizeof(T) == 4) return Pack<T>::apply(plain, x);
  const auto tiny = abs(x) < std::numeric_limits<T>::min();
  const Pack<T> y = Pack<T>::apply(plain, select(tiny, x * 0x1p54, x));
  return select(tiny, y * 0x1p-18, y);
}
/// √(x² + y²) without overflow on the way, ≤ 1 ulp; from SLEEF.
template <class A, class B>
requires PackArguments<A, B> CINTA_INLINE common_pack<A, B> hypot(A x, B y) {
  using P = common_pack<A, B>;
  return sleef::hypot(P(x), P(y));
}

// ---- trigonometric and hyperbolic

/// sin x for every finite x, ≤ 1 ulp; from SLEEF.
template <class T> CINTA_INLINE Pack<T> sin(Pack<T> x) { return sleef::sin(x); }
/// cos x for every finite x, ≤ 1 ulp; from SLEEF.
template <class T> CINTA_INLINE Pack<T> cos(Pack<T> x) { return sleef::cos(x); }
/// tan x for every finite x, ≤ 1 ulp; from SLEEF.
template <class T> CINTA_INLINE Pack<T> tan(Pack<T> x) { return sleef::tan(x); }
/// The angle of (x, y) in (−π, π], ≤ 1 ulp; from SLEEF.
template <class A, class B>
requires PackArguments<A, B> CINTA_INLINE common_pack<A, B> atan2(A y, B x) {
  using P = common_pack<A, B>;
  return sleef::atan2(P(y), P(x));
}
/// ≤ 2.3 ulp; NaN outside [−1, 1].
CINTA_XSIMD(asin, asin)
/// ≤ 1.3 ulp; NaN outside [−1, 1].
CINTA_XSIMD(acos, acos)
/// ≤ 2.3 ulp.
CINTA_XSIMD(atan, atan)
/// ≤ 1.3 ulp.
CINTA_XSIMD(tanh, tanh)
/// ≤ 2.3 ulp.
CINTA_XSIMD(sinh, sinh)
/// ≤ 2.3 ulp.
CINTA_XSIMD(cosh, cosh)
/// ≤ 3.5 ulp in f32 (just above ½), 1.6 in f64.
CINTA_XSIMD(asinh, asinh)
/// ≤ 1.8 ulp; NaN below 1.
template <class T> CINTA_INLINE Pack<T> acosh(Pack<T> x) {
  const auto y = Pack<T>::apply([](auto v) { return xsimd::acosh(v); }, x);
  return select(x >= 1, y, std::numeric_limits<T>::quiet_NaN());
}
/// ≤ 1.6 ulp; ±inf at ±1, NaN outside.
CINTA_XSIMD(atanh, atanh)

// ---- special functions

/// erf x = 2/√π ∫₀ˣ exp(−t²) dt, ≤ 1 ulp; from SLEEF.
template <class T> CINTA_INLINE Pack<T> erf(Pack<T> x) { return sleef::erf(x); }
/// ln |Γ(x)|, ≤ 1.1 ulp for x > 0; below, of the order of an ulp of the largest term near its zeros. From SLEEF, but
/// for x near overflow, where it gives infinity too early and x (ln x − 1) is exact enough.
template <class T> CINTA_INLINE Pack<T> lgamma(Pack<T> x) {
  constexpr T large = sizeof(T) == 4 ? T(1e30) : T(1e290);
  return select(x > large, x * (log(x) - 1), sleef::lgamma(x));
}

/// ψ(x) = d/dx ln Γ(x), within 8 ulp of max(1, |ψ|) for x > 0; −inf at +0, inf at −0, NaN at negative integers.
/// Recurrence up to x ≥ 5 (f32) or 10 (f64), there the asymptotic series; reflection below −½. Abramowitz and
/// Stegun 6.3.5, .7, .18.
template <class T> CINTA_INLINE Pack<T> digamma(Pack<T> x) {
  const auto mirrored = x < -0.5;
  Pack<T> y = select(mirrored, 1 - x, x), sum = 0;
  constexpr T enough = sizeof(T) == 4 ? 5 : 10;
  for (auto small = y < enough; any(small); small = y < enough) {
    sum = select(small, sum - 1 / y, sum);
    y = select(small, y + 1, y);
  }
  const Pack<T> z = 1 / (y * y);
  Pack<T> series = fma(z, -1.0 / 12, 691.0 / 32760);
  for (double c : {-1.0 / 132, 1.0 / 240, -1.0 / 252, 1.0 / 120, -1.0 / 12}) series = fma(series, z, c);
  const Pack<T> psi = sum + (log(y) - 1 / (2 * y) + series * z);
  constexpr T pi = T(3.14159265358979323846);
  const Pack<T> fraction = x - round(x);
  const Pack<T> below =
      select(fraction == 0, std::numeric_limits<T>::quiet_NaN(), psi - pi / sleef::tan(pi * fraction));
  return select(x == 0, -1 / x, select(mirrored, below, psi));
}

/// σ(x) = 1 / (1 + e⁻ˣ), ≤ 2.5 ulp (f32), 2 (f64); 0 where it would be subnormal. One exp, of −|x|, so it overflows for
/// no x.
template <class T> CINTA_INLINE Pack<T> sigmoid(Pack<T> x) {
  const Pack<T> e = exp(-abs(x));
  return select(x >= 0, 1, e) / (1 + e);
}
/// ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|), ≤ 2 ulp; 0 where it would be subnormal.
template <class T> CINTA_INLINE Pack<T> softplus(Pack<T> x) { return relu(x) + log1p(exp(-abs(x))); }
/// ln σ(x) = −softplus(−x).
template <class T> CINTA_INLINE Pack<T> log_sigmoid(Pack<T> x) { return -softplus(-x); }

/// x − y ⌊x / y⌋, exactly but for one rounding when the signs differ: Python's and PyTorch's remainder. The sign is the
/// divisor's, of a zero result too; NaN for y = 0 and for infinite x.
template <class A, class B>
requires PackArguments<A, B> CINTA_INLINE common_pack<A, B> mod(A a, B b) {
  using P = common_pack<A, B>;
  using T = typename P::value_type;
  constexpr T whole = sizeof(T) == 4 ? T(0x1p24) : T(0x1p53);  // from here on all floats are even integers
  constexpr T large = sizeof(T) == 4 ? T(0x1p100) : T(0x1p1000);
  const P x(a), y(b), d = abs(y);
  P r = abs(x);
  const auto valid = isfinite(x) & (d > 0);
  // Long division: a round takes 23 (52) bits of the quotient and leaves r ≥ 0 exact. Lanes that are done don't change.
  for (auto active = valid & (r >= d); any(active); active = valid & (r >= d)) {
    P e = select(isfinite(r / d), d, d * large);
    e = select(isfinite(r / e), e, e * large);
    P q = trunc(r / e);
    // A quotient rounded up is one step too large.
    q = select(fnma(q, e, r) < 0, select(q < whole, q - 1, q * (1 - 1 / whole)), q);
    r = select(active, fnma(q, e, r), r);
  }
  r = select(valid, r, std::numeric_limits<T>::quiet_NaN());
  const P m = copysign(r, x);
  return select(r == 0, copysign(r, y), select((m < 0) ^ (y < 0), m + y, m));
}

#undef CINTA_XSIMD

}  // namespace CINTA_KERNELS
}  // namespace cinta
