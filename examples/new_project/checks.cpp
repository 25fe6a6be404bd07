// What must hold of the model and the optimizer; CTest runs it. Ends with 1 when something does not.
#include "data.hpp"
#include "model.hpp"
#include "optimizer.hpp"

#include <iostream>

using namespace cinta;

int failures = 0;
void check(bool holds, const char* promise) {
  std::cout << (holds ? "ok      " : "FAILED  ") << promise << '\n';
  failures += holds ? 0 : 1;
}

int main() {
  const Batch data = half_circles(200, 1);
  Network net;
  init(net, {.seed = 1});

  Network stepped = net;
  {
    Optimizer optimizer = lion(0.5, 0);
    Recording recording;
    optimizer.step(stepped, backward(mean(BinaryCrossEntropy{}(stepped(data.x), data.y))));
  }
  const Tensor moved = abs(flatten(stepped) - flatten(net));
  check(max(moved).item() < 0.5001 && min(moved).item() > 0.4999, "lion's first step moves each parameter by the rate");

  const History history = fit(net, BinaryCrossEntropy{}, lion(1e-3), data, {.epochs = 30, .seed = 1});
  check(history.epochs.back().loss < 0.5 * history.epochs.front().loss, "training more than halves the loss");

  const Tensor all = predict(net, data.x), alone = net(rows(data, 7, 8).x);
  check(alone.item() == all(7, 0), "a row has the same answer, bit for bit, alone and among others");

  save(net, "checks.safetensors");
  Network again;
  load(again, "checks.safetensors");
  check(equal_bytes(again(data.x), net(data.x)), "the saved model answers with the same bits");
  return failures == 0 ? 0 : 1;
}
