#include <cinta/framework/data/task.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace cinta {

using std::size_t;

namespace {
constexpr size_t most_labels = 20;
constexpr std::int64_t fewest_rows = 3;  // of each label
}  // namespace

std::string_view to_string(Task task) {
  if (task == Task::regression) return "regression";
  return task == Task::binary ? "binary" : "multiclass";
}

Task infer_task(const Column& column) {
  if (column.type == ColumnType::boolean) return Task::binary;
  if (column.type == ColumnType::categorical) {
    std::vector<bool> occurs(column.levels.size());
    for (const std::int32_t code : column.codes)
      if (code >= 0) occurs[static_cast<size_t>(code)] = true;
    return std::count(occurs.begin(), occurs.end(), true) > 2 ? Task::multiclass : Task::binary;
  }
  std::map<double, std::int64_t> rows_of_label;
  for (const double value : column.values) {
    if (std::isnan(value)) continue;
    if (value != std::floor(value)) return Task::regression;
    ++rows_of_label[value];
    if (rows_of_label.size() > most_labels) return Task::regression;
  }
  const bool labels = rows_of_label.size() >= 2 && std::all_of(rows_of_label.begin(), rows_of_label.end(),
                                                               [](const auto& l) { return l.second >= fewest_rows; });
  if (!labels) return Task::regression;
  return rows_of_label.size() > 2 ? Task::multiclass : Task::binary;
}

}  // namespace cinta
