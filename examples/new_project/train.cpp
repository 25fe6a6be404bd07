// Trains the model, says how good it is on points that it has not seen, and saves it.
#include "data.hpp"
#include "model.hpp"
#include "optimizer.hpp"

#include <iostream>

int main() {
  using namespace cinta;
  const Batch train = half_circles(1000, 1), valid = half_circles(250, 2), test = half_circles(500, 3);

  Network net;
  init(net, {.seed = 1});
  std::cout << summary(net) << '\n';
  fit(net, BinaryCrossEntropy{}, lion(1e-3), train,
      {.epochs = 60, .seed = 1, .validation = valid, .patience = 15, .progress = ProgressMode::automatic});

  std::cout << classification_metrics(sigmoid(predict(net, test.x)), test.y);
  save(net, "my_network.safetensors");
}
