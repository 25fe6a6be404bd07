#include "screen.hpp"

#include <cinta/framework/report/text_width.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <cmath>
#include <cstdlib>

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

void print_lines(const std::string& label, const std::string& text) {
  const bool terminal = isatty(STDOUT_FILENO) != 0 || std::getenv("COLUMNS") != nullptr;
  const int indent = display_width(label);
  const std::vector<std::string> lines = terminal ? wrapped(text, terminal_columns() - indent) : std::vector{text};
  fmt::print("{}{}\n", label, fmt::join(lines, "\n" + std::string(static_cast<std::size_t>(indent), ' ')));
}

void print_data(const RunData& run) {
  print_lines("data      ",
              fmt::format("{}; {} training, {} validation, {} test", run.data, run.rows[0], run.rows[1], run.rows[2]));
  const std::string classes = run.task == Task::regression ? "" : fmt::format(": {}", fmt::join(run.classes, ", "));
  print_lines("target    ", fmt::format("{} ({}{})", run.target, to_string(run.task), classes));
  print_lines("features  ", fmt::format("{} from {}", run.features, run.source));
  for (const std::string& note : run.notes) print_lines("note      ", note);
}

void print_result(const RunData& run, const RunResult& result) {
  const History& history = result.history;
  fmt::print("\n");
  print_lines("", fmt::format("trained {} epochs in {:.1f} s{}; kept the parameters of epoch {}", history.epochs.size(),
                              result.seconds,
                              history.interrupted     ? ", interrupted"
                              : history.stopped_early ? ", stopped early"
                                                      : "",
                              history.best_epoch));
  fmt::print("\n{:<18}{:>10}{:>12}\n", fmt::format("test, {} rows", run.rows[2]), "network",
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
