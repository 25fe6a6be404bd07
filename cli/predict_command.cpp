// cinta predict: a trained model's answers, row by row.
#include "command.hpp"
#include "screen.hpp"

#include <cinta/models/table_model.hpp>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace cinta::cli {
namespace {

struct Flags {
  std::string model, data, out;
};

// A cell as RFC 4180 wants it: in quotes when it has a comma, a quote or a line end.
std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char ch : text) quoted += ch == '"' ? "\"\"" : std::string(1, ch);
  return quoted + '"';
}

// "prediction" for a regression; else the class and the probability of each class.
std::string predictions_csv(const models::TableModel& model, const Tensor& outputs) {
  const Tensor p = convert(outputs, f64);
  const auto& classes = model.encoder.classes();
  const std::int64_t n = p.shape()[0], k = p.size() / std::max<std::int64_t>(1, n);
  const double* values = p.data<double>();
  std::string csv;
  if (model.encoder.task() == Task::regression) {
    csv = "prediction\n";
    for (std::int64_t i = 0; i < n; ++i)
      csv += fmt::format("{}\n", outputs.dtype() == f32 ? fmt::format("{}", static_cast<float>(values[i]))
                                                        : fmt::format("{}", values[i]));
    return csv;
  }
  csv = "class";
  for (const std::string& name : classes) csv += ',' + csv_cell("p(" + name + ")");
  csv += '\n';
  for (std::int64_t i = 0; i < n; ++i) {
    const double* row = values + i * k;
    const double binary[2] = {1 - row[0], row[0]};
    const double* q = model.encoder.task() == Task::binary ? binary : row;
    std::size_t best = 0;
    for (std::size_t j = 1; j < classes.size(); ++j)
      if (q[j] > q[best] || (classes.size() == 2 && q[j] >= q[best])) best = j;
    csv += csv_cell(classes[best]);
    for (std::size_t j = 0; j < classes.size(); ++j) csv += fmt::format(",{:.6f}", q[j]);
    csv += '\n';
  }
  return csv;
}

void predict(const Flags& flags) {
  const models::TableModel model = models::read_table_model(flags.model);
  const Table table = read_csv(flags.data);
  const std::string csv = predictions_csv(model, model.predict(table));
  if (flags.out.empty() || flags.out == "-") {
    std::fwrite(csv.data(), 1, csv.size(), stdout);
    return;
  }
  write_file_atomically(flags.out, csv);
  fmt::print("{} predictions written to {}\n", table.rows(), flags.out);
  print_report(model.encoder.report(table));
}

}  // namespace

void add_predict(CLI::App& program) {
  auto flags = std::make_shared<Flags>();
  CLI::App* c = program.add_subcommand("predict", "Apply a trained model to a table, row by row");
  c->footer("Example:\n  cinta predict --model model --data new_customers.csv --out predictions.csv");
  c->add_option("--model", flags->model, "The folder that `cinta train --out` wrote")->required();
  c->add_option("--data", flags->data, "The table: a CSV file with a header line; it need not have the target")
      ->required();
  c->add_option("--out", flags->out, "The CSV file to write; the terminal when not given");
  c->callback([flags] { predict(*flags); });
}

}  // namespace cinta::cli
