// One strided copy, on which every op that only moves data stands. For the tape (broadcasts) and `ops/layout`.
#pragma once

#include <cinta/framework/core/tensor.hpp>

namespace cinta {

/// Distances between neighbours of each axis, in elements.
struct Strides {
  std::int64_t of[Shape::max_rank] = {};
  std::int64_t& operator[](int axis) { return of[axis]; }
  std::int64_t operator[](int axis) const { return of[axis]; }
};

/// The strides of a contiguous tensor.
Strides strides_of(const Shape& shape);
/// Those with which a tensor of shape `from` is read as `to`, which it broadcasts to: 0 along repeated axes.
Strides broadcast_strides(const Shape& from, const Shape& to);

/// to[Σ iₖ·to_strides[k]] = from[Σ iₖ·from_strides[k]] for every index i of `shape`; elements of 1, 4 or 8 bytes.
/// The two do not overlap, and no two indices write the same element.
void strided_copy(const Shape& shape, std::size_t element_size, const void* from, const Strides& from_strides, void* to,
                  const Strides& to_strides);

}  // namespace cinta
