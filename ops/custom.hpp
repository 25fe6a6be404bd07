// custom_vjp: a function with a derivative of the user's own. Included by those who use it.
#pragma once

#include <cinta/framework/core/op.hpp>
#include <cinta/framework/core/tape.hpp>

#include <array>
#include <tuple>

namespace cinta {

// The op of a function F and its rule G on N tensors.
template <class F, class G, int N> struct CustomOp {
  static void vjp(VjpContext& c) {
    const Tensor g = c.gradient(), y = c.saved(N);
    std::array<Tensor, N> x;
    for (int i = 0; i < N; ++i) x[static_cast<std::size_t>(i)] = c.saved(i);
    auto gradients = std::apply([&](const auto&... a) { return G{}(g, a..., y); }, x);
    if constexpr (N == 1) {
      c.give(0, std::move(gradients));
    } else {
      static_assert(std::tuple_size_v<decltype(gradients)> == N,
                    "custom_vjp: the rule must return one gradient for each argument");
      for (int i = 0; i < N; ++i)
        if (c.needs(i)) c.give(i, std::move(gradients[static_cast<std::size_t>(i)]));
    }
  }
  static constexpr OpDef op{"custom_vjp", vjp};
};

/// What `custom_vjp` calls.
template <class F, class G, class... A> Tensor run_custom(F f, G, const A&... args) {
  static_assert(
      std::is_empty_v<F> && std::is_empty_v<G>,
      "custom_vjp: the functions must capture nothing: pass tensors as arguments, so that their gradients are known");
  constexpr int n = sizeof...(A);
  const Where where = std::get<0>(std::tie(args...)).where();
  const std::array<Input, n> inputs{input_of(args, "custom_vjp")...};
  const std::array<Tensor, n> values{args.tensor()->detach()...};
  Tensor y = [&] {
    const Evaluation evaluation(where.file, where.line);
    return std::apply([&](const auto&... x) { return f(x...); }, values);
  }();
  if (!y.defined()) throw ValueError(where, "custom_vjp: the function returned a tensor that was never assigned");
  y = y.detach();
  Record record(CustomOp<F, G, n>::op, y, where, inputs.data(), n);
  for (const Input& input : inputs) record.save(input);
  record.save(y);
  return y;
}

/// y = f(x, …), whose gradient is `f_vjp(g, x, …, y)`: of g = ∂L/∂y it makes ∂L/∂x (of x's shape, or one that broadcast
/// from it, and of its type: else `DtypeError`), for several arguments an array of one each. f is not recorded; f_vjp
/// is written in ops, so that gradients of any order follow. Both are lambdas without captures.
///   custom_vjp([](const Tensor& x) { return step(x); }, [](auto g, auto, auto) { return g; }, x)   // straight through
template <class F, class G> Tensor custom_vjp(F f, G f_vjp, const Arg& x) { return run_custom(f, f_vjp, x); }
/// The same for two arguments.
template <class F, class G> Tensor custom_vjp(F f, G f_vjp, const Arg& x, const Arg& y) {
  return run_custom(f, f_vjp, x, y);
}
/// The same for three arguments.
template <class F, class G> Tensor custom_vjp(F f, G f_vjp, const Arg& x, const Arg& y, const Arg& z) {
  return run_custom(f, f_vjp, x, y, z);
}

}  // namespace cinta
