// What an encoder learns, and what it tells of itself. It reads tables in encoder_features.cpp.
#include <cinta/framework/core/error.hpp>
#include <cinta/framework/core/nearest.hpp>
#include <cinta/framework/data/encoder.hpp>
#include <cinta/framework/data/target_cells.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace cinta {
namespace {

using std::size_t;
using Kind = EncodedColumn::Kind;

bool contains(std::span<const std::string> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

struct Moments {
  double mean = 0, deviation = 0;
};

// A power of two that brings numbers of this size near 1, so that neither their sum nor that of their squares
// overflows.
double scale_for(double largest) {
  int exponent = 0;
  std::frexp(largest, &exponent);
  return std::ldexp(1.0, -std::clamp(exponent, -1000, 1000));
}

// Of the present ones (there is one at least), in two passes. Equal numbers have deviation 0, whatever their mean
// rounds to.
Moments moments(const Table& table, const Column& column) {
  double low = std::numeric_limits<double>::infinity(), high = -low, n = 0;
  for (const double x : column.values) {
    if (std::isnan(x)) continue;
    low = std::min(low, x);
    high = std::max(high, x);
    ++n;
  }
  if (low == high) return {low, 0};
  const double scale = scale_for(std::max(std::abs(low), std::abs(high)));
  double sum = 0;
  for (const double x : column.values)
    if (!std::isnan(x)) sum += x * scale;
  const double mean = sum / n / scale;
  if (!std::isfinite(high - low))
    throw DataError(fmt::format("{}: column \"{}\": its numbers, from {} to {}, are too far apart for a double",
                                table.name(), column.name, low, high));
  const double spread = scale_for(high - low);
  double squares = 0;
  for (const double x : column.values)
    if (!std::isnan(x)) squares += (x - mean) * spread * ((x - mean) * spread);
  return {mean, std::sqrt(squares / n) / spread};
}

void check(const Table& table, std::string_view target, const EncoderOptions& options) {
  table.index(target);  // throws for an unknown one
  if (table.rows() == 0) throw DataError(table.name() + ": an encoder is learned from rows, and there are none");
  for (const std::string& name : options.drop) {
    table.index(name);
    if (name == target) throw ValueError(fmt::format("the target \"{}\" can't be dropped", name));
    if (options.ordered.contains(name))
      throw ValueError(fmt::format("the column \"{}\" is both dropped and ordered", name));
  }
  if (options.weight) {
    table.index(*options.weight);
    if (*options.weight == target) throw ValueError(fmt::format("the target \"{}\" can't be the weight", target));
    if (options.ordered.contains(*options.weight))
      throw ValueError(fmt::format("the column \"{}\" is both the weight and ordered", *options.weight));
    if (contains(options.drop, *options.weight))
      throw ValueError(fmt::format("the column \"{}\" is both the weight and dropped", *options.weight));
  }
  for (const auto& [name, levels] : options.ordered) {
    table.index(name);
    if (name == target) throw ValueError(fmt::format("the target \"{}\" takes no order", name));
    if (levels.size() < 2) throw ValueError(fmt::format("the order of \"{}\" has fewer than two categories", name));
    for (const std::string& level : levels)
      if (std::count(levels.begin(), levels.end(), level) > 1)
        throw ValueError(fmt::format("the order of \"{}\" has \"{}\" twice", name, level));
  }
}

class Fit {
 public:
  Fit(const Table& table, const EncoderOptions& options) : table_(table), options_(options) {}

  EncodedTarget target(std::string_view name) {
    Column column = table_.column(name);
    require_present(table_, column);
    if (!options_.task && !column.doubt.empty()) throw MixedColumn(column);
    EncodedTarget out{std::string(name), options_.task.value_or(infer_task(column)), column.type, 0, 1, {}};
    if (options_.positive && out.task != Task::binary)
      throw ValueError(fmt::format("a positive class was given, and the task is {}", to_string(out.task)));
    if (out.task == Task::regression) regression(out, column);
    else classification(out, column);
    return out;
  }

  // Nothing for a column that is left out.
  std::optional<EncodedColumn> column(std::int64_t index) {
    const Column& column = table_.column(index);
    if (column.missing_count() == table_.rows()) {
      notes.push_back(
          fmt::format("the column \"{}\" is left out: all its cells are missing in the training part", column.name));
      return {};
    }
    EncodedColumn out;
    out.name = column.name;
    out.indicator = column.missing_count() > 0;
    if (options_.ordered.contains(out.name)) {
      ordered(out);
    } else if (column.type == ColumnType::categorical) {
      if (!column.doubt.empty()) throw MixedColumn(column);
      one_hot(out, column);
    } else {
      out.kind = column.type == ColumnType::boolean ? Kind::boolean : Kind::number;
      out.levels = column.levels;
      set_moments(out, column);
    }
    return out;
  }

  std::vector<std::string> notes;

 private:
  void set_moments(EncodedColumn& out, const Column& column) const {
    const Moments m = moments(table_, column);
    out.mean = m.mean;
    if (out.kind != Kind::boolean) out.deviation = m.deviation;
  }

  void regression(EncodedTarget& out, Column& column) const {
    if (column.type == ColumnType::categorical) {
      column = table_.column_as(out.name, ColumnType::numeric);  // throws for text, with its line
      out.type = ColumnType::numeric;
    }
    const Moments m = moments(table_, column);
    if (m.deviation == 0)
      throw DataError(fmt::format("{}: the target \"{}\" is {} in every row: there is nothing to learn", table_.name(),
                                  out.name, m.mean));
    if (!options_.standardize_target) return;
    out.mean = m.mean;
    out.deviation = m.deviation;
  }

  void classification(EncodedTarget& out, const Column& column) {
    out.classes = class_codes(column).names;
    const auto count = static_cast<std::int64_t>(out.classes.size());
    if (count == 1)
      throw DataError(fmt::format("{}: the target \"{}\" is \"{}\" in every row: there is nothing to tell apart",
                                  table_.name(), out.name, out.classes[0]));
    if (out.task == Task::binary && count > 2)
      throw DataError(
          fmt::format("{}: the target \"{}\" has {} classes, and the task is binary", table_.name(), out.name, count));
    if (count > options_.max_levels)
      throw DataError(fmt::format("{}: the target \"{}\" has {} classes, more than max_levels = {}", table_.name(),
                                  out.name, count, std::int64_t{options_.max_levels}));
    if (column.type == ColumnType::numeric && !options_.task)
      notes.push_back(
          fmt::format("the {} whole numbers of the target \"{}\" are taken for classes; for a regression, "
                      "give the task regression",
                      count, out.name));
    if (!options_.positive) return;
    if (!contains(out.classes, *options_.positive))
      throw ValueError(fmt::format("the positive class \"{}\" is none of the target's, \"{}\" and \"{}\"{}",
                                   *options_.positive, out.classes[0], out.classes[1],
                                   did_you_mean(*options_.positive, out.classes)));
    if (out.classes[0] == *options_.positive) std::swap(out.classes[0], out.classes[1]);
  }

  void one_hot(EncodedColumn& out, const Column& column) const {
    out.kind = Kind::one_hot;
    std::vector<bool> occurs(column.levels.size());
    for (const std::int32_t code : column.codes)
      if (code >= 0) occurs[static_cast<size_t>(code)] = true;
    for (size_t level = 0; level < occurs.size(); ++level)
      if (occurs[level]) out.levels.push_back(column.levels[level]);
    if (static_cast<std::int64_t>(out.levels.size()) > options_.max_levels)
      throw DataError(fmt::format(
          "{}: column \"{}\" has {} categories in {} rows; an identifier says nothing of other rows: leave "
          "it out (drop \"{}\"), or raise max_levels above {}",
          table_.name(), out.name, out.levels.size(), table_.rows(), out.name, std::int64_t{options_.max_levels}));
  }

  void ordered(EncodedColumn& out) const {
    out.kind = Kind::ordered;
    out.levels = options_.ordered.at(out.name);
    Column column = table_.column_as(out.name, ColumnType::categorical);
    column.values.assign(column.codes.size(), std::numeric_limits<double>::quiet_NaN());
    for (size_t row = 0; row < column.codes.size(); ++row) {
      if (column.codes[row] < 0) continue;
      const std::string& level = column.levels[static_cast<size_t>(column.codes[row])];
      const auto found = std::find(out.levels.begin(), out.levels.end(), level);
      if (found == out.levels.end())
        throw DataError(fmt::format("{}: column \"{}\": \"{}\" is not in the order given for it{}",
                                    table_.where(static_cast<std::int64_t>(row)), out.name, level,
                                    did_you_mean(level, out.levels)));
      column.values[row] = static_cast<double>(found - out.levels.begin());
    }
    set_moments(out, column);
  }

  const Table& table_;
  const EncoderOptions& options_;
};

}  // namespace

MixedColumn::MixedColumn(const Column& mixed)
    : DataError(mixed.doubt + "; mend it, leave it empty where nothing is known, or declare the column categorical"),
      column(mixed.name) {}

Encoder Encoder::fit(const Table& table, std::string_view target, const EncoderOptions& options) {
  check(table, target, options);
  Fit fit(table, options);
  Encoder out;
  out.target_ = fit.target(target);
  out.weight_ = options.weight;
  for (std::int64_t i = 0; i < table.columns(); ++i) {
    const std::string& name = table.column(i).name;
    if (name == target || name == options.weight || contains(options.drop, name)) continue;
    if (auto column = fit.column(i)) out.columns_.push_back(*std::move(column));
  }
  if (out.columns_.empty())
    throw DataError(fmt::format("{}: no column is left to predict \"{}\" from", table.name(), target));
  out.notes_ = std::move(fit.notes);
  return out;
}

Encoder Encoder::fit(const Table& table, std::string_view target, const EncoderOptions& options,
                     std::span<const std::int64_t> rows) {
  return fit(table.select(rows), target, options);
}

std::int64_t EncodedColumn::features() const {
  return (kind == Kind::one_hot ? static_cast<std::int64_t>(levels.size()) : 1) + indicator;
}

std::int64_t Encoder::feature_count() const {
  std::int64_t count = 0;
  for (const EncodedColumn& column : columns_) count += column.features();
  return count;
}

std::vector<std::string> Encoder::feature_names() const {
  std::vector<std::string> names;
  for (const EncodedColumn& column : columns_) {
    if (column.kind == Kind::one_hot)
      for (const std::string& level : column.levels) names.push_back(column.name + "=" + level);
    else names.push_back(column.name);
    if (column.indicator) names.push_back(column.name + " is missing");
  }
  return names;
}

const std::string& Encoder::positive_label(Where where) const {
  if (target_.task != Task::binary)
    throw ValueError(where, fmt::format("positive_label: the task is {}, not binary", to_string(target_.task)));
  return target_.classes[1];
}

std::int64_t Encoder::outputs() const {
  return target_.task == Task::multiclass ? static_cast<std::int64_t>(target_.classes.size()) : 1;
}

std::int64_t EncodingReport::imputed() const {
  std::int64_t sum = 0;
  for (const Column& column : columns) sum += column.imputed;
  return sum;
}

std::int64_t EncodingReport::unseen() const {
  std::int64_t sum = 0;
  for (const Column& column : columns)
    for (const auto& [category, count] : column.unseen) sum += count;
  return sum;
}

}  // namespace cinta
