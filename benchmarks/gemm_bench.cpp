// Matrix products against the machine's peak of fused multiply-adds, measured in the same run.
// gemm_bench [f32|f64] [v3|v4] [threads]: GFLOP/s per shape, the best of many rounds. gemm_bench json [threads]: what
// compare_gemm.py reads.
#include "gemm_shapes.hpp"

#include <cinta/framework/core/parallel.hpp>
#include <cinta/ops/gemm_kernels.hpp>

#include <immintrin.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <random>
#include <vector>

namespace {

using cinta::GemmKernels;
using cinta::MatrixView;

// On one thread the processor's time, which other programs do not lengthen.
double now(int threads) {
  if (threads == 1) return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Independent chains of fused multiply-adds, from different starts so that the compiler can't merge them: GFLOP/s of
// one core. A macro, because GCC does not inline intrinsics through a lambda or template of another target.
constexpr long links = 100000;
#define CINTA_PEAK(name, set, T, V, fma, chains)                                        \
  [[gnu::target(set), gnu::noinline]] double name() {                                   \
    V s[chains];                                                                        \
    for (int i = 0; i < chains; ++i) s[i] = V{} + static_cast<T>(1 + i);                \
    const V x = V{} + static_cast<T>(0.999), y = V{} + static_cast<T>(0.001);           \
    const double start = now(1);                                                        \
    for (long r = 0; r < links; ++r) {                                                  \
      _Pragma("GCC unroll 16") for (int i = 0; i < chains; ++i) s[i] = fma(s[i], x, y); \
    }                                                                                   \
    const double time = now(1) - start;                                                 \
    T sum = 0;                                                                          \
    for (int i = 0; i < chains; ++i) sum += s[i][0];                                    \
    volatile T sink = sum;                                                              \
    (void)sink;                                                                         \
    return 2.0 * chains * links * (sizeof(V) / sizeof(T)) / time / 1e9;                 \
  }
CINTA_PEAK(peak_v3_f32, "avx2,fma", float, __m256, _mm256_fmadd_ps, 12)
CINTA_PEAK(peak_v3_f64, "avx2,fma", double, __m256d, _mm256_fmadd_pd, 12)
CINTA_PEAK(peak_v4_f32, "avx512f", float, __m512, _mm512_fmadd_ps, 16)
CINTA_PEAK(peak_v4_f64, "avx512f", double, __m512d, _mm512_fmadd_pd, 16)
#undef CINTA_PEAK

template <class T> void run(const GemmKernels<T>& f, double (*peak)(), int threads) {
  cinta::set_num_threads(threads);
  std::printf("tile %d x %d, %d threads\n     m     n     k         GFLOP/s          us   of peak\n", f.rows, f.columns,
              threads);
  for (const products::Shape& s : products::named()) {
    std::mt19937 random(1);
    std::normal_distribution<T> normal;
    std::vector<T> a(static_cast<std::size_t>(s.m) * static_cast<std::size_t>(s.k)),
        b(static_cast<std::size_t>(s.k) * static_cast<std::size_t>(s.n)),
        c(static_cast<std::size_t>(s.m) * static_cast<std::size_t>(s.n));
    for (T& x : a) x = normal(random);
    for (T& x : b) x = normal(random);
    const MatrixView<T> av = s.a_transposed ? MatrixView<T>{a.data(), 1, s.m} : MatrixView<T>{a.data(), s.k, 1};
    const MatrixView<T> bv = s.b_transposed ? MatrixView<T>{b.data(), 1, s.k} : MatrixView<T>{b.data(), s.n, 1};
    const double flops = 2.0 * s.m * s.n * s.k;
    // Back to back for over 2 ms, or what is timed is the waking of a worker.
    const int repeats = std::max(1, static_cast<int>((threads > 1 ? 4e8 : 3e7) / (flops + 2000)));
    double best = 1e9, top = 0;
    for (int round = 0; round < 15; ++round) {
      top = std::max(top, peak() * threads);
      const double start = now(threads);
      for (int r = 0; r < repeats; ++r) cinta::gemm_by(f, s.m, s.n, s.k, av, bv, c.data(), s.n);
      best = std::min(best, (now(threads) - start) / repeats);
    }
    std::printf("%6d%6d%6d %c%c %13.1f %11.3f   %5.0f %%\n", s.m, s.n, s.k, "NT"[s.a_transposed], "NT"[s.b_transposed],
                flops / best / 1e9, best * 1e6, 100 * flops / best / 1e9 / top);
  }
}

}  // namespace

int main(int argc, char** argv) {
  bool wide = false, json = false;
  int threads = 1;
  cinta::Isa isa = cinta::isa();
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "f64") == 0) wide = true;
    else if (std::strcmp(argv[i], "json") == 0) json = true;
    else if (std::strcmp(argv[i], "v3") == 0) isa = cinta::Isa::v3;
    else if (std::strcmp(argv[i], "v4") == 0) isa = cinta::Isa::v4;
    else if (std::strcmp(argv[i], "f32") != 0) threads = std::max(1, std::atoi(argv[i]));
  }
  if (json) {
    cinta::set_num_threads(threads);
    products::answer_all([](const products::Shape& s, const float* a, const float* b, float* c) {
      cinta::gemm<float>(s.m, s.n, s.k, s.a_transposed ? MatrixView<float>{a, 1, s.m} : MatrixView<float>{a, s.k, 1},
                         s.b_transposed ? MatrixView<float>{b, 1, s.k} : MatrixView<float>{b, s.n, 1}, c, s.n);
    });
    return 0;
  }
  const bool v4 = isa == cinta::Isa::v4;
  if (wide) run(cinta::gemm_kernels<double>(isa), v4 ? peak_v4_f64 : peak_v3_f64, threads);
  else run(cinta::gemm_kernels<float>(isa), v4 ? peak_v4_f32 : peak_v3_f32, threads);
}
