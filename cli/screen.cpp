#include "screen.hpp"

#include <fmt/format.h>

#include <cmath>

namespace cinta::cli {
namespace {

std::string figure(double x) { return std::isnan(x) ? "-" : fmt::format("{:.4f}", x); }

}  // namespace

Json json_of(const Metrics& metrics) {
  Json out = Json::object();
  for (const auto& [name, value] : metrics) out[name] = std::isfinite(value) ? Json(value) : Json();
  return out;
}

Json json_of(const EncodingReport& report) {
  Json out = Json::object();
  for (const auto& column : report.columns) out[column.name] = {{"imputed", column.imputed}, {"unseen", column.unseen}};
  return out;
}

void print_json(const Json& json) {
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));  // a path may be no UTF-8
}

void print_data(const RunData& run) {
  fmt::print("data      {}; {} training, {} validation, {} test\n", run.data, run.rows[0], run.rows[1], run.rows[2]);
  fmt::print("target    {} ({}", run.target, to_string(run.task));
  if (run.task != Task::regression) fmt::print(": {}", fmt::join(run.classes, ", "));
  fmt::print(")\nfeatures  {} from {}\n", run.features, run.source);
  for (const std::string& note : run.notes) fmt::print("note      {}\n", note);
}

void print_result(const RunData& run, const RunResult& result) {
  const History& history = result.history;
  fmt::print("\ntrained {} epochs in {:.1f} s{}", history.epochs.size(), result.seconds,
             history.interrupted     ? ", interrupted"
             : history.stopped_early ? ", stopped early"
                                     : "");
  fmt::print("; kept the parameters of epoch {}\n\n", history.best_epoch);
  fmt::print("{:<18}{:>10}{:>12}\n", fmt::format("test, {} rows", run.rows[2]), "network",
             run.task == Task::regression ? "mean" : "majority");
  for (const auto& [name, value] : result.test)
    fmt::print("{:<18}{:>10}{:>12}\n", name, figure(value), figure(result.baseline.at(name)));
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
