// Dual numbers over packs: a value and its derivative along one direction, for the first derivative of `map`'s lambdas.
// Arguments that are not differentiated stay plain packs or numbers: cheaper, and no 0 · inf can spoil the result.
// Subgradients are PyTorch's: 0 for abs, sign, relu at 0; half to each side of a tie of maximum and minimum.
#pragma once

#include <cinta/framework/core/pack_functions.hpp>

namespace cinta {
inline namespace CINTA_KERNELS {

template <class P> struct Dual {
  P v;  // value
  P d;  // derivative
};
template <class P> Dual(P, P) -> Dual<P>;

template <class A> inline constexpr bool is_dual = false;
template <class P> inline constexpr bool is_dual<Dual<P>> = true;

// The pack under the duals among the arguments, of which the others are that same pack or numbers.
template <class... A> struct DualPack {};
template <class P, class... A>
requires((std::is_arithmetic_v<A> || std::is_same_v<A, P> ||
          std::is_same_v<A, Dual<P>>)&&...) struct DualPack<Dual<P>, A...> {
  using type = P;
};
template <class S, class... A>
requires PackOrScalar<S>
struct DualPack<S, A...> : DualPack<A...> {
};
template <class... A> using dual_pack = typename DualPack<A...>::type;

// Arguments of which at least one is a dual.
template <class... A>
concept DualArguments = requires {
  typename DualPack<A...>::type;
};

template <class P> CINTA_INLINE P value(Dual<P> a) { return a.v; }
template <class A>
requires PackOrScalar<A> CINTA_INLINE A value(A a) { return a; }

// The derivative of f(a, b) along the direction of the arguments: a′ ∂a + b′ ∂b, the terms of constants left out.
// `da` and `db` are functions, so that the derivative that nobody needs is not computed.
template <class A, class B, class Fa, class Fb>
CINTA_INLINE dual_pack<A, B> derivative(const A& a, const B& b, Fa da, Fb db) {
  if constexpr (!is_dual<B>) return a.d * da();
  else if constexpr (!is_dual<A>) return b.d * db();
  else return fma(a.d, da(), b.d * db());
}

// ---- arithmetic

template <class A, class B>
requires DualArguments<A, B> CINTA_INLINE auto operator+(A a, B b) {
  using P = dual_pack<A, B>;
  if constexpr (!is_dual<B>) return Dual<P>{a.v + b, a.d};
  else if constexpr (!is_dual<A>) return Dual<P>{a + b.v, b.d};
  else return Dual<P>{a.v + b.v, a.d + b.d};
}
template <class A, class B>
requires DualArguments<A, B> CINTA_INLINE auto operator-(A a, B b) {
  using P = dual_pack<A, B>;
  if constexpr (!is_dual<B>) return Dual<P>{a.v - b, a.d};
  else if constexpr (!is_dual<A>) return Dual<P>{a - b.v, -b.d};
  else return Dual<P>{a.v - b.v, a.d - b.d};
}
template <class A, class B>
requires DualArguments<A, B> CINTA_INLINE auto operator*(A a, B b) {
  using P = dual_pack<A, B>;
  const P x = value(a), y = value(b);
  return Dual<P>{x * y, derivative(
                            a, b, [&] { return y; }, [&] { return x; })};
}
/// (a / b)′ = (a′ − (a / b) b′) / b.
template <class A, class B>
requires DualArguments<A, B> CINTA_INLINE auto operator/(A a, B b) {
  using P = dual_pack<A, B>;
  const P y = value(b), q = value(a) / y;
  if constexpr (!is_dual<B>) return Dual<P>{q, a.d / y};
  else if constexpr (!is_dual<A>) return Dual<P>{q, -q * b.d / y};
  else return Dual<P>{q, fnma(q, b.d, a.d) / y};
}
template <class P> CINTA_INLINE Dual<P> operator-(Dual<P> a) { return {-a.v, -a.d}; }
template <class P> CINTA_INLINE Dual<P> operator+(Dual<P> a) { return a; }

#define CINTA_DUAL_ASSIGNMENT(op)                         \
  template <class P, class B>                             \
  requires DualArguments<Dual<P>, B> CINTA_INLINE Dual<P> \
  &operator op##=(Dual<P>& a, B b) { return a = a op b; }
CINTA_DUAL_ASSIGNMENT(+)
CINTA_DUAL_ASSIGNMENT(-)
CINTA_DUAL_ASSIGNMENT(*)
CINTA_DUAL_ASSIGNMENT(/)
#undef CINTA_DUAL_ASSIGNMENT

/// a b + c, the value rounded once.
template <class A, class B, class C>
requires DualArguments<A, B, C> CINTA_INLINE auto fma(A a, B b, C c) {
  using P = dual_pack<A, B, C>;
  const P x = value(a), y = value(b);
  const P v = fma(x, y, P(value(c)));
  if constexpr (!is_dual<A> && !is_dual<B>) {
    return Dual<P>{v, c.d};
  } else {
    const P d = derivative(
        a, b, [&] { return y; }, [&] { return x; });
    if constexpr (is_dual<C>) return Dual<P>{v, d + c.d};
    else return Dual<P>{v, d};
  }
}
/// a b − c, the value rounded once.
template <class A, class B, class C>
requires DualArguments<A, B, C> CINTA_INLINE auto fms(A a, B b, C c) { return fma(a, b, -c); }
/// c − a b, the value rounded once.
template <class A, class B, class C>
requires DualArguments<A, B, C> CINTA_INLINE auto fnma(A a, B b, C c) { return fma(-a, b, c); }

// ---- comparisons, on values

#define CINTA_DUAL_COMPARISON(op)                                        \
  template <class A, class B>                                            \
  requires DualArguments<A, B> CINTA_INLINE auto operator op(A a, B b) { \
    using P = dual_pack<A, B>;                                           \
    return P(value(a)) op P(value(b));                                   \
  }
CINTA_DUAL_COMPARISON(<)
CINTA_DUAL_COMPARISON(<=)
CINTA_DUAL_COMPARISON(>)
CINTA_DUAL_COMPARISON(>=)
CINTA_DUAL_COMPARISON(==)
CINTA_DUAL_COMPARISON(!=)
#undef CINTA_DUAL_COMPARISON

template <class P> CINTA_INLINE auto isnan(Dual<P> a) { return isnan(a.v); }
template <class P> CINTA_INLINE auto isfinite(Dual<P> a) { return isfinite(a.v); }

/// Where m is true a, elsewhere b, the derivative with the value.
template <class T, class A, class B>
requires DualArguments<A, B> CINTA_INLINE Dual<Pack<T>> select(Mask<T> m, A a, B b) {
  const auto v = select(m, Pack<T>(value(a)), Pack<T>(value(b)));
  if constexpr (!is_dual<B>) return {v, select(m, a.d, 0)};
  else if constexpr (!is_dual<A>) return {v, select(m, 0, b.d)};
  else return {v, select(m, a.d, b.d)};
}

}  // namespace CINTA_KERNELS
}  // namespace cinta

#include <cinta/ops/dual_functions.hpp>
