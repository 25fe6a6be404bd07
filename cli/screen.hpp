// What the subcommands print, for people and, under --json, for programs.
#pragma once

#include <cinta/framework/data/encoder.hpp>
#include <cinta/framework/train/history.hpp>
#include <cinta/framework/train/metrics.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace cinta::cli {

using Json = nlohmann::ordered_json;

/// Metrics by name; null for an undefined one.
Json json_of(const Metrics& metrics);
/// Missing cells and unseen categories by column.
Json json_of(const EncodingReport& report);

/// One object on the standard output, on several lines.
void print_json(const Json& json);

/// The text behind its label, in lines that the terminal holds, the later ones under the first; one line where there is
/// no terminal.
void print_lines(const std::string& label, const std::string& text);

/// What a run trains on. Parts: rows of training, validation and test.
struct RunData {
  std::string data, target, source;  // source: "19 columns", or the shape of an example
  Task task = Task::regression;
  std::vector<std::string> classes, notes;
  std::int64_t features = 0, rows[3] = {};
};
/// File, features and parts of a run.
void print_data(const RunData& run);

/// How a run went: history and time, and the test metrics beside the baseline's.
struct RunResult {
  History history;
  double seconds = 0;
  Metrics test, baseline;
};
void print_result(const RunData& run, const RunResult& result);

void print_metrics(const Metrics& metrics);

/// Missing cells and unseen categories, if there were any.
void print_report(const EncodingReport& report);

}  // namespace cinta::cli
