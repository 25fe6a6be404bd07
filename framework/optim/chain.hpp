// chain: an optimizer composed of links, compiled here into one pass per parameter.
// For those who write optimizers; needs AVX2, FMA and -ffp-contract=off, which the CMake target brings.
#pragma once

#include <cinta/framework/core/contraction.hpp>
#include <cinta/framework/optim/links.hpp>
#include <cinta/framework/optim/optimizer.hpp>
#include <cinta/framework/optim/passes.hpp>
#include <cinta/framework/optim/rule.hpp>
#include <cinta/framework/optim/schedules.hpp>

#include <tuple>

namespace cinta {
inline namespace CINTA_KERNELS {

/// Links in a row: a value that becomes an Optimizer, or part of a longer chain.
template <class... L> struct Chain {
  static_assert(sizeof...(L) > 0, "a chain has at least one link");

  std::tuple<L...> links;  ///< first to last

  /// As an optimizer called "chain".
  operator Optimizer() const { return named("chain"); }
  /// As an optimizer with a name of its own, for checkpoints and reports.
  Optimizer named(std::string name) const {
    return std::apply(
        [&](const L&... l) {
          return Optimizer(std::make_unique<optim::ChainRule<L...>>(std::move(name), passes::of<L...>, l...));
        },
        links);
  }
};

namespace passes {
template <class L> auto as_links(L link) { return std::tuple<L>(std::move(link)); }
template <class... L> auto as_links(Chain<L...> chain) { return std::move(chain.links); }
template <class... L> Chain<L...> as_chain(std::tuple<L...> links) { return {std::move(links)}; }
}  // namespace passes

/// The links, applied in order: `chain(ScaleByAdam{}, DecayedWeights{0.01}, ScaleByLearningRate{1e-3})`. The first gets
/// the gradient, and what the last gives is added to the parameter. A chain among them stands for its links. All
/// elementwise links between barriers run in one fused pass, with the same bits as one after the other. A gradient is
/// read, and a slot stored, with subnormal numbers as zero, and a parameter with those below 2⁻⁸⁰ (f64: 2⁻⁵⁶⁰). Throws
/// `Error` in an object compiled without -ffp-contract=off.
template <class... L> CINTA_INLINE auto chain(L... links) {
  refuse_contraction({});
  return passes::as_chain(std::tuple_cat(passes::as_links(std::move(links))...));
}

}  // namespace CINTA_KERNELS

/// The library's optimizers as chains, to compose with: `chain(ClipByValue{1}, links::adamw(1e-3))`.
namespace links {
inline namespace CINTA_KERNELS {

CINTA_INLINE auto gradient_descent(Hyper learning_rate) { return chain(ScaleByLearningRate{std::move(learning_rate)}); }
CINTA_INLINE auto sgd(Hyper learning_rate) { return links::gradient_descent(std::move(learning_rate)); }
CINTA_INLINE auto momentum(Hyper learning_rate, Hyper mu = 0.9) {
  return chain(Trace{std::move(mu)}, ScaleByLearningRate{std::move(learning_rate)});
}
CINTA_INLINE auto nesterov(Hyper learning_rate, Hyper mu = 0.9) {
  return chain(Trace{std::move(mu), 0, true}, ScaleByLearningRate{std::move(learning_rate)});
}
CINTA_INLINE auto adagrad(Hyper learning_rate = 0.01) {
  return chain(ScaleByAdagrad{}, ScaleByLearningRate{std::move(learning_rate)});
}
CINTA_INLINE auto rmsprop(Hyper learning_rate = 0.01) {
  return chain(ScaleByRms{}, ScaleByLearningRate{std::move(learning_rate)});
}
CINTA_INLINE auto adam(Hyper learning_rate = 1e-3) {
  return chain(ScaleByAdam{}, ScaleByLearningRate{std::move(learning_rate)});
}
CINTA_INLINE auto adamw(Hyper learning_rate = 1e-3, Hyper weight_decay = 0.01) {
  return chain(ScaleByAdam{}, DecayedWeights{std::move(weight_decay)}, ScaleByLearningRate{std::move(learning_rate)});
}

}  // namespace CINTA_KERNELS
}  // namespace links
}  // namespace cinta
