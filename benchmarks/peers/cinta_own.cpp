// An op by `map` and an optimizer as a chain, both of one's own: compiled beside what libtorch_own.cpp has for them.
#include <cinta/cinta.hpp>
#include <cinta/framework/optim/chain.hpp>
#include <cinta/ops/map.hpp>

#include <iostream>

using namespace cinta;

/// x σ(x).
Tensor swish(const Tensor& x) {
  return map([](auto v) { return v / (1 + exp(-v)); }, x);
}

/// The sign of the running mean of gradients: Lion without its second mean.
struct ScaleBySign {
  double beta = 0.9;

  static constexpr auto name = "scale_by_sign";
  static constexpr int slots = 1;
  static constexpr std::array<const char*, 1> slot_names{"m"};
  struct Scalars {
    double beta;
  };
  Scalars prepare(const Step&) const { return {beta}; }
  auto operator()(const Scalars& c, auto u, auto /*g*/, auto /*p*/, auto& m) const {
    m = c.beta * m + (1 - c.beta) * u;
    return sign(m);
  }
};

struct Net {
  Linear hidden{2, 8}, out{8, 1};
  Tensor operator()(const Tensor& x) const { return out(swish(hidden(x))); }
};

int main() {
  const Tensor x = {{0, 0}, {0, 1}, {1, 0}, {1, 1}}, y = {{0}, {1}, {1}, {0}};
  Net net;
  init(net, {.seed = 1});
  Optimizer optimizer = chain(ScaleBySign{}, DecayedWeights{0.01}, ScaleByLearningRate{0.01});
  for (int epoch = 0; epoch < 500; ++epoch) {
    Training training;
    optimizer.step(net, backward(mean(BinaryCrossEntropy{}(net(x), y))));
  }
  std::cout << sigmoid(net(x)) << "\n";
}
