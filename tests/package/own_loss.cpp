// A model of two inputs, a batch and a loss of one's own; ends with 1 unless the loss fell.
#include <cinta/cinta.hpp>
using namespace cinta;

struct Pair {
  Tensor left, right, y;
};
struct Twin {
  Linear embed{2, 8};
  Linear out{8, 1};
  Tensor operator()(const Tensor& a, const Tensor& b) const { return out(abs(tanh(embed(a)) - tanh(embed(b)))); }
};

int main() {
  Twin net;
  init(net, {.seed = 3});
  const Pair data{Tensor{{0, 0}, {0, 1}, {1, 0}, {1, 1}}, Tensor{{0, 0}, {1, 0}, {1, 0}, {0, 0}},
                  Tensor{{0}, {1}, {0}, {1}}};
  const History history =
      fit(net, [](const Twin& m, const Pair& b) { return BinaryCrossEntropy{}(m(b.left, b.right), b.y); }, adam(0.05),
          data, {.epochs = 200});
  return history.epochs.back().loss < 0.1 ? 0 : 1;
}
