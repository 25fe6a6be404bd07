// A whole training step (forward, loss, backward, update) of five networks, and a tiny op, beside the floor that their
// arithmetic and bytes have on this machine. One case a process: `steps CASE`; run.sh prints the table.
#include "limits.hpp"

#include <cinta/cinta.hpp>

#include <cmath>
#include <cstdio>
#include <cstring>

using namespace cinta;

namespace {

struct Network {
  const char* name;
  std::vector<std::int64_t> widths;
  std::int64_t batch;
  Optimizer (*optimizer)();
  double streams;  // passes of the update over parameter-sized arrays
  enum { squares, binary, classes } task;
};

const Network networks[] = {
    {"a", {2, 8, 1}, 4, [] { return sgd(0.01); }, 3, Network::squares},
    {"b", {30, 64, 32, 1}, 32, [] { return adam(1e-3); }, 7, Network::binary},
    {"c", {784, 128, 10}, 64, [] { return sgd(0.01); }, 3, Network::classes},
    {"d", {784, 512, 512, 10}, 128, [] { return adam(1e-3); }, 7, Network::classes},
    {"e", {1024, 2048, 2048, 1000}, 256, [] { return momentum(0.01); }, 5, Network::classes},
};

struct Result {
  double seconds, flops, bytes;
};

Result run(const Network& spec) {
  std::vector<Size> hidden(spec.widths.begin() + 1, spec.widths.end() - 1);
  Mlp net(
      {.inputs = spec.widths.front(), .hidden = hidden, .outputs = spec.widths.back(), .activation = Activation::relu});
  init(net, {.seed = 1});
  const Tensor x = normal({spec.batch, spec.widths.front()}, 0, 1, {.seed = 2});
  Tensor y = bernoulli({spec.batch, spec.widths.back()}, 0.5, {.seed = 3});
  if (spec.task == Network::classes)
    y = (uniform({spec.batch}, 0, static_cast<double>(spec.widths.back()), {.seed = 3})).to(i32);
  Optimizer optimizer = spec.optimizer();
  double loss_value = 0;
  const auto step = [&] {
    Training training({.seed = 1});
    const Tensor prediction = net(x);
    const Tensor loss = spec.task == Network::squares  ? mean(MeanSquaredError{}(prediction, y))
                        : spec.task == Network::binary ? mean(BinaryCrossEntropy{}(prediction, y))
                                                       : mean(CrossEntropy{}(prediction, y));
    loss_value = loss.item();
    optimizer.step(net, backward(loss));
  };
  step();
  const double first = loss_value;
  const double seconds = bench::median_seconds(step, 9, 1.0);
  if (!(loss_value < first))
    std::fprintf(stderr, "%s: the loss did not fall: %g, then %g\n", spec.name, first, loss_value);
  double flops = 0, parameters = 0;
  for (std::size_t i = 0; i + 1 < spec.widths.size(); ++i) {
    const double product = 2.0 * static_cast<double>(spec.batch * spec.widths[i] * spec.widths[i + 1]);
    flops += i == 0 ? 2 * product : 3 * product;  // the first layer needs no gradient of its input
    parameters += static_cast<double>((spec.widths[i] + 1) * spec.widths[i + 1]);
  }
  return {seconds, flops, 4 * spec.streams * parameters};
}

double tiny(bool with_backward) {
  const Tensor x = filled({4, 4}, 0.3);
  constexpr int ops = 100;
  return bench::median_seconds([&] {
           Recording recording;
           Tensor z = variable(x);
           for (int i = 0; i < ops; ++i) z = tanh(z);
           if (with_backward) backward(sum(z));
         }) /
         ops;
}

}  // namespace

int main(int argc, char** argv) {
  const char* name = argc > 1 ? argv[1] : "";
  if (std::strcmp(name, "limits") == 0) {
    std::printf("%.1f %.1f\n", bench::peak_gflops(), bench::triad_gbytes());
    return 0;
  }
  if (std::strncmp(name, "tiny", 4) == 0) {
    std::printf("{\"case\": \"%s\", \"cinta_us\": %.4f, \"threads\": %d}\n", name,
                1e6 * tiny(std::strcmp(name, "tiny_backward") == 0), num_threads());
    return 0;
  }
  for (const Network& spec : networks) {
    if (std::strcmp(name, spec.name) != 0) continue;
    const Result r = run(spec);
    // Parameters that fit the second-level caches are not read from memory again; only the large ones pay for their
    // bytes.
    const double memory = r.bytes > 32e6 ? r.bytes / (1e9 * bench::triad_gbytes()) : 0;
    const double floor = r.flops / (1e9 * bench::peak_gflops()) + memory;
    std::printf(
        "{\"case\": \"%s\", \"cinta_us\": %.2f, \"floor_us\": %.2f, \"floor_fraction\": %.3f, \"threads\": %d}\n", name,
        1e6 * r.seconds, 1e6 * floor, floor / r.seconds, num_threads());
    return 0;
  }
  std::fprintf(stderr, "usage: steps tiny_forward|tiny_backward|a|b|c|d|e|limits\n");
  return 2;
}
