// map: a user's lambda as an elementwise op, with its derivatives of any order. Included by those who use it: it
// compiles kernels, and so needs AVX2, FMA and -ffp-contract=off, which the CMake target and pkg-config carry.
#pragma once

#include <cinta/framework/core/contraction.hpp>
#include <cinta/ops/dual.hpp>
#include <cinta/ops/elementwise.hpp>
#include <cinta/ops/ops.hpp>

#include <array>

namespace cinta {
inline namespace CINTA_KERNELS {

// The loops and derivatives of a lambda F of N arguments.
template <class F, int N> struct MapOp {
  template <class T> static Pack<T> read(const Run& run, std::int64_t i, int lanes) {
    const T* p = static_cast<const T*>(run.data);
    return run.step == 0 ? Pack<T>(*p) : Pack<T>::load(p + i, lanes);
  }

  // f(i, lanes, arguments as packs) for each pack of a run.
  template <class T, class G> CINTA_INLINE static void each_pack(std::int64_t n, const Run* x, G g) {
    constexpr int size = Pack<T>::size;
    for (std::int64_t i = 0; i < n; i += size) {
      const int lanes = n - i < size ? static_cast<int>(n - i) : size;
      [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
        g(i, lanes, read<T>(x[I], i, lanes)...);
      }
      (std::make_integer_sequence<int, N>{});
    }
  }

  template <class T> static void forward(std::int64_t n, void* y, const Run* x) {
    each_pack<T>(
        n, x, [&](std::int64_t i, int lanes, auto... a) __attribute__((always_inline)) {
          static_assert(
              std::is_convertible_v<decltype(F{}(a...)), Pack<T>>,
              "map: the lambda must return a value computed from its arguments, not a mask: use select(mask, 1, 0)");
          const Pack<T> r = F{}(a...);
          r.store(static_cast<T*>(y) + i, lanes);
        });
  }

  // g · ∂f/∂xᵢ of a pack.
  template <int I, class T, class... A> CINTA_INLINE static Pack<T> derivative_at(const Pack<T>& g, A... a) {
    const auto r = [&]<int... J>(std::integer_sequence<int, J...>) __attribute__((always_inline)) {
      return F{}(seeded<I == J>(a)...);
    }
    (std::make_integer_sequence<int, N>{});
    if constexpr (is_dual<std::remove_cvref_t<decltype(r)>>) return g * r.d;
    else return Pack<T>(0);
  }

  // Two loops: with the branch inside, GCC 12 lost lanes on AVX-512.
  template <int I, class T> static void backward(std::int64_t n, T* gx, bool add, const T* g, const Run* x, const T*) {
    if (add)
      each_pack<T>(
          n, x, [&](std::int64_t i, int lanes, auto... a) __attribute__((always_inline)) {
            (Pack<T>::load(gx + i, lanes) + derivative_at<I, T>(Pack<T>::load(g + i, lanes), a...))
                .store(gx + i, lanes);
          });
    else
      each_pack<T>(
          n, x, [&](std::int64_t i, int lanes, auto... a) __attribute__((always_inline)) {
            derivative_at<I, T>(Pack<T>::load(g + i, lanes), a...).store(gx + i, lanes);
          });
  }

  template <bool seed, class P> CINTA_INLINE static auto seeded(P a) {
    if constexpr (seed) return Dual<P>{a, P(1)};
    else return a;
  }

  // Where derivatives are recorded, the lambda runs again on tensors, and the run is differentiated: duals of duals
  // would instantiate without end. Each operand is an alias, so that a tensor passed twice gives two partial
  // derivatives.
  static void vjp(VjpContext& c) {
    const Tensor g = c.gradient();
    const Where where = c.where();
    std::array<Tensor, N> x;
    std::vector<Tensor> wanted;
    for (int i = 0; i < N; ++i) {
      x[static_cast<std::size_t>(i)] = alias(Arg(c.saved(i), where));
      if (c.needs(i)) wanted.push_back(x[static_cast<std::size_t>(i)]);
    }
    const Tensor y = std::apply([&](const auto&... a) { return replay(c.dtype(), F{}(a...)); }, x);
    if (!y.recorded()) return;  // a constant
    const Tensor whole = y.shape() == g.shape() ? y : broadcast_to(Arg(y, where), g.shape());
    std::vector<Tensor> gradients = grad(Arg(whole, where), wanted, g, {.create_graph = true, .allow_unused = true});
    for (int i = 0, k = 0; i < N; ++i)
      if (c.needs(i)) c.give(i, std::move(gradients[static_cast<std::size_t>(k++)]));
  }
  static Tensor replay(Dtype, Tensor y) { return y; }
  template <class S>
  requires std::is_arithmetic_v<S>
  static Tensor replay(Dtype dtype, S y) { return scalar(static_cast<double>(y), dtype); }

  template <class T, int... I> static constexpr ElementwiseKernels<T> make(std::integer_sequence<int, I...>) {
    ElementwiseKernels<T> k;
    k.forward = forward<T>;
    ((k.backward[I] = backward<I, T>), ...);
    return k;
  }
  template <class T> static constexpr ElementwiseKernels<T> kernels = make<T>(std::make_integer_sequence<int, N>{});

  static const ElementwiseOp& op() {
    static const ElementwiseOp made = [] {
      ElementwiseOp op;
      op.name = "map";
      op.vjp = vjp;
      op.backward = elementwise_backward;
      op.f32_kernels = &kernels<float>;
      op.f64_kernels = &kernels<double>;
      return op;
    }();
    return made;
  }
};

/// What `map` calls.
template <class F, class... A> Tensor run_map(F, const A&... x) {
  static_assert(
      std::is_empty_v<F> && std::is_default_constructible_v<F>,
      "map: the lambda must capture nothing: a captured tensor would lose its gradient in silence and a captured "
      "reference would dangle; pass tensors and numbers as arguments");
  const std::initializer_list<const Arg*> arguments{&x...};
  refuse_contraction((*arguments.begin())->where());
  return elementwise(MapOp<F, sizeof...(A)>::op(), arguments);
}

}  // namespace CINTA_KERNELS

/// y = f(x, …) elementwise, in one fused pass; its gradient is another, and gradients of any order follow.
///
/// f is a generic lambda without captures, of packs, of dual numbers and of tensors alike: it uses + − * /, the
/// functions of ops.hpp, comparisons and `select` in place of `if`. Arguments broadcast; numbers are passed as
/// arguments too:
///   map([](auto x, auto b) { return x / (1 + exp(-b * x)); }, x, 1.7)
/// Throws `ShapeError` and `DtypeError` as every op (f32 and f64 only), naming the line of the first argument.
template <class F> Tensor map(F f, const Arg& x) { return run_map(f, x); }
/// The same for two arguments.
template <class F> Tensor map(F f, const Arg& x, const Arg& y) { return run_map(f, x, y); }
/// The same for three arguments.
template <class F> Tensor map(F f, const Arg& x, const Arg& y, const Arg& z) { return run_map(f, x, y, z); }
/// The same for four arguments.
template <class F> Tensor map(F f, const Arg& x, const Arg& y, const Arg& z, const Arg& u) {
  return run_map(f, x, y, z, u);
}
/// The same for five arguments.
template <class F> Tensor map(F f, const Arg& x, const Arg& y, const Arg& z, const Arg& u, const Arg& v) {
  return run_map(f, x, y, z, u, v);
}
/// The same for six arguments.
template <class F> Tensor map(F f, const Arg& x, const Arg& y, const Arg& z, const Arg& u, const Arg& v, const Arg& w) {
  return run_map(f, x, y, z, u, v, w);
}

}  // namespace cinta
