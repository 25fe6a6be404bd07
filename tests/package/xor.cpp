#include <cinta/cinta.hpp>
#include <iostream>
using namespace cinta;

struct Net {
  Linear hidden{2, 8};
  Linear out{8, 1};
  Tensor operator()(const Tensor& x) const { return out(tanh(hidden(x))); }
};

int main() {
  Tensor x{{0, 0}, {0, 1}, {1, 0}, {1, 1}}, y{{0}, {1}, {1}, {0}};  // f32, whatever the literals
  Net net;
  init(net, {.seed = 1});  // each parameter drawn from (seed, its name)
  fit(net, BinaryCrossEntropy{}, adamw(0.05), {x, y}, {.epochs = 500});
  std::cout << sigmoid(net(x)) << '\n';
  save(net, "xor.safetensors");
}
