// The tokeniser is a state machine of our own. libcsv (3.0.3) was tried: it copies every cell into a buffer of
// its own, knows no lines and not where an unclosed quote began, and parses 215 MB/s where this file, with its
// check of the encoding, parses 550 (104 MB of churn records, one core). What it leaves to its caller would be
// as long as what follows.
#include <cinta/framework/core/error.hpp>
#include <cinta/framework/data/csv.hpp>
#include <cinta/framework/data/text_file.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <unordered_map>
#include <utility>

namespace cinta {
namespace {

using std::size_t;

std::string count_of(size_t n, const char* noun) { return std::to_string(n) + " " + noun + (n == 1 ? "" : "s"); }

std::string at_line(const std::string& name, std::int64_t line) { return name + ":" + std::to_string(line) + ": "; }

bool is_line_end(char c) { return c == '\n' || c == '\r'; }

// The number of cells of each of the first records, as far as a delimiter can be judged by: quotes count only
// where a cell opens with one, and what is wrong with a record is left to the scanner.
std::vector<size_t> widths(std::string_view text, char delimiter, size_t limit) {
  std::vector<size_t> out;
  size_t cells = 1;
  bool quoted = false, cell_empty = true, record_empty = true;
  for (size_t i = 0; i < text.size() && out.size() < limit; ++i) {
    const char c = text[i];
    if (quoted) {
      quoted = c != '"';  // a doubled quote closes the cell and opens it again
      cell_empty = !quoted;
    } else if (c == '"' && cell_empty) {
      quoted = true;
      record_empty = false;
    } else if (c == delimiter) {
      ++cells;
      cell_empty = true;
      record_empty = false;
    } else if (is_line_end(c)) {
      if (!record_empty) out.push_back(cells);
      cells = 1;
      cell_empty = record_empty = true;
    } else if (c != ' ' && c != '\t') {
      cell_empty = record_empty = false;
    }
  }
  if (!record_empty && out.size() < limit) out.push_back(cells);
  return out;
}

char find_delimiter(std::string_view text) {
  char best = ',';
  std::pair<std::ptrdiff_t, size_t> best_score{0, 0};  // records as wide as the header, cells
  for (const char delimiter : {',', ';', '\t', '|'}) {
    const std::vector<size_t> cells = widths(text, delimiter, 20);
    if (cells.empty() || cells[0] == 1) continue;
    const std::pair score{std::count(cells.begin(), cells.end(), cells[0]), cells[0]};
    if (score > best_score) {
      best = delimiter;
      best_score = score;
    }
  }
  return best;
}

}  // namespace

/// Walks the text once and fills a `Csv`. The text has been checked, so the NUL behind a std::string's last
/// character is the only one and ends every loop.
class CsvScanner {
 public:
  explicit CsvScanner(Csv& csv) : csv_(csv), at_(csv.text_.data()), begin_(at_), end_(at_ + csv.text_.size()) {
    for (const char c : {csv.delimiter_, '\n', '\r', '\0'}) ends_cell_[static_cast<unsigned char>(c)] = true;
  }

  void run() {
    while (skip_blank_lines()) {
      record_ = at_;
      const std::int64_t line = line_;
      const size_t first_cell = csv_.cells_.size();
      while (read_cell(csv_.cells_.size() - first_cell + 1)) {}
      const size_t cells = csv_.cells_.size() - first_cell;
      if (at_ - record_ > std::numeric_limits<std::uint32_t>::max()) fail(line, "the record has more than 4 GB");
      if (csv_.header_.empty()) {
        read_header(line);
        continue;
      }
      if (cells != csv_.header_.size())
        fail(line, count_of(cells, "cell") + " where the header has " + std::to_string(csv_.header_.size()));
      csv_.records_.push_back({static_cast<size_t>(record_ - begin_), line});
      if (csv_.records_.size() == 1000) reserve_for_the_rest();
    }
    if (csv_.header_.empty()) throw DataError(csv_.name_ + ": the file is empty");
    if (csv_.records_.empty()) throw DataError(csv_.name_ + ": the file has a header and no rows");
  }

 private:
  // Growing by doubling would touch the memory twice: a quarter of the time of a large file. The guess is bounded
  // by the size of the text, for a file may begin with short records and go on with something else.
  void reserve_for_the_rest() {
    const double bytes = static_cast<double>(end_ - begin_);
    const double guess = 1.05 * static_cast<double>(csv_.records_.size()) * bytes / static_cast<double>(at_ - begin_);
    const auto row_bytes = static_cast<double>(sizeof(Csv::Record) + csv_.header_.size() * sizeof(Csv::Cell));
    const auto rows = static_cast<size_t>(std::min(guess, 4 * bytes / row_bytes));
    csv_.records_.reserve(rows);
    csv_.cells_.reserve(rows * csv_.header_.size());
  }

  [[noreturn]] void fail(std::int64_t line, const std::string& what) const {
    throw DataError(at_line(csv_.name_, line) + what);
  }

  char* past_blanks(char* p) const {
    while ((*p == ' ' || *p == '\t') && *p != csv_.delimiter_) ++p;
    return p;
  }

  void take_line_end() {
    at_ += at_[0] == '\r' && at_[1] == '\n' ? 2 : 1;
    ++line_;
  }

  // False at the end of the text.
  bool skip_blank_lines() {
    for (;;) {
      char* p = past_blanks(at_);
      if (p == end_) return false;
      if (!is_line_end(*p)) return true;
      at_ = p;
      take_line_end();
    }
  }

  // Reads one cell and what ends it; false when that is the end of the record.
  bool read_cell(size_t number) {
    char* opening = past_blanks(at_);
    if (*opening == '"') {
      at_ = opening;
      read_quoted(number);
    } else {
      const char* start = at_;
      while (!ends_cell_[static_cast<unsigned char>(*at_)]) ++at_;
      add_cell(start, at_);
    }
    if (*at_ == csv_.delimiter_) {
      ++at_;
      return true;
    }
    if (at_ != end_) take_line_end();
    return false;
  }

  // The text is unquoted where it stands: a doubled quote moves what follows one byte to the left.
  void read_quoted(size_t number) {
    const std::int64_t opening_line = line_;
    char* const start = ++at_;
    char* out = start;
    for (;; ++at_) {
      if (*at_ == '"') {
        if (at_[1] != '"') break;
        ++at_;
      } else if (at_ == end_) {
        fail(opening_line, "a quote opens cell " + std::to_string(number) + " and is never closed");
      } else if (*at_ == '\n' || (*at_ == '\r' && at_[1] != '\n')) {
        ++line_;
      }
      *out++ = *at_;
    }
    add_cell(start, out);
    at_ = past_blanks(at_ + 1);
    if (!ends_cell_[static_cast<unsigned char>(*at_)])
      fail(line_, "text follows the closing quote of cell " + std::to_string(number) +
                      "; a quote inside a quoted cell is written twice");
  }

  void add_cell(const char* from, const char* to) {
    csv_.cells_.push_back({static_cast<std::uint32_t>(from - record_), static_cast<std::uint32_t>(to - from)});
  }

  void read_header(std::int64_t line) {
    std::unordered_map<std::string, size_t> seen;
    for (const auto& cell : csv_.cells_) {
      std::string_view name(record_ + cell.begin, cell.size);
      while (!name.empty() && (name.front() == ' ' || name.front() == '\t')) name.remove_prefix(1);
      while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) name.remove_suffix(1);
      const size_t position = csv_.header_.size() + 1;
      csv_.header_.push_back(name.empty() ? "unnamed_" + std::to_string(position) : std::string(name));
      const auto [found, is_new] = seen.try_emplace(csv_.header_.back(), position);
      if (!is_new)
        fail(line, "columns " + std::to_string(found->second) + " and " + std::to_string(position) +
                       " are both named \"" + found->first + "\"");
    }
    csv_.cells_.clear();
  }

  Csv& csv_;
  char* at_;
  char* const begin_;
  char* const end_;
  const char* record_ = nullptr;
  std::int64_t line_ = 1;
  std::array<bool, 256> ends_cell_{};
};

Csv Csv::read(const std::string& path, std::optional<char> delimiter) {
  return parse(read_text(path), path, delimiter);
}

Csv Csv::parse(std::string text, std::string name, std::optional<char> delimiter) {
  const bool usable = !delimiter || (*delimiter != '"' && *delimiter != '\0' && !is_line_end(*delimiter) &&
                                     static_cast<unsigned char>(*delimiter) < 0x80);
  if (!usable) throw ValueError("a delimiter is one ASCII character, and no quote, line end or NUL");
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  check_utf8(text, name);
  Csv csv;
  csv.delimiter_ = delimiter ? *delimiter : find_delimiter(text);
  csv.name_ = std::move(name);
  csv.text_ = std::move(text);
  CsvScanner(csv).run();
  return csv;
}

}  // namespace cinta
