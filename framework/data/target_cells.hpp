// The cells of a target column: that none is missing, which class each is, and numbers standardised. For the encoders
// and the partition.
#pragma once

#include <cinta/framework/data/encoder.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace cinta {

/// Throws `DataError` when cells of the column are missing: their number, and the lines of the first.
void require_present(const Table& table, const Column& column);

/// Classes in order, and the index of each row's.
struct ClassCodes {
  std::vector<std::string> names;
  std::vector<std::int32_t> codes;
};

/// The classes that occur in a column without missing cells: categories in the order of their bytes, false before true,
/// numbers by size, spelled as short as they can be.
ClassCodes class_codes(const Column& column);

/// The values of a regression as `target` standardises them, [n, 1]. Throws `DataError` for one that the type does not
/// hold, before or after; `name` is what a sentence calls the value of a row.
Tensor standardised_target(const EncodedTarget& target, std::span<const double> values, Dtype dtype,
                           const std::function<std::string(std::int64_t row)>& name);

/// The index of each row's class in `classes`. Throws `DataError` with the line of the first cell that is none of them.
std::vector<std::int32_t> codes_among(std::span<const std::string> classes, const Table& table, const Column& column);

}  // namespace cinta
