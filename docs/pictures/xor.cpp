// The numbers of xor.svg: what the README's network answers over the plane, at four epochs of its training.
#include <cinta/cinta.hpp>
#include <cstdio>
using namespace cinta;

struct Net {
  Linear hidden{2, 8};
  Linear out{8, 1};
  Tensor operator()(const Tensor& x) const { return out(tanh(hidden(x))); }
};

constexpr int steps = 36;

// One file for each epoch that is wanted: x₁, x₂ and the probability, from −0.5 to 1.5 in both directions.
struct Pictures {
  const Net& net;
  void on_epoch_end(const EpochRecord& epoch) const {
    if (epoch.epoch != 1 && epoch.epoch != 10 && epoch.epoch != 30 && epoch.epoch != 500) return;
    Tensor x = zeros({(steps + 1) * (steps + 1), 2});
    for (int i = 0; i <= steps; ++i)
      for (int j = 0; j <= steps; ++j) {
        x.set({i * (steps + 1) + j, 0}, -0.5 + 2.0 * i / steps);
        x.set({i * (steps + 1) + j, 1}, -0.5 + 2.0 * j / steps);
      }
    const Tensor p = sigmoid(net(x));
    std::FILE* file = std::fopen(("epoch_" + std::to_string(epoch.epoch) + ".txt").c_str(), "w");
    if (file == nullptr) throw FileError("the folder can't be written");
    for (std::int64_t i = 0; i < p.size(); ++i)
      std::fprintf(file, "%.4f %.4f %.5f\n%s", x(i, 0), x(i, 1), p(i, 0), i % (steps + 1) == steps ? "\n" : "");
    std::fclose(file);
  }
};

int main() {
  const Tensor x{{0, 0}, {0, 1}, {1, 0}, {1, 1}}, y{{0}, {1}, {1}, {0}};
  Net net;
  init(net, {.seed = 1});
  fit(net, BinaryCrossEntropy{}, adamw(0.05), {x, y}, {.epochs = 500}, Pictures{net});
}
