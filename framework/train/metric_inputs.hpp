// What metrics ask of their arguments, in the sentences that users read. For framework/train's metrics alone.
#pragma once

#include <cinta/framework/core/arg.hpp>

#include <vector>

namespace cinta::detail {

using Numbers = std::vector<double>;

/// [n] or [n, 1], n ≥ 1, as f64; `what` is "label", "target", … Throws `ShapeError`, `ValueError` for n = 0 and, unless
/// `what` is "target" (`InvalidTarget`), for NaN.
Numbers one_a_row(const char* metric, const char* what, const Arg& arg);
/// The same, of finite whole numbers.
Numbers whole_numbers(const char* metric, const char* what, const Arg& arg);
/// Throws `ShapeError` unless there are as many targets as rows.
void check_as_many(const char* metric, const char* what, std::int64_t rows, std::int64_t targets, Where where);
/// Throws `InvalidTarget`, or `ValueError` for labels, for an element that is not in [0, classes); `hint` ends the
/// sentence.
void check_classes(const char* metric, const char* what, const Numbers& labels, std::int64_t classes, Where where,
                   const char* hint = "");
/// A weight for each row, 1 when `weights` is undefined. Throws `ShapeError` unless [n] or [n, 1], `ValueError` unless
/// finite, not negative and not all zero.
Numbers checked_weights(const char* metric, const Tensor& weights, std::int64_t rows, Where where);

/// Scores or probabilities [rows, columns]; [n] has one column.
struct Columns {
  Numbers values;
  std::int64_t rows = 0, columns = 1;

  double operator()(std::int64_t row, std::int64_t column) const {
    return values[static_cast<std::size_t>(row * columns + column)];
  }
};
/// [n] or [n, k] without NaN.
Columns scores_of(const char* metric, const char* what, const Arg& arg);
/// The same, in [0, 1], and with rows that sum to 1 within 0.001 when k ≥ 2.
Columns probabilities_of(const char* metric, const Arg& arg);
/// The targets of such: 0 or 1 for one column, else in [0, k).
Numbers class_targets(const char* metric, const Columns& predictions, const Arg& targets);

/// Finite predictions and targets of one shape, [n, …], where [n] and [n, 1] are the same.
struct Regression {
  Numbers predictions, targets, weights;
  std::int64_t rows, outputs;
};
Regression regression_of(const char* metric, const Arg& predictions, const Arg& targets, const Tensor& weights);

}  // namespace cinta::detail
