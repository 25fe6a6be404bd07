// What the machine can do, measured in the same run as the cases: the floors that they are set beside.
#pragma once

#include <cinta/framework/core/parallel.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

namespace cinta::bench {

/// Seconds that f takes.
template <class F> double seconds_of(F&& f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The median time of f, from `rounds` rounds of as many calls as fill `budget` seconds in all.
template <class F> double median_seconds(F&& f, int rounds = 9, double budget = 0.5) {
  for (int i = 0; i < 3; ++i) f();
  const double once = std::max(1e-9, std::min(seconds_of(f), seconds_of(f)));
  const int calls = std::max(1, static_cast<int>(budget / rounds / once));
  std::vector<double> times;
  for (int r = 0; r < rounds; ++r)
    times.push_back(seconds_of([&] {
                      for (int i = 0; i < calls; ++i) f();
                    }) /
                    calls);
  std::nth_element(times.begin(), times.begin() + rounds / 2, times.end());
  return times[static_cast<std::size_t>(rounds / 2)];
}

/// Fused multiply-adds of f32 in 10⁹ operations a second (two each), all threads together: twelve independent chains a
/// thread, in the widest registers. The best of several rounds.
double peak_gflops();

/// 10⁹ bytes a second of a ← b + s·c over three arrays of `bytes` together, again and again: from whichever cache holds
/// them, or from memory. All threads together, each on a part of its own. An element moves 16 bytes: a line of a is
/// read before it is written.
double triad_gbytes(std::int64_t bytes);

/// Nanoseconds that a line of the cache takes to another thread's core and back, the median of several rounds: some 150
/// between cores that share a cache, several times that where they do not, as virtual cores may from one minute to the
/// next.
double round_trip_ns();

}  // namespace cinta::bench
