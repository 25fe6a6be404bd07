// cinta predict: a trained model's answers, row by row.
#include "command.hpp"
#include "data_source.hpp"
#include "predictions.hpp"

#include <cinta/framework/io/atomic_file.hpp>
#include <cinta/models/encoded_model.hpp>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <filesystem>

namespace cinta::cli {
namespace {

struct Flags {
  std::string model, data, out;
  bool json = false;
  bool to_file() const { return !out.empty() && out != "-"; }
};

EncodingReport report_of(const Encoder& encoder, const Table& table) { return encoder.report(table); }
EncodingReport report_of(const ArrayEncoder&, const ArrayData&) { return {}; }

void write(const Flags& flags, const Predictions& predictions) {
  try {
    write_predictions(predictions, flags.out);
  } catch (const FileError& e) {
    throw RunError(e.what());  // it could be written before the work
  }
}

bool same_file(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::error_code error;
  return std::filesystem::equivalent(a, b, error) && !error;
}

// What was asked for may not cost the model or the data.
void check_out(const Flags& flags) {
  const std::filesystem::path out(flags.out);
  const std::string kind = out.extension().string();
  if (!kind.empty() && kind != ".csv" && kind != ".npy" && kind != ".npz")
    throw ValueError(fmt::format("--out {}: predictions are written as .csv, .npy or .npz", flags.out));
  if (same_file(out, flags.data)) throw ValueError(fmt::format("--out {} is the file of --data", flags.out));
  if (same_file(out.parent_path().empty() ? "." : out.parent_path(), flags.model))
    throw ValueError(fmt::format("--out {} lies in the folder of the model: choose another", flags.out));
}

void predict(const Flags& flags) {
  if (flags.to_file()) check_out(flags);
  std::visit(
      [&](const auto& model) {
        const auto data = data_for(model.encoder, data_path(flags.data), "");
        if (flags.to_file()) PendingFile(flags.out, [](OutputFile&) {});  // told before the work, and removed
        const Predictions predictions =
            predictions_of(model.encoder.task(), model.encoder.classes(), model.predict(data));
        if (flags.to_file()) write(flags, predictions);
        const EncodingReport report = report_of(model.encoder, data);
        if (flags.json) {
          Json json{{"model", flags.model},
                    {"data", flags.data},
                    {"rows", data.rows()},
                    {"target", model.encoder.target()},
                    {"task", to_string(model.encoder.task())},
                    {"columns", json_of(report)}};
          if (flags.to_file()) json["written"] = flags.out;
          else json["predictions"] = json_of(predictions);
          print_json(json);
        } else if (flags.to_file()) {
          fmt::print("{} predictions written to {}\n", data.rows(), flags.out);
          print_report(report);
        } else {
          const std::string csv = to_csv(predictions);
          std::fwrite(csv.data(), 1, csv.size(), stdout);
        }
      },
      models::read_model(flags.model));
}

}  // namespace

void add_predict(CLI::App& program) {
  auto flags = std::make_shared<Flags>();
  CLI::App* c = program.add_subcommand("predict", "Apply a trained model, row by row");
  c->footer(
      "Examples:\n"
      "  cinta predict --model model --data new_customers.csv --out predictions.csv\n"
      "  cinta predict --model model --data x.npy --out probabilities.npy\n"
      "  cinta predict --model model --data fashion-mnist --out classes.npz      # of its test part");
  c->add_option("--model", flags->model, "The folder that `cinta train --out` wrote")->type_name("FOLDER")->required();
  c->add_option("--data", flags->data, "A table or arrays, as for `cinta train`; the target is not needed")
      ->type_name("PATH")
      ->required();
  c->add_option("--out", flags->out, "The file to write, .csv, .npy or .npz; the terminal, as CSV, when not given")
      ->type_name("FILE");
  c->add_flag("--json", flags->json, "Print one JSON object instead of text");
  c->callback([flags] { predict(*flags); });
}

}  // namespace cinta::cli
