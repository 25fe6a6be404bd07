#include "predictions.hpp"

#include <cinta/framework/io/atomic_file.hpp>
#include <cinta/framework/io/npy.hpp>
#include <cinta/framework/io/npz.hpp>

#include <fmt/format.h>

namespace cinta::cli {
namespace {

// A cell as RFC 4180 wants it: in quotes when it has a comma, a quote or a line end.
std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char ch : text) quoted += ch == '"' ? "\"\"" : std::string(1, ch);
  return quoted + '"';
}

// The probability of class 1, [n, 1], as those of both classes.
Tensor both_classes(const Tensor& p) {
  Tensor both = empty({p.size(), 2}, p.dtype());
  visit_dtype(p.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* out = both.mutable_data<T>();
    for (const T positive : p.span<T>()) {
      *out++ = static_cast<T>(1 - positive);
      *out++ = positive;
    }
  });
  return both;
}

}  // namespace

Predictions predictions_of(Task task, const std::vector<std::string>& classes, const Tensor& outputs) {
  const std::int64_t n = outputs.shape()[0];
  if (task == Task::regression) return {task, {}, with_shape(outputs, {n}), {}};
  Predictions out{task, classes, task == Task::binary ? both_classes(outputs) : outputs, {}};
  const Tensor p = convert(out.values, f64);
  const auto k = static_cast<std::int64_t>(classes.size());
  for (std::int64_t row = 0; row < n; ++row) {
    const double* const q = p.data<double>() + row * k;
    std::int32_t best = 0;
    for (std::int32_t j = 1; j < k; ++j)
      if (q[j] > q[best] || (k == 2 && q[j] >= q[best])) best = j;
    out.labels.push_back(best);
  }
  return out;
}

std::string to_csv(const Predictions& predictions) {
  const Tensor values = convert(predictions.values, f64);
  const double* at = values.data<double>();
  std::string csv;
  if (predictions.task == Task::regression) {
    csv = "prediction\n";
    for (std::int64_t i = 0; i < values.size(); ++i, ++at)
      csv +=
          predictions.values.dtype() == f32 ? fmt::format("{}\n", static_cast<float>(*at)) : fmt::format("{}\n", *at);
    return csv;
  }
  csv = "class";
  for (const std::string& name : predictions.classes) csv += ',' + csv_cell("p(" + name + ")");
  csv += '\n';
  for (const std::int32_t label : predictions.labels) {
    csv += csv_cell(predictions.classes[static_cast<std::size_t>(label)]);
    for (std::size_t j = 0; j < predictions.classes.size(); ++j) csv += fmt::format(",{:.6f}", *at++);
    csv += '\n';
  }
  return csv;
}

Json json_of(const Predictions& predictions) {
  const Tensor values = convert(predictions.values, f64);
  const double* at = values.data<double>();
  Json list = Json::array();
  if (predictions.task == Task::regression)
    for (std::int64_t i = 0; i < values.size(); ++i) list.push_back(*at++);
  for (const std::int32_t label : predictions.labels) {
    Json p = Json::object();
    for (const std::string& name : predictions.classes) p[name] = *at++;
    list.push_back({{"class", predictions.classes[static_cast<std::size_t>(label)]}, {"probabilities", std::move(p)}});
  }
  return list;
}

void write_predictions(const Predictions& predictions, const std::string& path) {
  if (path.ends_with(".npy")) return save_npy(path, predictions.values);
  if (!path.ends_with(".npz")) return write_file_atomically(path, to_csv(predictions));
  if (predictions.task == Task::regression) return save_npz(path, {{"prediction", predictions.values}});
  const auto n = static_cast<std::int64_t>(predictions.labels.size());
  save_npz(path, {{"class", tensor(std::span<const std::int32_t>(predictions.labels), {n})},
                  {"probabilities", predictions.values}});
}

}  // namespace cinta::cli
