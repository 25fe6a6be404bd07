// What losses ask of their arguments, in the sentences that users read. For framework/nn's losses alone.
#pragma once

#include <cinta/framework/core/arg.hpp>

namespace cinta::detail {

/// Throws `ShapeError` unless prediction and target have one shape of at least one axis.
void check_same_shape(const char* loss, const char* prediction_name, const Arg& prediction, const Arg& target);
/// Throws `ShapeError` for a number, `ValueError` for a tensor without values.
const Tensor& checked_tensor(const char* loss, const Arg& arg);
/// Throws `ValueError` unless low ≤ value ≤ high (NaN is not).
void check_option(const char* loss, const char* option, double value, double low, double high, Where where);
/// Throws `InvalidTarget`, with row and value, for an element outside [0, 1] or NaN.
void check_unit_interval(const char* loss, const char* what, const Tensor& target, Where where);
/// The class weights in the dtype of the logits. Throws `ShapeError` unless they are [classes], `ValueError` for a
/// negative, infinite or NaN one.
Tensor checked_class_weights(const char* loss, const Tensor& weights, std::int64_t classes, Dtype dtype, Where where);

}  // namespace cinta::detail
