// sequential: layers one behind the other, as a module without field names. A light header, for everybody.
#pragma once

#include <cinta/framework/core/arg.hpp>
#include <cinta/framework/core/visit.hpp>
#include <cinta/framework/nn/layers.hpp>

#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

namespace cinta {

namespace detail {

// A layer of the library takes an Arg, a user's own may take a tensor.
template <class L> Tensor call_layer(const L& layer, const Arg& x) {
  if constexpr (std::is_invocable_v<const L&, const Arg&>) {
    return layer(x);
  } else {
    static_assert(std::is_invocable_v<const L&, const Tensor&>, "a layer of `sequential` is called with one tensor");
    if (x.parameter() != nullptr) return layer(Tensor(*x.parameter()));
    return layer(x.is_number() ? scalar(x.number()) : *x.tensor());
  }
}

// What a Linear before this layer takes into its own op: the activations that are one op with it (ops/matmul.hpp).
template <class L> constexpr Activation activation_of = Activation::identity;
template <> inline constexpr Activation activation_of<Relu> = Activation::relu;
template <> inline constexpr Activation activation_of<Sigmoid> = Activation::sigmoid;
template <> inline constexpr Activation activation_of<Tanh> = Activation::tanh;

}  // namespace detail

/// y = last(…second(first(x))). Parameters are named by the layers' numbers: "0.weight", "2.weight". A `Linear` and a
/// `Relu`, `Sigmoid` or `Tanh` behind it are one op, of the same bits.
template <class... L> class Sequential {
 public:
  /// Of these layers, first to last.
  explicit Sequential(L... layers) : layers_(std::move(layers)...) {}

  Tensor operator()(const Arg& x) const {
    static_assert(sizeof...(L) > 0, "`sequential` without layers computes nothing; use Identity{}");
    return call<0>(x);
  }

  /// The layer of that number.
  template <std::size_t I> auto& layer() { return std::get<I>(layers_); }
  /// The layer of that number, const.
  template <std::size_t I> const auto& layer() const { return std::get<I>(layers_); }
  /// The number of layers.
  static constexpr std::size_t size() { return sizeof...(L); }

  template <class Self> static void visit(Self& self, auto&& f) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (f(static_cast<std::int64_t>(I), std::get<I>(self.layers_)), ...);
    }
    (std::index_sequence_for<L...>{});
  }

 private:
  template <std::size_t I> using Layer = std::tuple_element_t<I, std::tuple<L...>>;

  // The activation that layer I takes into its op.
  template <std::size_t I> static constexpr Activation taken() {
    if constexpr (I + 1 < sizeof...(L) && std::is_same_v<Layer<I>, Linear>) return detail::activation_of<Layer<I + 1>>;
    else return Activation::identity;
  }

  template <std::size_t I> Tensor call_one(const Arg& x) const {
    if constexpr (taken<I>() == Activation::identity) return detail::call_layer(std::get<I>(layers_), x);
    else return std::get<I>(layers_)(x, taken<I>());
  }

  template <std::size_t I> Tensor call(const Arg& x) const {
    constexpr std::size_t next = taken<I>() == Activation::identity ? I + 1 : I + 2;
    if constexpr (next == sizeof...(L)) {
      return call_one<I>(x);
    } else {
      const Tensor y = call_one<I>(x);
      return call<next>(Arg(y, x.where()));
    }
  }

  std::tuple<L...> layers_;
};

/// `sequential(Linear{784, 128}, Relu{}, Linear{128, 10})`
template <class... L> Sequential<std::decay_t<L>...> sequential(L&&... layers) {
  return Sequential<std::decay_t<L>...>(std::forward<L>(layers)...);
}

}  // namespace cinta
