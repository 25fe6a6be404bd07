// What an epoch of `fit` takes beside the same training steps on a batch at hand: gathering, shuffling, sums and
// progress must not cost more than training. And what comes before and after: reading a table, encoding it, metrics.
// Usage: epoch_bench TABLE.csv TARGET (of two classes); prints a table, and a line of JSON for each row into the file
// that CINTA_BENCH_JSON names.
#include "limits.hpp"
#include "step_cases.hpp"

#include <cinta/cinta.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

using namespace cinta;

namespace {

void print(const std::string& name, double us, double of) {
  std::printf("%-34s %12.1f us", name.c_str(), us);
  if (of > 0) std::printf(" %6.0f %%", 100 * of);
  std::printf("\n");
  if (const char* path = std::getenv("CINTA_BENCH_JSON")) {
    if (std::FILE* file = std::fopen(path, "a")) {
      std::fprintf(file, "{\"case\": \"epoch_%s\", \"cinta_us\": %.6g, \"rate\": %.4g}\n", name.c_str(), us, of);
      std::fclose(file);
    }
  }
}

// A call of `fit`: what it does once, such as making the optimizer's state, is no part of an epoch's rate.
constexpr int epochs_a_call = 4;

/// A step on one batch, and what a batch of an epoch takes, in turn.
template <class L> void compare(const char* name, const L& loss, const Batch& data, Size batch_size, const Mlp& start,
                                const Optimizer& method, ProgressMode mode) {
  const Batch first = rows(data, 0, batch_size);
  const std::int64_t batches = epochs_a_call * ((data.x.size(0) + batch_size - 1) / batch_size);
  Mlp net = start;
  Optimizer optimizer = method;
  std::vector<double> steps, epochs, rates;
  for (int round = 0; round < 9; ++round) {
    steps.push_back(bench::seconds_of([&] {
                      for (std::int64_t i = 0; i < batches; ++i) {
                        Training training({.seed = 1});
                        const Tensor value = mean(loss(net(first.x), first.y));
                        optimizer.step(net, backward(value));
                      }
                    }) /
                    static_cast<double>(batches));
    epochs.push_back(bench::seconds_of([&] {
                       fit(net, loss, Optimizer(method), data,
                           {.epochs = epochs_a_call, .batch_size = batch_size, .seed = 1, .progress = mode});
                     }) /
                     static_cast<double>(batches));
    rates.push_back(steps.back() / epochs.back());
  }
  const auto median = [](std::vector<double>& times) {
    std::nth_element(times.begin(), times.begin() + 4, times.end());
    return times[4];
  };
  print(std::string(name) + ", step alone", 1e6 * median(steps), 0);
  print(std::string(name) + ", step of an epoch", 1e6 * median(epochs), median(rates));
}

Tensor made(const Shape& shape) {
  Tensor t = empty(shape);
  for (std::int64_t i = 0; i < t.size(); ++i) t.mutable_data<float>()[i] = steps::input(i);
  return t;
}

Mlp network(MlpOptions options) {
  Mlp net(std::move(options));
  init(net, {.seed = 1});
  return net;
}

void images() {
  constexpr std::int64_t n = 16'384;
  Tensor y = empty({n}, i32);
  for (std::int64_t i = 0; i < n; ++i) y.mutable_data<std::int32_t>()[i] = steps::target(i, 10);
  compare("images, case c", CrossEntropy{}, {made({n, 784}), y}, 64,
          network({.inputs = 784, .hidden = {128}, .outputs = 10}), sgd(0.01), ProgressMode::none);
}

void table(const char* path, const char* target) {
  const Table table = read_csv(path);
  const Partition part = partition(table, target, {.valid = 0.15, .test = 0.2, .seed = 1});
  const Table train = table.select(part.train);
  const Encoder encoder = Encoder::fit(train, target);
  const Batch data = encoder.encode(train);
  const Mlp net = network({.inputs = encoder.feature_count(), .hidden = {64, 32}, .outputs = 1});
  compare("table, batch 64", BinaryCrossEntropy{}, data, 64, net, adamw(1e-3), ProgressMode::none);
  compare("table, batch 64, with progress", BinaryCrossEntropy{}, data, 64, net, adamw(1e-3), ProgressMode::lines);

  const auto once = [](const char* name, auto&& f) { print(name, 1e6 * bench::median_seconds(f, 5, 0.3), 0); };
  once("read_csv", [&] { read_csv(path); });
  once("partition and select",
       [&] { table.select(partition(table, target, {.valid = 0.15, .test = 0.2, .seed = 1}).train); });
  once("Encoder::fit", [&] { Encoder::fit(train, target); });
  once("Encoder::encode", [&] { encoder.encode(train); });
  once("shuffling and gathering an epoch", [&] {
    for (const Batch& batch : batches(data, {.size = 64, .seed = 1})) (void)batch;
  });
  const Tensor probabilities = sigmoid(predict(net, data.x));
  once("classification_metrics", [&] { classification_metrics(probabilities, data.y); });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: epoch_bench TABLE.csv TARGET\n");
    return 2;
  }
  images();
  table(argv[1], argv[2]);
}
