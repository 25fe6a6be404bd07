// What an array encoder learns, and what it makes of examples. Its JSON is in array_encoder_json.cpp.
#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/data/array_encoder.hpp>
#include <cinta/framework/data/target_cells.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

namespace cinta {
namespace {

using std::size_t;

Shape example_of(const Tensor& x) {
  Shape shape;
  for (int axis = 1; axis < x.rank(); ++axis) shape.push_back(x.shape()[axis]);
  return shape;
}

[[noreturn]] void refuse_number(const ArrayData& data, std::int64_t row, double value) {
  throw DataError(fmt::format("{} holds {}, which is no finite number", data.where(row), value));
}

struct Moments {
  std::vector<double> means, deviations;
};

// Over n, in f64 and in two passes: of each feature, or of all numbers together. Equal numbers have deviation 0,
// whatever their mean rounds to.
Moments moments(const ArrayData& data, bool together) {
  const Tensor x = data.x;
  const std::int64_t n = data.rows(), width = x.size() / n;
  const auto groups = static_cast<size_t>(together ? 1 : width);
  const double count = static_cast<double>(n) * (together ? static_cast<double>(width) : 1);
  // f(value, group) of every number, added up by rows first when all are one group.
  const auto sums = [&](auto f) {
    std::vector<double> total(groups), of_row(groups);
    visit_dtype(x.dtype(), [&](auto zero) {
      const auto* from = x.data<decltype(zero)>();
      for (std::int64_t row = 0; row < n; ++row) {
        std::fill(of_row.begin(), of_row.end(), 0);
        for (std::int64_t i = 0; i < width; ++i, ++from) {
          const auto value = static_cast<double>(*from);
          if (!std::isfinite(value)) refuse_number(data, row, value);
          const size_t group = together ? 0 : static_cast<size_t>(i);
          of_row[group] += f(value, group);
        }
        for (size_t g = 0; g < groups; ++g) total[g] += of_row[g];
      }
    });
    return total;
  };
  std::vector<double> low(groups, std::numeric_limits<double>::infinity()), high(groups, -low[0]);
  Moments out;
  out.means = sums([&](double value, size_t g) {
    low[g] = std::min(low[g], value);
    high[g] = std::max(high[g], value);
    return value;
  });
  for (size_t g = 0; g < groups; ++g) out.means[g] = low[g] == high[g] ? low[g] : out.means[g] / count;
  out.deviations = sums([&](double value, size_t g) { return (value - out.means[g]) * (value - out.means[g]); });
  for (double& d : out.deviations) d = std::sqrt(d / count);
  for (size_t g = 0; g < groups; ++g)
    if (!std::isfinite(out.means[g]) || !std::isfinite(out.deviations[g]))
      throw DataError(data.name + ": its numbers are too large to take their mean and deviation");
  return out;
}

Column target_column(const ArrayData& data) {
  if (!data.y.defined()) throw DataError(data.name + ": it has no targets");
  const Tensor y = convert(data.y, f64);
  const auto values = y.span<double>();
  for (size_t row = 0; row < values.size(); ++row)
    if (!std::isfinite(values[row]))
      throw DataError(fmt::format("{}: its target is {}", data.where(static_cast<std::int64_t>(row)), values[row]));
  return {"y", ColumnType::numeric, {values.begin(), values.end()}, {}, {}};
}

Task task_of(const ArrayData& data, const Column& column, std::int64_t max_levels) {
  const auto ends = std::minmax_element(column.values.begin(), column.values.end());
  const double low = *ends.first, high = *ends.second;
  const bool labels = !is_floating(data.y.dtype()) && low >= 0 && high < static_cast<double>(max_levels);
  if (!labels) return infer_task(column);
  return std::any_of(column.values.begin(), column.values.end(), [&](double v) { return v != low && v != high; })
             ? Task::multiclass
             : Task::binary;
}

void learn_regression(const ArrayData& data, const Column& column, EncodedTarget& target) {
  const ArrayData targets{data.name, convert(data.y, f64)};
  const Moments m = moments(targets, true);
  if (m.deviations[0] == 0)
    throw DataError(
        fmt::format("{}: the target is {} in every example: there is nothing to learn", data.name, column.values[0]));
  target.mean = m.means[0];
  target.deviation = m.deviations[0];
}

void learn_classes(const ArrayData& data, const Column& column, std::int64_t max_levels, EncodedTarget& target) {
  target.classes = class_codes(column).names;
  const auto count = static_cast<std::int64_t>(target.classes.size());
  if (count == 1)
    throw DataError(fmt::format("{}: the target is {} in every example: there is nothing to tell apart", data.name,
                                target.classes[0]));
  if (target.task == Task::binary && count > 2)
    throw DataError(fmt::format("{}: the target has {} classes, and the task is binary", data.name, count));
  if (count > max_levels)
    throw DataError(
        fmt::format("{}: the target has {} classes, more than max_levels = {}", data.name, count, max_levels));
}

void check_dtype(const char* what, Dtype dtype) {
  if (!is_floating(dtype)) throw DtypeError(fmt::format("{} are f32 or f64, not {}", what, to_string(dtype)));
}

}  // namespace

ArrayEncoder ArrayEncoder::fit(const ArrayData& data, const ArrayEncoderOptions& options) {
  const Column column = target_column(data);
  ArrayEncoder out;
  out.example_ = example_of(data.x);
  out.bytes_ = data.x.dtype() == u8;
  Moments m = moments(data, out.bytes_ || data.x.rank() > 2);
  out.means_ = std::move(m.means);
  out.deviations_ = std::move(m.deviations);
  const std::int64_t max_levels = options.max_levels;
  out.target_ = {"y", options.task.value_or(task_of(data, column, max_levels)), ColumnType::numeric, 0, 1, {}};
  if (out.task() == Task::regression) learn_regression(data, column, out.target_);
  else learn_classes(data, column, max_levels, out.target_);
  if (out.task() != Task::regression && is_floating(data.y.dtype()) && !options.task)
    out.notes_.push_back(
        fmt::format("the {} whole numbers of the target are taken for classes", out.target_.classes.size()));
  return out;
}

void ArrayEncoder::check_inputs(const ArrayData& data) const {
  const Shape found = example_of(data.x);
  if (found != example_ && found != Shape{feature_count()})
    throw DataError(fmt::format("{}: its examples have shape {}, and those that the model was trained with {}",
                                data.name, to_string(found), to_string(example_)));
  if (data.x.dtype() == u8 && !bytes_)
    throw DataError(data.name +
                    ": its numbers are u8, and those that the model was trained with were not: are they on one scale?");
  if (!bytes_ || data.x.dtype() == u8) return;
  const Tensor values = convert(data.x, f64);
  const auto x = values.span<double>();
  const auto other =
      std::find_if(x.begin(), x.end(), [](double v) { return !(v >= 0 && v <= 255 && v == std::floor(v)); });
  if (other != x.end())
    throw DataError(fmt::format("{} holds {}, and the model was trained with whole numbers from 0 to 255",
                                data.where((other - x.begin()) / feature_count()), *other));
}

Tensor ArrayEncoder::features(const ArrayData& data, Dtype dtype) const {
  check_dtype("features", dtype);
  check_inputs(data);
  const std::int64_t n = data.rows(), width = feature_count();
  Tensor out = empty({n, width}, dtype);
  const bool together = means_.size() == 1;
  const auto fill = [&](auto* const to, const auto* const from) {
    using T = std::remove_pointer_t<decltype(to)>;
    parallel_chunks(n, 64, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row)
        for (std::int64_t i = 0; i < width; ++i) {
          const size_t at = together ? 0 : static_cast<size_t>(i);
          const double x = static_cast<double>(from[row * width + i]), deviation = deviations_[at];
          const T z = deviation == 0 ? T{0} : static_cast<T>((x - means_[at]) / deviation);
          if (!std::isfinite(x)) refuse_number(data, row, x);
          if (!std::isfinite(z))
            throw DataError(fmt::format("{}: {} is too far from the {} ± {} of the training part", data.where(row), x,
                                        means_[at], deviation));
          to[row * width + i] = z;
        }
    });
  };
  visit_dtype(data.x.dtype(), [&](auto zero) {
    const auto* const from = data.x.data<decltype(zero)>();
    if (dtype == f32) fill(out.mutable_data<float>(), from);
    else fill(out.mutable_data<double>(), from);
  });
  return out;
}

Tensor ArrayEncoder::targets(const ArrayData& data, Dtype dtype) const {
  check_dtype("targets", dtype);
  const Column column = target_column(data);
  const std::int64_t n = data.rows();
  if (task() == Task::regression) {
    return standardised_target(target_, column.values, dtype,
                               [&](std::int64_t row) { return data.where(row) + ": its target"; });
  }
  const ClassCodes own = class_codes(column);
  std::unordered_map<std::string, std::int32_t> known;
  for (const std::string& name : target_.classes) known.emplace(name, static_cast<std::int32_t>(known.size()));
  std::vector<std::int32_t> classes;
  for (size_t row = 0; row < own.codes.size(); ++row) {
    const auto found = known.find(own.names[static_cast<size_t>(own.codes[row])]);
    if (found == known.end())
      throw DataError(fmt::format("{}: its target is {}, none of the {} classes of the training part",
                                  data.where(static_cast<std::int64_t>(row)),
                                  own.names[static_cast<size_t>(own.codes[row])], known.size()));
    classes.push_back(found->second);
  }
  Tensor indices = tensor(std::span<const std::int32_t>(classes), {n});
  return task() == Task::multiclass ? indices : with_shape(convert(indices, dtype), {n, 1});
}

Tensor ArrayEncoder::weights(const ArrayData& data, Dtype dtype) const {
  check_dtype("weights", dtype);
  if (!data.weight.defined()) return {};
  Tensor weights = convert(data.weight, dtype);
  const Tensor values = convert(weights, f64);
  double largest = 0;
  const auto w = values.span<double>();
  for (size_t row = 0; row < w.size(); ++row) {
    if (!(w[row] >= 0) || !std::isfinite(w[row]))
      throw DataError(fmt::format("{}: its weight is {}, and weights are finite and not negative",
                                  data.where(static_cast<std::int64_t>(row)), w[row]));
    largest = std::max(largest, w[row]);
  }
  if (largest == 0) throw DataError(data.name + ": the weights are all 0: no example counts");
  return weights;
}

Batch ArrayEncoder::encode(const ArrayData& data, Dtype dtype) const {
  return {features(data, dtype), targets(data, dtype), weights(data, dtype)};
}

Tensor ArrayEncoder::decode(const Tensor& predictions, Where where) const {
  if (task() != Task::regression)
    throw ValueError(
        where, fmt::format("decode: the task is {}; only predictions of a regression have units", to_string(task())));
  Tensor y = convert(predictions, f64);
  double* const values = y.mutable_data<double>();
  std::transform(values, values + y.size(), values, [&](double v) { return v * target_.deviation + target_.mean; });
  return convert(y, predictions.dtype());
}

std::int64_t ArrayEncoder::outputs() const {
  return task() == Task::multiclass ? static_cast<std::int64_t>(target_.classes.size()) : 1;
}

}  // namespace cinta
