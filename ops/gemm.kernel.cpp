// Kernels of the matrix product: a tile of C stays in registers while one chunk of k runs past it.
// Compiled once for each instruction set; ops/gemm.cpp decides what is packed, cut and run where.
#include <cinta/ops/gemm_kernels.hpp>
#include <cinta/ops/gemm_pack.hpp>

namespace cinta {
inline namespace CINTA_KERNELS {
namespace {

// A tile is 6 × 2 registers (12 of AVX2's 16) or 14 × 2 (28 of 32). Steps of k a turn of the inner loop makes: with
// AVX2 four in one reach 95 % of the peak of fused multiply-adds, single ones 84.
#if defined(__AVX2__) && !defined(__AVX512F__)
constexpr int max_rows = 6, steps = 4;
#else
constexpr int max_rows = 14, steps = 1;
#endif
// Low tiles are wider: two fma a cycle of four cycles each want eight chains. 3 × 4 would leave no register for A.
constexpr int max_units(int rows) { return rows == 1 ? 8 : rows == 2 ? 4 : rows > 3 ? 2 : max_rows == 6 ? 3 : 4; }

template <class T> struct Tile {
  std::int64_t k;
  const T* a;
  std::int64_t a_row, a_tile, a_column;  // not in MatrixView's order: a pair copied at once would wait for its stores
  const T* b;
  std::int64_t b_row;
  std::int64_t b_tile;  // to the next tile beside this one; 0: it lies below, a_tile further in A
  std::int64_t ahead;   // from a row of B to the one that is fetched meanwhile
  int tail;             // columns of the last unit
};

// Where a tile goes; see GemmBlock.
template <class T> struct End {
  const T* partial;
  std::int64_t partial_row;
  T* c;
  std::int64_t c_row;
  const T* bias;
  std::int64_t bias_step;
  bool add;
};

// Loads and stores of unit v of N, of which the last may be cut. The cut is told at compile time to the inner loop.
template <class T, int N, bool cut> CINTA_INLINE Unit<T> load(const T* p, int v, int tail) {
  if constexpr (cut)
    if (v == N - 1) return lanes::load(p + v * lanes_of<T>, tail);
  return Unit<T>::load_unaligned(p + v * lanes_of<T>);
}

template <class T, int M, int N, bool cut>
CINTA_INLINE void finish(Unit<T> (&s)[M * N], const End<T>& end, std::int64_t row, std::int64_t column, int tail) {
  const std::int64_t c_row = end.c_row;  // or it is read again after each store, which might have changed it
  T* const c = end.c + row * c_row + column;
  if (end.partial != nullptr) {
    const T* partial = end.partial + row * end.partial_row + column;
    each<M * N>([&](auto q) __attribute__((always_inline)) {
      s[q] = load<T, N, cut>(partial + q / N * end.partial_row, q % N, tail) + s[q];
    });
  }
  if (end.bias != nullptr)
    each<N>([&](auto v) __attribute__((always_inline)) {
      const Unit<T> bias = end.bias_step == 0 ? Unit<T>(*end.bias) : load<T, N, cut>(end.bias + column, v, tail);
      each<M>([&](auto i) __attribute__((always_inline)) { s[i * N + v] = s[i * N + v] + bias; });
    });
  if (end.add)
    each<M * N>([&](auto q)
                    __attribute__((always_inline)) { s[q] = load<T, N, cut>(c + q / N * c_row, q % N, tail) + s[q]; });
  each<M * N>([&](auto q) __attribute__((always_inline)) {
    T* p = c + q / N * c_row + q % N * lanes_of<T>;
    if (cut && q % N == N - 1) lanes::store(s[q], p, tail);
    else s[q].store_unaligned(p);
  });
}

// From this k on there is time for a line of C to come.
constexpr std::int64_t long_chunk = 64;

// M rows from `row` on by N units from `column` on, over one chunk.
template <class T, int M, int N, bool near_a, bool exact_b>
CINTA_INLINE void tile(const Tile<T>& t, const T* a, const T* b, std::int64_t ahead, const End<T>& end,
                       std::int64_t row, std::int64_t column) {
  Unit<T> s[M * N];
  each<M * N>([&](auto q) __attribute__((always_inline)) { s[q] = Unit<T>(T(0)); });
  if (t.k >= long_chunk)
    each<M>([&](auto i) __attribute__((always_inline)) {
      const T* c = end.c + (row + i) * end.c_row + column;
      __builtin_prefetch(c, 1);
      __builtin_prefetch(c + N * lanes_of<T> - 1, 1);
    });
  const std::int64_t a_row = near_a ? 1 : t.a_row, a_column = t.a_column, b_row = t.b_row;
  const int tail = t.tail;
  const auto step = [&]() __attribute__((always_inline)) {
    Unit<T> y[N];
    each<N>([&](auto v) __attribute__((always_inline)) { y[v] = load<T, N, exact_b>(b, v, tail); });
    each<M>([&](auto i) __attribute__((always_inline)) {
      const Unit<T> x(a[i * a_row]);
      each<N>([&](auto v) __attribute__((always_inline)) { s[i * N + v] = fma(x, y[v], s[i * N + v]); });
    });
    a += a_column;
    b += b_row;
  };
  std::int64_t p = t.k;
  if (ahead != 0)
    for (; p > 0; --p) {
      each<N>([&](auto v) __attribute__((always_inline)) { __builtin_prefetch(b + ahead + v * lanes_of<T>); });
      step();
    }
#pragma GCC unroll steps
  for (; p > 0; --p) step();
  if (exact_b || tail != lanes_of<T>) finish<T, M, N, true>(s, end, row, column, tail);
  else finish<T, M, N, false>(s, end, row, column, tail);
}

// `count` tiles below or beside each other. `near_a`: rows of A are neighbours (packed, or A is transposed). `exact_b`:
// the last unit is cut, and nothing behind the last column of B may be read.
template <class T, int M, int N, bool near_a, bool exact_b>
void tiles(const Tile<T>& t, const End<T>& end, std::int64_t count) {
  const T *a = t.a, *b = t.b;
  const std::int64_t below = t.b_tile == 0 ? M : 0;
  for (std::int64_t i = 0, row = 0, column = 0; i < count; ++i, row += below, column += t.b_tile) {
    tile<T, M, N, near_a, exact_b>(t, a, b, i == 0 ? t.ahead : 0, end, row, column);
    a += t.a_tile;
    b += t.b_tile;
  }
}

template <class T> using TileFunction = void (*)(const Tile<T>&, const End<T>&, std::int64_t);

// The tile functions by rows and units.
template <class T> struct Table { TileFunction<T> f[max_rows][8]; };
template <class T, bool near_a, bool exact_b, int M, int... N>
constexpr void fill_row(Table<T>& table, std::integer_sequence<int, N...>) {
  ((table.f[M - 1][N] = &tiles<T, M, N + 1, near_a, exact_b>), ...);
}
template <class T, bool near_a, bool exact_b, int... I>
constexpr Table<T> make_table(std::integer_sequence<int, I...>) {
  Table<T> table{};
  (fill_row<T, near_a, exact_b, I + 1>(table, std::make_integer_sequence<int, max_units(I + 1)>{}), ...);
  return table;
}
constexpr std::make_integer_sequence<int, max_rows> all_rows{};
template <class T>
constexpr Table<T> tile_tables[2][2] = {{make_table<T, false, false>(all_rows), make_table<T, false, true>(all_rows)},
                                        {make_table<T, true, false>(all_rows), make_table<T, true, true>(all_rows)}};

// Another thread's cache may hold B where it lies, as the update of the step before left it: 64 × 128 × 784 with B
// fetched so far ahead by its first tile takes 55 µs instead of 65.
constexpr std::int64_t rows_ahead = 12;

constexpr std::int64_t columns_to_finish = 128;  // of as many rows as a block has they stay in a second-level cache

template <class T> void block(const GemmBlock<T>& q) {
  constexpr int unit = lanes_of<T>;
  const std::int64_t whole = q.m / q.height, last = q.m % q.height;
  std::int64_t finished = 0;  // columns
  for (std::int64_t j = 0, panel = 0; j < q.n; j += q.width, ++panel) {
    const int columns = static_cast<int>(q.n - j < q.width ? q.n - j : q.width);
    const int units = (columns + unit - 1) / unit, tail = columns - (units - 1) * unit;
    const Table<T>& table = tile_tables<T>[q.a_row == 1][q.b_exact && tail != unit];
    const T* b = q.b + panel * q.b_panel;
    if (q.source != nullptr) {
      const std::int64_t slot = panel % q.panels;
      if (slot == 0) {
        const std::int64_t all = q.width * q.panels, n = q.n - j < all ? q.n - j : all;
        pack(q.source + j * q.across, q.across, q.along, n, q.k, q.width, q.b_panel, q.packed);
      }
      b = q.packed + slot * q.b_panel;
    }
    Tile<T> t{q.k, q.a, q.a_row, q.a_tile, q.a_column, b, q.b_row, 0, q.source == nullptr ? rows_ahead * q.b_row : 0,
              tail};
    End<T> end{q.partial == nullptr ? nullptr : q.partial + j,         q.partial_row, q.c + j, q.c_row,
               q.bias == nullptr ? nullptr : q.bias + j * q.bias_step, q.bias_step,   q.add};
    table.f[q.height - 1][units - 1](t, end, whole);
    if (last > 0) {
      const std::int64_t above = whole * q.height;
      t.a += whole * q.a_tile;
      if (whole > 0) t.ahead = 0;
      if (end.partial != nullptr) end.partial += above * q.partial_row;
      end.c += above * q.c_row;
      table.f[last - 1][units - 1](t, end, 1);
    }
    // Several panels at once: a call for each row of one costs as much as the function itself.
    const std::int64_t done = j + columns;
    if (done - finished >= columns_to_finish || done == q.n) {
      finish_rows(q.finish, q.m, done - finished, q.c + finished, q.c_row);
      finished = done;
    }
  }
}

template <class T> void small(const GemmProduct<T>& q);

// Where columns of B are apart they are gathered first.
template <class T> void small_apart(const GemmProduct<T>& q) {
  constexpr std::int64_t unit = lanes_of<T>;
  const std::int64_t width = (q.n + unit - 1) / unit * unit;
  T packed[small_packed + 64 / sizeof(T)];
  pack(q.b.data, q.b.column_stride, q.b.row_stride, q.n, q.k, width, std::int64_t{0}, packed);
  GemmProduct<T> r = q;
  r.b = {packed, width, 1};
  small(r);
}

// `rows` rows from i on by `columns` columns from j on, which fit a tile, and `count` such tiles below or beside it.
template <class T> CINTA_INLINE void small_tiles(const GemmProduct<T>& q, std::int64_t i, int rows, std::int64_t j,
                                                 int columns, std::int64_t count, bool beside) {
  constexpr int unit = lanes_of<T>;
  const int units = (columns + unit - 1) / unit, tail = columns - (units - 1) * unit;
  const MatrixView<T>&a = q.a, &b = q.b;
  const T *rows_of_a = a.data + i * a.row_stride, *columns_of_b = b.data + j;
  const std::int64_t a_tile = beside ? 0 : rows * a.row_stride, b_tile = beside ? columns : 0;
  const Tile<T> t{q.k, rows_of_a, a.row_stride, a_tile, a.column_stride, columns_of_b, b.row_stride, b_tile, 0, tail};
  const T* bias = q.end.bias == nullptr ? nullptr : q.end.bias + j * q.bias_step;
  const End<T> end{nullptr, 0, q.c + i * q.ldc + j, q.ldc, bias, q.bias_step, q.end.add};
  tile_tables<T>[a.row_stride == 1][tail != unit].f[rows - 1][units - 1](t, end, count);
}

// Rows from i on, `count` times `rows` of them, by all columns.
template <class T> void small_rows(const GemmProduct<T>& q, std::int64_t i, int rows, std::int64_t count) {
  const int n = static_cast<int>(q.n), widest = max_units(rows) * lanes_of<T>, whole = n / widest, rest = n % widest;
  if (whole > count)
    for (std::int64_t k = 0; k < count; ++k) small_tiles(q, i + k * rows, rows, 0, widest, whole, true);
  else
    for (int j = 0; j < whole; ++j) small_tiles(q, i, rows, j * widest, widest, count, false);
  if (rest > 0) small_tiles(q, i, rows, whole * widest, rest, count, false);
}

template <class T> void small(const GemmProduct<T>& q) {
  constexpr int unit = lanes_of<T>;
  if (q.b.column_stride != 1) return small_apart(q);
  const auto m = static_cast<int>(q.m), n = static_cast<int>(q.n);
  if (m <= max_rows && n <= max_units(m) * unit) return small_tiles(q, 0, m, 0, n, 1, false);
  const int count = (m + max_rows - 1) / max_rows, height = (m + count - 1) / count, whole = m / height;
  small_rows(q, 0, height, whole);
  if (const int last = m % height; last > 0) small_rows(q, whole * height, last, 1);
}

// Sums of `row_columns` columns over one chunk of k. Every number of B is used once: a few rows are turned round at a
// time, where packing all first would be one pass more.
template <class T>
CINTA_INLINE void row_sums(const T* a, std::int64_t a_column, const T* b, std::int64_t across, std::int64_t k, T* out) {
  using Block = Transpose<T>;
  constexpr int unit = lanes_of<T>, units = static_cast<int>(row_columns) / unit;
  constexpr int blocks = static_cast<int>(row_columns) / Block::columns;
  alignas(64) T turned[Block::depth * row_columns];
  Unit<T> s[units];
  each<units>([&](auto v) __attribute__((always_inline)) { s[v] = Unit<T>(T(0)); });
  const auto add = [&](const T* row) __attribute__((always_inline)) {
    const Unit<T> x(*a);
    each<units>([&](auto v)
                    __attribute__((always_inline)) { s[v] = fma(x, Unit<T>::load_unaligned(row + v * unit), s[v]); });
    a += a_column;
  };
  std::int64_t p = 0;
  for (; p + Block::depth <= k; p += Block::depth) {
    each<blocks>([&](auto q) __attribute__((always_inline)) {
      const T* base = b + q * Block::columns * across + p;
      Block::run(
          [=](std::int64_t c) __attribute__((always_inline)) { return base + c * across; }, turned + q * Block::columns,
          row_columns);
    });
    each<Block::depth>([&](auto q) __attribute__((always_inline)) { add(turned + q * row_columns); });
  }
  for (; p < k; ++p) {
    for (std::int64_t c = 0; c < row_columns; ++c) turned[c] = b[c * across + p];
    add(turned);
  }
  each<units>([&](auto v) __attribute__((always_inline)) { s[v].store_unaligned(out + v * unit); });
}

template <class T> void row(const GemmProduct<T>& q) {
  const std::int64_t chunk = gemm_chunk(q.k), across = q.b.column_stride;
  for (std::int64_t j = 0; j < q.n; j += row_columns) {
    // The last columns are computed with some before them, which are done.
    const std::int64_t begin = j + row_columns <= q.n ? j : q.n - row_columns;
    T sum[row_columns], more[row_columns];
    for (std::int64_t p = 0; p < q.k; p += chunk) {
      const std::int64_t k = q.k - p < chunk ? q.k - p : chunk;
      row_sums(q.a.data + p * q.a.column_stride, q.a.column_stride, q.b.data + begin * across + p, across, k,
               p == 0 ? sum : more);
      if (p > 0)
        for (std::int64_t c = 0; c < row_columns; ++c) sum[c] = sum[c] + more[c];
    }
    for (std::int64_t c = j - begin; c < row_columns; ++c) {
      const T s = q.end.bias == nullptr ? sum[c] : sum[c] + q.end.bias[(begin + c) * q.bias_step];
      T& to = q.c[begin + c];
      to = q.end.add ? to + s : s;
    }
  }
}

template <class T> int width(int height) { return max_units(height) * lanes_of<T>; }

template <class T> constexpr GemmKernels<T> kernels = {
    lanes_of<T>, max_rows, max_units(max_rows) * lanes_of<T>, width<T>, block<T>, small<T>, row<T>, pack<T>};

}  // namespace

extern const GemmKernels<float> gemm_f32;
extern const GemmKernels<double> gemm_f64;
const GemmKernels<float> gemm_f32 = kernels<float>;
const GemmKernels<double> gemm_f64 = kernels<double>;

}  // namespace CINTA_KERNELS
}  // namespace cinta
