// The products that are timed, by Cinta and by other libraries: plain C++17, no library.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <vector>

namespace products {

struct Shape {
  int m, n, k;
  bool a_transposed, b_transposed;
};

/// Squares; then the layers of an MLP 784-128-10, one of 784-512-512-10 and one of 1024-2048-2048-1000: forward,
/// gradient of the weights (Aᵀ), gradient of the inputs (Bᵀ); then small and odd ones.
inline const std::vector<Shape>& named() {
  static const std::vector<Shape> all = {
      {1024, 1024, 1024, false, false}, {512, 512, 512, false, false},  {256, 256, 256, false, false},
      {64, 128, 784, false, false},     {784, 128, 64, true, false},    {64, 784, 128, false, true},
      {64, 10, 128, false, false},      {128, 10, 64, true, false},     {64, 128, 10, false, true},
      {128, 512, 784, false, false},    {784, 512, 128, true, false},   {128, 512, 512, false, false},
      {512, 512, 128, true, false},     {128, 512, 512, false, true},   {256, 2048, 1024, false, false},
      {2048, 2048, 256, true, false},   {256, 2048, 2048, false, true}, {256, 1000, 2048, false, false},
      {2048, 1000, 256, true, false},   {256, 2048, 1000, false, true}, {32, 64, 30, false, false},
      {30, 64, 32, true, false},        {32, 30, 64, false, true},      {32, 10, 128, false, false},
      {32, 1, 32, false, false},        {32, 1, 32, true, false},       {4, 8, 2, false, false},
      {8, 4, 1, true, false},           {4, 2, 8, false, true},         {4, 1, 8, false, false},
      {1, 128, 784, false, false},      {1, 784, 128, false, true},     {512, 1, 64, false, false},
      {64, 1, 512, true, false},        {4096, 16, 16, false, false},   {100000, 1, 20, false, false},
      {20, 1, 100000, true, false},     {37, 53, 517, false, true},     {128, 128, 128, false, false},
      {96, 96, 96, false, false},       {80, 80, 80, false, false},
  };
  return all;
}

/// 200 more, sizes from 1 to 1024 evenly on a logarithmic scale, each transposed or not.
inline std::vector<Shape> random() {
  std::uint64_t state = 1;
  const auto next = [&state](int n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<int>((state >> 33) % static_cast<std::uint64_t>(n));
  };
  const auto size = [&] {
    const int octave = 1 << next(10);
    return octave + next(octave) + 1;
  };
  std::vector<Shape> all(200);
  for (Shape& s : all) s = {size(), size(), size(), next(2) == 1, next(2) == 1};
  return all;
}

/// Memory as libraries of tensors give it: on a line of 64 bytes.
class Operand {
 public:
  Operand(int rows, int columns)
      : size_(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns)), memory_(size_ + line) {
    void* begin = memory_.data();
    std::size_t room = memory_.size() * sizeof(float);
    data_ = static_cast<float*>(std::align(line * sizeof(float), size_ * sizeof(float), begin, room));
  }
  Operand(int rows, int columns, std::size_t period, float shift) : Operand(rows, columns) {
    for (std::size_t i = 0; i < size_; ++i)
      data_[i] = static_cast<float>(i % period) / static_cast<float>(period) - shift;
  }
  float* data() { return data_; }
  std::size_t size() const { return size_; }

 private:
  static constexpr std::size_t line = 16;  // elements
  std::size_t size_;
  std::vector<float> memory_;
  float* data_;
};

/// For every product, named and random: waits for a line on the standard input, times `multiply(shape, a, b, c)`, and
/// prints the best of some rounds as a line of JSON.
template <class F> void answer_all(F&& multiply) {
  const auto seconds = [](std::int64_t repeats, auto&& f) {
    const auto start = std::chrono::steady_clock::now();
    for (std::int64_t r = 0; r < repeats; ++r) f();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() /
           static_cast<double>(repeats);
  };
  std::vector<Shape> all = named();
  const std::vector<Shape> more = random();
  all.insert(all.end(), more.begin(), more.end());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Shape& s = all[i];
    Operand a(s.m, s.k, 97, 0.4f), b(s.k, s.n, 89, 0.6f), c(s.m, s.n);
    const auto run = [&] { multiply(s, a.data(), b.data(), c.data()); };
    for (int ch; (ch = std::getchar()) != '\n';)
      if (ch == EOF) return;
    run();
    const double once = std::max(seconds(1, run), 2e-8);
    const auto repeats = std::max<std::int64_t>(1, static_cast<std::int64_t>(1e-3 / once));
    double best = 1e9;
    for (int round = 0; round < 9; ++round) best = std::min(best, seconds(repeats, run));
    std::printf(
        "{\"m\": %d, \"n\": %d, \"k\": %d, \"transposed\": \"%c%c\", \"named\": %s, \"us\": %.5g, \"c\": %.6g}\n", s.m,
        s.n, s.k, "NT"[s.a_transposed], "NT"[s.b_transposed], i < named().size() ? "true" : "false", 1e6 * best,
        static_cast<double>(c.data()[c.size() / 2]));
    std::fflush(stdout);
  }
}

}  // namespace products
