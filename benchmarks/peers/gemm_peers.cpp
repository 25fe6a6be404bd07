// The products of gemm_shapes.hpp by other libraries: gemm_peers openblas|onednn|libxsmm THREADS. Not part of the
// build: run.sh compiles it against Debian's packages.
#include "../gemm_shapes.hpp"

#include <cblas.h>
#include <dnnl.h>
#include <libxsmm.h>
#include <omp.h>

#include <cstdlib>
#include <cstring>

extern "C" void openblas_set_num_threads(int);

int main(int argc, char** argv) {
  if (argc != 3) return std::fputs("usage: gemm_peers openblas|onednn|libxsmm THREADS\n", stderr), 2;
  const int threads = std::atoi(argv[2]);
  omp_set_num_threads(threads);
  openblas_set_num_threads(threads);
  using products::Shape;
  if (std::strcmp(argv[1], "openblas") == 0)
    products::answer_all([](const Shape& s, const float* a, const float* b, float* c) {
      cblas_sgemm(CblasRowMajor, s.a_transposed ? CblasTrans : CblasNoTrans, s.b_transposed ? CblasTrans : CblasNoTrans,
                  s.m, s.n, s.k, 1, a, s.a_transposed ? s.m : s.k, b, s.b_transposed ? s.k : s.n, 0, c, s.n);
    });
  else if (std::strcmp(argv[1], "onednn") == 0)
    products::answer_all([](const Shape& s, const float* a, const float* b, float* c) {
      dnnl_sgemm("NT"[s.a_transposed], "NT"[s.b_transposed], s.m, s.n, s.k, 1, a, s.a_transposed ? s.m : s.k, b,
                 s.b_transposed ? s.k : s.n, 0, c, s.n);
    });
  else  // column-major: Cᵀ = Bᵀ·Aᵀ
    products::answer_all([](const Shape& s, const float* a, const float* b, float* c) {
      const char ta = "NT"[s.a_transposed], tb = "NT"[s.b_transposed];
      const libxsmm_blasint m = s.m, n = s.n, k = s.k, lda = s.a_transposed ? s.m : s.k,
                            ldb = s.b_transposed ? s.k : s.n;
      const float one = 1, zero = 0;
      libxsmm_sgemm(&tb, &ta, &n, &m, &k, &one, b, &ldb, a, &lda, &zero, c, &n);
    });
}
