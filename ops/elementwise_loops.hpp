// The loops of an elementwise op, made from its rule: for the library's kernels and for users' own rules.
#pragma once

#include <cinta/framework/core/pack_functions.hpp>
#include <cinta/ops/elementwise_rules.hpp>

namespace cinta {
inline namespace CINTA_KERNELS {

using rules::mask_first_of;

// An operand, read pack by pack; one value for all is spread once, so that the loop needs no branch.
template <class T> struct Reader {
  CINTA_INLINE explicit Reader(const Run& run) : p(static_cast<const T*>(run.data)), step(run.step) {
    if (step != 0) return;
    Pack<T>(*p).store(spread);
    p = spread;
  }
  CINTA_INLINE Pack<T> operator()(std::int64_t i) const { return Pack<T>::load(p + step * i); }
  CINTA_INLINE Pack<T> operator()(std::int64_t i, int lanes) const { return Pack<T>::load(p + step * i, lanes); }

  const T* p;
  std::int64_t step;
  alignas(64) T spread[Pack<T>::size];
};
template <class T> struct MaskReader {
  CINTA_INLINE explicit MaskReader(const Run& run) : p(static_cast<const std::uint8_t*>(run.data)), step(run.step) {
    if (step != 0) return;
    std::memset(spread, *p, sizeof spread);
    p = spread;
  }
  CINTA_INLINE Mask<T> operator()(std::int64_t i) const { return load_bytes<T>(p + step * i, Pack<T>::size); }
  CINTA_INLINE Mask<T> operator()(std::int64_t i, int lanes) const { return load_bytes<T>(p + step * i, lanes); }

  const std::uint8_t* p;
  std::int64_t step;
  std::uint8_t spread[Pack<T>::size];
};
// Stands where nothing was saved.
struct NoReader {
  CINTA_INLINE explicit NoReader(const Run&) {}
  CINTA_INLINE rules::NotSaved operator()(std::int64_t) const { return {}; }
  CINTA_INLINE rules::NotSaved operator()(std::int64_t, int) const { return {}; }
};

// f(i) for each whole pack, then f(i, lanes) for what is left.
template <int size, class F> CINTA_INLINE void each_pack(std::int64_t n, F f) {
  std::int64_t i = 0;
  for (; i + size <= n; i += size) f(i);
  if (i < n) f(i, static_cast<int>(n - i));
}

template <class R, class T> struct RuleLoops {
  static constexpr int size = Pack<T>::size;
  static constexpr int arity = rules::arity_of<R, Pack<T>, Mask<T>>;
  using First = std::conditional_t<mask_first_of<R>, MaskReader<T>, Reader<T>>;

  static void forward(std::int64_t n, void* y, const Run* x) {
    if constexpr (arity == 1) run(n, y, First(x[0]));
    else if constexpr (arity == 2) run(n, y, First(x[0]), Reader<T>(x[1]));
    else run(n, y, First(x[0]), Reader<T>(x[1]), Reader<T>(x[2]));
  }

  template <int I> static void backward(std::int64_t n, T* gx, bool add, const T* g, const Run* x, const T* y) {
    constexpr bool inputs = R::saves == Saves::input, output = R::saves == Saves::output;
    using A = std::conditional_t<inputs, First, NoReader>;
    using B = std::conditional_t<inputs, Reader<T>, NoReader>;
    using Y = std::conditional_t<output, Reader<T>, NoReader>;
    const Y result(Run{y, 1});
    if constexpr (arity == 1) accumulate<I>(n, gx, add, g, result, A(x[0]));
    else if constexpr (arity == 2) accumulate<I>(n, gx, add, g, result, A(x[0]), B(x[1]));
    else accumulate<I>(n, gx, add, g, result, A(x[0]), B(x[1]), B(x[2]));
  }

 private:
  template <class... X> CINTA_INLINE static void run(std::int64_t n, void* out, const X&... x) {
    each_pack<size>(
        n, [&](std::int64_t i, auto... lanes) __attribute__((always_inline)) {
          const auto r = R::forward(x(i, lanes...)...);
          if constexpr (is_pack<std::remove_cvref_t<decltype(r)>>) r.store(static_cast<T*>(out) + i, lanes...);
          else if constexpr (sizeof...(lanes) == 0) store_bytes(r, static_cast<std::uint8_t*>(out) + i, size);
          else store_bytes(r, static_cast<std::uint8_t*>(out) + i, lanes...);
        });
  }

  template <int I, class... S> CINTA_INLINE static Pack<T> vjp(const Pack<T>& g, const S&... s) {
    if constexpr (arity == 1) return R::vjp(g, s...);
    else return R::template vjp<I>(g, s...);
  }

  template <int I, class Y, class... X>
  CINTA_INLINE static void accumulate(std::int64_t n, T* gx, bool add, const T* g, const Y& y, const X&... x) {
    if (add)
      each_pack<size>(
          n, [&](std::int64_t i, auto... lanes) __attribute__((always_inline)) {
            const Pack<T> r = vjp<I>(Pack<T>::load(g + i, lanes...), x(i, lanes...)..., y(i, lanes...));
            (Pack<T>::load(gx + i, lanes...) + r).store(gx + i, lanes...);
          });
    else
      each_pack<size>(
          n, [&](std::int64_t i, auto... lanes) __attribute__((always_inline)) {
            vjp<I>(Pack<T>::load(g + i, lanes...), x(i, lanes...)..., y(i, lanes...)).store(gx + i, lanes...);
          });
  }
};

template <class R, class T, int... I> constexpr ElementwiseKernels<T> make_kernels(std::integer_sequence<int, I...>) {
  ElementwiseKernels<T> k{RuleLoops<R, T>::forward, {}};
  if constexpr (rules::is_differentiable<R>)
    ((k.backward[I + mask_first_of<R>] = RuleLoops<R, T>::template backward<I + mask_first_of<R>>), ...);
  return k;
}
/// The loops of a rule for T.
template <class R, class T> constexpr ElementwiseKernels<T> kernels_of =
    make_kernels<R, T>(std::make_integer_sequence<int, RuleLoops<R, T>::arity - mask_first_of<R>>{});

}  // namespace CINTA_KERNELS
}  // namespace cinta
