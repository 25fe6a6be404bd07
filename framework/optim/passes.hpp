// The loops of a chain: one pass over the elements for each segment, written on packs. For chain.hpp and the library's
// compiled chains.
#pragma once

#include <cinta/framework/core/pack_reduce.hpp>
#include <cinta/framework/optim/link.hpp>

namespace cinta {
inline namespace CINTA_KERNELS {
namespace passes {

/// x, and +0 where it is subnormal: state that fades would make every later step slow.
template <class T> CINTA_INLINE Pack<T> flushed(Pack<T> x) {
  return select(abs(x) < std::numeric_limits<T>::min(), 0, x);
}

/// A parameter, and +0 where it has faded below 2⁻⁸⁰ (f64: 2⁻⁵⁶⁰). Weights that a penalty or decay shrinks for good
/// would stop short of the subnormal numbers, and every product with them and with their gradients would be one: a step
/// of a 41-64-32-1 network under l2 took 4 × as long.
template <class T> CINTA_INLINE Pack<T> without_faded(Pack<T> p) {
  constexpr T least = sizeof(T) == 4 ? T(0x1p-80) : T(0x1p-560);
  return select(abs(p) < least, 0, p);
}

/// A slice's pointers, typed and kept in registers: pack stores may alias whatever is in memory.
template <class T> struct Pointers {
  T* p;
  const T* g;
  T* u;
  T scale;

  CINTA_INLINE explicit Pointers(const optim::Slice& s)
      : p(static_cast<T*>(s.p)),
        g(static_cast<const T*>(s.g)),
        u(static_cast<T*>(s.u)),
        scale(static_cast<T>(s.scale)) {}

  /// What every link sees as the gradient: as stored and once scaled, without subnormals.
  template <bool scaled> CINTA_INLINE Pack<T> gradient(std::int64_t i, int count) const {
    const Pack<T> x = flushed(Pack<T>::load(g + i, count));
    if constexpr (scaled) return flushed(x * scale);
    else return x;
  }
};

template <class T, int segment, class Indices, class... L> struct Segment;
template <class T, int segment, int... I, class... L>
struct Segment<T, segment, std::integer_sequence<int, I...>, L...> {
  using P = Pack<T>;
  using Links = optim::LinksOf<L...>;
  using Scalars = optim::AllScalarsOf<L...>;
  using Layout = optim::Layout<L...>;
  static constexpr int slots = Layout::slots;

  struct Slots {
    T* at[slots == 0 ? 1 : slots];
  };

  /// One link on one pack, and its slots.
  template <int i, class Link> CINTA_INLINE static void apply(const optim::LinkAt<i, Link>& at,
                                                              const optim::ScalarsAt<i, Link>& c, const Slots& memory,
                                                              std::int64_t element, int count, P& u, P g, P p) {
    if constexpr (Layout::segment(i) == segment) {
      constexpr int first = Layout::first_slot(i);
      [&]<int... S>(std::integer_sequence<int, S...>) __attribute__((always_inline)) {
        P slot[Link::slots == 0 ? 1 : Link::slots];
        ((slot[S] = P::load(memory.at[first + S] + element, count)), ...);
        u = at.link(c.scalars, u, g, p, slot[S]...);
        (flushed(slot[S]).store(memory.at[first + S] + element, count), ...);
      }
      (std::make_integer_sequence<int, Link::slots>{});
    }
  }

  template <bool scaled> CINTA_INLINE static void pack(const Pointers<T>& x, const Links& links, const Scalars& c,
                                                       const Slots& memory, std::int64_t i, int count) {
    const P g = x.template gradient<scaled>(i, count);
    const P p = P::load(x.p + i, count);
    P u = g;
    if constexpr (!Layout::from_gradient(segment)) u = P::load(x.u + i, count);
    (apply<I, L>(links, c, memory, i, count, u, g, p), ...);
    if constexpr (segment + 1 == Layout::segments) without_faded<T>(p + u).store(x.p + i, count);
    else u.store(x.u + i, count);
  }

  template <bool scaled> CINTA_INLINE static void loop(const optim::Slice& s, std::int64_t i, std::int64_t end) {
    const Pointers<T> x(s);
    const Links& links = *static_cast<const Links*>(s.chain.links);
    const Scalars c = *static_cast<const Scalars*>(s.chain.scalars);
    Slots memory;
    for (int k = 0; k < slots; ++k) memory.at[k] = static_cast<T*>(s.slots[k]);
    for (; i + P::size <= end; i += P::size) pack<scaled>(x, links, c, memory, i, P::size);
    if (i >= end) return;
    const int left = static_cast<int>(end - i);
    if (left >= P::size) __builtin_unreachable();  // the masks are then made once: 60 instructions for sgd, not 72
    pack<scaled>(x, links, c, memory, i, left);
  }

  static void update(const optim::Slice& s, std::int64_t begin, std::int64_t end) {
    if (s.scale == 1) loop<false>(s, begin, end);
    else loop<true>(s, begin, end);
  }
};

/// A pack as doubles: `half` 0 or 1 of a pack of floats, the pack itself of doubles.
CINTA_INLINE Pack<double> widened(Pack<float> x, int half) {
  float lane[16];
  x.store(lane);
  double wide[8];
  for (int j = 0; j < 8; ++j) wide[j] = static_cast<double>(lane[8 * half + j]);
  return Pack<double>::load(wide);
}

/// Σ of a barrier's measure over at most 4,096 elements, in 16 partial sums by index modulo 16, folded in halves.
template <class T, int segment, class... L> struct Measure;
template <class T, int segment, class... L> struct Measure {
  using Links = optim::LinksOf<L...>;
  using Scalars = optim::AllScalarsOf<L...>;
  using Layout = optim::Layout<L...>;
  using W = Pack<double>;

  static constexpr int barrier() {
    int i = 0;
    while (Layout::segment(i) != segment) ++i;
    return i;
  }

  template <int i, class Link>
  CINTA_INLINE static W value(const optim::LinkAt<i, Link>& at, const optim::ScalarsAt<i, Link>& c, W u, W g, W p) {
    return at.link.measure(c.scalars, u, g, p);
  }
  CINTA_INLINE static void accumulate(const Links& links, const Scalars& c, W u, W g, W p, int count, W& sum) {
    if (count <= 0) return;
    const W v = value<barrier()>(links, c, u, g, p);
    sum = count >= W::size ? sum + v : select(Mask<double>::first(count), sum + v, sum);
  }

  template <bool scaled> CINTA_INLINE static double sum(const optim::Slice& s, std::int64_t begin, std::int64_t end) {
    const Pointers<T> x(s);
    const Links& links = *static_cast<const Links*>(s.chain.links);
    const Scalars c = *static_cast<const Scalars*>(s.chain.scalars);
    W low, high;
    for (std::int64_t i = begin; i < end; i += 16) {
      const int count = end - i < 16 ? static_cast<int>(end - i) : 16;
      if constexpr (sizeof(T) == 4) {
        const Pack<T> g = x.template gradient<scaled>(i, count), p = Pack<T>::load(x.p + i, count);
        Pack<T> u = g;
        if constexpr (!Layout::from_gradient(segment)) u = Pack<T>::load(x.u + i, count);
        accumulate(links, c, widened(u, 0), widened(g, 0), widened(p, 0), count, low);
        accumulate(links, c, widened(u, 1), widened(g, 1), widened(p, 1), count - 8, high);
      } else {
        half<scaled>(x, links, c, i, count, low);
        half<scaled>(x, links, c, i + 8, count - 8, high);
      }
    }
    return fold<Sum>(low + high);
  }
  template <bool scaled> CINTA_INLINE static void half(const Pointers<T>& x, const Links& links, const Scalars& c,
                                                       std::int64_t i, int count, W& sum) {
    if (count <= 0) return;
    const int lanes = count < 8 ? count : 8;
    const Pack<T> g = x.template gradient<scaled>(i, lanes), p = Pack<T>::load(x.p + i, lanes);
    Pack<T> u = g;
    if constexpr (!Layout::from_gradient(segment)) u = Pack<T>::load(x.u + i, lanes);
    accumulate(links, c, u, g, p, lanes, sum);
  }

  static double measure(const optim::Slice& s, std::int64_t begin, std::int64_t end) {
    return s.scale == 1 ? sum<false>(s, begin, end) : sum<true>(s, begin, end);
  }
};

template <class T, int type, class... L> constexpr void fill(optim::Passes& passes) {
  using Layout = optim::Layout<L...>;
  static_assert(Layout::segments <= optim::Passes::max_segments, "a chain has at most three barriers");
  [&]<int... S>(std::integer_sequence<int, S...>) {
    ((passes.update[type][S] = Segment<T, S, optim::Indices<L...>, L...>::update), ...);
  }
  (std::make_integer_sequence<int, Layout::segments>{});
  [&]<int... S>(std::integer_sequence<int, S...>) {
    ((passes.measure[type][S + 1] = Measure<T, S + 1, L...>::measure), ...);
  }
  (std::make_integer_sequence<int, Layout::segments - 1>{});
}

template <class... L> constexpr optim::Passes make() {
  optim::Passes passes;
  fill<float, 0, L...>(passes);
  fill<double, 1, L...>(passes);
  return passes;
}

/// The compiled loops of a chain.
template <class... L> inline constexpr optim::Passes of = make<L...>();

}  // namespace passes
}  // namespace CINTA_KERNELS
}  // namespace cinta
