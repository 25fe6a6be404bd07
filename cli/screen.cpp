#include "screen.hpp"

#include <cinta/ops/ops.hpp>

#include <fmt/format.h>

#include <cmath>

namespace cinta::cli {
namespace {

std::string figure(double x) { return std::isnan(x) ? "-" : fmt::format("{:.4f}", x); }

// The mean of each column of a [n, k] tensor, for every one of `rows` rows.
Tensor repeated_mean(const Tensor& values, std::int64_t rows) {
  const Tensor means = mean(values, 0, {.keepdims = true});
  return broadcast_to(means, {rows, means.shape()[1]});
}

}  // namespace

void print_data(const Table& table, const Encoder& encoder, std::array<std::int64_t, 3> rows) {
  fmt::print("data      {}: {} rows, {} columns; {} training, {} validation, {} test\n", table.name(), table.rows(),
             table.columns(), rows[0], rows[1], rows[2]);
  fmt::print("target    {} ({}", encoder.target(), to_string(encoder.task()));
  if (encoder.task() != Task::regression) fmt::print(": {}", fmt::join(encoder.classes(), ", "));
  fmt::print(")\nfeatures  {} from {} columns\n", encoder.feature_count(), encoder.columns().size());
  for (const std::string& note : encoder.notes()) fmt::print("note      {}\n", note);
}

Metrics baseline_metrics(const Encoder& encoder, const Table& train, const Table& test, Dtype dtype) {
  const Tensor seen = encoder.targets(train, dtype), asked = encoder.targets(test, dtype);
  const std::int64_t n = test.rows();
  if (encoder.task() == Task::regression)
    return regression_metrics(encoder.decode(repeated_mean(seen, n)), encoder.decode(asked));
  const Tensor shares = encoder.task() == Task::binary ? seen : one_hot(seen, encoder.outputs(), dtype);
  return classification_metrics(repeated_mean(shares, n), asked);
}

void print_result(const Encoder& encoder, const History& history, double seconds, const Metrics& test,
                  const Metrics& baseline, std::int64_t rows) {
  fmt::print("\ntrained {} epochs in {:.1f} s{}", history.epochs.size(), seconds,
             history.interrupted     ? ", interrupted"
             : history.stopped_early ? ", stopped early"
                                     : "");
  fmt::print("; kept the parameters of epoch {}\n\n", history.best_epoch);
  fmt::print("{:<18}{:>10}{:>12}\n", fmt::format("test, {} rows", rows), "network",
             encoder.task() == Task::regression ? "mean" : "majority");
  for (const auto& [name, value] : test)
    fmt::print("{:<18}{:>10}{:>12}\n", name, figure(value), figure(baseline.at(name)));
}

void print_metrics(const Metrics& metrics) {
  for (const auto& [name, value] : metrics) fmt::print("{:<18}{:>10}\n", name, figure(value));
}

void print_report(const EncodingReport& report) {
  if (report.columns.empty()) return;
  fmt::print("\n");
  for (const auto& column : report.columns) {
    if (column.imputed > 0)
      fmt::print("{}: {} missing cells took the training part's mean\n", column.name, column.imputed);
    for (const auto& [value, count] : column.unseen)
      fmt::print("{}: \"{}\", {} times, was not seen in training\n", column.name, value, count);
  }
}

}  // namespace cinta::cli
