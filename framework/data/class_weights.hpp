// Weights that let rare classes count as much as common ones. A light header, for everybody.
#pragma once

#include <cinta/framework/core/size.hpp>
#include <cinta/framework/core/tensor.hpp>

namespace cinta {

/// w_c = n / (k n_c), shape [k], for n rows of which n_c are of class c: every class weighs n / k in all. The weight of
/// a class without rows is 1. For `CrossEntropy::class_weights` and, with k = 2, `BinaryCrossEntropy::class_weights`.
///
/// Targets are class indices, [n] or [n, 1], of any dtype. Throws `InvalidTarget` for one that is no whole number in
/// [0, k), `ValueError` for fewer than two classes. King and Zeng, "Logistic regression in rare events data", Political
/// Analysis 9 (2001); scikit-learn's "balanced".
Tensor balanced_class_weights(const Tensor& targets, Size classes, Dtype dtype = f32, Where where = Where::here());

}  // namespace cinta
