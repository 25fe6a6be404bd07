// What the subcommands print.
#pragma once

#include <cinta/framework/data/encoder.hpp>
#include <cinta/framework/train/history.hpp>
#include <cinta/framework/train/metrics.hpp>

#include <array>

namespace cinta::cli {

/// File, columns, features and parts (train, validation, test) of a run.
void print_data(const Table& table, const Encoder& encoder, std::array<std::int64_t, 3> rows);

/// The metrics on the test part of always answering the training part's majority class (or class shares), or its mean.
Metrics baseline_metrics(const Encoder& encoder, const Table& train, const Table& test, Dtype dtype);

/// The end of a run: how it went, and the test metrics beside the baseline's.
void print_result(const Encoder& encoder, const History& history, double seconds, const Metrics& test,
                  const Metrics& baseline, std::int64_t rows);

void print_metrics(const Metrics& metrics);

/// Missing cells and unseen categories, if there were any.
void print_report(const EncodingReport& report);

}  // namespace cinta::cli
