// The smallest network that no single neuron can stand in for: XOR, which no line separates.
//   xor
#include <cinta/cinta.hpp>
#include <cstdio>
using namespace cinta;

struct Net {
  Linear hidden{2, 8};
  Linear out{8, 1};
  Tensor operator()(const Tensor& x) const { return out(tanh(hidden(x))); }  // logits: the loss applies the sigmoid
};

int main() {
  const Tensor x{{0, 0}, {0, 1}, {1, 0}, {1, 1}}, y{{0}, {1}, {1}, {0}};

  Net net;
  init(net, {.seed = 1});  // each parameter drawn from (seed, its name): the same numbers on every machine
  const History history = fit(net, BinaryCrossEntropy{}, adamw(0.05), {x, y}, {.epochs = 500});
  std::printf("loss %.4f after 1 epoch, %.4f after %zu\n", history.epochs.front().loss, history.epochs.back().loss,
              history.epochs.size());

  const Tensor p = sigmoid(net(x));  // outside of a scope nothing is recorded: this is the prediction, no more
  for (int i = 0; i < 4; ++i)
    std::printf("%g xor %g = %d  (p = %.4f)\n", x(i, 0), x(i, 1), p(i, 0) >= 0.5 ? 1 : 0, p(i, 0));

  save(net, "xor.safetensors");  // hidden.weight, hidden.bias, out.weight, out.bias: Python reads it too
  Net again;
  load(again, "xor.safetensors");
  std::printf("the saved network answers %s\n", equal_bytes(net(x), again(x)) ? "with the same bits" : "otherwise");
}
