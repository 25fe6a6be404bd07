#include "report.hpp"

#include <cinta/framework/core/error.hpp>
#include <cinta/framework/report/text_width.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace cinta::cli {
namespace {

constexpr int widest_text = 88;  // longer lines are hard to read on the widest terminal

void add_wrapped(std::string& text, const std::string& paragraph, int width, int indent = 0) {
  for (const std::string& line : wrapped(paragraph, width - indent))
    text += std::string(static_cast<std::size_t>(indent), ' ') + line + '\n';
}

void underline(std::string& text, const std::string& title, int width, bool unicode, bool doubled) {
  const std::string mark = !unicode ? (doubled ? "=" : "-") : doubled ? "═" : "─";
  add_wrapped(text, title, width);
  for (int i = 0; i < std::min(width, display_width(title)); ++i) text += mark;
  text += '\n';
}

void add_block(std::string& text, const Report& report, const Report::Block& block, const SketchOptions& options,
               const Pictures& pictures) {
  const int width = std::min(options.width, widest_text);
  switch (block.kind) {
    case Report::Block::Kind::title:
      return underline(text, block.text, width, options.unicode, true);
    case Report::Block::Kind::section:
      return underline(text, block.text, width, options.unicode, false);
    case Report::Block::Kind::paragraph:
      return add_wrapped(text, block.text, width);
    case Report::Block::Kind::formula:
      return add_wrapped(text, block.text, width, 2);
    case Report::Block::Kind::value:
      return add_wrapped(
          text,
          fmt::format("{}: {}", block.text, number(std::get<double>(block.rows[0][0]), block.headings[0].decimals)),
          width, 2);
    case Report::Block::Kind::table:
      if (!block.text.empty()) add_wrapped(text, block.text, width);
      text += table_text(report, block.headings, block.rows, width);
      return;
    case Report::Block::Kind::figure:
      text += sketch(block.panels, {options.width, block.panels.size() > 2 ? 9 : 14, options.unicode, options.colour});
      if (const auto found = pictures.find(block.key); found != pictures.end())
        add_wrapped(text, fmt::format("{}: {}", report.in({"picture", "imagen"}), fmt::join(found->second, ", ")),
                    width);
  }
}

nlohmann::ordered_json json_of(const Report& report, const Cell& cell) {
  if (const double* value = std::get_if<double>(&cell))
    return std::isfinite(*value) ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
  return report.in(std::get<Text>(cell));
}

}  // namespace

std::string number(double value, int decimals) {
  if (std::isnan(value)) return "-";
  if (std::isinf(value)) return value > 0 ? "∞" : "-∞";
  const double smallest = std::pow(10, -decimals) / 2;
  if (value != 0 && decimals > 0 && (std::abs(value) < smallest || std::abs(value) >= 1e7))
    return fmt::format("{:.2e}", value);
  std::string text = fmt::format("{:.{}f}", value, decimals);
  return text.find_first_not_of("-0.") == std::string::npos && text[0] == '-' ? text.substr(1) : text;
}

void Report::value(const std::string& key, const Text& what, double value, int decimals) {
  blocks_.push_back({Block::Kind::value, key, in(what), {{key, what, decimals}}, {{value}}, {}});
}

void Report::table(const std::string& key, const Text& caption, std::vector<Heading> headings,
                   std::vector<std::vector<Cell>> rows) {
  for (const auto& row : rows)
    if (row.size() != headings.size())
      throw ValueError(
          fmt::format("table \"{}\": a row of {} cells under {} headings", key, row.size(), headings.size()));
  blocks_.push_back({Block::Kind::table, key, in(caption), std::move(headings), std::move(rows), {}});
}

std::string to_text(const Report& report, const SketchOptions& options, const Pictures& pictures) {
  std::string text;
  bool after_value = false;  // values stand together
  for (const Report::Block& block : report.blocks()) {
    const bool value = block.kind == Report::Block::Kind::value;
    if (!text.empty() && !(value && after_value)) text += '\n';
    add_block(text, report, block, options, pictures);
    after_value = value;
  }
  return text;
}

std::string to_json(const Report& report, const Pictures& pictures) {
  nlohmann::ordered_json json;
  json["lesson"] = report.lesson();
  json["language"] = report.language() == Language::english ? "en" : "es";
  json["text"] = nlohmann::ordered_json::array();
  for (const char* part : {"values", "tables", "figures"}) json[part] = nlohmann::ordered_json::object();
  for (const Report::Block& block : report.blocks()) {
    if (block.kind == Report::Block::Kind::value) json["values"][block.key] = json_of(report, block.rows[0][0]);
    else if (block.kind == Report::Block::Kind::table) {
      auto& rows = json["tables"][block.key] = nlohmann::ordered_json::array();
      for (const auto& cells : block.rows) {
        auto& row = rows.emplace_back(nlohmann::ordered_json::object());
        for (std::size_t i = 0; i < cells.size(); ++i) row[block.headings[i].key] = json_of(report, cells[i]);
      }
    } else if (block.kind == Report::Block::Kind::figure) {
      const auto found = pictures.find(block.key);
      json["figures"][block.key] = found == pictures.end() ? std::vector<std::string>() : found->second;
    } else json["text"].push_back(block.text);
  }
  return json.dump(2) + "\n";
}

}  // namespace cinta::cli
