// What tests/instructions.sh counts: so many tiny ops, forward or with backward, or steps of a 2-8-1 network.
// Usage: instructions tiny_forward|tiny_backward|step TURNS
#include <cinta/cinta.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>

using namespace cinta;

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string what = argv[1];
  const int turns = std::atoi(argv[2]);
  double value = 0;
  if (what == "step") {
    Mlp net({.inputs = 2, .hidden = {8}, .outputs = 1});
    init(net, {.seed = 1});
    const Tensor x{{0, 0}, {0, 1}, {1, 0}, {1, 1}}, y{{0}, {1}, {1}, {0}};
    Optimizer optimizer = sgd(0.01);
    for (int i = 0; i < turns; ++i) {
      Training training({.seed = 1});
      const Tensor loss = mean(MeanSquaredError{}(net(x), y));
      value = loss.item();
      optimizer.step(net, backward(loss));
    }
  } else {  // a hundred in a recording
    const Tensor x{{0.1, 0.2, 0.3, 0.4}, {0.5, 0.6, 0.7, 0.8}, {-0.1, -0.2, -0.3, -0.4}, {-0.5, -0.6, -0.7, -0.8}};
    for (int i = 0; i < turns / 100; ++i) {
      Recording recording;
      Tensor z = variable(x);
      for (int k = 0; k < 100; ++k) z = tanh(z);
      if (what == "tiny_backward") backward(sum(z));
      value = z(0, 0);
    }
  }
  std::printf("%g\n", value);
}
