#include <cinta/framework/core/reduction.hpp>

#include <cinta/framework/core/isa.hpp>
#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/reduction_kernels.hpp>

#include <algorithm>
#include <limits>

namespace cinta {
namespace {

constexpr std::int64_t run_chunk = 4096, row_chunk = 64;
constexpr std::int64_t parallel_elements = 1 << 16;  // of one task

const ReductionTable& table() {
  static const ReductionTable& t = CINTA_OF_SET(isa(), reduction_table);
  return t;
}
template <class T> struct Loops;
template <> struct Loops<float> {
  static const ReductionKernels<float>& of(Reduction op) { return table().f32[static_cast<int>(op)]; }
};
template <> struct Loops<double> {
  static const ReductionKernels<double>& of(Reduction op) { return table().f64[static_cast<int>(op)]; }
};

template <class T> T identity(Reduction op) {
  using limits = std::numeric_limits<T>;
  if (op == Reduction::sum) return T(0);
  if constexpr (limits::has_infinity) return op == Reduction::max ? -limits::infinity() : limits::infinity();
  else return op == Reduction::max ? limits::lowest() : limits::max();
}

// i32: exact in any order, so a plain loop is the definition. Sums wrap.
std::int32_t combine(Reduction op, std::int32_t a, std::int32_t b) {
  if (op == Reduction::sum)
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
  return op == Reduction::max ? std::max(a, b) : std::min(a, b);
}

// Combines `count` rows of `width` elements in the fixed tree; the result is the first row.
template <class T>
void combine_tree(const ReductionKernels<T>& loops, T* parts, std::int64_t count, std::int64_t width) {
  if (count <= 1) return;
  const std::int64_t left = (count + 1) / 2;
  combine_tree(loops, parts, left, width);
  combine_tree(loops, parts + left * width, count - left, width);
  loops.combine(parts, parts + left * width, width);
}

template <class T> void reduce_runs(Reduction op, const T* x, std::int64_t rows, std::int64_t n, T* y) {
  const ReductionKernels<T>& loops = Loops<T>::of(op);
  const std::int64_t chunks = (n + run_chunk - 1) / run_chunk;
  if (chunks == 1) {
    parallel_chunks(rows, std::max<std::int64_t>(1, parallel_elements / n), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t r = begin; r < end; ++r) y[r] = loops.run(x + r * n, n);
    });
    return;
  }
  Tensor parts = empty({rows * chunks}, dtype_of<T>);
  T* p = parts.mutable_data<T>();
  parallel_chunks(rows * chunks, parallel_elements / run_chunk, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t row = i / chunks, at = i % chunks * run_chunk;
      p[i] = loops.run(x + row * n + at, std::min(run_chunk, n - at));
    }
  });
  for (std::int64_t r = 0; r < rows; ++r) {
    combine_tree(loops, p + r * chunks, chunks, 1);
    y[r] = p[r * chunks];
  }
}

template <class T> void reduce_columns(Reduction op, const T* x, std::int64_t n, std::int64_t columns, T* y) {
  const ReductionKernels<T>& loops = Loops<T>::of(op);
  const std::int64_t chunks = (n + row_chunk - 1) / row_chunk;
  if (chunks == 1) return loops.columns(x, n, columns, columns, y);
  Tensor parts = empty({chunks * columns}, dtype_of<T>);
  T* p = parts.mutable_data<T>();
  parallel_chunks(chunks, std::max<std::int64_t>(1, parallel_elements / (row_chunk * columns)),
                  [&](std::int64_t begin, std::int64_t end) {
                    for (std::int64_t i = begin; i < end; ++i)
                      loops.columns(x + i * row_chunk * columns, std::min(row_chunk, n - i * row_chunk), columns,
                                    columns, p + i * columns);
                  });
  combine_tree(loops, p, chunks, columns);
  std::copy_n(p, columns, y);
}

// Where one task does it all and no tree is needed: seldom much, and often.
template <class T> [[gnu::always_inline]] inline bool reduce_small(Reduction op, const T* x, std::int64_t outer,
                                                                   std::int64_t n, std::int64_t inner, T* y) {
  if (n > (inner == 1 ? run_chunk : row_chunk) || outer * n * inner > parallel_elements) return false;
  const ReductionKernels<T>& loops = Loops<T>::of(op);
  for (std::int64_t o = 0; o < outer; ++o, x += n * inner, y += inner) {
    if (inner == 1) *y = loops.run(x, n);
    else loops.columns(x, n, inner, inner, y);
  }
  return true;
}

template <class T>
void reduce_large(Reduction op, const T* x, std::int64_t outer, std::int64_t n, std::int64_t inner, T* y) {
  if constexpr (std::is_same_v<T, std::int32_t>) {
    std::fill_n(y, outer * inner, identity<T>(op));
    for (std::int64_t o = 0; o < outer; ++o)
      for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t c = 0; c < inner; ++c)
          y[o * inner + c] = combine(op, y[o * inner + c], x[(o * n + i) * inner + c]);
  } else if (inner == 1) {
    reduce_runs(op, x, outer, n, y);
  } else {
    const std::int64_t grain = std::max<std::int64_t>(1, parallel_elements / (n * inner));
    parallel_chunks(outer, grain, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t o = begin; o < end; ++o) reduce_columns(op, x + o * n * inner, n, inner, y + o * inner);
    });
  }
}

// x as [outer, n, inner] → y as [outer, inner].
template <class T> [[gnu::always_inline]] inline void reduce_group(Reduction op, const T* x, std::int64_t outer,
                                                                   std::int64_t n, std::int64_t inner, T* y) {
  if (outer * inner == 0) return;
  if (n == 0) return void(std::fill_n(y, outer * inner, identity<T>(op)));
  if constexpr (!std::is_same_v<T, std::int32_t>)
    if (reduce_small(op, x, outer, n, inner, y)) return;
  reduce_large(op, x, outer, n, inner, y);
}

struct Group {
  std::int64_t size;
  bool reduced;
};

template <class T> Tensor reduce_typed(Reduction op, const Tensor& x, unsigned axes, const Shape& shape) {
  if (const std::int64_t n = x.size();
      n != 1 && axes == (1u << x.rank()) - 1) {  // one group; an only element is left as it is
    Tensor y = empty(shape, dtype_of<T>);
    reduce_group(op, x.data<T>(), 1, n, 1, y.own_data<T>());
    return y;
  }
  Group groups[Shape::max_rank];
  int count = 0;
  for (int a = 0; a < x.rank(); ++a) {
    const bool reduced = (axes >> a & 1) != 0;
    if (x.shape()[a] == 1) continue;
    if (count > 0 && groups[count - 1].reduced == reduced) groups[count - 1].size *= x.shape()[a];
    else groups[count++] = {x.shape()[a], reduced};
  }
  Tensor current = x.detach();
  for (int g = count - 1; g >= 0; --g) {
    if (!groups[g].reduced) continue;
    std::int64_t outer = 1, inner = 1;
    for (int i = 0; i < g; ++i) outer *= groups[i].size;
    for (int i = g + 1; i < count; ++i) inner *= groups[i].reduced ? 1 : groups[i].size;
    Tensor next = empty({outer, inner}, dtype_of<T>);
    reduce_group(op, current.data<T>(), outer, groups[g].size, inner, next.mutable_data<T>());
    current = std::move(next);
  }
  return with_shape(current, shape);
}

}  // namespace

Tensor reduce(Reduction op, const Tensor& x, unsigned axes) {
  Shape kept = x.shape();
  for (int a = 0; a < x.rank(); ++a)
    if ((axes >> a & 1) != 0) kept[a] = 1;
  return reduce(op, x, axes, kept);
}

Tensor reduce(Reduction op, const Tensor& x, unsigned axes, const Shape& shape) {
  switch (x.dtype()) {
    case f32:
      return reduce_typed<float>(op, x, axes, shape);
    case f64:
      return reduce_typed<double>(op, x, axes, shape);
    default:
      return reduce_typed<std::int32_t>(op, convert(x, i32), axes, shape);
  }
}

void add_in_place(Tensor& y, const Tensor& x) {
  if (!is_floating(y.dtype())) return;
  visit_dtype(y.dtype(), [&](auto zero) {
    using T = decltype(zero);
    if constexpr (std::is_floating_point_v<T>) {
      T* out = y.mutable_data<T>();
      const T* in = x.data<T>();
      const auto combine = Loops<T>::of(Reduction::sum).combine;
      parallel_chunks(y.size(), parallel_elements,
                      [&](std::int64_t begin, std::int64_t end) { combine(out + begin, in + begin, end - begin); });
    }
  });
}

template <class T> void sum_rows(const T* x, std::int64_t rows, std::int64_t columns, T* out, bool add) {
  if (!add) {
    const bool runs = columns == 1 || rows == 1;
    return reduce_group(Reduction::sum, x, runs ? columns : 1, rows, runs ? 1 : columns, out);
  }
  Tensor sums = empty({columns}, dtype_of<T>);
  sum_rows(x, rows, columns, sums.mutable_data<T>(), false);
  Loops<T>::of(Reduction::sum).combine(out, sums.data<T>(), columns);
}
template void sum_rows(const float*, std::int64_t, std::int64_t, float*, bool);
template void sum_rows(const double*, std::int64_t, std::int64_t, double*, bool);

}  // namespace cinta
