// cinta evaluate: the metrics of a trained model on rows that have the target.
#include "command.hpp"
#include "data_source.hpp"
#include "screen.hpp"

#include <cinta/models/encoded_model.hpp>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace cinta::cli {
namespace {

struct Flags {
  std::string model, data, labels;
  bool json = false;
};

EncodingReport report_of(const Encoder& encoder, const Table& table) { return encoder.report(table); }
EncodingReport report_of(const ArrayEncoder&, const ArrayData&) { return {}; }

void evaluate(const Flags& flags) {
  std::visit(
      [&](const auto& model) {
        const auto data = data_for(model.encoder, data_path(flags.data), flags.labels);
        const Metrics metrics = model.evaluate(data);
        const EncodingReport report = report_of(model.encoder, data);
        if (flags.json) {
          print_json({{"model", flags.model},
                      {"data", flags.data},
                      {"rows", data.rows()},
                      {"target", model.encoder.target()},
                      {"task", to_string(model.encoder.task())},
                      {"metrics", json_of(metrics)},
                      {"columns", json_of(report)}});
          return;
        }
        fmt::print("{} rows of {}, target {}\n\n", data.rows(), flags.data, model.encoder.target());
        print_metrics(metrics);
        print_report(report);
      },
      models::read_model(flags.model));
}

}  // namespace

void add_evaluate(CLI::App& program) {
  auto flags = std::make_shared<Flags>();
  CLI::App* c = program.add_subcommand("evaluate", "Measure a trained model on rows that have the target");
  c->footer(
      "Examples:\n"
      "  cinta evaluate --model model --data churn.csv\n"
      "  cinta evaluate --model model --data fashion-mnist      # its test part\n"
      "  cinta evaluate --model model --data x.npy --labels y.npy --json");
  c->add_option("--model", flags->model, "The folder that `cinta train --out` wrote")->type_name("FOLDER")->required();
  c->add_option("--data", flags->data, "A table or arrays, as for `cinta train`")->type_name("PATH")->required();
  c->add_option("--labels", flags->labels,
                "The file of targets that goes with a file of inputs; of a table, for a model of arrays, a column")
      ->type_name("FILE");
  c->add_flag("--json", flags->json, "Print one JSON object instead of text");
  c->callback([flags] { evaluate(*flags); });
}

}  // namespace cinta::cli
