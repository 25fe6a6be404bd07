#include <cinta/framework/core/random.hpp>
#include <cinta/framework/data/partition.hpp>
#include <cinta/framework/data/target_cells.hpp>
#include <cinta/framework/data/task.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace cinta {
namespace {

using std::size_t;

void check(const PartitionOptions& options, Where where) {
  const auto check_fraction = [&](const char* name, double fraction) {
    if (!(fraction >= 0 && fraction < 1))
      throw ValueError(where, fmt::format("partition: the fraction {} = {} is not in [0, 1)", name, fraction));
  };
  check_fraction("valid", options.valid);
  check_fraction("test", options.test);
  if (options.valid + options.test >= 1)
    throw ValueError(where, fmt::format("partition: valid = {} and test = {} leave nothing to train on", options.valid,
                                        options.test));
}

std::int64_t size_of_part(const char* name, double fraction, std::int64_t rows, Where where) {
  const std::int64_t size = std::llround(fraction * static_cast<double>(rows));
  if (fraction > 0 && size == 0)
    throw DataError(where, fmt::format("partition: {} = {} of {} rows is no row", name, fraction, rows));
  return size;
}

// `size` rows dealt to classes in proportion to `counts`, none given more than `room`: what is left over after rounding
// down goes to the largest remainders, of equal ones to the first class.
std::vector<std::int64_t> deal(std::int64_t size, const std::vector<std::int64_t>& counts, std::int64_t rows,
                               const std::vector<std::int64_t>& room) {
  std::vector<std::int64_t> dealt(counts.size());
  std::vector<double> remainder(counts.size());
  std::int64_t left = size;
  for (size_t c = 0; c < counts.size(); ++c) {
    const double share = static_cast<double>(size) * static_cast<double>(counts[c]) / static_cast<double>(rows);
    dealt[c] = std::min(static_cast<std::int64_t>(share), room[c]);
    remainder[c] = share - static_cast<double>(dealt[c]);
    left -= dealt[c];
  }
  std::vector<size_t> order(counts.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return remainder[a] > remainder[b]; });
  while (left > 0) {
    const std::int64_t before = left;
    for (const size_t c : order) {
      if (left == 0 || dealt[c] == room[c]) continue;
      ++dealt[c];
      --left;
    }
    if (left == before) break;  // no room anywhere
  }
  return dealt;
}

// Classes as 0, 1, …, in ascending order of their numbers.
std::vector<std::int64_t> ranks(std::span<const std::int32_t> classes, std::vector<std::int32_t>& numbers) {
  std::map<std::int32_t, std::int64_t> rank;
  for (const std::int32_t c : classes) rank[c] = 0;
  for (auto& [number, r] : rank) {
    r = static_cast<std::int64_t>(numbers.size());
    numbers.push_back(number);
  }
  std::vector<std::int64_t> out;
  out.reserve(classes.size());
  for (const std::int32_t c : classes) out.push_back(rank[c]);
  return out;
}

}  // namespace

Partition partition(std::int64_t rows, const PartitionOptions& options, Where where) {
  const std::vector<std::int32_t> one_class(static_cast<size_t>(std::max<std::int64_t>(rows, 0)));
  Partition out = partition(one_class, options, {}, where);
  out.notes.clear();
  return out;
}

Partition partition(std::span<const std::int32_t> classes, const PartitionOptions& options,
                    std::span<const std::string> names, Where where) {
  check(options, where);
  const auto rows = static_cast<std::int64_t>(classes.size());
  if (rows == 0) throw DataError(where, "partition: there are no rows");
  const std::int64_t test_size = size_of_part("test", options.test, rows, where);
  const std::int64_t valid_size = size_of_part("valid", options.valid, rows, where);
  if (test_size + valid_size >= rows)
    throw DataError(
        where, fmt::format("partition: of {} rows {} are for validation and {} for the test; none is left to train on",
                           rows, valid_size, test_size));

  std::vector<std::int32_t> numbers;
  std::vector<std::int64_t> class_of =
      options.stratified ? ranks(classes, numbers) : std::vector<std::int64_t>(classes.size());
  if (!options.stratified) numbers.push_back(0);
  std::vector<std::int64_t> counts(numbers.size());
  for (const std::int64_t c : class_of) ++counts[static_cast<size_t>(c)];

  // A row of each class is kept for training, as far as there are as many rows for it.
  std::vector<std::int64_t> room = counts;
  if (rows - test_size - valid_size >= static_cast<std::int64_t>(counts.size()))
    for (std::int64_t& r : room) --r;
  std::vector<std::int64_t> test_left = deal(test_size, counts, rows, room);
  for (size_t c = 0; c < room.size(); ++c) room[c] -= test_left[c];
  std::vector<std::int64_t> valid_left = deal(valid_size, counts, rows, room);

  Partition out;
  if (options.stratified && counts.size() > 1) {
    const std::int64_t parts = 1 + (test_size > 0) + (valid_size > 0);
    for (size_t c = 0; c < counts.size(); ++c) {
      const bool everywhere = (test_size == 0 || test_left[c] > 0) && (valid_size == 0 || valid_left[c] > 0);
      if (everywhere) continue;
      const auto number = static_cast<size_t>(numbers[c]);
      const std::string name =
          numbers[c] >= 0 && number < names.size() ? "\"" + names[number] + "\"" : std::to_string(numbers[c]);
      out.notes.push_back(fmt::format("the class {} has {} row{} and does not stand in all {} parts", name, counts[c],
                                      counts[c] == 1 ? "" : "s", parts));
    }
  }

  for (const std::int64_t row : shuffled_indices(options.seed, stream_of("partition"), rows)) {
    const auto c = static_cast<size_t>(class_of[static_cast<size_t>(row)]);
    if (test_left[c] > 0) {
      --test_left[c];
      out.test.push_back(row);
    } else if (valid_left[c] > 0) {
      --valid_left[c];
      out.valid.push_back(row);
    } else {
      out.train.push_back(row);
    }
  }
  return out;
}

Partition partition(const Tensor& targets, const PartitionOptions& options, Where where) {
  if (targets.rank() == 0) throw ShapeError(where, "partition: the targets are a scalar; there is one for each row");
  const std::int64_t n = targets.shape()[0];
  if (targets.size() == n) {
    const Tensor numbers = convert(targets, f64);
    const std::span<const double> values = numbers.span<double>();
    const bool classes = targets.dtype() == i32 || targets.dtype() == u8 ||
                         std::all_of(values.begin(), values.end(), [](double v) { return v == 0 || v == 1; });
    if (classes) {
      std::vector<std::int32_t> of_rows(values.begin(), values.end());
      return partition(of_rows, options, {}, where);
    }
  }
  return partition(n, options, where);
}

Partition partition(const Table& table, std::string_view target, const PartitionOptions& options, Where where) {
  const Column& column = table.column(target);
  require_present(table, column);
  if (infer_task(column) == Task::regression) return partition(table.rows(), options, where);
  const ClassCodes classes = class_codes(column);
  return partition(classes.codes, options, classes.names, where);
}

}  // namespace cinta
