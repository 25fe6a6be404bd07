#include <cinta/framework/train/metric_inputs.hpp>

#include <cinta/framework/core/op.hpp>

#include <fmt/format.h>

#include <cmath>
#include <string_view>

namespace cinta::detail {
namespace {

// What is wrong with a target is told as an InvalidTarget, with anything else as a ValueError.
[[noreturn]] void refuse(Where where, const char* what, const std::string& sentence) {
  if (std::string_view(what) == "target") throw InvalidTarget(where, sentence);
  throw ValueError(where, sentence);
}

const Tensor& checked_rows(const char* metric, const char* what, const Arg& arg) {
  const Tensor& x = values_of(arg, metric);
  if (x.rank() == 0)
    throw ShapeError(arg.where(), fmt::format("{}: the {} is a scalar: its first axis must be the rows", metric, what));
  if (x.size() == 0)
    throw ValueError(arg.where(),
                     fmt::format("{}: there is no {}: the shape is {}", metric, what, to_string(x.shape())));
  return x;
}

Numbers numbers_of(const Tensor& x) {
  const Tensor wide = convert(x, f64);
  return {wide.data<double>(), wide.data<double>() + wide.size()};
}

void check_no_nan(const char* metric, const char* what, const Numbers& values, std::int64_t columns, Where where) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (std::isnan(values[i]))
      refuse(where, what,
             fmt::format("{}: the {} in row {} is nan", metric, what, static_cast<std::int64_t>(i) / columns));
}

bool is_column(const Shape& shape) { return shape.rank() == 1 || (shape.rank() == 2 && shape[1] == 1); }

}  // namespace

Numbers one_a_row(const char* metric, const char* what, const Arg& arg) {
  const Tensor& x = checked_rows(metric, what, arg);
  if (!is_column(x.shape()))
    throw ShapeError(arg.where(),
                     fmt::format("{}: the {}s have shape {}, not [n] or [n, 1]", metric, what, to_string(x.shape())));
  Numbers values = numbers_of(x);
  check_no_nan(metric, what, values, 1, arg.where());
  return values;
}

Numbers whole_numbers(const char* metric, const char* what, const Arg& arg) {
  Numbers values = one_a_row(metric, what, arg);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i]) && values[i] == std::trunc(values[i])) [[likely]]
      continue;
    const char* hint = std::string_view(what) == "label" ? "; take predicted_classes of probabilities" : "";
    refuse(arg.where(), what,
           fmt::format("{}: the {} in row {} is {:.7g}, not a whole number{}", metric, what, i, values[i], hint));
  }
  return values;
}

void check_as_many(const char* metric, const char* what, std::int64_t rows, std::int64_t targets, Where where) {
  if (rows != targets) throw ShapeError(where, fmt::format("{}: {} {}s for {} targets", metric, rows, what, targets));
}

void check_classes(const char* metric, const char* what, const Numbers& labels, std::int64_t classes, Where where,
                   const char* hint) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] >= 0 && labels[i] < static_cast<double>(classes)) [[likely]]
      continue;
    const std::string range = classes == 2 ? "0 or 1" : fmt::format("in [0, {})", classes);
    refuse(where, what,
           fmt::format("{}: the {} in row {} is {:.7g}, not {}{}", metric, what, i, labels[i], range, hint));
  }
}

Numbers checked_weights(const char* metric, const Tensor& weights, std::int64_t rows, Where where) {
  if (!weights.defined()) return Numbers(static_cast<std::size_t>(rows), 1.0);
  if (!is_column(weights.shape()) || weights.shape()[0] != rows)
    throw ShapeError(where, fmt::format("{}: {} rows want weights of shape [{}], not {}", metric, rows, rows,
                                        to_string(weights.shape())));
  Numbers values = numbers_of(weights);
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!(values[i] >= 0) || std::isinf(values[i]))
      throw ValueError(where, fmt::format("{}: the weight of row {} is {:.7g}: weights are finite and not negative",
                                          metric, i, values[i]));
    sum += values[i];
  }
  if (sum == 0) throw ValueError(where, fmt::format("{}: every weight is 0: nothing counts", metric));
  return values;
}

Columns scores_of(const char* metric, const char* what, const Arg& arg) {
  const Tensor& x = checked_rows(metric, what, arg);
  if (x.rank() > 2)
    throw ShapeError(arg.where(),
                     fmt::format("{}: the predictions have shape {}, not [n] or [n, k]", metric, to_string(x.shape())));
  Columns result{numbers_of(x), x.shape()[0], x.rank() == 2 ? x.shape()[1] : 1};
  check_no_nan(metric, what, result.values, result.columns, arg.where());
  return result;
}

Columns probabilities_of(const char* metric, const Arg& arg) {
  Columns result = scores_of(metric, "probability", arg);
  const bool several = result.columns > 1;
  for (std::int64_t row = 0; row < result.rows; ++row) {
    double sum = 0;
    for (std::int64_t column = 0; column < result.columns; ++column) {
      const double p = result(row, column);
      if (!(p >= 0 && p <= 1))
        throw ValueError(arg.where(),
                         fmt::format("{}: the probability in row {} is {:.7g}, not in [0, 1]; take {} of logits",
                                     metric, row, p, several ? "softmax" : "sigmoid"));
      sum += p;
    }
    if (several && !(std::abs(sum - 1) <= 1e-3))
      throw ValueError(arg.where(),
                       fmt::format("{}: the probabilities of row {} sum to {:.4g}, not 1; take softmax of logits",
                                   metric, row, sum));
  }
  return result;
}

Numbers class_targets(const char* metric, const Columns& predictions, const Arg& targets) {
  Numbers result = whole_numbers(metric, "target", targets);
  check_as_many(metric, "prediction", predictions.rows, static_cast<std::int64_t>(result.size()), targets.where());
  check_classes(metric, "target", result, predictions.columns == 1 ? 2 : predictions.columns, targets.where());
  return result;
}

Regression regression_of(const char* metric, const Arg& predictions, const Arg& targets, const Tensor& weights) {
  const Tensor& p = checked_rows(metric, "prediction", predictions);
  const Tensor& t = checked_rows(metric, "target", targets);
  const bool same = p.shape() == t.shape() || (is_column(p.shape()) && is_column(t.shape()) && p.size() == t.size());
  if (!same)
    throw ShapeError(predictions.where(), fmt::format("{}: predictions {} and targets {} differ in shape", metric,
                                                      to_string(p.shape()), to_string(t.shape())));
  const std::int64_t rows = p.shape()[0], outputs = p.size() / rows;
  Regression r{numbers_of(p), numbers_of(t), checked_weights(metric, weights, rows, predictions.where()), rows,
               outputs};
  for (std::size_t i = 0; i < r.targets.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i) / outputs;
    if (!std::isfinite(r.predictions[i]))
      throw ValueError(predictions.where(), fmt::format("{}: the prediction in row {} is {:.7g}, not finite", metric,
                                                        row, r.predictions[i]));
    if (!std::isfinite(r.targets[i]))
      throw InvalidTarget(targets.where(),
                          fmt::format("{}: the target in row {} is {:.7g}, not finite", metric, row, r.targets[i]));
  }
  return r;
}

}  // namespace cinta::detail
