#include "limits.hpp"

#include <cinta/framework/core/isa.hpp>
#include <cinta/framework/core/tensor.hpp>

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

double triad_gbytes() {
  const auto loop = CINTA_OF_SET(isa(), triad);
  constexpr std::int64_t n = std::int64_t{1} << 25, chunk = 1 << 15;  // three arrays of 128 MB
  Tensor a = filled({n}, 0), b = filled({n}, 1), c = filled({n}, 2);
  float* out = a.mutable_data<float>();
  double best = 0;
  for (int r = 0; r < 7; ++r) {
    const double s = seconds_of([&] {
      parallel_for(n / chunk, [&](std::int64_t i) {
        loop(out + i * chunk, b.data<float>() + i * chunk, c.data<float>() + i * chunk, chunk);
      });
    });
    best = std::max(best, 3.0 * 4 * n / s / 1e9);
  }
  return best;
}

}  // namespace cinta::bench
