// What is timed beside other libraries, with made-up weights and data that are the same for all: plain C++17, no
// library.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

namespace steps {

enum class Method { sgd, adam, momentum };
enum class Loss { squares, binary, classes };

/// A multilayer perceptron with ReLU, and how it is trained.
struct Network {
  const char* name;
  std::vector<int> widths;
  int batch;
  Method method;
  double rate;
  Loss loss;
  int shards = 1;
};
inline const std::vector<Network>& networks() {
  static const std::vector<Network> all = {
      {"a", {2, 8, 1}, 4, Method::sgd, 0.01, Loss::squares},
      {"b", {30, 64, 32, 1}, 32, Method::adam, 1e-3, Loss::binary},
      {"c", {784, 128, 10}, 64, Method::sgd, 0.01, Loss::classes},
      {"d", {784, 512, 512, 10}, 128, Method::adam, 1e-3, Loss::classes},
      {"e", {1024, 2048, 2048, 1000}, 256, Method::momentum, 0.01, Loss::classes},
      {"b_1024", {30, 64, 32, 1}, 1024, Method::adam, 1e-3, Loss::binary},
      {"b_1024_shards", {30, 64, 32, 1}, 1024, Method::adam, 1e-3, Loss::binary, 4},
  };
  return all;
}

/// Element i of a stream, in [−1, 1): no zeros in a row, no denormals.
inline float made_up(std::uint64_t stream, std::int64_t i) {
  std::uint64_t z = (stream << 40) + static_cast<std::uint64_t>(i) * 0x9E3779B97F4A7C15u + 0x632BE59BD9B4E019u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return static_cast<float>((z ^ (z >> 31)) >> 40) * 0x1p-23f - 1.0f;
}
/// Weight of layer l from input i to output o; biases are 0.
inline float weight(int l, int i, int o, int in, int out) {
  return made_up(10 + static_cast<std::uint64_t>(l), std::int64_t{i} * out + o) / std::sqrt(static_cast<float>(in));
}
inline float input(std::int64_t i) { return made_up(1, i); }
/// In [0, classes).
inline int target(std::int64_t i, int classes) {
  return std::min(classes - 1, static_cast<int>((made_up(2, i) + 1) / 2 * static_cast<float>(classes)));
}

/// Multiply-adds of a step, two operations each: the first layer needs no gradient of its input.
inline double flops(const Network& n) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < n.widths.size(); ++i)
    sum += (i == 0 ? 2 : 3) * 2.0 * n.batch * n.widths[i] * n.widths[i + 1];
  return sum;
}
/// What the update reads and writes: parameter, gradient and state once each.
inline double bytes(const Network& n) {
  double parameters = 0;
  for (std::size_t i = 0; i + 1 < n.widths.size(); ++i)
    parameters += static_cast<double>((n.widths[i] + 1) * n.widths[i + 1]);
  return 4 * parameters * (n.method == Method::sgd ? 3 : n.method == Method::momentum ? 5 : 7);
}

constexpr int tiny_ops = 100;
constexpr std::int64_t adam_parameters = 10'000'000, silu_elements = 1 << 24, rows = 4096, columns = 1000;

/// The median of some rounds of f, in seconds.
template <class F> double median_seconds(F&& f, double budget = 0.4, int rounds = 7) {
  const auto seconds = [&](std::int64_t calls) {
    const auto start = std::chrono::steady_clock::now();
    for (std::int64_t i = 0; i < calls; ++i) f();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / static_cast<double>(calls);
  };
  for (int i = 0; i < 3; ++i) f();
  const double once = std::max(1e-9, seconds(1));
  const auto calls = std::max<std::int64_t>(1, static_cast<std::int64_t>(budget / rounds / once));
  std::vector<double> times;
  for (int r = 0; r < rounds; ++r) times.push_back(seconds(calls));
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

/// The most memory that this process has held, in MB.
inline double peak_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (double kib; word == "VmHWM:" && status >> kib) return kib * 1.024e-3;
  return 0;
}

/// One line of JSON: what compare.py reads. A floor is given where it is no sum of operations and bytes.
inline int print(const std::string& name, double seconds, double first_loss = 0, double fifth_loss = 0,
                 double operations = 0, double moved = 0, double floor = 0) {
  std::printf(
      "{\"case\": \"%s\", \"us\": %.5g, \"losses\": [%.9g, %.9g], \"flops\": %.6g, \"bytes\": %.6g, \"floor_us\": "
      "%.5g, \"peak_mb\": %.1f}\n",
      name.c_str(), 1e6 * seconds, first_loss, fifth_loss, operations, moved, 1e6 * floor, peak_mb());
  return 0;
}

}  // namespace steps
