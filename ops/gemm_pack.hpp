// How the matrix product lays its operands side by side: panels of rows of A or of columns of B, in which the numbers
// of one step of k are neighbours. For gemm.kernel.cpp alone.
#pragma once

#include <cinta/framework/core/pack.hpp>

#include <cstdint>

namespace cinta {
inline namespace CINTA_KERNELS {
namespace {

/// One register, and its lanes.
template <class T> using Unit = typename Pack<T>::Batch;
template <class T> constexpr int lanes_of = Pack<T>::width;

// Two 128-bit lanes, from two places.
template <class T> struct TwoLanes {
  using Lane [[gnu::vector_size(16)]] = T;
  using Full [[gnu::vector_size(32)]] = T;
  CINTA_INLINE static Full load(const T* p, const T* q) {
    Lane low, high;
    __builtin_memcpy(&low, p, sizeof low);
    __builtin_memcpy(&high, q, sizeof high);
    if constexpr (sizeof(T) == 4) return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
    else return __builtin_shufflevector(low, high, 0, 1, 2, 3);
  }
};

// Transposes in 128-bit lanes, two side by side: 8 columns × 4 of f32, 4 × 2 of f64. Vector extensions, which GCC and
// Clang share, because xsimd 8.1 has no shuffles of lanes.
template <class T> struct Transpose;
template <> struct Transpose<float> : TwoLanes<float> {
  static constexpr int columns = 8, depth = 4;
  // out[p·width + c] = row(c)[p]
  template <class Row> CINTA_INLINE static void run(Row row, float* out, std::int64_t width) {
    const Full x0 = load(row(0), row(4)), x1 = load(row(1), row(5)), x2 = load(row(2), row(6)),
               x3 = load(row(3), row(7));
    const Full l01 = __builtin_shufflevector(x0, x1, 0, 8, 1, 9, 4, 12, 5, 13),
               h01 = __builtin_shufflevector(x0, x1, 2, 10, 3, 11, 6, 14, 7, 15),
               l23 = __builtin_shufflevector(x2, x3, 0, 8, 1, 9, 4, 12, 5, 13),
               h23 = __builtin_shufflevector(x2, x3, 2, 10, 3, 11, 6, 14, 7, 15);
    const Full y[4] = {__builtin_shufflevector(l01, l23, 0, 1, 8, 9, 4, 5, 12, 13),
                       __builtin_shufflevector(l01, l23, 2, 3, 10, 11, 6, 7, 14, 15),
                       __builtin_shufflevector(h01, h23, 0, 1, 8, 9, 4, 5, 12, 13),
                       __builtin_shufflevector(h01, h23, 2, 3, 10, 11, 6, 7, 14, 15)};
    each<4>([&](auto p) __attribute__((always_inline)) { __builtin_memcpy(out + p * width, &y[p], sizeof y[p]); });
  }
};
template <> struct Transpose<double> : TwoLanes<double> {
  static constexpr int columns = 4, depth = 2;
  template <class Row> CINTA_INLINE static void run(Row row, double* out, std::int64_t width) {
    const Full x0 = load(row(0), row(2)), x1 = load(row(1), row(3));
    const Full y[2] = {__builtin_shufflevector(x0, x1, 0, 4, 2, 6), __builtin_shufflevector(x0, x1, 1, 5, 3, 7)};
    each<2>([&](auto p) __attribute__((always_inline)) { __builtin_memcpy(out + p * width, &y[p], sizeof y[p]); });
  }
};

// Columns contiguous along k, by blocks of transposes, the next columns fetched meanwhile. A block at the right edge
// repeats the last column, into lanes that nobody reads or that later blocks overwrite: `out` has room for one block
// more. The last block of k does some of the one before again.
template <class T>
void pack_transposed(const T* source, std::int64_t across, std::int64_t n, std::int64_t k, std::int64_t width, T* out) {
  using Block = Transpose<T>;
  constexpr std::int64_t columns = Block::columns, depth = Block::depth, line = 64 / sizeof(T);
  if (k < depth) {
    for (std::int64_t p = 0; p < k; ++p)
      for (std::int64_t c = 0; c < n; ++c) out[p * width + c] = source[c * across + p];
    return;
  }
  const auto block = [=](std::int64_t c, std::int64_t last, std::int64_t p) __attribute__((always_inline)) {
    if (p > k - depth) p = k - depth;
    const T* base = source + c * across + p;
    Block::run(
        [=](std::int64_t i) __attribute__((always_inline)) { return base + (i < last ? i : last) * across; },
        out + p * width + c, width);
  };
  const std::int64_t edge = n / columns * columns;
  if (edge < n)
    for (std::int64_t p = 0; p < k; p += depth) block(edge, n - edge - 1, p);
  for (std::int64_t c = 0; c < edge; c += columns)
    for (std::int64_t begin = 0; begin < k; begin += line) {
      const std::int64_t end = begin + line < k ? begin + line : k;
      for (std::int64_t i = 0; i < columns; ++i) __builtin_prefetch(source + (c + columns + i) * across + begin, 0, 2);
      for (std::int64_t p = begin; p < end; p += depth) block(c, columns - 1, p);
    }
}

// Columns side by side in memory, in panels of N units (0: any number of them): row by row across all panels, since a
// row of one panel is too short to be fetched ahead. A row may write behind itself, where the next one follows.
template <class T, int N> void pack_rows_of(const T* source, std::int64_t along, std::int64_t n, std::int64_t k,
                                            std::int64_t width, std::int64_t panel, T* out) {
  constexpr int unit = lanes_of<T>;
  constexpr std::int64_t ahead = 4, line = 64 / sizeof(T);                             // rows, elements
  const std::int64_t whole = N == 0 || n < N * unit ? 0 : (n - N * unit) / width + 1;  // panels of which N units exist
  for (std::int64_t p = 0; p < k; ++p, source += along, out += width) {
    for (std::int64_t c = 0; c < n; c += line) __builtin_prefetch(source + c + ahead * along);
    const T* from = source;
    T* to = out;
    for (std::int64_t j = 0; j < whole; ++j, from += width, to += panel)
      each<N>([&](auto v) __attribute__((always_inline)) {
        Unit<T>::load_unaligned(from + v * unit).store_unaligned(to + v * unit);
      });
    for (std::int64_t j = whole * width; j < n; j += width, from += width, to += panel)
      for (std::int64_t c = 0; c < width && j + c < n; c += unit) {
        const auto rest = static_cast<int>(n - j - c);
        if (rest >= unit) Unit<T>::load_unaligned(from + c).store_unaligned(to + c);
        else lanes::store(lanes::load(from + c, rest), to + c, rest);
      }
  }
}

template <class T> void pack_rows(const T* source, std::int64_t along, std::int64_t n, std::int64_t k,
                                  std::int64_t width, std::int64_t panel, T* out) {
  constexpr int unit = lanes_of<T>;
  if (width <= unit) return pack_rows_of<T, 1>(source, along, n, k, width, panel, out);
  if (width <= 2 * unit) return pack_rows_of<T, 2>(source, along, n, k, width, panel, out);
  pack_rows_of<T, 0>(source, along, n, k, width, panel, out);
}

template <class T> void pack(const T* source, std::int64_t across, std::int64_t along, std::int64_t n, std::int64_t k,
                             std::int64_t width, std::int64_t panel, T* out) {
  constexpr int unit = lanes_of<T>;
  const std::int64_t rest = n % width, rounded = (rest + unit - 1) / unit * unit,
                     padded = rounded < width ? rounded : width;
  if (rest < padded) {  // what is computed beside a product must at least be numbers that cost no time
    T* last = out + n / width * panel;
    for (std::int64_t p = 0; p < k; ++p)
      for (std::int64_t c = rest; c < padded; ++c) last[p * width + c] = T(0);
  }
  if (across == 1 && along != 1) return pack_rows(source, along, n, k, width, panel, out);
  for (; n > 0; n -= width, source += width * across, out += panel) {
    const std::int64_t columns = n < width ? n : width;
    if (along == 1) pack_transposed(source, across, columns, k, width, out);
    else
      for (std::int64_t p = 0; p < k; ++p)
        for (std::int64_t c = 0; c < columns; ++c) out[p * width + c] = source[c * across + p * along];
  }
}

}  // namespace
}  // namespace CINTA_KERNELS
}  // namespace cinta
