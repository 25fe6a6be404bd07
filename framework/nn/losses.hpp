// Losses: small structs whose fields are their options, and what they return. A light header, for everybody.
//
// A loss takes a prediction and a target and gives one value per example: `mean(CrossEntropy{}(net(x), y))`. All errors
// name the line of the call. A loss of your own is a struct like these, or any function that returns a `PerExample` or
// a tensor of shape [n].
#pragma once

#include <cinta/ops/ops.hpp>

#include <cstdint>

namespace cinta {

/// What a loss gives: one value l for each example, and how much it counts.
struct PerExample {
  Tensor value = {};   // l, shape [n]
  Tensor weight = {};  // w ≥ 0, shape [n]; undefined: 1 for each
};

/// Σ w·l, a scalar.
Tensor sum(const PerExample& loss, Where where = Where::here());
/// Σ w·l / Σ w, a scalar; NaN when every weight is 0 (every target ignored), as PyTorch's.
Tensor mean(const PerExample& loss, Where where = Where::here());
/// The scalar added to every value: a penalty, `CrossEntropy{}(net(x), y) + l2(net, 1e-4)`.
PerExample operator+(const PerExample& loss, const Arg& scalar);
/// Every value times the factor, which is one for all; the weights stay.
PerExample operator*(const PerExample& loss, const Arg& factor);
/// The same losses with their weights times `weight`, shape [n], elements ≥ 0: how much each example counts.
PerExample weighted(const PerExample& loss, const Arg& weight);

// --- regression
// -------------------------------------------------------------------------------------------------------------
// Prediction and target have one shape, [n] or [n, outputs…]; the value of an example is the mean over its outputs.
// i32 and u8 targets rise to the prediction's type. Throw `ShapeError` when the shapes differ in any way: nothing
// broadcasts.

/// l = mean (ŷ − y)².
struct MeanSquaredError {
  static constexpr auto name = "mean_squared_error";
  PerExample operator()(const Arg& prediction, const Arg& target) const;
};

/// l = mean |ŷ − y|, with derivative 0 where they are equal.
struct MeanAbsoluteError {
  static constexpr auto name = "mean_absolute_error";
  PerExample operator()(const Arg& prediction, const Arg& target) const;
};

/// l = mean h(ŷ − y), h(d) = ½ d² where |d| ≤ δ, else δ (|d| − ½ δ): δ times PyTorch's SmoothL1. Throws `ValueError`
/// unless δ > 0. Huber, "Robust estimation of a location parameter", Ann. Math. Statist. 35 (1964).
struct Huber {
  double delta = 1;  ///< δ, where it becomes linear
  static constexpr auto name = "huber";
  PerExample operator()(const Arg& prediction, const Arg& target) const;
};

// --- classification
// --------------------------------------------------------------------------------------------------------- These take
// logits, not probabilities, and stay finite for any finite logit.

/// For two classes, with p = σ(logit): l = −(c · y log p + (1 − y) log(1 − p)), c = `positive_weight` (PyTorch's
/// pos_weight).
///
/// Logits [n, 1] or [n] and a target y in [0, 1] of the same shape; with [n, k], k yes/no answers for each example, of
/// which the mean is taken. Label smoothing ε makes y into y (1 − ε) + ½ ε. Class weights (w₀, w₁), shape [2], weigh an
/// example by w₀ (1 − y) + w₁ y: `mean` divides by their sum, while `positive_weight` only scales the value. Throws
/// `InvalidTarget` for a target outside [0, 1] or NaN, `ShapeError`, and `ValueError` for options out of range.
struct BinaryCrossEntropy {
  double label_smoothing = 0;
  double positive_weight = 1;  ///< c, which scales the value of positive examples
  Tensor class_weights = {};   ///< [2], elements ≥ 0; undefined: 1 for each
  static constexpr auto name = "binary_cross_entropy";
  PerExample operator()(const Arg& logits, const Arg& target) const;
};

/// For k classes: l = −log softmax(logits)[y].
///
/// Logits [n, k]; the target is the class of each row, i32 or u8 of shape [n] or [n, 1], or probabilities, floats of
/// shape [n, k]. Everything is PyTorch's under `mean`:
/// - class indices, with class weights w and label smoothing ε: Σ ((1 − ε) w_y l_y + ε/k Σ_c w_c l_c) / Σ w_y, l_c =
/// −log pᶜ;
///   rows whose target is `ignore_index` have value and weight 0;
/// - probabilities t: l = Σ_c w_c t'_c l_c, t' = t (1 − ε) + ε/k, divided by n: w is no weight of an example here.
/// Logits of −∞ where a probability, or ε, is 0 give NaN (0·∞).
/// Throws `InvalidTarget` for a class outside [0, k), or a probability outside [0, 1] or NaN; `ShapeError`;
/// `ValueError` for options out of range. Label smoothing: Szegedy et al. 2015, arXiv:1512.00567.
struct CrossEntropy {
  double label_smoothing = 0;
  Tensor class_weights = {};         ///< [k], elements ≥ 0; undefined: 1 for each
  std::int64_t ignore_index = -100;  ///< a target that counts nothing
  static constexpr auto name = "cross_entropy";
  PerExample operator()(const Arg& logits, const Arg& target) const;
};

}  // namespace cinta
