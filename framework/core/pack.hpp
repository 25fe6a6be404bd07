// Packs: 64 bytes of floats or doubles, computed lane by lane, and the masks that comparisons of them give.
// The only door to SIMD: kernels are written on packs, never on xsimd. A lane's bits depend on that lane's input alone.
// Kernels, `map` and `chain` include it; the umbrella header does not.
#pragma once

#if defined(__x86_64__) && !(defined(__AVX2__) && defined(__FMA__))
#error \
    "cinta's kernels need AVX2 and FMA: compile this file with -march=x86-64-v3 or above (the CMake target and pkg-config do)"
#endif
#if defined(__FAST_MATH__)
#error "cinta's kernels give wrong results under -ffast-math: compile this file without it"
#endif
#if defined(__RECIPROCAL_MATH__)
#error "cinta's kernels give wrong results under -freciprocal-math: compile this file without it"
#endif
#if defined(__ASSOCIATIVE_MATH__)
#error "cinta's kernels give wrong results under -fassociative-math: compile this file without it"
#endif
#if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ > 0
#error "cinta's kernels give wrong results under -ffinite-math-only: compile this file without it"
#endif

// The library's kernel objects say v3 or v4, so that no name of theirs is shared with a user's object (one name, one
// code).
#if !defined(CINTA_KERNELS)
#define CINTA_KERNELS user
#endif

#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include <cinta/framework/core/pack_lanes.hpp>

namespace cinta {
inline namespace CINTA_KERNELS {

template <class T> struct Mask;

/// A number known at compile time; std::integral_constant would leave a weak symbol of std in unoptimised kernels.
template <int I> struct Index {
  CINTA_INLINE constexpr operator int() const { return I; }
};
/// Calls f(Index<0>), …, f(Index<N − 1>): a loop with constant indices, so that an array of packs stays in registers.
template <int N, class F> CINTA_INLINE void each(F f) {
  [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) { (f(Index<I>{}), ...); }
  (std::make_integer_sequence<int, N>{});
}

/// 64 bytes of T: 16 lanes of float, 8 of double, on every machine (one AVX-512 batch, two of AVX2, four of NEON).
///
/// `+ - * /`, unary `-`, `fma` and comparisons are IEEE's, each rounded once. A scalar of any arithmetic type on either
/// side is converted to T once and broadcast.
template <class T> struct Pack {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>, "a pack holds float or double");
  using value_type = T;
  using Batch = lanes::Batch<T>;

  static constexpr int size = 64 / sizeof(T);
  static constexpr int width = static_cast<int>(Batch::size);
  static constexpr int batches = size / width;

  Batch b[batches];

  /// All lanes +0.
  CINTA_INLINE Pack() : Pack(T(0)) {}
  /// Every lane `value`.
  template <class S>
  requires std::is_arithmetic_v<S> CINTA_INLINE Pack(S value)
      : Pack(Batch(static_cast<T>(value)), std::make_index_sequence<batches>{}) {}

  /// The `size` elements from p on, at any alignment.
  CINTA_INLINE static Pack load(const T* p) {
    Pack r{Uninitialized{}};
    each<batches>([&](auto i) __attribute__((always_inline)) { r.b[i] = Batch::load_unaligned(p + i * width); });
    return r;
  }
  /// The first `count` (0 to `size`) elements, then lanes of +0; memory behind them is not read.
  CINTA_INLINE static Pack load(const T* p, int count) {
    if (count == size) return load(p);
    Pack r{Uninitialized{}};
    each<batches>([&](auto i)
                      __attribute__((always_inline)) { r.b[i] = lanes::load(p + i * width, count - i * width); });
    return r;
  }
  CINTA_INLINE void store(T* p) const {
    each<batches>([&](auto i) __attribute__((always_inline)) { b[i].store_unaligned(p + i * width); });
  }
  /// Stores the first `count` lanes (0 to `size`) and touches nothing behind them.
  CINTA_INLINE void store(T* p, int count) const {
    if (count == size) return store(p);
    each<batches>([&](auto i) __attribute__((always_inline)) { lanes::store(b[i], p + i * width, count - i * width); });
  }
  /// One lane; slow, for tests and folds.
  CINTA_INLINE T lane(int i) const {
    T lane[size];
    store(lane);
    return lane[i];
  }

  /// f on each batch of the arguments.
  template <class F, class... P> CINTA_INLINE static Pack apply(F f, const P&... p) {
    Pack r{Uninitialized{}};
    each<batches>([&](auto i) __attribute__((always_inline)) { r.b[i] = f(p.b[i]...); });
    return r;
  }

 private:
  struct Uninitialized {};
  CINTA_INLINE explicit Pack(Uninitialized) {}
  template <std::size_t... I> CINTA_INLINE Pack(Batch x, std::index_sequence<I...>) : b{((void)I, x)...} {}
};

/// One truth value a lane of Pack<T>; what comparisons give and `select` reads.
template <class T> struct Mask {
  using value_type = T;
  using Batch = lanes::BatchMask<T>;
  static constexpr int size = Pack<T>::size;
  static constexpr int batches = Pack<T>::batches;

  Batch b[batches];

  /// f on each batch of the arguments.
  template <class F, class... P> CINTA_INLINE static Mask apply(F f, const P&... p) {
    Mask r;
    each<Pack<T>::batches>([&](auto i) __attribute__((always_inline)) { r.b[i] = f(p.b[i]...); });
    return r;
  }
  /// The lanes below `count` (0 to `size`).
  CINTA_INLINE static Mask first(int count) { return from_bits((1u << count) - 1); }
  /// Lane i is bit i.
  CINTA_INLINE static Mask from_bits(unsigned bits) {
    Mask r;
    each<Pack<T>::batches>([&](auto i) __attribute__((always_inline)) {
      r.b[i] = lanes::from_bits<T>(bits >> (i * Pack<T>::width));
    });
    return r;
  }
  CINTA_INLINE unsigned bits() const {
    unsigned r = 0;
    each<Pack<T>::batches>([&](auto i)
                               __attribute__((always_inline)) { r |= lanes::bits<T>(b[i]) << (i * Pack<T>::width); });
    return r;
  }
  CINTA_INLINE bool lane(int i) const { return (bits() >> i & 1) != 0; }
};

template <class T> inline constexpr bool is_pack = false;
template <class T> inline constexpr bool is_pack<Pack<T>> = true;

/// A pack, or a number that a pack's lanes can all be set to.
template <class A>
concept PackOrScalar = is_pack<A> || std::is_arithmetic_v<A>;

// The pack type among arguments of which the others are numbers or that same pack; none if float and double are mixed.
template <class... A> struct CommonPack {};
template <class T, class... A>
requires((std::is_arithmetic_v<A> || std::is_same_v<A, Pack<T>>)&&...) struct CommonPack<Pack<T>, A...> {
  using type = Pack<T>;
};
template <class S, class... A>
requires std::is_arithmetic_v<S>
struct CommonPack<S, A...> : CommonPack<A...> {
};
template <class... A> using common_pack = typename CommonPack<A...>::type;

// Arguments of which at least one is a pack.
template <class... A>
concept PackArguments = requires {
  typename CommonPack<A...>::type;
};

#define CINTA_PACK_OPERATOR(op)                                         \
  template <class A, class B>                                           \
  requires PackArguments<A, B> CINTA_INLINE common_pack<A, B>           \
  operator op(A a, B b) {                                               \
    using P = common_pack<A, B>;                                        \
    return P::apply([](auto x, auto y) { return x op y; }, P(a), P(b)); \
  }                                                                     \
  template <class T, class B>                                           \
  requires PackArguments<Pack<T>, B> CINTA_INLINE Pack<T>               \
  &operator op##=(Pack<T>& a, B b) { return a = a op b; }
CINTA_PACK_OPERATOR(+)
CINTA_PACK_OPERATOR(-)
CINTA_PACK_OPERATOR(*)
CINTA_PACK_OPERATOR(/)
#undef CINTA_PACK_OPERATOR

/// −x: the sign bit flipped, of zeros and NaN too (xsimd's is 0 − x on AVX-512).
template <class T> CINTA_INLINE Pack<T> operator-(Pack<T> a) {
  return Pack<T>::apply([](auto x) { return x ^ decltype(x)(T(-0.0)); }, a);
}
template <class T> CINTA_INLINE Pack<T> operator+(Pack<T> a) { return a; }

#define CINTA_PACK_COMPARISON(op)                                                                  \
  template <class A, class B>                                                                      \
  requires PackArguments<A, B> CINTA_INLINE Mask<typename common_pack<A, B>::value_type>           \
  operator op(A a, B b) {                                                                          \
    using P = common_pack<A, B>;                                                                   \
    return Mask<typename P::value_type>::apply([](auto x, auto y) { return x op y; }, P(a), P(b)); \
  }
CINTA_PACK_COMPARISON(<)
CINTA_PACK_COMPARISON(<=)
CINTA_PACK_COMPARISON(>)
CINTA_PACK_COMPARISON(>=)
CINTA_PACK_COMPARISON(==)
#undef CINTA_PACK_COMPARISON

#define CINTA_MASK_OPERATOR(op)                                               \
  template <class T> CINTA_INLINE Mask<T> operator op(Mask<T> a, Mask<T> b) { \
    return Mask<T>::apply([](auto x, auto y) { return x op y; }, a, b);       \
  }
CINTA_MASK_OPERATOR(&)
CINTA_MASK_OPERATOR(|)
#undef CINTA_MASK_OPERATOR
template <class T> CINTA_INLINE Mask<T> operator!(Mask<T> a) {
  return Mask<T>::apply([](auto x) { return ~x; }, a);
}
template <class T> CINTA_INLINE Mask<T> operator^(Mask<T> a, Mask<T> b) {
  return (a | b) & !(a & b);  // xsimd's own ^ of masks is an or on AVX-512
}
/// True where either is NaN, as IEEE's (xsimd's own is false there).
template <class A, class B>
requires PackArguments<A, B> CINTA_INLINE Mask<typename common_pack<A, B>::value_type>
operator!=(A a, B b) { return !(a == b); }
template <class T> CINTA_INLINE bool any(Mask<T> m) {
  auto either = m.b[0];
  each<Mask<T>::batches - 1>([&](auto i) __attribute__((always_inline)) { either = either | m.b[i + 1]; });
  return lanes::bits<T>(either) != 0;
}
template <class T> CINTA_INLINE bool all(Mask<T> m) { return m.bits() == (1u << Mask<T>::size) - 1; }

/// a·b + c, rounded once.
template <class A, class B, class C>
requires PackArguments<A, B, C> CINTA_INLINE common_pack<A, B, C> fma(A a, B b, C c) {
  using P = common_pack<A, B, C>;
  return P::apply([](auto x, auto y, auto z) { return xsimd::fma(x, y, z); }, P(a), P(b), P(c));
}
/// a·b − c, rounded once.
template <class A, class B, class C>
requires PackArguments<A, B, C> CINTA_INLINE common_pack<A, B, C> fms(A a, B b, C c) {
  using P = common_pack<A, B, C>;
  return P::apply([](auto x, auto y, auto z) { return xsimd::fms(x, y, z); }, P(a), P(b), P(c));
}
/// c − a·b, rounded once.
template <class A, class B, class C>
requires PackArguments<A, B, C> CINTA_INLINE common_pack<A, B, C> fnma(A a, B b, C c) {
  using P = common_pack<A, B, C>;
  return P::apply([](auto x, auto y, auto z) { return xsimd::fnma(x, y, z); }, P(a), P(b), P(c));
}

/// Where m is true a, elsewhere b. Both are computed; the one not taken leaves no trace, NaN or not.
template <class T, class A, class B>
requires PackArguments<Pack<T>, A, B> CINTA_INLINE Pack<T> select(Mask<T> m, A a, B b) {
  return Pack<T>::apply([](auto c, auto x, auto y) { return xsimd::select(c, x, y); }, m, Pack<T>(a), Pack<T>(b));
}

/// The first `count` lanes (0 to `size`) as bytes 1 and 0, the elements of a u8 tensor.
template <class T> CINTA_INLINE void store_bytes(Mask<T> m, std::uint8_t* p, int count) {
  const unsigned bits = m.bits();
#if defined(__SSSE3__)
  const __m128i spread = _mm_shuffle_epi8(_mm_cvtsi32_si128(static_cast<int>(bits)),
                                          _mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1));
  const __m128i own = _mm_set1_epi64x(static_cast<long long>(0x8040201008040201u));
  const __m128i bytes = _mm_and_si128(_mm_cmpeq_epi8(_mm_and_si128(spread, own), own), _mm_set1_epi8(1));
  if (count == Mask<T>::size) {
    std::memcpy(p, &bytes, Mask<T>::size);
    return;
  }
#endif
  for (int i = 0; i < count; ++i) p[i] = static_cast<std::uint8_t>(bits >> i & 1);
}
/// Lanes below `count` (0 to `size`) are true where the byte is not 0, the others false; reads `count` bytes.
template <class T> CINTA_INLINE Mask<T> load_bytes(const std::uint8_t* p, int count) {
#if defined(__SSE2__)
  if (count == Mask<T>::size) {
    __m128i bytes = _mm_setzero_si128();
    std::memcpy(&bytes, p, Mask<T>::size);
    return Mask<T>::from_bits(~static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_setzero_si128()))));
  }
#endif
  unsigned bits = 0;
  for (int i = 0; i < count; ++i) bits |= p[i] != 0 ? 1u << i : 0u;
  return Mask<T>::from_bits(bits);
}

}  // namespace CINTA_KERNELS
}  // namespace cinta
