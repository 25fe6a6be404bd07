// The rows of a data set dealt to a training, a validation and a test part. A light header.
#pragma once

#include <cinta/framework/core/tensor.hpp>
#include <cinta/framework/data/table.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cinta {

/// Options of `partition`.
struct PartitionOptions {
  double valid = 0.2;      ///< fraction of the rows for validation; 0: none
  double test = 0.2;       ///< fraction of the rows for the test; 0: none
  std::uint64_t seed = 0;  ///< which rows go where is a function of it
  bool stratified = true;  ///< keep the classes' shares in every part, where there are classes
};

/// Row numbers, each row in exactly one part, in a random order.
struct Partition {
  std::vector<std::int64_t> train;      ///< row numbers, from 0
  std::vector<std::int64_t> valid;      ///< row numbers, from 0
  std::vector<std::int64_t> test;       ///< row numbers, from 0
  std::vector<std::string> notes = {};  ///< classes with too few rows to stand in every part, a sentence each
};

/// Deals `rows` rows: round(test · rows) to the test part, round(valid · rows) to validation, the rest to training.
/// Throws `ValueError` for a fraction outside [0, 1) and for two that leave nothing to train on, `DataError` when a
/// part that was asked for would be empty.
Partition partition(std::int64_t rows, const PartitionOptions& options = {}, Where where = Where::here());

/// The same, with each class's share in every part as near to its share of all rows as whole rows allow (largest
/// remainders); the parts have the sizes above all the same. The first row of a class goes to training.
/// @param classes  of each row; any numbers
/// @param names    of the classes 0, 1, …, for the notes
Partition partition(std::span<const std::int32_t> classes, const PartitionOptions& options = {},
                    std::span<const std::string> names = {}, Where where = Where::here());

/// The same for targets: class indices (i32 [n]) and zeros and ones ([n] or [n, 1]) are classes, other numbers are not.
/// Throws `ShapeError` for a scalar.
Partition partition(const Tensor& targets, const PartitionOptions& options = {}, Where where = Where::here());

/// The same for the rows of a table, before an encoder is fitted on `Table::select(part.train)`. The classes are the
/// values of the target, unless `infer_task` finds a regression. Throws `DataError` for an unknown target and, naming
/// lines, for missing ones.
Partition partition(const Table& table, std::string_view target, const PartitionOptions& options = {},
                    Where where = Where::here());

}  // namespace cinta
