// The loops of limits.hpp, for each instruction set.
#include <cinta/framework/core/pack_functions.hpp>

#include <cstdint>

namespace cinta::bench {
inline namespace CINTA_KERNELS {

// 2 · 16 · chains operations a turn. Chains start apart, or the compiler merges them.
float fma_chains(std::int64_t turns);
float fma_chains(std::int64_t turns) {
  constexpr int chains = 12;
  Pack<float> a[chains];
  for (int i = 0; i < chains; ++i) a[i] = Pack<float>(1.0f + static_cast<float>(i));
  const Pack<float> x(0.999f), y(1e-3f);
  for (std::int64_t t = 0; t < turns; ++t)
    each<chains>([&](auto i) __attribute__((always_inline)) { a[i] = fma(a[i], x, y); });
  Pack<float> total(0);
  for (int i = 0; i < chains; ++i) total += a[i];
  return total.lane(0);
}

void triad(float* a, const float* b, const float* c, std::int64_t n);
void triad(float* a, const float* b, const float* c, std::int64_t n) {
  for (std::int64_t i = 0; i < n; i += Pack<float>::size)
    fma(Pack<float>::load(c + i), 0.5f, Pack<float>::load(b + i)).store(a + i);
}

}  // namespace CINTA_KERNELS
}  // namespace cinta::bench
