#include <cinta/framework/core/error.hpp>
#include <cinta/framework/core/nearest.hpp>
#include <cinta/framework/data/cell.hpp>
#include <cinta/framework/data/target_cells.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace cinta {
namespace {

using std::size_t;

// The name of each distinct value, in order, and for each row the place of its value among them.
ClassCodes of_numbers(const std::vector<double>& values) {
  std::vector<double> distinct(values);
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  ClassCodes out;
  for (const double value : distinct) out.names.push_back(fmt::format("{}", value == 0 ? 0.0 : value));
  for (const double value : values)
    out.codes.push_back(
        static_cast<std::int32_t>(std::lower_bound(distinct.begin(), distinct.end(), value) - distinct.begin()));
  return out;
}

}  // namespace

void require_present(const Table& table, const Column& column) {
  constexpr size_t shown = 5;
  const std::int64_t missing = column.missing_count();
  if (missing == 0) return;
  std::vector<std::int64_t> lines;
  for (std::int64_t row = 0; row < table.rows() && lines.size() < shown; ++row)
    if (column.missing(row)) lines.push_back(table.line(row));
  throw DataError(fmt::format("{}: the target \"{}\" is missing in {} row{}: line{} {}{}", table.name(), column.name,
                              missing, missing == 1 ? "" : "s", missing == 1 ? "" : "s", fmt::join(lines, ", "),
                              missing > static_cast<std::int64_t>(shown) ? ", …" : ""));
}

ClassCodes class_codes(const Column& column) {
  if (column.type == ColumnType::numeric) return of_numbers(column.values);
  ClassCodes out;
  if (column.type == ColumnType::boolean) out.codes.assign(column.values.begin(), column.values.end());
  else out.codes = column.codes;
  std::vector<std::int32_t> place(column.levels.size(), -1);
  for (const std::int32_t code : out.codes) place[static_cast<size_t>(code)] = 0;
  for (size_t level = 0; level < place.size(); ++level) {
    if (place[level] < 0) continue;
    place[level] = static_cast<std::int32_t>(out.names.size());
    out.names.push_back(column.levels[level]);
  }
  for (std::int32_t& code : out.codes) code = place[static_cast<size_t>(code)];
  return out;
}

Tensor standardised_target(const EncodedTarget& target, std::span<const double> values, Dtype dtype,
                           const std::function<std::string(std::int64_t)>& name) {
  const auto held = [&](double v) { return std::isfinite(dtype == f32 ? static_cast<float>(v) : v); };
  Tensor y = empty({static_cast<std::int64_t>(values.size()), 1}, f64);
  double* const out = y.mutable_data<double>();
  for (size_t row = 0; row < values.size(); ++row) {
    out[row] = (values[row] - target.mean) / target.deviation;
    if (!held(values[row]) || !held(out[row]))
      throw DataError(fmt::format("{} is {}, which is outside the range of {}{}", name(static_cast<std::int64_t>(row)),
                                  values[row], to_string(dtype), dtype == f32 ? ": train with f64" : ""));
  }
  return convert(y, dtype);
}

std::vector<std::int32_t> codes_among(std::span<const std::string> classes, const Table& table, const Column& column) {
  const ClassCodes own = class_codes(column);
  std::unordered_map<std::string, std::int32_t> known;
  for (const std::string& name : classes) known.emplace(name, static_cast<std::int32_t>(known.size()));
  std::vector<std::int32_t> out;
  out.reserve(own.codes.size());
  for (size_t row = 0; row < own.codes.size(); ++row) {
    const std::string& name = own.names[static_cast<size_t>(own.codes[row])];
    const auto found = known.find(name);
    if (found == known.end())
      throw DataError(fmt::format("{}: \"{}\" is none of the {} classes of \"{}\" in the training part{}",
                                  table.where(static_cast<std::int64_t>(row)), name, classes.size(), column.name,
                                  did_you_mean(name, classes)));
    out.push_back(found->second);
  }
  return out;
}

}  // namespace cinta
