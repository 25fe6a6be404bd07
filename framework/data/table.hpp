// Tables with typed columns, read from CSV files: what an encoder turns into tensors. No tensors here.
#pragma once

#include <cinta/framework/data/csv.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cinta {

/// What the cells of a column are.
enum class ColumnType { numeric, boolean, categorical };

/// "numeric", "boolean" or "categorical".
std::string_view to_string(ColumnType type);

/// How a CSV file is read.
struct CsvOptions {
  std::optional<char> delimiter = {};            ///< found when not given: see `Csv`
  std::map<std::string, ColumnType> types = {};  ///< of columns by name; the others are inferred
  std::vector<std::string> missing = {"NA", "N/A", "nan", "NaN", "null", "?"};  ///< and the empty cell, always
  std::optional<char> decimal = {};  ///< of numbers, '.' or ','; when not given, see `Table`
};

/// One column, in the form its type asks for.
struct Column {
  std::string name;                       ///< as in the header
  ColumnType type = ColumnType::numeric;  ///< found or given

  /// Numeric: the number. Boolean: 0 or 1. NaN where missing. Empty for a categorical column.
  std::vector<double> values;

  /// Categorical: the index of the level, −1 where missing. Empty for other columns.
  std::vector<std::int32_t> codes;

  /// Categorical: the distinct cells in the order of their bytes, whatever the order of the rows.
  /// Boolean: how false and true are spelled, in this order.
  std::vector<std::string> levels;

  /// Of a column that was found to be categorical although nearly all its cells are numbers (9 of 10, and 10 at least):
  /// the first that is none, a sentence. Else empty.
  std::string doubt = {};

  /// Whether the cell of the row is missing.
  bool missing(std::int64_t row) const;
  /// How many cells are missing.
  std::int64_t missing_count() const;
};

/// Rows and typed columns. A value: copies share the text of the file, never their columns.
///
/// The type of a column is inferred from its present cells, spaces around them left out: boolean when they are
/// words of one pair (yes/no, sí/no, si/no, true/false, verdadero/falso, in letters of either case, or 0/1 if
/// both occur), numeric when each is a finite number, categorical otherwise. A column without a present cell is
/// numeric. A column of numbers in which some are "inf" or too large for a double is an error, not a category; of one
/// in which a few are words `Column::doubt` says so, and an encoder refuses it until its type is given.
///
/// Numbers have a decimal point. Where `;` separates cells they may have a decimal comma instead, if every number of
/// the column that has either has that one; `CsvOptions::decimal` settles it for all columns.
class Table {
 public:
  /// The number of rows.
  std::int64_t rows() const { return static_cast<std::int64_t>(records_.size()); }
  /// The number of columns.
  std::int64_t columns() const { return static_cast<std::int64_t>(columns_.size()); }
  /// The columns' names, in their order.
  const std::vector<std::string>& names() const { return csv().header(); }
  /// The file, as errors name it.
  const std::string& name() const { return csv().name(); }

  /// Whether there is a column of that name.
  bool contains(std::string_view name) const;

  /// The position of a column. Throws `DataError` for an unknown one, naming the nearest.
  std::int64_t index(std::string_view name) const;

  /// The column of that name; throws `DataError`, with the nearest name, where there is none.
  const Column& column(std::string_view name) const { return columns_[static_cast<std::size_t>(index(name))]; }
  /// Throws `DataError` for a position outside the table.
  const Column& column(std::int64_t index) const;

  /// The table of these rows, in this order, repeats allowed. Levels stay as they are, also those that no row has
  /// any more, so that codes mean the same in every part of a split. Throws `DataError` for a row outside the table.
  Table select(std::span<const std::int64_t> rows) const;

  /// A column read anew as `type`, from the text of the rows that the table has.
  /// Throws `DataError`, naming file, line, column and cell, when a cell is not of that type.
  Column column_as(std::string_view name, ColumnType type) const;
  /// The same, in the table's own column.
  void set_type(std::string_view name, ColumnType type);

  /// The cell as the file has it, without the spaces around it; valid as long as the table or a copy of it.
  std::string_view text(std::int64_t row, std::int64_t column) const;

  /// The physical line of the file, from 1, on which the row starts; `where` is "churn.csv:118".
  std::int64_t line(std::int64_t row) const;
  /// "churn.csv:118", the place of a row.
  std::string where(std::int64_t row) const;

 private:
  friend Table read_csv(const std::string& path, const CsvOptions& options);
  friend Table parse_csv(std::string text, std::string name, const CsvOptions& options);

  struct Source {
    Csv csv;
    CsvOptions options;
  };
  Table(Csv csv, const CsvOptions& options);
  explicit Table(std::shared_ptr<const Source> source) : source_(std::move(source)) {}  // without rows and columns
  const Csv& csv() const { return source_->csv; }
  std::int64_t record(std::int64_t row) const;

  std::shared_ptr<const Source> source_;
  std::vector<std::int64_t> records_;  // of each row
  std::vector<Column> columns_;
};

/// Reads a CSV file as a table. `Csv` tells which files are accepted.
///
///     Table churn = read_csv("churn.csv", {.types = {{"zip", ColumnType::categorical}}});
///
/// Throws `FileError` for a file that cannot be read, and `DataError` for one that is no table, for an unknown
/// column in `types`, and for a cell that is not of the type declared for its column:
/// `churn.csv:118: column "age": "old" is no number`. Throws `ValueError` for a decimal sign that is neither point nor
/// comma, or is the delimiter.
Table read_csv(const std::string& path, const CsvOptions& options = {});

/// The same from text; `name` stands for the file in errors.
Table parse_csv(std::string text, std::string name = "text", const CsvOptions& options = {});

}  // namespace cinta
