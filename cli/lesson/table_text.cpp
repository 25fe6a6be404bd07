#include "report.hpp"

#include <cinta/framework/report/text_width.hpp>

#include <algorithm>
#include <numeric>

namespace cinta::cli {
namespace {

constexpr int gap = 2, indent = 2, narrowest_words = 12;

// A table as words: what each cell shows, and how wide each column is.
struct Shown {
  std::vector<std::vector<std::string>> rows;  // the headings first
  std::vector<bool> words;                     // by column: left-aligned, and broken when too wide
  std::vector<int> widths;
};

Shown shown(const Report& report, const std::vector<Heading>& headings, const std::vector<std::vector<Cell>>& rows) {
  Shown t;
  t.words.assign(headings.size(), false);
  t.widths.assign(headings.size(), 0);
  auto& top = t.rows.emplace_back();
  for (const Heading& h : headings) top.push_back(report.in(h.text));
  for (const auto& cells : rows) {
    auto& row = t.rows.emplace_back();
    for (std::size_t c = 0; c < cells.size(); ++c) {
      const double* value = std::get_if<double>(&cells[c]);
      if (value == nullptr) t.words[c] = true;
      row.push_back(value != nullptr ? number(*value, headings[c].decimals) : report.in(std::get<Text>(cells[c])));
    }
  }
  for (const auto& row : t.rows)
    for (std::size_t c = 0; c < row.size(); ++c) t.widths[c] = std::max(t.widths[c], display_width(row[c]));
  return t;
}

// The widest columns of words give way until all columns fit, or none can any more.
void narrow(Shown& t, int width) {
  const auto total = [&] {
    return std::accumulate(t.widths.begin(), t.widths.end(), indent + gap * (static_cast<int>(t.widths.size()) - 1));
  };
  while (total() > width) {
    std::size_t widest = t.widths.size();
    for (std::size_t c = 0; c < t.widths.size(); ++c)
      if (t.words[c] && t.widths[c] > narrowest_words && (widest == t.widths.size() || t.widths[c] > t.widths[widest]))
        widest = c;
    if (widest == t.widths.size()) return;
    --t.widths[widest];
  }
}

// One row, its broken cells on lines under one another.
void add_row(std::string& text, const Shown& t, const std::vector<std::string>& row,
             const std::vector<std::size_t>& columns) {
  std::vector<std::vector<std::string>> cells;
  std::size_t height = 1;
  for (const std::size_t c : columns) {
    cells.push_back(wrapped(row[c], t.widths[c]));
    height = std::max(height, cells.back().size());
  }
  for (std::size_t line = 0; line < height; ++line) {
    std::string joined(indent, ' ');
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const std::size_t c = columns[k];
      joined += std::string(k > 0 ? gap : 0, ' ') +
                padded(line < cells[k].size() ? cells[k][line] : "", t.widths[c], !t.words[c]);
    }
    joined.erase(joined.find_last_not_of(' ') + 1);
    text += joined + '\n';
  }
}

}  // namespace

std::string table_text(const Report& report, const std::vector<Heading>& headings,
                       const std::vector<std::vector<Cell>>& rows, int width) {
  Shown t = shown(report, headings, rows);
  narrow(t, width);
  std::string text;
  for (std::size_t next = 0; next < headings.size();) {
    std::vector<std::size_t> columns;
    int used = indent;
    if (next > 0) columns.push_back(0), used += t.widths[0];
    const std::size_t first = columns.size();
    for (; next < headings.size(); ++next) {
      const int more = t.widths[next] + (columns.empty() ? 0 : gap);
      if (columns.size() > first && used + more > width) break;
      columns.push_back(next);
      used += more;
    }
    if (!text.empty()) text += '\n';
    for (const auto& row : t.rows) add_row(text, t, row, columns);
  }
  return text;
}

}  // namespace cinta::cli
