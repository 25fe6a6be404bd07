// The compiled loops of reductions, of which the program holds one table for each instruction set.
#pragma once

#include <cinta/framework/core/isa.hpp>

#include <cstdint>

namespace cinta {

template <class T> struct ReductionKernels {
  /// One chunk of a run: at most 4,096 elements.
  T (*run)(const T* x, std::int64_t n);
  /// y[c] = the chain over `rows` rows of x, `stride` elements apart.
  void (*columns)(const T* x, std::int64_t rows, std::int64_t stride, std::int64_t columns, T* y);
  /// y[i] = y[i] ∘ x[i].
  void (*combine)(T* y, const T* x, std::int64_t n);
};

/// By Reduction: sum, max, min.
struct ReductionTable {
  ReductionKernels<float> f32[3];
  ReductionKernels<double> f64[3];
};

CINTA_IN_EACH_SET(extern const ReductionTable reduction_table;)

}  // namespace cinta
