// What a lesson says, apart from how it is shown: sentences, tables, values and figures in order, printed as text or as
// JSON. Every word stands in both languages at the place where it is used. For the files of cli/lesson.
#pragma once

#include <cinta/framework/report/figure.hpp>
#include <cinta/framework/report/sketch.hpp>

#include <map>
#include <string>
#include <variant>
#include <vector>

namespace cinta::cli {

enum class Language { english, spanish };

/// The same words in both languages.
struct Text {
  std::string en, es;
  Text() = default;
  Text(std::string english, std::string spanish) : en(std::move(english)), es(std::move(spanish)) {}
  /// What is the same in both: a name, a formula, a number.
  Text(const char* both) : en(both), es(both) {}
  Text(const std::string& both) : en(both), es(both) {}
};

/// A column of a table: its name in JSON, its heading, and how many decimals its numbers have.
struct Heading {
  std::string key;
  Text text;
  int decimals = 4;
};

using Cell = std::variant<double, Text>;

/// "−0.6000" with four decimals; of no decimals a whole number; "-" for NaN; scientific where the decimals would show
/// nothing or too much.
std::string number(double value, int decimals);

class Report {
 public:
  Report(std::string lesson, Language language) : lesson_(std::move(lesson)), language_(language) {}

  /// The words in the report's language.
  const std::string& in(const Text& text) const { return language_ == Language::english ? text.en : text.es; }

  void title(const Text& text) { blocks_.push_back({Block::Kind::title, "", in(text), {}, {}, {}}); }
  void section(const Text& text) { blocks_.push_back({Block::Kind::section, "", in(text), {}, {}, {}}); }
  /// A paragraph.
  void say(const Text& text) { blocks_.push_back({Block::Kind::paragraph, "", in(text), {}, {}, {}}); }
  /// A formula, or whatever stands on lines of its own.
  void formula(const Text& text) { blocks_.push_back({Block::Kind::formula, "", in(text), {}, {}, {}}); }
  /// One number with its name.
  void value(const std::string& key, const Text& what, double value, int decimals = 4);
  /// Rows of as many cells as there are headings.
  void table(const std::string& key, const Text& caption, std::vector<Heading> headings,
             std::vector<std::vector<Cell>> rows);
  /// Panels side by side; the key is part of the picture's file name.
  void figure(const std::string& key, std::vector<Figure> panels) {
    blocks_.push_back({Block::Kind::figure, key, "", {}, {}, std::move(panels)});
  }

  const std::string& lesson() const { return lesson_; }
  Language language() const { return language_; }

  struct Block {
    enum class Kind { title, section, paragraph, formula, value, table, figure };
    Kind kind;
    std::string key, text;
    std::vector<Heading> headings;        // of a table; of a value one
    std::vector<std::vector<Cell>> rows;  // of a value one cell
    std::vector<Figure> panels;
  };
  const std::vector<Block>& blocks() const { return blocks_; }

 private:
  std::string lesson_;
  Language language_;
  std::vector<Block> blocks_;
};

/// The files of each figure, by its key.
using Pictures = std::map<std::string, std::vector<std::string>>;

/// As lines of at most `options.width` columns.
std::string to_text(const Report& report, const SketchOptions& options, const Pictures& pictures);
/// {"lesson", "language", "text": […], "values": {…}, "tables": {key: [{column: cell}]}, "figures": {key: [file]}}.
std::string to_json(const Report& report, const Pictures& pictures);

/// The lines of one table; a table too wide breaks long words' columns first, then stands in parts under one another,
/// each with the first column.
std::string table_text(const Report& report, const std::vector<Heading>& headings,
                       const std::vector<std::vector<Cell>>& rows, int width);

}  // namespace cinta::cli
