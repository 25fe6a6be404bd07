// Metrics: how good predictions are, for people to read; nothing here is differentiated. A light header, for everybody.
//
// Everywhere: the first argument is what was predicted, the second what is true; n rows, [n] and [n, 1] mean the same;
// any dtype, computed in f64, in order of the rows. `weights` [n] count a row w times (finite, not negative, not all
// zero). Errors: `ShapeError` for shapes that do not fit, `ValueError` for no rows, bad weights, and predictions that
// are NaN or out of range, `InvalidTarget` for such targets; each names the row.
#pragma once

#include <cinta/framework/core/arg.hpp>

#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cinta {

/// The class of each row, i32 [n]: for probabilities [n] or [n, 1] whether p ≥ threshold (so 0.5 itself is class 1),
/// for [n, k] the largest (of equal ones the first).
Tensor predicted_classes(const Arg& probabilities, double threshold = 0.5);

/// The share of rows whose label is the target. Labels are whole numbers; take `predicted_classes` of probabilities.
double accuracy(const Arg& labels, const Arg& targets, const Tensor& weights = {});

/// How often each class was taken for each: rows are true classes, columns predicted ones.
struct ConfusionMatrix {
  std::int64_t classes = 0;          ///< their number
  std::vector<std::int64_t> counts;  ///< [classes × classes], row-major

  /// How often `truth` was taken for `predicted`.
  std::int64_t operator()(std::int64_t truth, std::int64_t predicted) const {
    return counts[static_cast<std::size_t>(truth * classes + predicted)];
  }
};
/// Labels and targets are in [0, classes); 0 classes stand for one more than the largest of them. At most 10,000.
ConfusionMatrix confusion_matrix(const Arg& labels, const Arg& targets, std::int64_t classes = 0);
/// A table with a heading, under the classes' names if there are any (as many as classes, else `ValueError`).
std::string to_string(const ConfusionMatrix& matrix, const std::vector<std::string>& names = {});
/// As `to_string`.
std::ostream& operator<<(std::ostream& out, const ConfusionMatrix& matrix);

/// How the figures of classes become one.
enum class Average {
  binary,    // that of class 1; labels and targets are 0 or 1
  macro,     // the mean over the classes that labels or targets have
  weighted,  // the same, each class weighted by its number of targets
};
/// TP / (TP + FP): the share of the rows called positive that are. 0 where none was called so, as in scikit-learn.
double precision(const Arg& labels, const Arg& targets, Average average = Average::binary);
/// TP / (TP + FN): the share of the positive rows that were found. 0 where there is none.
double recall(const Arg& labels, const Arg& targets, Average average = Average::binary);
/// 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall. 0 where both are.
/// Macro: the mean of the classes' F1 (not the F1 of mean precision and recall).
double f1(const Arg& labels, const Arg& targets, Average average = Average::binary);

/// The area under the ROC curve: the probability that a positive row scores higher than a negative one, ties counting ½
/// (Mann–Whitney's U divided by the number of pairs). Scores are any numbers but NaN: probabilities or logits. O(n log
/// n). Scores [n, k] with class indices as targets: the mean over classes of each against the rest (scikit-learn's
/// "ovr", "macro"). NaN, for undefined, when the targets are all of one class, or lack one of the k. Hanley and McNeil,
/// "The meaning and use of the area under a ROC curve", Radiology 143 (1982).
double roc_auc(const Arg& scores, const Arg& targets, const Tensor& weights = {});

/// The mean of −log p(true class), for probabilities of class 1 [n] with targets 0 or 1, or [n, k] with class indices.
/// As in scikit-learn 1.2, probabilities are clipped to [ε, 1 − ε], ε the epsilon of their dtype (2⁻²³, 2⁻⁵²), and a
/// row is divided by its sum; rows of [n, k] must sum to 1 within 0.001 (`ValueError`: logits or independent sigmoids
/// do not).
double log_loss(const Arg& probabilities, const Arg& targets, const Tensor& weights = {});

/// The mean of (p − y)²; for [n, k] of Σ over classes (p_c − 1[c is true])², in [0, 2], so that two columns give twice
/// the binary figure. Rows as for `log_loss`. Brier, Monthly Weather Review 78 (1950).
double brier(const Arg& probabilities, const Arg& targets, const Tensor& weights = {});

/// √ of the mean of (ŷ − y)², over all elements of [n, …].
double rmse(const Arg& predictions, const Arg& targets, const Tensor& weights = {});
/// The mean of |ŷ − y|, over all elements of [n, …].
double mae(const Arg& predictions, const Arg& targets, const Tensor& weights = {});
/// 1 − Σ (ŷ − y)² / Σ (y − ȳ)²: 1 is perfect, 0 as good as the mean, negative worse; for several outputs the mean of
/// theirs. NaN, for undefined, when a target does not vary (scikit-learn says 1 or 0).
double r2(const Arg& predictions, const Arg& targets, const Tensor& weights = {});

/// Figures with their names, in the order in which they are shown.
struct Metrics {
  std::vector<std::pair<std::string, double>> values;  ///< name and value

  /// Throws `ValueError`, with the nearest name, for one that is not there.
  double at(std::string_view name, Where where = Where::here()) const;
  /// The first figure.
  auto begin() const { return values.begin(); }
  /// The end.
  auto end() const { return values.end(); }
  /// How many figures there are.
  std::size_t size() const { return values.size(); }
};
/// A line for each: name and value, "-" for an undefined one.
std::string to_string(const Metrics& metrics);
/// As `to_string`.
std::ostream& operator<<(std::ostream& out, const Metrics& metrics);

/// Probabilities of class 1, [n] or [n, 1], with targets 0 or 1: accuracy, precision, recall, f1 (at the threshold 0.5,
/// ≥ is positive), roc_auc, log_loss, brier. Probabilities [n, k], k ≥ 2, with class indices: accuracy,
/// precision_macro, recall_macro, f1_macro, f1_weighted, roc_auc_ovr, log_loss, brier.
Metrics classification_metrics(const Arg& probabilities, const Arg& targets);
/// rmse, mae, r2.
Metrics regression_metrics(const Arg& predictions, const Arg& targets);

}  // namespace cinta
