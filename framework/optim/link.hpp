// What a link of an optimizer chain is, and how a chain of them is cut into passes. For chain.hpp and the library's
// chains.
//
// A link is a struct, usually plain, whose Hyper, double, bool and Dialect fields are its settings:
//
//   static constexpr int slots = 2;                    // tensors of state for each parameter, zero at first
//   static constexpr auto slot_names = …;              // optional: std::array of their names in a checkpoint
//   static constexpr auto name = "scale_by_adam";      // optional
//   Scalars prepare(const Step& t) const;              // optional: numbers, once a step
//   auto operator()(const Scalars& c, auto u, auto g, auto p, auto& m, auto& v) const;   // the new u
//
// u comes from the link before (from the gradient, for the first), g is the gradient, p the parameter; what the last
// link returns is added to p. All are packs: write arithmetic, and the functions of pack_functions.hpp, unqualified.
// Take numbers from `c` rather than from fields: those are read again for each pack. Without `prepare`, c is a
// NoScalars.
//
// A barrier is a link that needs a sum over all elements of all parameters before it can be applied to any of them:
//
//   static constexpr bool barrier = true;
//   auto measure(const Scalars& c, auto u, auto g, auto p) const;   // what is summed, in double
//   void conclude(Scalars& c, double total) const;                  // called once a step, before operator()
//
// It cuts the chain: links before it run for all parameters, then it is measured, then it and the others run.
#pragma once

#include <cinta/framework/optim/hyper.hpp>

#include <array>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace cinta {

struct NoScalars {};

namespace optim {

template <class L> inline constexpr bool is_barrier = requires { requires L::barrier; };

template <class L> auto scalars_of(const L& link) {
  if constexpr (requires(const Step& t) { link.prepare(t); }) return link.prepare(Step{});
  else return NoScalars{};
}
template <class L> using ScalarsOf = decltype(scalars_of(std::declval<const L&>()));

// Links and their scalars by number, as bases: std::tuple would leave weak symbols in kernels.
template <int I, class L> struct LinkAt { L link; };
template <int I, class L> struct ScalarsAt { ScalarsOf<L> scalars; };
template <class Indices, class... L> struct Numbered;
template <int... I, class... L> struct Numbered<std::integer_sequence<int, I...>, L...> {
  struct Links : LinkAt<I, L>... {};
  struct Scalars : ScalarsAt<I, L>... {};
};
template <class... L> using Indices = std::make_integer_sequence<int, static_cast<int>(sizeof...(L))>;
template <class... L> using LinksOf = typename Numbered<Indices<L...>, L...>::Links;
template <class... L> using AllScalarsOf = typename Numbered<Indices<L...>, L...>::Scalars;

/// Where the links of a chain stand: by the segment (the barriers up to a link, itself included) and by slots.
template <class... L> struct Positions {
  static constexpr bool barriers[sizeof...(L)] = {is_barrier<L>...};
  static constexpr int slots_of[sizeof...(L)] = {L::slots...};

  static constexpr int segment(int link) {
    int n = 0;
    for (int i = 0; i <= link; ++i) n += barriers[i] ? 1 : 0;
    return n;
  }
  static constexpr int first_slot(int link) {
    int n = 0;
    for (int i = 0; i < link; ++i) n += slots_of[i];
    return n;
  }
  /// Whether the update before the barrier of this segment is still the gradient itself.
  static constexpr bool from_gradient(int segment) { return segment == 0 || (segment == 1 && barriers[0]); }
};
template <class... L> struct Layout : Positions<L...> {
  static constexpr int segments = Positions<L...>::segment(sizeof...(L) - 1) + 1;
  static constexpr int slots = Positions<L...>::first_slot(sizeof...(L));
};

/// A chain's links, and their scalars.
struct Prepared {
  const void* links = nullptr;
  const void* scalars = nullptr;
};

/// One parameter as a pass takes it. Pointers are to its element 0.
struct Slice {
  void* p = nullptr;
  const void* g = nullptr;
  void* u = nullptr;  // what a segment leaves for the next one; null when there is only one
  void* const* slots = nullptr;
  double scale = 1;  // of the gradient
  Prepared chain;
};

/// The compiled loops of one chain over the elements [begin, end), by element type (f32, f64) and segment.
struct Passes {
  static constexpr int max_segments = 4;
  void (*update[2][max_segments])(const Slice&, std::int64_t begin, std::int64_t end) = {};
  double (*measure[2][max_segments])(const Slice&, std::int64_t begin, std::int64_t end) = {};  // at most 4,096
};

}  // namespace optim
}  // namespace cinta
