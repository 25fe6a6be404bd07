#include "limits.hpp"

#include <cinta/framework/core/isa.hpp>
#include <cinta/framework/core/tensor.hpp>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <thread>
#include <vector>

namespace cinta::bench {

CINTA_IN_EACH_SET(float fma_chains(std::int64_t turns);
                  void triad(float* a, const float* b, const float* c, std::int64_t n);)

namespace {

/// Seconds that f(0), f(1), … take, each on a thread of its own from a common start: what the machine can do, whoever
/// deals out the work.
template <class F> double seconds_side_by_side(int threads, F&& f) {
  std::barrier sync(threads);
  std::vector<std::jthread> others;
  for (int i = 1; i < threads; ++i)
    others.emplace_back([&, i] {
      sync.arrive_and_wait();
      f(i);
      sync.arrive_and_wait();
    });
  sync.arrive_and_wait();
  return seconds_of([&] {
    f(0);
    sync.arrive_and_wait();
  });
}

}  // namespace

double peak_gflops() {
  const auto chains = CINTA_OF_SET(isa(), fma_chains);
  constexpr std::int64_t turns = 400'000;
  const int threads = num_threads();
  double best = 0;
  for (int r = 0; r < 9; ++r) {
    const double s = seconds_side_by_side(threads, [&](int) {
      volatile float sink = chains(turns);
      (void)sink;
    });
    best = std::max(best, 2.0 * 16 * 12 * turns * threads / s / 1e9);
  }
  return best;
}

double triad_gbytes(std::int64_t bytes) {
  const auto loop = CINTA_OF_SET(isa(), triad);
  const int threads = num_threads();
  const std::int64_t part = bytes / 12 / threads / 64 * 64;  // elements of each array for each thread
  const std::int64_t turns = std::max<std::int64_t>(1, 400'000'000 / bytes);
  Tensor a = filled({part * threads}, 0), b = filled({part * threads}, 1), c = filled({part * threads}, 2);
  float* out = a.mutable_data<float>();
  double best = 0;
  for (int r = 0; r < 7; ++r) {
    const double s = seconds_side_by_side(threads, [&](int i) {
      for (std::int64_t t = 0; t < turns; ++t)
        loop(out + i * part, b.data<float>() + i * part, c.data<float>() + i * part, part);
    });
    best = std::max(best, 16.0 * static_cast<double>(part * threads * turns) / s / 1e9);
  }
  return best;
}

double round_trip_ns() {
  struct alignas(128) Line {
    std::atomic<int> turn = 0;
  };
  constexpr int turns = 5'000;
  std::vector<double> seconds;
  for (int r = 0; r < 9; ++r) {
    Line there, back;
    const auto wait = [](const Line& line, int turn) {
      for (int spins = 1; line.turn.load(std::memory_order_acquire) < turn; ++spins)
        if (spins % 10'000 == 0) std::this_thread::yield();  // both may be on one core
    };
    seconds.push_back(seconds_side_by_side(2, [&](int thread) {
      for (int turn = 1; turn <= turns; ++turn) {
        if (thread == 1) wait(there, turn);
        (thread == 0 ? there : back).turn.store(turn, std::memory_order_release);
        if (thread == 0) wait(back, turn);
      }
    }));
  }
  std::nth_element(seconds.begin(), seconds.begin() + 4, seconds.end());
  return seconds[4] / turns * 1e9;
}

}  // namespace cinta::bench
