// Whole numbers rise to the float they meet: for ops that compute in f32 or f64 alone. Used by the matrix products.
#pragma once

#include <cinta/framework/core/arg.hpp>

#include <initializer_list>

namespace cinta {

/// The float type of the operands that have one. Throws `DtypeError` where none has, and where f32 meets f64.
Dtype float_among(std::initializer_list<Dtype> operands, const char* op, Where where);

/// The operand in this type: itself, or a constant kept in `made`.
Arg risen(const Arg& operand, Dtype dtype, Tensor& made);

}  // namespace cinta
