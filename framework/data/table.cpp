#include <cinta/framework/core/error.hpp>
#include <cinta/framework/core/nearest.hpp>
#include <cinta/framework/data/cell.hpp>
#include <cinta/framework/data/column_reader.hpp>
#include <cinta/framework/data/table.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace cinta {

using std::size_t;

std::string_view to_string(ColumnType type) {
  if (type == ColumnType::numeric) return "numeric";
  return type == ColumnType::boolean ? "boolean" : "categorical";
}

bool Column::missing(std::int64_t row) const {
  const auto i = static_cast<size_t>(row);
  return type == ColumnType::categorical ? codes[i] < 0 : std::isnan(values[i]);
}

std::int64_t Column::missing_count() const {
  const auto in_codes = std::count(codes.begin(), codes.end(), -1);
  return in_codes + std::count_if(values.begin(), values.end(), [](double v) { return std::isnan(v); });
}

Table::Table(Csv csv, const CsvOptions& options)
    : source_(std::make_shared<const Source>(Source{std::move(csv), options})) {
  const Csv& text = source_->csv;
  if (options.decimal && *options.decimal != '.' && *options.decimal != ',')
    throw ValueError("the decimal sign is a point or a comma");
  if (options.decimal == text.delimiter())
    throw ValueError(text.name() + ": the decimal sign is also what separates cells; give another delimiter");
  for (const auto& declared : options.types) index(declared.first);  // throws for an unknown column
  records_.resize(static_cast<size_t>(text.rows()));
  std::iota(records_.begin(), records_.end(), 0);

  std::vector<ColumnRequest> requests;
  for (const std::string& name : names()) {
    ColumnRequest& request = requests.emplace_back(ColumnRequest{static_cast<std::int64_t>(requests.size()), {}});
    if (const auto declared = options.types.find(name); declared != options.types.end())
      request.declared = declared->second;
  }
  columns_ = read_columns(text, requests, records_, source_->options);
}

bool Table::contains(std::string_view name) const {
  return std::find(names().begin(), names().end(), name) != names().end();
}

std::int64_t Table::index(std::string_view name) const {
  const auto found = std::find(names().begin(), names().end(), name);
  if (found == names().end())
    throw DataError(csv().name() + ": no column \"" + std::string(name) + "\"" + did_you_mean(name, names()));
  return found - names().begin();
}

const Column& Table::column(std::int64_t index) const {
  if (index < 0 || index >= columns())
    throw DataError(csv().name() + ": no column " + std::to_string(index) + " in a table of " +
                    std::to_string(columns()) + " (the first is 0)");
  return columns_[static_cast<size_t>(index)];
}

std::int64_t Table::record(std::int64_t row) const {
  if (row < 0 || row >= rows())
    throw DataError(csv().name() + ": no row " + std::to_string(row) + " in a table of " + std::to_string(rows()) +
                    " (the first is 0)");
  return records_[static_cast<size_t>(row)];
}

Table Table::select(std::span<const std::int64_t> rows) const {
  Table out(source_);
  out.records_.reserve(rows.size());
  for (const std::int64_t row : rows) out.records_.push_back(record(row));
  const auto pick = [&](const auto& from, auto& to) {
    if (from.empty()) return;
    to.reserve(rows.size());
    for (const std::int64_t row : rows) to.push_back(from[static_cast<size_t>(row)]);
  };
  for (const Column& from : columns_) {
    Column& to = out.columns_.emplace_back(Column{from.name, from.type, {}, {}, from.levels, from.doubt});
    pick(from.values, to.values);
    pick(from.codes, to.codes);
  }
  return out;
}

Column Table::column_as(std::string_view name, ColumnType type) const {
  const ColumnRequest request{index(name), type};
  return std::move(read_columns(csv(), {&request, 1}, records_, source_->options)[0]);
}

void Table::set_type(std::string_view name, ColumnType type) {
  Column column = column_as(name, type);
  columns_[static_cast<size_t>(index(name))] = std::move(column);
}

std::string_view Table::text(std::int64_t row, std::int64_t column_index) const {
  column(column_index);  // throws for a position outside the table
  return trimmed(csv().cell(record(row), column_index));
}

std::int64_t Table::line(std::int64_t row) const { return csv().line(record(row)); }

std::string Table::where(std::int64_t row) const { return csv().name() + ":" + std::to_string(line(row)); }

Table read_csv(const std::string& path, const CsvOptions& options) {
  return Table(Csv::read(path, options.delimiter), options);
}

Table parse_csv(std::string text, std::string name, const CsvOptions& options) {
  return Table(Csv::parse(std::move(text), std::move(name), options.delimiter), options);
}

}  // namespace cinta
