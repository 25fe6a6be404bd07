#include "data_source.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>

namespace cinta::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* fashion_mnist = "fashion-mnist";
constexpr const char* fashion_mnist_folder = "/usr/share/datasets/fashion-mnist";

ArrayData read_one_part(const std::string& path, const std::string& labels) {
  ArrayParts parts = read_arrays(path, {.labels = labels});
  return parts.test ? *std::move(parts.test) : std::move(parts.train);
}

std::string quoted(const std::string& cell) {
  std::string out = "\"";
  for (const char c : cell) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + '"';
}

}  // namespace

std::string data_path(const std::string& name) {
  if (name != fashion_mnist || fs::exists(name)) return name;
  if (fs::exists(fashion_mnist_folder)) return fashion_mnist_folder;
  throw ValueError(
      "fashion-mnist is not installed here: sudo apt-get install dataset-fashion-mnist (./run.sh does it when its "
      "arguments name it)");
}

Table data_for(const Encoder& encoder, const std::string& path, const std::string& labels) {
  if (!holds_arrays(path)) {
    if (!labels.empty()) throw ValueError("--labels is about arrays; a table has its target in a column");
    return read_csv(path);
  }
  const ArrayData data = read_one_part(path, labels);
  const auto columns = static_cast<std::int64_t>(encoder.columns().size());
  const std::int64_t n = data.rows(), width = data.x.size() / n;
  if (data.x.rank() != 2 || width != columns)
    throw DataError(fmt::format("{}: the model was trained on {} columns of a table, and the array has shape {}", path,
                                columns, to_string(data.x.shape())));
  std::string text;
  for (const EncodedColumn& column : encoder.columns()) text += quoted(column.name) + ',';
  text += data.y.defined() ? quoted(encoder.target()) + '\n' : "\"\"\n";
  const bool single = data.x.dtype() == f32;
  const Tensor x = convert(data.x, f64), y = data.y.defined() ? convert(data.y, f64) : Tensor();
  const auto cell = [](double value, bool as_float) {
    return std::isnan(value) ? "" : as_float ? fmt::format("{}", static_cast<float>(value)) : fmt::format("{}", value);
  };
  const auto values = x.span<double>();
  for (std::int64_t row = 0; row < n; ++row) {
    for (std::int64_t i = 0; i < columns; ++i)
      text += cell(values[static_cast<std::size_t>(row * columns + i)], single) + ',';
    text += (y.defined() ? cell(y.span<double>()[static_cast<std::size_t>(row)], data.y.dtype() == f32) : "") + '\n';
  }
  return parse_csv(std::move(text), path, {.delimiter = ',', .decimal = '.'});
}

ArrayData data_for(const ArrayEncoder& encoder, const std::string& path, const std::string& labels) {
  if (holds_arrays(path)) return read_one_part(path, labels);
  const Table table = read_csv(path);
  const std::int64_t n = table.rows(), others = labels.empty() ? 0 : 1;
  if (!labels.empty()) table.index(labels);  // throws for an unknown one
  if (table.columns() - others != encoder.feature_count())
    throw DataError(fmt::format("{}: it has {} columns{}, and the model was trained on {} features{}", path,
                                table.columns() - others, labels.empty() ? "" : " beside \"" + labels + "\"",
                                encoder.feature_count(),
                                labels.empty() ? " (--labels names a column of targets)" : ""));
  ArrayData data{path, empty({n, encoder.feature_count()}, f64)};
  double* x = data.x.mutable_data<double>();
  std::int64_t at = 0;
  for (const std::string& name : table.names()) {
    const Column column = table.column_as(name, ColumnType::numeric);
    if (name == labels) {
      data.y = tensor(std::span<const double>(column.values), {n});
      continue;
    }
    for (std::int64_t row = 0; row < n; ++row)
      x[row * encoder.feature_count() + at] = column.values[static_cast<std::size_t>(row)];
    ++at;
  }
  return data;
}

}  // namespace cinta::cli
