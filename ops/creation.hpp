// The sizes that a user asks a tensor of, which may be any. For the ops that make tensors.
#pragma once

#include <cinta/framework/core/dtype.hpp>
#include <cinta/framework/core/shape.hpp>

namespace cinta {

/// Throws `ShapeError`, which names the op, for more bytes than this machine has memory and swap together: no such
/// tensor can ever be. Below that a lack of memory is `std::bad_alloc`, as everywhere.
void check_memory_for(const Shape& shape, Dtype dtype, const char* op, Where where);

}  // namespace cinta
