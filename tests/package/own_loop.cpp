// The loop that `fit` is short for, and an op and an optimizer of one's own; ends with 1 unless the loss fell.
#include <cinta/cinta.hpp>
#include <cinta/framework/optim/chain.hpp>
#include <cinta/ops/map.hpp>
using namespace cinta;

struct Net {
  Linear hidden{2, 16};
  Linear out{16, 2};
  Tensor operator()(const Tensor& x) const {
    return out(map([](auto u, auto b) { return u / (1 + exp(-b * u)); }, hidden(x), 1.7));
  }
};

double train(Net& net, const Batch& data) {
  Optimizer optimizer = chain(ScaleByAdam{}, DecayedWeights{0.01}, ScaleByLearningRate{0.01});
  Training training({.seed = 1});  // until the function returns ops are recorded and dropout is on
  double last = 0;
  for (const Batch& b : batches(data, {.size = 4, .seed = 1, .epochs = 200})) {
    Tensor loss = mean(CrossEntropy{.label_smoothing = 0.1}(net(b.x), b.y));
    last = loss.item();
    optimizer.step(net, backward(loss));  // backward returns the gradients and clears the tape
  }
  return last;
}

int main() {
  Net net;
  init(net, {.seed = 1});
  const Batch data{Tensor{{0, 0}, {0, 1}, {1, 0}, {1, 1}}, tensor({0, 1, 1, 0}, i32)};
  return train(net, data) < 0.3 ? 0 : 1;
}
