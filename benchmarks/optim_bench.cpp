// Optimizer steps on 10 million parameters against the machine's memory bandwidth, measured in the same run; and on a
// small network, where overhead is what counts. Usage: optim_bench [millions of parameters]
#include <cinta/framework/optim/chain.hpp>
#include <cinta/framework/optim/optimizers.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>

namespace {

using namespace cinta;

struct Model {
  std::vector<Parameter> all;
};

/// The fastest of some runs, in seconds: other programs only ever make it slower.
double fastest(int runs, const std::function<void()>& f) {
  f();
  f();
  double best = 1e9;
  for (int r = 0; r < runs; ++r) {
    const auto begin = std::chrono::steady_clock::now();
    f();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return best;
}

Tensor numbers(std::int64_t n, float scale) {
  Tensor t = empty({n});
  for (std::int64_t i = 0; i < n; ++i) t.mutable_data<float>()[i] = scale * static_cast<float>(i % 1000 + 1) / 1000;
  return t;
}

/// a = b + s c: a is read before it is written, so an element moves 16 bytes.
struct Triad {
  Tensor a, b, c;

  explicit Triad(std::int64_t n) : a(numbers(n, 1)), b(numbers(n, 2)), c(numbers(n, 3)) {}
  void operator()() {
    float* to = a.mutable_data<float>();
    const float *x = b.data<float>(), *y = c.data<float>();
    parallel_chunks(a.size(), 32768, [&](std::int64_t begin, std::int64_t end) {
      std::int64_t i = begin;
      for (; i + 16 <= end; i += 16) (Pack<float>::load(x + i) + 0.5 * Pack<float>::load(y + i)).store(to + i);
      for (; i < end; ++i) to[i] = x[i] + 0.5f * y[i];
    });
  }
};

struct Case {
  const char* name;
  Optimizer optimizer;
  int bytes;  // an element moves: p and each slot twice, g once
  int tensors;
  Model net = {};
  Gradients gradients = {};

  void prepare(std::int64_t n) {
    for (int i = 0; i < tensors; ++i) net.all.emplace_back(numbers(n / tensors, 1));
    for (Parameter& p : net.all)
      gradients.add(p.slot().index(), p.slot().generation(), -1, 0, numbers(p.size(), 0.01f));
  }
};

double seconds_of(const std::function<void()>& f) {
  const auto begin = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// All in turn, many times, so that a busy spell of the machine meets each alike; the fastest of each counts.
void bench_large(std::int64_t n, int tensors) {
  Case cases[] = {
      {"sgd", sgd(1e-3), 12, tensors},
      {"momentum", momentum(1e-3), 20, tensors},
      {"adamw", adamw(1e-3), 28, tensors},
      {"adamw, chained here", links::adamw(1e-3), 28, tensors},
      {"adamw, norm clipped", adamw(1e-3, 0.01, {.clip_norm = 1}), 32, tensors},
  };
  constexpr int count = 5;
  double best[count], triad_best = 1e9;
  for (Case& c : cases) c.prepare(n);
  std::fill(best, best + count, 1e9);
  Triad triad(n);
  for (int round = 0; round < 60; ++round) {
    triad_best = std::min(triad_best, seconds_of([&] { triad(); }));
    for (int i = 0; i < count; ++i)
      best[i] = std::min(best[i], seconds_of([&] { cases[i].optimizer.step(cases[i].net, cases[i].gradients); }));
  }
  const double bandwidth = 16e-9 * static_cast<double>(n) / triad_best;
  std::printf("%lld parameters in %d tensors, %d threads; triad %.1f GB/s\n", static_cast<long long>(n), tensors,
              num_threads(), bandwidth);
  for (int i = 0; i < count; ++i) {
    const double rate = 1e-9 * cases[i].bytes * static_cast<double>(n) / best[i];
    std::printf("  %-22s %8.3f ms  %6.1f GB/s  %5.0f %% of triad\n", cases[i].name, best[i] * 1e3, rate,
                100 * rate / bandwidth);
  }
}

struct Dense {
  Parameter weight, bias;
};
struct Small {
  Dense hidden, out;
};

void bench_small(const char* name, Optimizer optimizer, std::int64_t in, std::int64_t width, std::int64_t out) {
  Small net{{Parameter(numbers(in * width, 1)), Parameter(numbers(width, 1))},
            {Parameter(numbers(width * out, 1)), Parameter(numbers(out, 1))}};
  Gradients g;
  visit(net, [&](const Name&, Parameter& p) {
    g.add(p.slot().index(), p.slot().generation(), -1, 0, numbers(p.size(), 0.01f));
  });
  const double seconds = fastest(40, [&] {
    for (int i = 0; i < 200; ++i) optimizer.step(net, g);
  });
  std::printf("  %-10s %lld-%lld-%lld  %9.3f µs\n", name, static_cast<long long>(in), static_cast<long long>(width),
              static_cast<long long>(out), seconds / 200 * 1e6);
}

/// Gradients that fade, step after step with the same state, as of a network that has learned all: what becomes
/// subnormal would take a hundred times as long.
void bench_fading() {
  Small net{{Parameter(numbers(784 * 128, 1)), Parameter(numbers(128, 1))},
            {Parameter(numbers(128 * 10, 1)), Parameter(numbers(10, 1))}};
  Optimizer optimizer = adam(1e-3);
  std::printf("adam 784-128-10 while gradients fade\n");
  for (const float size : {1e-2f, 1e-18f, 1e-24f, 1e-38f, 0.0f}) {
    Gradients g;
    visit(net, [&](const Name&, Parameter& p) {
      g.add(p.slot().index(), p.slot().generation(), -1, 0, numbers(p.size(), size));
    });
    const double seconds = fastest(20, [&] {
      for (int i = 0; i < 100; ++i) optimizer.step(net, g);
    });
    std::printf("  gradients of %-8g %9.3f µs\n", static_cast<double>(size), seconds / 100 * 1e6);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::printf("small networks\n");
  bench_small("sgd", sgd(1e-3), 2, 8, 1);
  bench_small("adamw", adamw(1e-3), 2, 8, 1);
  bench_small("sgd", sgd(1e-3), 30, 64, 10);
  bench_small("adamw", adamw(1e-3), 30, 64, 10);
  bench_small("adamw", adamw(1e-3), 784, 64, 10);
  bench_small("adamw", adamw(1e-3), 784, 128, 10);

  bench_fading();

  const std::int64_t n = (argc > 1 ? std::atol(argv[1]) : 10) * 1'000'000;
  for (int tensors : {1, 100}) bench_large(n, tensors);
}
