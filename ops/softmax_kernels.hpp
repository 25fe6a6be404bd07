// The compiled loops of softmax, log_softmax and their cross-entropy over rows, of which the program holds one table
// for each instruction set.
#pragma once

#include <cinta/framework/core/isa.hpp>

#include <cstdint>

namespace cinta {

template <class T> struct SoftmaxKernels {
  /// Rows of n elements, one after the other: y = f(x).
  void (*forward)(const T* x, std::int64_t rows, std::int64_t n, T* y);
  /// gx (= or +=) the gradient of x, from the result y and its gradient g.
  void (*backward)(const T* y, const T* g, std::int64_t rows, std::int64_t n, T* gx, bool add);
};

template <class T> struct CrossEntropyKernels {
  /// Rows of n logits and the class of each: loss[r] = −log softmax(x)[r, class[r]], with what backward needs of a row,
  /// its maximum `top` and log Σ e^(x − top).
  void (*forward)(const T* x, const std::int32_t* classes, std::int64_t rows, std::int64_t n, T* loss, T* top, T* log);
  /// gx (= or +=) g[r] (softmax(x) − 1[class]).
  void (*backward)(const T* x, const std::int32_t* classes, const T* top, const T* log, const T* g, std::int64_t rows,
                   std::int64_t n, T* gx, bool add);
};

struct SoftmaxTable {
  SoftmaxKernels<float> softmax_f32, log_softmax_f32;
  SoftmaxKernels<double> softmax_f64, log_softmax_f64;
  CrossEntropyKernels<float> cross_entropy_f32;
  CrossEntropyKernels<double> cross_entropy_f64;
};

CINTA_IN_EACH_SET(extern const SoftmaxTable softmax_table;)

}  // namespace cinta
