// cinta evaluate: the metrics of a trained model on a table that has the target.
#include "command.hpp"
#include "screen.hpp"

#include <cinta/models/table_model.hpp>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace cinta::cli {
namespace {

struct Flags {
  std::string model, data;
};

void evaluate(const Flags& flags) {
  const models::TableModel model = models::read_table_model(flags.model);
  const Table table = read_csv(flags.data);
  const Metrics metrics = model.evaluate(table);
  fmt::print("{} rows of {}, target {}\n\n", table.rows(), flags.data, model.encoder.target());
  print_metrics(metrics);
  print_report(model.encoder.report(table));
}

}  // namespace

void add_evaluate(CLI::App& program) {
  auto flags = std::make_shared<Flags>();
  CLI::App* c = program.add_subcommand("evaluate", "Measure a trained model on a table that has the target");
  c->footer("Example:\n  cinta evaluate --model model --data churn.csv");
  c->add_option("--model", flags->model, "The folder that `cinta train --out` wrote")->required();
  c->add_option("--data", flags->data, "The table: a CSV file with a header line")->required();
  c->callback([flags] { evaluate(*flags); });
}

}  // namespace cinta::cli
