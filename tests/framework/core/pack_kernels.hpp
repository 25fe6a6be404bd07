// The operations of packs as plain functions on arrays, compiled once for AVX2 (v3) and once for AVX-512 (v4), so that
// one test program can compare the two bit by bit. Built from pack_kernels.kernel.cpp.
#pragma once

#include <cstdint>

namespace pack_kernels {

/// One operation: y[i] = f(a[i], b[i], c[i]) for i < n; it reads and writes nothing else.
template <class T> struct Function {
  const char* name;
  void (*run)(const T* a, const T* b, const T* c, T* y, int n);
};
/// One reduction of a run of n elements.
template <class T> struct Reduction {
  const char* name;
  T (*run)(const T* a, const T* b, std::int64_t n);
};
template <class E> struct Table {
  const E* first;
  int count;
  const E* begin() const { return first; }
  const E* end() const { return first + count; }
};
/// Everything compiled for one instruction set.
template <class T> struct Set {
  Table<Function<T>> functions;
  Table<Reduction<T>> reductions;
  void (*bytes_of_positive)(const T* x, std::uint8_t* y, int n);  // y = x > 0
  void (*ones_of_bytes)(const std::uint8_t* x, T* y, int n);      // y = x ? 1 : 0
};

}  // namespace pack_kernels
