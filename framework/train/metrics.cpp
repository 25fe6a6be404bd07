#include <cinta/framework/train/metrics.hpp>

#include <cinta/framework/train/metric_inputs.hpp>
#include <cinta/ops/ops.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace cinta {

using detail::Columns;
using detail::Numbers;

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

// Σ w·f(row) / Σ w, in order of the rows.
template <class F> double weighted_mean(const Numbers& weights, F&& f) {
  double sum = 0, total = 0;
  for (std::size_t row = 0; row < weights.size(); ++row) {
    sum += weights[row] * f(row);
    total += weights[row];
  }
  return sum / total;
}

Numbers classes_of(const Columns& probabilities, double threshold) {
  Numbers classes(static_cast<std::size_t>(probabilities.rows));
  const std::int64_t k = probabilities.columns;
  for (std::size_t row = 0; row < classes.size(); ++row) {
    const double* p = &probabilities.values[row * static_cast<std::size_t>(k)];
    classes[row] = k == 1 ? (*p >= threshold ? 1 : 0) : static_cast<double>(std::max_element(p, p + k) - p);
  }
  return classes;
}

double share_of_hits(const Numbers& labels, const Numbers& targets, const Numbers& weights) {
  return weighted_mean(weights, [&](std::size_t row) { return labels[row] == targets[row] ? 1.0 : 0.0; });
}

// A class's rows: called so and so, called so, so.
struct Tally {
  double hits = 0, labels = 0, targets = 0;
};
double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }
double precision_of(const Tally& t) { return ratio(t.hits, t.labels); }
double recall_of(const Tally& t) { return ratio(t.hits, t.targets); }
double f1_of(const Tally& t) { return ratio(2 * t.hits, t.labels + t.targets); }

double averaged(const Numbers& labels, const Numbers& targets, Average average, double (*figure)(const Tally&)) {
  std::map<double, Tally> tallies;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    ++tallies[labels[row]].labels;
    ++tallies[targets[row]].targets;
    if (labels[row] == targets[row]) ++tallies[labels[row]].hits;
  }
  if (average == Average::binary) return figure(tallies[1]);
  double sum = 0, total = 0;
  for (const auto& [label, tally] : tallies) {
    const double weight = average == Average::macro ? 1 : tally.targets;
    sum += weight * figure(tally);
    total += weight;
  }
  return sum / total;
}

struct Labelled {
  Numbers labels, targets;
};
Labelled labelled(const char* metric, const Arg& labels, const Arg& targets) {
  Labelled rows{detail::whole_numbers(metric, "label", labels), detail::whole_numbers(metric, "target", targets)};
  detail::check_as_many(metric, "label", static_cast<std::int64_t>(rows.labels.size()),
                        static_cast<std::int64_t>(rows.targets.size()), labels.where());
  return rows;
}

double checked_average(const char* metric, const Arg& labels, const Arg& targets, Average average,
                       double (*figure)(const Tally&)) {
  const Labelled rows = labelled(metric, labels, targets);
  if (average == Average::binary) {
    constexpr auto hint = "; for several classes pass Average::macro or Average::weighted";
    detail::check_classes(metric, "label", rows.labels, 2, labels.where(), hint);
    detail::check_classes(metric, "target", rows.targets, 2, targets.where(), hint);
  }
  return averaged(rows.labels, rows.targets, average, figure);
}

// The area for one column against one class: in ascending order of scores, each positive has won against the negatives
// before it, and half against those of its own score.
double area(const Columns& scores, std::int64_t column, const Numbers& targets, double positive,
            const Numbers& weights) {
  std::vector<std::size_t> order(targets.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto score = [&](std::size_t row) { return scores(static_cast<std::int64_t>(row), column); };
  // Equal scores stay in order of their rows, so that the sums have one order everywhere.
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return score(a) < score(b); });
  double won = 0, positives = 0, negatives = 0;
  for (std::size_t begin = 0; begin < order.size();) {
    double tied_positives = 0, tied_negatives = 0;
    std::size_t end = begin;
    for (; end < order.size() && score(order[end]) == score(order[begin]); ++end)
      (targets[order[end]] == positive ? tied_positives : tied_negatives) += weights[order[end]];
    won += tied_positives * (negatives + tied_negatives / 2);
    positives += tied_positives;
    negatives += tied_negatives;
    begin = end;
  }
  return positives > 0 && negatives > 0 ? won / (positives * negatives) : undefined;
}

double mean_area(const Columns& scores, const Numbers& targets, const Numbers& weights) {
  if (scores.columns == 1) return area(scores, 0, targets, 1, weights);
  double sum = 0;  // a class without rows makes it NaN
  for (std::int64_t c = 0; c < scores.columns; ++c) sum += area(scores, c, targets, static_cast<double>(c), weights);
  return sum / static_cast<double>(scores.columns);
}

double mean_log_loss(const Columns& probabilities, double epsilon, const Numbers& targets, const Numbers& weights) {
  const auto clipped = [&](double p) { return std::clamp(p, epsilon, 1 - epsilon); };
  Tensor of_truth = empty({probabilities.rows}, f64);
  double* p = of_truth.mutable_data<double>();
  for (std::int64_t row = 0; row < probabilities.rows; ++row) {
    const double target = targets[static_cast<std::size_t>(row)];
    if (probabilities.columns == 1) {
      const double one = probabilities(row, 0);
      p[row] = clipped(target == 1 ? one : 1 - one);
      continue;
    }
    double sum = 0;
    for (std::int64_t c = 0; c < probabilities.columns; ++c) sum += clipped(probabilities(row, c));
    p[row] = clipped(probabilities(row, static_cast<std::int64_t>(target))) / sum;
  }
  const Tensor logs = log(of_truth);  // the op's bits do not vary with the machine's libm
  return -weighted_mean(weights, [&](std::size_t row) { return logs.data<double>()[row]; });
}

double mean_brier(const Columns& probabilities, const Numbers& targets, const Numbers& weights) {
  return weighted_mean(weights, [&](std::size_t i) {
    const auto row = static_cast<std::int64_t>(i);
    if (probabilities.columns == 1) return (probabilities(row, 0) - targets[i]) * (probabilities(row, 0) - targets[i]);
    double sum = 0;
    for (std::int64_t c = 0; c < probabilities.columns; ++c) {
      const double d = probabilities(row, c) - (static_cast<double>(c) == targets[i] ? 1 : 0);
      sum += d * d;
    }
    return sum;
  });
}

double epsilon_of(const Arg& probabilities) { return probabilities.tensor()->dtype() == f64 ? 0x1p-52 : 0x1p-23; }

template <class F> double mean_error(const detail::Regression& r, F&& error) {
  return weighted_mean(r.weights, [&](std::size_t row) {
    double sum = 0;
    const auto outputs = static_cast<std::size_t>(r.outputs);
    for (std::size_t i = row * outputs; i < (row + 1) * outputs; ++i) sum += error(r.predictions[i] - r.targets[i]);
    return sum / static_cast<double>(r.outputs);
  });
}
double root_mean_square(const detail::Regression& r) {
  return std::sqrt(mean_error(r, [](double d) { return d * d; }));
}
double mean_absolute(const detail::Regression& r) {
  return mean_error(r, [](double d) { return std::abs(d); });
}

// Whether a target varies is asked of its values: the rounding of the mean would give a constant 0.1 a variance.
double explained(const detail::Regression& r, std::size_t output) {
  const auto at = [&](const Numbers& values, std::size_t row) {
    return values[row * static_cast<std::size_t>(r.outputs) + output];
  };
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (std::size_t row = 0; row < r.weights.size(); ++row) {
    if (r.weights[row] == 0) continue;
    low = std::min(low, at(r.targets, row));
    high = std::max(high, at(r.targets, row));
  }
  if (low == high) return undefined;
  const double mean = weighted_mean(r.weights, [&](std::size_t row) { return at(r.targets, row); });
  const double total = weighted_mean(
      r.weights, [&](std::size_t row) { return (at(r.targets, row) - mean) * (at(r.targets, row) - mean); });
  const double rest = weighted_mean(r.weights, [&](std::size_t row) {
    const double d = at(r.predictions, row) - at(r.targets, row);
    return d * d;
  });
  return 1 - rest / total;
}
double mean_explained(const detail::Regression& r) {
  double sum = 0;
  for (std::int64_t output = 0; output < r.outputs; ++output) sum += explained(r, static_cast<std::size_t>(output));
  return sum / static_cast<double>(r.outputs);
}

}  // namespace

Tensor predicted_classes(const Arg& probabilities, double threshold) {
  if (!(threshold >= 0 && threshold <= 1))
    throw ValueError(probabilities.where(),
                     fmt::format("predicted_classes: the threshold is {}, not in [0, 1]", threshold));
  const Numbers classes = classes_of(detail::probabilities_of("predicted_classes", probabilities), threshold);
  Tensor result = empty({static_cast<std::int64_t>(classes.size())}, i32);
  std::transform(classes.begin(), classes.end(), result.mutable_data<std::int32_t>(),
                 [](double c) { return static_cast<std::int32_t>(c); });
  return result;
}

double accuracy(const Arg& labels, const Arg& targets, const Tensor& weights) {
  const Labelled rows = labelled("accuracy", labels, targets);
  return share_of_hits(
      rows.labels, rows.targets,
      detail::checked_weights("accuracy", weights, static_cast<std::int64_t>(rows.labels.size()), labels.where()));
}

double precision(const Arg& labels, const Arg& targets, Average average) {
  return checked_average("precision", labels, targets, average, precision_of);
}
double recall(const Arg& labels, const Arg& targets, Average average) {
  return checked_average("recall", labels, targets, average, recall_of);
}
double f1(const Arg& labels, const Arg& targets, Average average) {
  return checked_average("f1", labels, targets, average, f1_of);
}

double roc_auc(const Arg& scores, const Arg& targets, const Tensor& weights) {
  const Columns s = detail::scores_of("roc_auc", "score", scores);
  const Numbers t = detail::class_targets("roc_auc", s, targets);
  return mean_area(s, t, detail::checked_weights("roc_auc", weights, s.rows, scores.where()));
}

double log_loss(const Arg& probabilities, const Arg& targets, const Tensor& weights) {
  const Columns p = detail::probabilities_of("log_loss", probabilities);
  const Numbers t = detail::class_targets("log_loss", p, targets);
  return mean_log_loss(p, epsilon_of(probabilities), t,
                       detail::checked_weights("log_loss", weights, p.rows, probabilities.where()));
}

double brier(const Arg& probabilities, const Arg& targets, const Tensor& weights) {
  const Columns p = detail::probabilities_of("brier", probabilities);
  const Numbers t = detail::class_targets("brier", p, targets);
  return mean_brier(p, t, detail::checked_weights("brier", weights, p.rows, probabilities.where()));
}

double rmse(const Arg& predictions, const Arg& targets, const Tensor& weights) {
  return root_mean_square(detail::regression_of("rmse", predictions, targets, weights));
}
double mae(const Arg& predictions, const Arg& targets, const Tensor& weights) {
  return mean_absolute(detail::regression_of("mae", predictions, targets, weights));
}
double r2(const Arg& predictions, const Arg& targets, const Tensor& weights) {
  return mean_explained(detail::regression_of("r2", predictions, targets, weights));
}

ConfusionMatrix confusion_matrix(const Arg& labels, const Arg& targets, std::int64_t classes) {
  constexpr std::int64_t most = 10'000;
  const Labelled rows = labelled("confusion_matrix", labels, targets);
  if (classes == 0) {
    const double largest = std::max(*std::max_element(rows.labels.begin(), rows.labels.end()),
                                    *std::max_element(rows.targets.begin(), rows.targets.end()));
    classes = static_cast<std::int64_t>(std::clamp(largest + 1, 1.0, 1e15));
  }
  if (classes < 1 || classes > most)
    throw ValueError(labels.where(),
                     fmt::format("confusion_matrix: {} classes are asked for, not 1 to {}", classes, most));
  detail::check_classes("confusion_matrix", "label", rows.labels, classes, labels.where());
  detail::check_classes("confusion_matrix", "target", rows.targets, classes, targets.where());
  ConfusionMatrix matrix{classes, std::vector<std::int64_t>(static_cast<std::size_t>(classes * classes))};
  for (std::size_t row = 0; row < rows.labels.size(); ++row)
    ++matrix.counts[static_cast<std::size_t>(rows.targets[row]) * static_cast<std::size_t>(classes) +
                    static_cast<std::size_t>(rows.labels[row])];
  return matrix;
}

Metrics classification_metrics(const Arg& probabilities, const Arg& targets) {
  constexpr auto name = "classification_metrics";
  const Columns p = detail::probabilities_of(name, probabilities);
  const Numbers t = detail::class_targets(name, p, targets), labels = classes_of(p, 0.5), weights(t.size(), 1.0);
  Metrics m{{{"accuracy", share_of_hits(labels, t, weights)}}};
  const auto add = [&](const char* metric, double value) { m.values.emplace_back(metric, value); };
  const bool binary = p.columns == 1;
  const Average average = binary ? Average::binary : Average::macro;
  add(binary ? "precision" : "precision_macro", averaged(labels, t, average, precision_of));
  add(binary ? "recall" : "recall_macro", averaged(labels, t, average, recall_of));
  add(binary ? "f1" : "f1_macro", averaged(labels, t, average, f1_of));
  if (!binary) add("f1_weighted", averaged(labels, t, Average::weighted, f1_of));
  add(binary ? "roc_auc" : "roc_auc_ovr", mean_area(p, t, weights));
  add("log_loss", mean_log_loss(p, epsilon_of(probabilities), t, weights));
  add("brier", mean_brier(p, t, weights));
  return m;
}

Metrics regression_metrics(const Arg& predictions, const Arg& targets) {
  const detail::Regression r = detail::regression_of("regression_metrics", predictions, targets, {});
  return {{{"rmse", root_mean_square(r)}, {"mae", mean_absolute(r)}, {"r2", mean_explained(r)}}};
}

}  // namespace cinta
