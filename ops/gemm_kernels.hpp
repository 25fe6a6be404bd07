// What the kernel objects of the matrix product offer to its driver: plain pointers and plain structs, so that one
// program can hold the objects for several instruction sets. For ops/gemm alone (and its test).
#pragma once

#include <cinta/framework/core/isa.hpp>
#include <cinta/ops/gemm.hpp>

#include <cstdint>

namespace cinta {

/// One chunk of k of a block of C: m × n elements, by tiles of `height` rows (the last may be lower).
/// With s the chunk's chain of fused multiply-adds from zero, C = [finish] ([C +] ([partial +] s [+ bias])).
template <class T> struct GemmBlock {
  std::int64_t m, n, k;
  const T* a;  // element (i, p) of tile t lies at a[t·a_tile + i·a_row + p·a_column]
  std::int64_t a_row, a_column, a_tile;
  int height;  // rows a tile
  int width;   // columns a panel of B, a multiple of the kernels' `unit`
  const T* b;  // row p of panel j lies at b + j·b_panel + p·b_row, unless B is packed on the way
  std::int64_t b_row, b_panel;
  bool b_exact;     // memory behind the last column of B must not be read
  const T* source;  // else null: row p, column j of B lies at source[j·across + p·along] and is packed on the way
  std::int64_t across, along;
  T* packed;  // room for that, `panels` at a time
  std::int64_t panels;
  const T* partial;  // the sum of the chunks before, or null
  std::int64_t partial_row;
  T* c;
  std::int64_t c_row;
  const T* bias;  // of column j: bias[j·bias_step], or null
  std::int64_t bias_step;
  bool add;
  ElementwiseForward finish;  // of C, last of all, or null
};

/// `finish`, which may be null, over m rows of n elements of C, of which row i begins at c + i·ldc.
template <class T> void finish_rows(ElementwiseForward finish, std::int64_t m, std::int64_t n, T* c, std::int64_t ldc);

/// Elements of B, in whole registers, that `small` gathers at most, on the stack: 16 KB of f32.
constexpr std::int64_t small_packed = 4096;

/// Columns that `row` computes at once.
constexpr std::int64_t row_columns = 32;

template <class T> struct GemmKernels {
  int unit;     // lanes of one register
  int rows;     // the tallest tile
  int columns;  // the widest panel under such a tile
  /// The widest panel under a tile of `height` rows.
  int (*width)(int height);
  void (*block)(const GemmBlock<T>& block);
  /// A whole product of one chunk and few operations, but for `finish`; B is gathered where its columns are apart.
  void (*small)(const GemmProduct<T>& product);
  /// A row times columns that lie along k, at least `row_columns` of them, but for `finish`.
  void (*row)(const GemmProduct<T>& product);
  /// out[q·panel + p·width + c] = source[(q·width + c)·across + p·along]: panels of rows of A or of columns of B. Lanes
  /// behind the last column are numbers without meaning. May write 64 bytes behind each panel.
  void (*pack)(const T* source, std::int64_t across, std::int64_t along, std::int64_t n, std::int64_t k,
               std::int64_t width, std::int64_t panel, T* out);
};

/// The kernels of an instruction set, which the processor must have.
template <class T> const GemmKernels<T>& gemm_kernels(Isa isa);

/// `gemm` by given kernels: what the test compares.
template <class T> void gemm_by(const GemmKernels<T>& kernels, std::int64_t m, std::int64_t n, std::int64_t k,
                                MatrixView<T> a, MatrixView<T> b, T* c, std::int64_t ldc, GemmEnd<T> end = {});

}  // namespace cinta
