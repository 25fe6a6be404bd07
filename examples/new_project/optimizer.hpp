// The optimizer: a link of your own, in a chain with links of the library, compiled into one pass over the parameters.
#pragma once

#include <cinta/cinta.hpp>
#include <cinta/framework/optim/chain.hpp>

/// u = sign(β₁ m + (1 − β₁) u), then m ← β₂ m + (1 − β₂) u.
/// Lion: Chen et al. 2023, arXiv:2302.06675.
struct ScaleByLion {
  cinta::Hyper beta1 = 0.9, beta2 = 0.99;  // numbers or schedules

  static constexpr auto name = "scale_by_lion";
  static constexpr int slots = 1;  // m, a tensor of state for each parameter, zero at first
  static constexpr std::array<const char*, 1> slot_names{"m"};
  struct Scalars {
    double beta1, beta2;
  };
  Scalars prepare(const cinta::Step& t) const { return {beta1.value(t), beta2.value(t)}; }  // once a step
  auto operator()(const Scalars& c, auto u, auto /*g*/, auto /*p*/, auto& m) const {        // on SIMD packs
    const auto direction = sign(c.beta1 * m + (1 - c.beta1) * u);
    m = c.beta2 * m + (1 - c.beta2) * u;
    return direction;
  }
};

inline cinta::Optimizer lion(cinta::Hyper learning_rate, cinta::Hyper weight_decay = 0.01) {
  return cinta::chain(ScaleByLion{}, cinta::DecayedWeights{weight_decay}, cinta::ScaleByLearningRate{learning_rate})
      .named("lion");
}
