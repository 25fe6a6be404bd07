// The driver of the matrix product: what is packed, how it is cut, and what runs on several threads. Nothing here can
// change a bit, for the definition (gemm.hpp) knows k alone; every choice is by measured speed (docs/design.md).
#include <cinta/ops/gemm.hpp>

#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/storage.hpp>
#include <cinta/ops/gemm_kernels.hpp>

#include <algorithm>

namespace cinta {
CINTA_IN_EACH_SET(extern const GemmKernels<float> gemm_f32; extern const GemmKernels<double> gemm_f64;)

template <> const GemmKernels<float>& gemm_kernels(Isa isa) { return CINTA_OF_SET(isa, gemm_f32); }
template <> const GemmKernels<double>& gemm_kernels(Isa isa) { return CINTA_OF_SET(isa, gemm_f64); }

namespace {

using Size = std::int64_t;

// Panels a power of two apart would throw each other out of the first cache; packing may write as far behind them.
template <class T> constexpr Size panel_gap = 64 / sizeof(T);

constexpr Size ceil_div(Size a, Size b) { return (a + b - 1) / b; }

constexpr Size block_rows = 512;    // of A: a chunk of so many stays in a second-level cache
constexpr Size panels_at_once = 8;  // of B, packed from its rows, which are then long enough to be fetched ahead

// Memory of this thread's pool for as long as it lives.
template <class T> class Scratch {
 public:
  explicit Scratch(Size elements)
      : storage_(elements == 0 ? nullptr : acquire_storage(static_cast<std::size_t>(elements) * sizeof(T))) {}
  ~Scratch() {
    if (storage_ != nullptr) recycle_storage(storage_);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  T* data() const { return storage_ == nullptr ? nullptr : static_cast<T*>(storage_->data()); }

 private:
  Storage* storage_;
};

// The product of rows [i, i + rows) with columns [j, j + columns).
template <class T> GemmProduct<T> part(const GemmProduct<T>& q, Size i, Size rows, Size j, Size columns) {
  GemmProduct<T> r = q;
  r.m = rows;
  r.n = columns;
  r.a.data += i * q.a.row_stride;
  r.b.data += j * q.b.column_stride;
  r.c += i * q.ldc + j;
  if (q.end.bias != nullptr) r.end.bias += j * q.bias_step;
  return r;
}

// B is read where it lies when it fits the first cache beside A, or when packing would cost more than the few tiles
// that pass it gain: 8 × 561 × 247 gains 18 %, 16 × 520 × 300 20, 64 × 128 × 784 6; 1000 × 64 × 128, whose B fills that
// cache, would lose 6. Rows a multiple of 4 KB apart throw each other out and are packed: 4 × 1024 × 512 gains a third.
template <class T> bool reads_b_in_place(const GemmProduct<T>& q) {
  if (q.b.column_stride != 1) return false;
  const Size apart = q.b.row_stride * static_cast<Size>(sizeof(T));
  const Size few = apart % 4096 == 0 ? 2 : 16;
  return q.m <= few || q.k * q.n * static_cast<Size>(sizeof(T)) <= 16 * 1024 || (q.m <= 64 && apart <= 2048);
}

// A is read where it lies unless many panels of B pass it: 2048 × 512 × 256 with A transposed gains 30 % by packing.
// Packing rows that lie side by side is cheaper, and pays earlier: 256³ gains 11 %, where 64 × 128 × 256 with A as it
// is would lose 7.
template <class T> bool reads_a_in_place(const GemmProduct<T>& q) { return q.n <= (q.a.row_stride == 1 ? 100 : 300); }

// A row times columns that lie along k: 1 × 784 × 128 with B transposed takes 13 µs, by packing 18.
template <class T> bool is_row(const GemmProduct<T>& q) {
  return q.m == 1 && q.b.row_stride == 1 && q.b.column_stride != 1 && q.n >= row_columns;
}

template <class T> void multiply(const GemmKernels<T>& f, const GemmProduct<T>& q) {
  if (is_row(q)) {
    f.row(q);
    return finish_rows(q.end.finish, q.m, q.n, q.c, q.ldc);
  }
  const Size chunk = gemm_chunk(q.k), kc = std::min(q.k, chunk);
  const bool direct_b = reads_b_in_place(q), direct_a = reads_a_in_place(q);
  // Blocks of rows, and tiles in them, of about equal height.
  const Size blocks = ceil_div(q.m, block_rows), height = ceil_div(q.m, ceil_div(q.m, f.rows));
  const Size mc = ceil_div(ceil_div(q.m, blocks), height) * height;
  const Size width =
      std::min<Size>(direct_b ? f.width(static_cast<int>(height)) : f.columns, ceil_div(q.n, f.unit) * f.unit);
  const Size panels = q.b.column_stride == 1 ? std::min(panels_at_once, ceil_div(q.n, width)) : 1;
  const Scratch<T> b_scratch(direct_b ? 0 : panels * (width * kc + panel_gap<T>));
  const Scratch<T> a_scratch(direct_a ? 0 : ceil_div(std::min(mc, q.m), height) * (height * kc + panel_gap<T>));
  // Chunk sums wait apart while C holds what they are to be added to.
  const bool apart = q.end.add && q.k > chunk;
  const Scratch<T> sums(apart ? std::min(mc, q.m) * q.n : 0);

  GemmBlock<T> block{};
  block.n = q.n;
  block.height = static_cast<int>(height);
  block.width = static_cast<int>(width);
  block.bias_step = q.bias_step;
  if (direct_b) {
    block.b_exact = true;
    block.b_row = q.b.row_stride;
    block.b_panel = width;
  } else {
    block.across = q.b.column_stride;
    block.along = q.b.row_stride;
    block.packed = b_scratch.data();
    block.panels = panels;
    block.b_row = width;
  }
  for (Size i = 0; i < q.m; i += mc) {
    block.m = std::min(mc, q.m - i);
    T* c = q.c + i * q.ldc;
    T* sum = apart ? sums.data() : c;
    const Size sum_row = apart ? q.n : q.ldc;
    for (Size p = 0; p < q.k; p += chunk) {
      block.k = std::min(chunk, q.k - p);
      const bool last = p + block.k == q.k;
      const T* b = q.b.data + p * q.b.row_stride;
      if (direct_b) {
        block.b = b;
      } else {
        block.source = b;
        block.b_panel = width * block.k + panel_gap<T>;
      }
      const T* a = q.a.data + i * q.a.row_stride + p * q.a.column_stride;
      if (direct_a) {
        block.a = a;
        block.a_row = q.a.row_stride;
        block.a_column = q.a.column_stride;
        block.a_tile = height * q.a.row_stride;
      } else {
        block.a_tile = height * block.k + panel_gap<T>;
        f.pack(a, q.a.row_stride, q.a.column_stride, block.m, block.k, height, block.a_tile, a_scratch.data());
        block.a = a_scratch.data();
        block.a_row = 1;
        block.a_column = height;
      }
      block.bias = last ? q.end.bias : nullptr;
      block.add = last && q.end.add;
      block.finish = last ? q.end.finish : nullptr;
      block.partial = p > 0 ? sum : nullptr;
      block.partial_row = sum_row;
      block.c = last ? c : sum;
      block.c_row = last ? q.ldc : sum_row;
      f.block(block);
    }
  }
}

// k = 0: the product is 0.
template <class T> void multiply_nothing(const GemmProduct<T>& q) {
  for (Size i = 0; i < q.m; ++i)
    for (Size j = 0; j < q.n; ++j) {
      const T s = q.end.bias == nullptr ? T(0) : T(0) + q.end.bias[j * q.bias_step];
      T& c = q.c[i * q.ldc + j];
      c = q.end.add ? c + s : s;
    }
  finish_rows(q.end.finish, q.m, q.n, q.c, q.ldc);
}

// Up to so many multiply-adds (and `small_packed` elements of a B to be gathered) deciding how to cut a product takes
// longer than the product: 4 × 8 × 2 takes 24 ns at once and 40 by blocks; 8 × 16 × 8 with B transposed 61 and 89.
constexpr Size small_product = 64 * 1024;

// Of so few rows every one may have as many: side by side tiles read B once, and blocks would fetch it ahead in vain:
// 2 × 342 × 110 takes 3.0 µs at once and 5.3 by blocks, 3 × 179 × 240 a third less.
constexpr Size few_rows = 6;

template <class T> bool is_small(const GemmKernels<T>& f, const GemmProduct<T>& q) {
  if (q.k > 256 || (q.m <= few_rows ? 1 : q.m) * q.n * q.k > small_product) return false;
  const Size unit = f.unit, width = (q.n + unit - 1) & -unit;
  return q.b.column_stride == 1 || width * q.k <= small_packed;
}

// Up to so many rows, which lie apart, one column is computed as it is: 4 × 1 × 8 takes 14 ns, its transpose 47; 16
// rows are level.
constexpr Size rows_of_a_column = 8;

// Fewer columns than lanes, and rows of A side by side: Cᵀ = Bᵀ·Aᵀ keeps all lanes busy. 498 × 5 × 311 takes 13 µs
// instead of 31; where little is gained for each column, turning C round costs more.
template <class T> bool is_narrow(const GemmKernels<T>& f, const GemmProduct<T>& q) {
  return q.n < f.unit && q.m >= f.unit && q.a.row_stride == 1 && q.k * (f.unit - q.n) >= 256;
}

template <class T> void multiply_narrow(const GemmKernels<T>& f, const GemmProduct<T>& q) {
  const Scratch<T> transposed(q.n * q.m);
  const T* t = transposed.data();
  gemm_by(f, q.n, q.m, q.k, q.b.transposed(), q.a.transposed(), transposed.data(), q.m, {});
  for (Size i = 0; i < q.m; ++i)
    for (Size j = 0; j < q.n; ++j) {
      const T s = q.end.bias == nullptr ? t[j * q.m + i] : t[j * q.m + i] + q.end.bias[j];
      T& c = q.c[i * q.ldc + j];
      c = q.end.add ? c + s : s;
    }
  finish_rows(q.end.finish, q.m, q.n, q.c, q.ldc);
}

// Of a piece, but for the first cut: 128 × 128 × 128 in two takes 33 µs, in four 39.
constexpr double piece_flops = 1.5e6;

// Cut into a grid of rectangles, each packing what it needs for itself: about square, so that this is little, and two
// for each thread, the second for whichever is ahead. On two threads four are 5 to 15 % faster than sixteen.
template <class T>
void multiply_in_pieces(const GemmKernels<T>& f, const GemmProduct<T>& q, double flops, int threads) {
  const Size tile_rows = f.rows, tile_columns = f.columns;
  // Halving may stop a little short.
  const double wanted = 0.7 * std::clamp(flops / piece_flops, 2.0, 2.0 * threads);
  Size rows = q.m, columns = q.n;
  for (Size pieces = 1; static_cast<double>(pieces) < wanted; pieces = ceil_div(q.m, rows) * ceil_div(q.n, columns)) {
    const bool by_columns = columns >= rows ? columns > tile_columns : rows <= tile_rows;
    Size& length = by_columns ? columns : rows;
    const Size tile = by_columns ? tile_columns : tile_rows, halved = ceil_div(ceil_div(length, 2), tile) * tile;
    if (halved >= length) break;
    length = halved;
  }
  const Size across = ceil_div(q.n, columns);
  parallel_for(ceil_div(q.m, rows) * across, [&](Size index) {
    const Size i = index / across * rows, j = index % across * columns;
    multiply(f, part(q, i, std::min(rows, q.m - i), j, std::min(columns, q.n - j)));
  });
}

// Any product, by the path that suits it, which may turn q round.
template <class T> void multiply_any(const GemmKernels<T>& f, GemmProduct<T>& q) {
  if (q.m <= 0 || q.n <= 0) return;
  if (q.k <= 0) return multiply_nothing(q);
  if (q.n == 1) {
    q.b.column_stride = 1;  // nothing lies beside it
    // Cᵀ = Bᵀ·Aᵀ, of the same bits: a column is computed as a row.
    if (q.m > 1 && q.ldc == 1 && (q.a.row_stride == 1 || q.m > rows_of_a_column)) {
      const MatrixView<T> a = q.a;
      q.a = q.b.transposed();
      q.b = a.transposed();
      q.n = q.ldc = q.m;
      q.m = 1;
      q.bias_step = 0;
    }
  }
  if (is_narrow(f, q)) return multiply_narrow(f, q);
  if (is_small(f, q) && !is_row(q)) {
    f.small(q);
    return finish_rows(q.end.finish, q.m, q.n, q.c, q.ldc);
  }
  const double flops = 2.0 * static_cast<double>(q.m) * static_cast<double>(q.n) * static_cast<double>(q.k);
  if (const int threads = flops < gemm_parallel_flops ? 1 : num_threads(); threads > 1)
    multiply_in_pieces(f, q, flops, threads);
  else multiply(f, q);
}

}  // namespace

template <class T> void finish_rows(ElementwiseForward finish, Size m, Size n, T* c, Size ldc) {
  if (finish == nullptr) return;
  if (ldc == n) {  // one run
    n *= m;
    m = 1;
  }
  for (Size i = 0; i < m; ++i, c += ldc) {
    const Run run{c, 1};
    finish(n, c, &run);
  }
}

template <class T> void gemm_by(const GemmKernels<T>& kernels, Size m, Size n, Size k, MatrixView<T> a, MatrixView<T> b,
                                T* c, Size ldc, GemmEnd<T> end) {
  GemmProduct<T> q{m, n, k, a, b, c, ldc, end};
  multiply_any(kernels, q);
}

template <class T> void gemm(GemmProduct<T>& product) {
  static const GemmKernels<T>& kernels = gemm_kernels<T>(isa());
  multiply_any(kernels, product);
}

template void finish_rows<float>(ElementwiseForward, Size, Size, float*, Size);
template void finish_rows<double>(ElementwiseForward, Size, Size, double*, Size);
template void gemm(GemmProduct<float>&);
template void gemm(GemmProduct<double>&);
template void gemm_by<float>(const GemmKernels<float>&, Size, Size, Size, MatrixView<float>, MatrixView<float>, float*,
                             Size, GemmEnd<float>);
template void gemm_by<double>(const GemmKernels<double>&, Size, Size, Size, MatrixView<double>, MatrixView<double>,
                              double*, Size, GemmEnd<double>);

}  // namespace cinta
