// The loops of limits.hpp, for each instruction set.
#include <cinta/framework/core/pack_functions.hpp>

#include <cstdint>

namespace cinta::bench {
inline namespace CINTA_KERNELS {

// 2 · 16 · chains operations a turn, in chains of one register each, which start apart, or the compiler merges them.
float fma_chains(std::int64_t turns);
float fma_chains(std::int64_t turns) {
  constexpr int chains = 12;
  using Batch = Pack<float>::Batch;
  Batch a[chains];
  for (int i = 0; i < chains; ++i) a[i] = Batch(1.0f + static_cast<float>(i));
  const Batch x(0.999f), y(1e-3f);
  for (std::int64_t t = 0; t < turns * Pack<float>::batches; ++t)
    each<chains>([&](auto i) __attribute__((always_inline)) { a[i] = fma(a[i], x, y); });
  for (int i = 1; i < chains; ++i) a[0] = a[0] + a[i];
  return a[0].get(0);
}

void triad(float* a, const float* b, const float* c, std::int64_t n);
void triad(float* a, const float* b, const float* c, std::int64_t n) {
  for (std::int64_t i = 0; i < n; i += Pack<float>::size)
    fma(Pack<float>::load(c + i), 0.5f, Pack<float>::load(b + i)).store(a + i);
}

}  // namespace CINTA_KERNELS
}  // namespace cinta::bench
