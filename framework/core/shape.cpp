#include <cinta/framework/core/shape.hpp>

#include <fmt/format.h>

namespace cinta {

Shape::Shape(std::initializer_list<std::int64_t> sizes, Where where)
    : Shape(std::span<const std::int64_t>(sizes.begin(), sizes.size()), where) {}

Shape::Shape(std::span<const std::int64_t> sizes, Where where) {
  if (sizes.size() > max_rank)
    throw ShapeError(where, fmt::format("a shape has at most {} axes, not {}", max_rank, sizes.size()));
  std::int64_t product = 1;
  for (const std::int64_t size : sizes) {
    if (size < 0) throw ShapeError(where, fmt::format("a size of an axis is negative: {}", size));
    if (size > 0 && (__builtin_mul_overflow(product, size, &product) || product > std::int64_t{1} << 62))
      throw ShapeError(where, fmt::format("a shape of [{}] has too many elements", fmt::join(sizes, ", ")));
    push_back(size);
  }
}

void Shape::push_back(std::int64_t size) {
  if (rank_ == max_rank) throw ShapeError(fmt::format("a shape has at most {} axes", max_rank));
  sizes_[rank_++] = size;
}

std::string to_string(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape.begin(), shape.end(), ", ")); }

Shape broadcast_shapes(const Shape& a, const Shape& b, const char* op, Where where) {
  const Shape& longer = a.rank() >= b.rank() ? a : b;
  const Shape& shorter = a.rank() >= b.rank() ? b : a;
  Shape result = longer;
  const int offset = longer.rank() - shorter.rank();
  for (int i = 0; i < shorter.rank(); ++i) {
    std::int64_t& size = result[i + offset];
    if (size == 1) size = shorter[i];
    else if (shorter[i] != 1 && shorter[i] != size)
      throw ShapeError(where, fmt::format("{}: the shapes {} and {} do not broadcast: {} against {} in axis {}", op,
                                          to_string(a), to_string(b), size, shorter[i], i + offset));
  }
  return result;
}

int normalize_axis(int axis, int rank, const char* op, Where where) {
  if (axis < -rank || axis >= rank)
    throw ShapeError(where, fmt::format("{}: there is no axis {} in a tensor of rank {}", op, axis, rank));
  return axis < 0 ? axis + rank : axis;
}

}  // namespace cinta
