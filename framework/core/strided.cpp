#include <cinta/framework/core/strided.hpp>

#include <cinta/framework/core/parallel.hpp>

#include <algorithm>
#include <cstring>

namespace cinta {
namespace {

// Axes of size 1 dropped and neighbours that step evenly in both operands merged; outermost first.
struct Loop {
  int rank = 0;
  std::int64_t size[Shape::max_rank], from[Shape::max_rank], to[Shape::max_rank];
};

Loop merge(const Shape& shape, const Strides& from, const Strides& to) {
  Loop loop;
  for (int a = 0; a < shape.rank(); ++a) {
    if (shape[a] == 1) continue;
    const int last = loop.rank - 1;
    if (last >= 0 && loop.from[last] == from[a] * shape[a] && loop.to[last] == to[a] * shape[a]) {
      loop.size[last] *= shape[a];
      loop.from[last] = from[a];
      loop.to[last] = to[a];
    } else {
      loop.size[loop.rank] = shape[a];
      loop.from[loop.rank] = from[a];
      loop.to[loop.rank++] = to[a];
    }
  }
  if (loop.rank == 0) {
    loop.size[0] = 1;
    loop.from[0] = loop.to[0] = 1;
    loop.rank = 1;
  }
  return loop;
}

constexpr std::int64_t tile = 16;

// The two innermost axes in square tiles, so that a transpose touches each cache line of both sides once.
template <class T> void copy_plane(const T* from, T* to, std::int64_t rows, std::int64_t fr, std::int64_t tr,
                                   std::int64_t n, std::int64_t fc, std::int64_t tc) {
  if (fc == 1 && tc == 1) {
    for (std::int64_t r = 0; r < rows; ++r)
      std::memcpy(to + r * tr, from + r * fr, static_cast<std::size_t>(n) * sizeof(T));
    return;
  }
  if (fc == 0 && tc == 1) {
    for (std::int64_t r = 0; r < rows; ++r) std::fill_n(to + r * tr, n, from[r * fr]);
    return;
  }
  for (std::int64_t r0 = 0; r0 < rows; r0 += tile)
    for (std::int64_t c0 = 0; c0 < n; c0 += tile) {
      const std::int64_t r1 = std::min(rows, r0 + tile), c1 = std::min(n, c0 + tile);
      for (std::int64_t r = r0; r < r1; ++r)
        for (std::int64_t c = c0; c < c1; ++c) to[r * tr + c * tc] = from[r * fr + c * fc];
    }
}

template <class T> void copy(const Loop& loop, const T* from, T* to) {
  // The plane pairs the innermost axis with the one that `from` runs along, so that a transpose is one plane.
  int row = loop.rank - 2;
  const int column = loop.rank - 1;
  if (loop.from[column] != 1)
    for (int a = 0; a < column; ++a)
      if (loop.from[a] == 1) row = a;
  const std::int64_t rows = row < 0 ? 1 : loop.size[row];
  const std::int64_t fr = row < 0 ? 0 : loop.from[row], tr = row < 0 ? 0 : loop.to[row];
  std::int64_t planes = 1;
  for (int a = 0; a < column; ++a)
    if (a != row) planes *= loop.size[a];
  const std::int64_t n = loop.size[column];
  const std::int64_t plane_grain = std::max<std::int64_t>(1, (1 << 16) / std::max<std::int64_t>(1, rows * n));
  parallel_chunks(planes, plane_grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t p = begin; p < end; ++p) {
      std::int64_t rest = p, f = 0, t = 0;
      for (int a = column - 1; a >= 0; --a) {
        if (a == row) continue;
        f += rest % loop.size[a] * loop.from[a];
        t += rest % loop.size[a] * loop.to[a];
        rest /= loop.size[a];
      }
      const std::int64_t row_grain =
          std::max(tile, ((1 << 16) / std::max<std::int64_t>(1, n) + tile - 1) / tile * tile);
      parallel_chunks(rows, row_grain, [&](std::int64_t r0, std::int64_t r1) {
        copy_plane(from + f + r0 * fr, to + t + r0 * tr, r1 - r0, fr, tr, n, loop.from[column], loop.to[column]);
      });
    }
  });
}

}  // namespace

Strides strides_of(const Shape& shape) {
  Strides strides;
  std::int64_t step = 1;
  for (int a = shape.rank() - 1; a >= 0; --a) {
    strides[a] = step;
    step *= shape[a];
  }
  return strides;
}

Strides broadcast_strides(const Shape& from, const Shape& to) {
  const Strides own = strides_of(from);
  Strides strides;
  const int offset = to.rank() - from.rank();
  for (int a = 0; a < from.rank(); ++a) strides[a + offset] = from[a] == 1 ? 0 : own[a];
  return strides;
}

void strided_copy(const Shape& shape, std::size_t element_size, const void* from, const Strides& from_strides, void* to,
                  const Strides& to_strides) {
  if (shape.size() == 0) return;
  const Loop loop = merge(shape, from_strides, to_strides);
  switch (element_size) {
    case 1:
      return copy(loop, static_cast<const std::uint8_t*>(from), static_cast<std::uint8_t*>(to));
    case 4:
      return copy(loop, static_cast<const std::uint32_t*>(from), static_cast<std::uint32_t*>(to));
    default:
      return copy(loop, static_cast<const std::uint64_t*>(from), static_cast<std::uint64_t*>(to));
  }
}

}  // namespace cinta
