// CSV files as rows of cells: text only, no types (those are the table's, in table.hpp).
// A file is read whole; cells are views into that one buffer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cinta {

/// The records of a CSV file (RFC 4180) under one header line.
///
/// Accepted: cells in quotes with doubled quotes, delimiters and line ends inside; lines that end in LF, CRLF or
/// CR; a last line without its end; a UTF-8 byte order mark (dropped); blanks around a quoted cell (dropped);
/// a quote inside an unquoted cell (kept, as pandas does, in 24" screen). Lines of nothing but blanks are
/// skipped, so a table of one column writes its missing cells as "" or NA. A column without a name is called
/// `unnamed_1`, with its position.
///
/// Refused, with file and line: a record of another width than the header, a quote that is never closed, text
/// after a closing quote, two columns of one name, bytes that are no UTF-8, NUL bytes, no header, no rows.
/// RFC 4180 (Shafranovich 2005).
class Csv {
 public:
  /// Reads a file. Without a delimiter, finds it among `,` `;` tab and `|`: the one that splits most of the
  /// first lines as it splits the header, then the one with most cells.
  /// Throws `FileError` when the file cannot be read, `DataError` when it is no such table and `ValueError`
  /// for a delimiter that is no ASCII character, or is a quote, a line end or NUL.
  static Csv read(const std::string& path, std::optional<char> delimiter = {});

  /// The same from text; `name` stands for the file in errors.
  static Csv parse(std::string text, std::string name, std::optional<char> delimiter = {});

  /// The name of the file, as errors tell it.
  const std::string& name() const { return name_; }
  /// The delimiter, found or given.
  char delimiter() const { return delimiter_; }

  /// Column names, without the blanks around them.
  const std::vector<std::string>& header() const { return header_; }

  /// The number of records below the header.
  std::int64_t rows() const { return static_cast<std::int64_t>(records_.size()); }
  /// The number of cells of each.
  std::int64_t columns() const { return static_cast<std::int64_t>(header_.size()); }

  /// The cell as it stands: unquoted, blanks around an unquoted cell kept. Indices are not checked.
  std::string_view cell(std::int64_t row, std::int64_t column) const {
    const Cell& c = cells_[static_cast<std::size_t>(row * columns() + column)];
    return std::string_view(text_).substr(records_[static_cast<std::size_t>(row)].offset + c.begin, c.size);
  }

  /// The physical line of the file, from 1, where the record starts.
  std::int64_t line(std::int64_t row) const { return records_[static_cast<std::size_t>(row)].line; }

 private:
  struct Record {
    std::size_t offset;
    std::int64_t line;
  };
  struct Cell {  // relative to its record: half the memory of a string_view
    std::uint32_t begin, size;
  };
  friend class CsvScanner;

  std::string name_, text_;
  char delimiter_ = ',';
  std::vector<std::string> header_;
  std::vector<Record> records_;
  std::vector<Cell> cells_;
};

}  // namespace cinta
