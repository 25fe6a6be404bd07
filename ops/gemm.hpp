// The matrix product on plain memory, its bits a function of k alone. For ops; models use `matmul` and `linear`.
#pragma once

#include <cinta/ops/run.hpp>

namespace cinta {

/// A matrix as it lies in memory: element (i, j) is data[i·row_stride + j·column_stride].
template <class T> struct MatrixView {
  const T* data;
  std::int64_t row_stride, column_stride;

  MatrixView transposed() const { return {data, column_stride, row_stride}; }
};

/// What happens to an element after the product: first + bias, then += into C, each rounded, then `finish`.
template <class T> struct GemmEnd {
  const T* bias = nullptr;              // of length n, one a column
  bool add = false;                     // C += instead of C =
  ElementwiseForward finish = nullptr;  // of one operand: runs over C, in place, while a part of it is in cache
};

/// A product to be computed, as `gemm` takes it.
template <class T> struct GemmProduct {
  std::int64_t m, n, k;
  MatrixView<T> a, b;
  T* c;
  std::int64_t ldc;
  GemmEnd<T> end;
  std::int64_t bias_step = 1;  // of column j: bias[j·bias_step]
};

/// The length of the chunks that k is cut into: ⌈⌈k/n⌉/8⌉·8 for n = ⌈k/256⌉ chunks, 8 for k = 0.
constexpr std::int64_t gemm_chunk(std::int64_t k) {
  const std::int64_t chunks = (k + 255) / 256;
  return chunks == 0 ? 8 : ((k + chunks - 1) / chunks + 7) / 8 * 8;
}

/// Operations, two a multiply-add, from which on a product runs on several threads, 10 µs of AVX2 or 5 of AVX-512: on
/// two threads 80 × 80 × 80 takes 8.2 µs instead of 13.3, 64 × 64 × 64 is level.
constexpr double gemm_parallel_flops = 1e6;

/// The product, which may be turned round on the way.
template <class T> void gemm(GemmProduct<T>& product);
extern template void gemm(GemmProduct<float>&);
extern template void gemm(GemmProduct<double>&);

/// C = A·B, C = A·B + bias, or either added into C, and a function of that; A is m × k, B is k × n, row i of C begins
/// at c + i·ldc.
///
/// Definition: k is cut into chunks of `gemm_chunk(k)`; in a chunk an element is one chain of fused multiply-adds from
/// +0 in order of k; chunk sums are added in order; then + bias, then += C, each rounded, then `finish`. m, n, strides,
/// threads and instruction set can't change a bit. NaN and infinities propagate as this says; k = 0 gives 0. T is float
/// or double; C must overlap neither A nor B. Runs on several threads from `gemm_parallel_flops` on.
template <class T> void gemm(std::int64_t m, std::int64_t n, std::int64_t k, MatrixView<T> a, MatrixView<T> b, T* c,
                             std::int64_t ldc, GemmEnd<T> end = {}) {
  GemmProduct<T> q{m, n, k, a, b, c, ldc, end};
  gemm(q);
}

}  // namespace cinta
