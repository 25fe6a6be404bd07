// An encoder's reading of tables: features, targets, and what was unlike the training part.
#include <cinta/framework/core/error.hpp>
#include <cinta/framework/core/nearest.hpp>
#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/data/cell.hpp>
#include <cinta/framework/data/encoder.hpp>
#include <cinta/framework/data/target_cells.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace cinta {
namespace {

using std::size_t;
using Kind = EncodedColumn::Kind;

// A column of a table as one type: the table's own when it has that, else read anew.
class TypedColumn {
 public:
  TypedColumn(const Table& table, const std::string& name, ColumnType type) {
    if (!table.contains(name))
      throw DataError(fmt::format("{}: no column \"{}\", which the model was trained with{}", table.name(), name,
                                  did_you_mean(name, table.names())));
    column_ = &table.column(name);
    if (column_->type != type) own_ = table.column_as(name, type);
  }
  const Column& operator*() const { return own_ ? *own_ : *column_; }
  const Column* operator->() const { return &**this; }

 private:
  const Column* column_;
  std::optional<Column> own_;
};

ColumnType type_of(Kind kind) {
  if (kind == Kind::number) return ColumnType::numeric;
  return kind == Kind::boolean ? ColumnType::boolean : ColumnType::categorical;
}

// One column of a table as an encoder's column sees it.
class ColumnView {
 public:
  ColumnView(const Table& table, const EncodedColumn& encoded)
      : table_(table), encoded_(encoded), column_(table, encoded.name, type_of(encoded.kind)) {
    std::unordered_map<std::string_view, std::int32_t> known;
    for (const std::string& level : encoded.levels) known.emplace(level, static_cast<std::int32_t>(known.size()));
    for (const std::string& level : column_->levels) {
      const auto found = known.find(level);
      level_of_.push_back(found == known.end() ? unseen : found->second);
    }
  }

  // Rows [begin, end) of this column's features; `out` is where those of the row `begin` go, `stride` a row's features.
  template <class T> void write(std::int64_t begin, std::int64_t end, T* out, std::int64_t stride) const {
    const auto width = encoded_.features();
    const bool one_hot = encoded_.kind == Kind::one_hot;
    for (std::int64_t row = begin; row < end; ++row, out += stride) {
      if (one_hot) {
        std::fill_n(out, width, T{0});
        if (const std::int32_t level = level_at(row); level >= 0) out[level] = 1;
      } else {
        out[0] = value_at<T>(row);
      }
      if (encoded_.indicator) out[width - 1] = column_->missing(row) ? T{1} : T{0};
    }
  }

  EncodingReport::Column report() const {
    EncodingReport::Column out{encoded_.name, column_->missing_count(), {}};
    if (type_of(encoded_.kind) != ColumnType::categorical) return out;
    for (const std::int32_t code : column_->codes)
      if (code >= 0 && level_of_[static_cast<size_t>(code)] == unseen)
        ++out.unseen[column_->levels[static_cast<size_t>(code)]];
    return out;
  }

 private:
  static constexpr std::int32_t unseen = -1;

  std::int32_t level_at(std::int64_t row) const {
    const std::int32_t code = column_->codes[static_cast<size_t>(row)];
    return code < 0 ? unseen : level_of_[static_cast<size_t>(code)];
  }

  template <class T> T value_at(std::int64_t row) const {
    double x = encoded_.mean;
    if (encoded_.kind == Kind::ordered) {
      if (const std::int32_t level = level_at(row); level >= 0) x = level;
    } else if (!column_->missing(row)) {
      x = column_->values[static_cast<size_t>(row)];
    }
    if (encoded_.kind == Kind::boolean) return static_cast<T>(x);
    if (encoded_.deviation == 0) return 0;
    const T z = static_cast<T>((x - encoded_.mean) / encoded_.deviation);
    if (!std::isfinite(z))
      throw DataError(fmt::format("{}: column \"{}\": {} is too far from the {} ± {} of the training part",
                                  table_.where(row), encoded_.name, x, encoded_.mean, encoded_.deviation));
    return z;
  }

  const Table& table_;
  const EncodedColumn& encoded_;
  TypedColumn column_;
  std::vector<std::int32_t> level_of_;  // of the table's levels, the encoder's, or `unseen`
};

void check_dtype(const char* what, Dtype dtype) {
  if (!is_floating(dtype)) throw DtypeError(fmt::format("{} are f32 or f64, not {}", what, to_string(dtype)));
}

// The class of each row. A boolean may be spelled in other words than in training.
std::vector<std::int32_t> class_indices(const EncodedTarget& target, const Table& table, const Column& column) {
  if (target.type != ColumnType::boolean) return codes_among(target.classes, table, column);
  const bool second_is_true = to_boolean(target.classes[1]).value;
  std::vector<std::int32_t> out;
  out.reserve(column.values.size());
  for (const double value : column.values) out.push_back((value == 1) == second_is_true);
  return out;
}

}  // namespace

Tensor Encoder::features(const Table& table, Dtype dtype) const {
  check_dtype("features", dtype);
  std::vector<ColumnView> views;
  views.reserve(columns_.size());
  for (const EncodedColumn& column : columns_) views.emplace_back(table, column);
  const std::int64_t n = table.rows(), width = feature_count();
  Tensor out = empty({n, width}, dtype);
  const auto fill = [&](auto* const data) {
    // A few rows at a time stay in cache while every column writes its part of them.
    parallel_chunks(n, 64, [&](std::int64_t begin, std::int64_t end) {
      auto* at = data + begin * width;
      for (size_t i = 0; i < views.size(); ++i) {
        views[i].write(begin, end, at, width);
        at += columns_[i].features();
      }
    });
  };
  if (dtype == f32) fill(out.mutable_data<float>());
  else fill(out.mutable_data<double>());
  return out;
}

Tensor Encoder::targets(const Table& table, Dtype dtype) const {
  check_dtype("targets", dtype);
  const TypedColumn column(table, target_.name, target_.type);
  require_present(table, *column);
  const std::int64_t n = table.rows();
  if (target_.task == Task::regression) {
    return standardised_target(target_, column->values, dtype, [&](std::int64_t row) {
      return fmt::format("{}: the target \"{}\"", table.where(row), target_.name);
    });
  }
  const std::vector<std::int32_t> classes = class_indices(target_, table, *column);
  Tensor indices = tensor(std::span<const std::int32_t>(classes), {n});
  if (target_.task == Task::multiclass) return indices;
  return with_shape(convert(indices, dtype), {n, 1});
}

Tensor Encoder::weights(const Table& table, Dtype dtype) const {
  check_dtype("weights", dtype);
  if (!weight_) return {};
  const TypedColumn column(table, *weight_, ColumnType::numeric);
  double largest = 0;
  for (std::int64_t row = 0; row < table.rows(); ++row) {
    const double weight = column->values[static_cast<size_t>(row)];
    if (!(weight >= 0))
      throw DataError(fmt::format("{}: column \"{}\": the weight of the row {}", table.where(row), *weight_,
                                  std::isnan(weight) ? "is missing" : fmt::format("is negative: {}", weight)));
    if (!std::isfinite(static_cast<float>(weight)))
      throw DataError(
          fmt::format("{}: column \"{}\": a weight of {} is too large", table.where(row), *weight_, weight));
    largest = std::max(largest, weight);
  }
  if (largest == 0 && table.rows() > 0)
    throw DataError(
        fmt::format("{}: the weights in the column \"{}\" are all 0: no row counts", table.name(), *weight_));
  return convert(tensor(std::span<const double>(column->values), {table.rows()}), dtype);
}

Batch Encoder::encode(const Table& table, Dtype dtype) const {
  return {features(table, dtype), targets(table, dtype), weights(table, dtype)};
}

Tensor Encoder::decode(const Tensor& predictions, Where where) const {
  if (target_.task != Task::regression)
    throw ValueError(where, fmt::format("decode: the task is {}; only predictions of a regression have units",
                                        to_string(target_.task)));
  if (!is_floating(predictions.dtype()))
    throw DtypeError(where, fmt::format("decode: predictions are f32 or f64, not {}", to_string(predictions.dtype())));
  Tensor y = convert(predictions, f64);
  double* const values = y.mutable_data<double>();
  std::transform(values, values + y.size(), values, [&](double v) { return v * target_.deviation + target_.mean; });
  return convert(y, predictions.dtype());
}

EncodingReport Encoder::report(const Table& table) const {
  EncodingReport out;
  for (const EncodedColumn& column : columns_) {
    EncodingReport::Column found = ColumnView(table, column).report();
    if (found.imputed > 0 || !found.unseen.empty()) out.columns.push_back(std::move(found));
  }
  return out;
}

}  // namespace cinta
