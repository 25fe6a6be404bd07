// The table behind fields.hpp: structured bindings for aggregates of 1 to 64 fields.
// The library's own; everybody else uses fields.hpp.
#pragma once

namespace cinta::detail {

/// The declared types of the fields of an aggregate, in order; a reference stays one.
template <class... Fields> struct FieldTypes {};

/// Binds a reference to each field, which a bit-field does not allow.
constexpr void bind_each(auto&...) {}

/// `Split<N>::into(t, f)` returns `f(field...)` with each of the N fields of `t` as an lvalue.
/// `Split<N>::types(t)`, for unevaluated use, returns their FieldTypes; a bit-field among them is an error, and
/// the compiler's own words for it are clear.
template <int N> struct Split;

template <> struct Split<0> {
  template <class T, class F> static constexpr decltype(auto) into(T&, F&& f) { return f(); }
  template <class T> static auto types(T&) { return FieldTypes<>{}; }
};

// clang-format off
// CINTA_k(x, p) is x(p0), …, x(p{k-1}); CINTA_ROWd(x, k) names 8·d + k fields: a0…a7, b0…b7, …
#define CINTA_1(x, p) x(p##0)
#define CINTA_2(x, p) CINTA_1(x, p), x(p##1)
#define CINTA_3(x, p) CINTA_2(x, p), x(p##2)
#define CINTA_4(x, p) CINTA_3(x, p), x(p##3)
#define CINTA_5(x, p) CINTA_4(x, p), x(p##4)
#define CINTA_6(x, p) CINTA_5(x, p), x(p##5)
#define CINTA_7(x, p) CINTA_6(x, p), x(p##6)
#define CINTA_8(x, p) CINTA_7(x, p), x(p##7)
#define CINTA_ROW0(x, k) CINTA_##k(x, a)
#define CINTA_ROW1(x, k) CINTA_ROW0(x, 8), CINTA_##k(x, b)
#define CINTA_ROW2(x, k) CINTA_ROW1(x, 8), CINTA_##k(x, c)
#define CINTA_ROW3(x, k) CINTA_ROW2(x, 8), CINTA_##k(x, d)
#define CINTA_ROW4(x, k) CINTA_ROW3(x, 8), CINTA_##k(x, e)
#define CINTA_ROW5(x, k) CINTA_ROW4(x, 8), CINTA_##k(x, g)
#define CINTA_ROW6(x, k) CINTA_ROW5(x, 8), CINTA_##k(x, h)
#define CINTA_ROW7(x, k) CINTA_ROW6(x, 8), CINTA_##k(x, i)
#define CINTA_NAME(x) x
#define CINTA_TYPE(x) decltype(x)
#define CINTA_SPLIT(d, k)                                                             \
  template <> struct Split<8 * d + k> {                                               \
    template <class T, class F> static constexpr decltype(auto) into(T& t, F&& f) {   \
      auto& [CINTA_ROW##d(CINTA_NAME, k)] = t;                                        \
      return f(CINTA_ROW##d(CINTA_NAME, k));                                          \
    }                                                                                 \
    template <class T> static auto types(T& t) {                                      \
      auto& [CINTA_ROW##d(CINTA_NAME, k)] = t;                                        \
      bind_each(CINTA_ROW##d(CINTA_NAME, k));                                         \
      return FieldTypes<CINTA_ROW##d(CINTA_TYPE, k)>{};                               \
    }                                                                                 \
  };
#define CINTA_SPLIT8(d)                                                               \
  CINTA_SPLIT(d, 1) CINTA_SPLIT(d, 2) CINTA_SPLIT(d, 3) CINTA_SPLIT(d, 4)             \
  CINTA_SPLIT(d, 5) CINTA_SPLIT(d, 6) CINTA_SPLIT(d, 7) CINTA_SPLIT(d, 8)

CINTA_SPLIT8(0)
CINTA_SPLIT8(1)
CINTA_SPLIT8(2)
CINTA_SPLIT8(3)
CINTA_SPLIT8(4)
CINTA_SPLIT8(5)
CINTA_SPLIT8(6)
CINTA_SPLIT8(7)

#undef CINTA_1
#undef CINTA_2
#undef CINTA_3
#undef CINTA_4
#undef CINTA_5
#undef CINTA_6
#undef CINTA_7
#undef CINTA_8
#undef CINTA_ROW0
#undef CINTA_ROW1
#undef CINTA_ROW2
#undef CINTA_ROW3
#undef CINTA_ROW4
#undef CINTA_ROW5
#undef CINTA_ROW6
#undef CINTA_ROW7
#undef CINTA_NAME
#undef CINTA_TYPE
#undef CINTA_SPLIT
#undef CINTA_SPLIT8
// clang-format on

}  // namespace cinta::detail
