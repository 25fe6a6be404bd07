#include "limits.hpp"

#include <cinta/framework/core/isa.hpp>
#include <cinta/framework/core/tensor.hpp>

#include <algorithm>

namespace cinta::bench {

CINTA_IN_EACH_SET(float fma_chains(std::int64_t turns);
                  void triad(float* a, const float* b, const float* c, std::int64_t n);)

double peak_gflops() {
  const auto chains = CINTA_OF_SET(isa(), fma_chains);
  constexpr std::int64_t turns = 400'000;
  const int threads = num_threads();
  volatile float sink = 0;
  double best = 0;
  for (int r = 0; r < 9; ++r) {
    const double s = seconds_of([&] { parallel_for(threads, [&](std::int64_t) { sink = chains(turns); }); });
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
    const double s = seconds_of([&] {
      parallel_for(threads, [&](std::int64_t i) {
        for (std::int64_t t = 0; t < turns; ++t)
          loop(out + i * part, b.data<float>() + i * part, c.data<float>() + i * part, part);
      });
    });
    best = std::max(best, 12.0 * static_cast<double>(part * threads * turns) / s / 1e9);
  }
  return best;
}

}  // namespace cinta::bench
