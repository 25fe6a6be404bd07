// The reduction of a contiguous run, defined without threads, vector width or address, so that its bits depend on the
// values alone. For ops and optimizers.
//
// A run is cut into chunks of `reduction_chunk` elements. In a chunk, element i goes to partial result i mod
// Pack::size; each partial result is one chain from the operation's identity, in order of i. Partial results are folded
// in halves: i with i + size/2, then with i + size/4, … The chunks' results are combined in the tree
//   tree(lo, hi) = tree(lo, mid) op tree(mid, hi),  mid = lo + (hi − lo + 1) / 2.
// The lanes of a last pack that the run does not fill take no part.
#pragma once

#include <cinta/framework/core/pack_functions.hpp>

namespace cinta {
inline namespace CINTA_KERNELS {

inline constexpr int reduction_chunk = 4096;

// ---- operations: an identity, and the result of two values, packs or numbers; the earlier one stands first

struct Sum {
  static constexpr double identity = 0;
  CINTA_INLINE static auto apply(auto a, auto b) { return a + b; }
};
struct Product {
  static constexpr double identity = 1;
  CINTA_INLINE static auto apply(auto a, auto b) { return a * b; }
};
/// As `maximum`: a NaN wins, and of equal values the earlier one is taken.
struct Maximum {
  static constexpr double identity = -std::numeric_limits<double>::infinity();
  template <class A> CINTA_INLINE static A apply(A a, A b) {
    if constexpr (is_pack<A>) return maximum(a, b);
    else return b > a || b != b ? b : a;
  }
};
/// As `minimum`: a NaN wins, and of equal values the earlier one is taken.
struct Minimum {
  static constexpr double identity = std::numeric_limits<double>::infinity();
  template <class A> CINTA_INLINE static A apply(A a, A b) {
    if constexpr (is_pack<A>) return minimum(a, b);
    else return b < a || b != b ? b : a;
  }
};

// ---- one chunk

/// The lanes of a pack folded in halves: whole batches first, then lanes of one.
template <class Op, class T> CINTA_INLINE T fold(Pack<T> x) {
  each<Pack<T>::size == 16 ? 4 : 3>([&](auto level) __attribute__((always_inline)) {
    constexpr int half = Pack<T>::size >> (decltype(level){} + 1);
    Pack<T> other = x;
    if constexpr (half >= Pack<T>::width)
      each<half / Pack<T>::width>([&](auto i)
                                      __attribute__((always_inline)) { other.b[i] = x.b[i + half / Pack<T>::width]; });
    else other.b[0] = lanes::down<half>(x.b[0]);
    x = Op::apply(x, other);
  });
  return lanes::first(x.b[0]);
}

/// A chunk of n elements by `next(partial, i, count)`: the partial results after elements i to i + count − 1, of which
/// lane j saw element i + j. `next` may leave anything in lanes from `count` on.
template <class Op, class T, class F> CINTA_INLINE T accumulate_chunk(int n, F next) {
  using P = Pack<T>;
  P partial = Op::identity;
  int i = 0;
  for (; i + P::size <= n; i += P::size) partial = next(partial, i, P::size);
  if (i < n) partial = select(Mask<T>::first(n - i), next(partial, i, n - i), partial);
  return fold<Op>(partial);
}

/// A chunk of values that need not be stored: `load(i, count)` gives elements i to i + count − 1 as a pack.
template <class Op, class T, class F> CINTA_INLINE T map_reduce_chunk(int n, F load) {
  return accumulate_chunk<Op, T>(
      n, [&](Pack<T> partial, int i, int count)
             __attribute__((always_inline)) { return Op::apply(partial, load(i, count)); });
}

template <class Op, class T> CINTA_INLINE T reduce_chunk(const T* x, int n) {
  return map_reduce_chunk<Op, T>(n, [x](int i, int count) { return Pack<T>::load(x + i, count); });
}

template <class T> CINTA_INLINE T sum_chunk(const T* x, int n) { return reduce_chunk<Sum>(x, n); }

/// Σ aᵢ bᵢ, each partial result a chain of fma.
template <class T> CINTA_INLINE T dot_chunk(const T* a, const T* b, int n) {
  return accumulate_chunk<Sum, T>(n, [a, b](Pack<T> partial, int i, int count) {
    return fma(Pack<T>::load(a + i, count), Pack<T>::load(b + i, count), partial);
  });
}

// ---- all chunks of a run

/// The tree over the results of chunks lo to hi − 1, given by `chunk(index)`; the identity if there is none.
template <class Op, class T, class F> T combine(std::int64_t lo, std::int64_t hi, const F& chunk) {
  if (hi - lo == 1) return chunk(lo);
  if (hi <= lo) return static_cast<T>(Op::identity);
  const std::int64_t mid = lo + (hi - lo + 1) / 2;
  const T left = combine<Op, T>(lo, mid, chunk);
  return Op::apply(left, combine<Op, T>(mid, hi, chunk));
}

/// The result of a run from those of its chunks, which threads may have computed.
template <class Op = Sum, class T> CINTA_INLINE T combine_chunks(const T* partials, std::int64_t count) {
  return combine<Op, T>(0, count, [partials](std::int64_t i) { return partials[i]; });
}

/// A whole run of n elements by one thread: `chunk(start, count)` gives the result of a chunk.
template <class Op, class T, class F> CINTA_INLINE T reduce_by_chunks(std::int64_t n, const F& chunk) {
  if (n <= reduction_chunk) return chunk(0, static_cast<int>(n));
  return combine<Op, T>(0, (n + reduction_chunk - 1) / reduction_chunk, [&](std::int64_t c) {
    const std::int64_t start = c * reduction_chunk, rest = n - start;
    return chunk(start, rest < reduction_chunk ? static_cast<int>(rest) : reduction_chunk);
  });
}

/// A whole run by one thread: `load(i, count)` gives elements i to i + count − 1 as a pack.
template <class Op, class T, class F> CINTA_INLINE T map_reduce(std::int64_t n, const F& load) {
  return reduce_by_chunks<Op, T>(
      n, [&](std::int64_t start, int length) __attribute__((always_inline)) {
        return map_reduce_chunk<Op, T>(
            length, [&](int i, int count) __attribute__((always_inline)) { return load(start + i, count); });
      });
}

/// A whole run in memory, by one thread.
template <class Op, class T> CINTA_INLINE T reduce(const T* x, std::int64_t n) {
  return map_reduce<Op, T>(n, [x](std::int64_t i, int count) { return Pack<T>::load(x + i, count); });
}

}  // namespace CINTA_KERNELS
}  // namespace cinta
