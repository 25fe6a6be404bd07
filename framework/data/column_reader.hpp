// How the cells of a CSV file become typed columns. Used by the table alone.
#pragma once

#include <cinta/framework/data/table.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cinta {

/// A column to read: its position in the file, and its type unless that is to be inferred.
struct ColumnRequest {
  std::int64_t index;
  std::optional<ColumnType> declared;
};

/// Reads columns from these records of the file; cells that are empty or one of `options.missing` count as missing.
/// Throws `DataError` for a cell that is not of the type declared, and for numbers that are not finite.
std::vector<Column> read_columns(const Csv& csv, std::span<const ColumnRequest> requests,
                                 std::span<const std::int64_t> records, const CsvOptions& options);

}  // namespace cinta
