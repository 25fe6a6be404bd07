#include <cinta/framework/report/sketch.hpp>

#include <cinta/framework/report/canvas.hpp>
#include <cinta/framework/report/text_width.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string_view>

namespace cinta {
namespace {

using detail::Canvas;
using Lines = std::vector<std::string>;

constexpr int narrowest = 30, narrowest_panel = 36, gap = 2, letters_on_a_curve = 4;
constexpr std::array<const char*, 6> marks{"○", "●", "×", "+", "□", "△"}, ascii_marks{"o", "#", "x", "+", "s", "^"};
// An even number: the middle, where a class ends, is a border between two of them.
constexpr std::array<const char*, 4> shades{" ", "░", "▓", "█"}, ascii_shades{" ", ".", "+", "@"};

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string value(environment(name));
    if (value.empty()) continue;
    std::transform(value.begin(), value.end(), value.begin(), [](unsigned char c) { return std::tolower(c); });
    return value.find("utf-8") != std::string::npos || value.find("utf8") != std::string::npos;
  }
  return false;
}

std::string figure_text(double v) {
  if (std::abs(v) < 1e-12) return "0";
  return fmt::format("{:.3g}", v);
}

int style_of(const Series& s, std::size_t index) { return s.style < 0 ? static_cast<int>(index) : s.style; }

const char* mark_of(int style, bool unicode) {
  const auto& set = unicode ? marks : ascii_marks;
  return set[static_cast<std::size_t>(style) % set.size()];
}

// Where a place of the figure lies on the canvas, in dots.
struct Placing {
  const Canvas* canvas;
  Bounds bounds;
  bool log_y;

  double across(double x) const {
    return (x - bounds.x.low) / (bounds.x.high - bounds.x.low) * (canvas->dots_across() - 1);
  }
  double down(double y) const {
    const double low = log_y ? std::log(bounds.y.low) : bounds.y.low,
                 high = log_y ? std::log(bounds.y.high) : bounds.y.high;
    return (1 - ((log_y ? std::log(y) : y) - low) / (high - low)) * (canvas->dots_down() - 1);
  }
  bool drawable(double x, double y) const { return std::isfinite(x) && std::isfinite(y) && (!log_y || y > 0); }
};

void draw_field(Canvas& canvas, const Field& field, const Bounds& b, bool unicode) {
  const auto& set = unicode ? shades : ascii_shades;
  for (int row = 0; row < canvas.height(); ++row)
    for (int column = 0; column < canvas.width(); ++column) {
      const double x = b.x.low + (column + 0.5) / canvas.width() * (b.x.high - b.x.low);
      const double y = b.y.high - (row + 0.5) / canvas.height() * (b.y.high - b.y.low);
      const double z = nearest_value(field, x, y);
      if (field.levels.empty()) {
        const double share = std::clamp((z - field.low) / (field.high - field.low), 0.0, 1.0);
        canvas.shade(column, row, set[std::min(static_cast<std::size_t>(share * set.size()), set.size() - 1)]);
      } else {
        const auto band = std::upper_bound(field.levels.begin(), field.levels.end(), z) - field.levels.begin();
        if (band % 2 == 1) canvas.shade(column, row, unicode ? "·" : ".");
      }
    }
}

// Letters at places spread over the curve, so that curves are told apart without colour.
void letter(Canvas& canvas, int style, std::size_t index) {
  const std::string text(1, detail::letter_of(style));
  const int step = std::max(4, canvas.width() / letters_on_a_curve);
  for (int column = (static_cast<int>(index) * 5 + 2) % step; column < canvas.width(); column += step)
    for (int row = 0; row < canvas.height(); ++row)
      if (canvas.has_dots(column, row, style)) {
        canvas.put(column, row, text, style);
        break;
      }
}

void draw_curve(Canvas& canvas, const Series& s, const Placing& at, int style) {
  for (std::size_t i = 0; i < s.x.size(); ++i) {
    if (!at.drawable(s.x[i], s.y[i])) continue;
    const double x = at.across(s.x[i]), y = at.down(s.y[i]);
    if (i == 0 || !at.drawable(s.x[i - 1], s.y[i - 1])) canvas.line(x, y, x, y, style);
    else canvas.line(at.across(s.x[i - 1]), at.down(s.y[i - 1]), x, y, style);
  }
}

void draw_points(Canvas& canvas, const Series& s, const Placing& at, int style, bool unicode) {
  for (std::size_t i = 0; i < s.x.size(); ++i) {
    if (!at.drawable(s.x[i], s.y[i])) continue;
    const double x = at.across(s.x[i]), y = at.down(s.y[i]);
    if (x < -0.5 || y < -0.5 || x > canvas.dots_across() || y > canvas.dots_down()) continue;
    canvas.put(static_cast<int>(x + 0.5) / 2, static_cast<int>(y + 0.5) / 4, mark_of(style, unicode), style);
  }
}

bool lettered(const Figure& figure) {
  return std::count_if(figure.series.begin(), figure.series.end(),
                       [](const Series& s) { return s.kind != Series::Kind::points && !s.name.empty(); }) > 0;
}

void draw(Canvas& canvas, const Figure& figure, const Bounds& b, const SketchOptions& options) {
  const Placing at{&canvas, b, figure.log_y};
  if (figure.field) draw_field(canvas, *figure.field, b, options.unicode);
  for (std::size_t i = 0; i < figure.series.size(); ++i)
    if (figure.series[i].kind != Series::Kind::points)
      draw_curve(canvas, figure.series[i], at, style_of(figure.series[i], i));
  if (lettered(figure))
    for (std::size_t i = 0; i < figure.series.size(); ++i)
      if (figure.series[i].kind != Series::Kind::points) letter(canvas, style_of(figure.series[i], i), i);
  for (std::size_t i = 0; i < figure.series.size(); ++i)
    if (figure.series[i].kind == Series::Kind::points)
      draw_points(canvas, figure.series[i], at, style_of(figure.series[i], i), options.unicode);
}

// "a training   b validation", broken between entries.
Lines legend(const Figure& figure, int width, const SketchOptions& options) {
  Lines lines;
  int used = 0;
  const auto add = [&](const std::string& sign, const std::string& name, int style) {
    const std::string entry = sign + " " + shortened(name, width - 4);
    const int columns = display_width(entry);
    if (lines.empty() || used + 2 + columns > width) lines.emplace_back(), used = 0;
    lines.back() += std::string(used > 0 ? 2 : 0, ' ');
    lines.back() += options.colour && style >= 0 ? detail::coloured(sign, style) + entry.substr(sign.size()) : entry;
    used += columns + (used > 0 ? 2 : 0);
  };
  for (std::size_t i = 0; i < figure.series.size(); ++i) {
    const Series& s = figure.series[i];
    const int style = style_of(s, i);
    if (s.name.empty()) continue;
    if (s.kind == Series::Kind::points) add(mark_of(style, options.unicode), s.name, style);
    else add(std::string(1, detail::letter_of(style)), s.name, style);
  }
  if (figure.field && figure.field->levels.empty()) {
    const auto& set = options.unicode ? shades : ascii_shades;
    add(set.back(), fmt::format("{} = {}", figure.field->name, figure_text(figure.field->high)), -1);
  }
  return lines;
}

// The lines of a panel are of any width up to `width`, without what colours them.
struct Panel {
  Lines lines;
  std::vector<int> widths;
  void add(std::string line, int columns) {
    lines.push_back(std::move(line));
    widths.push_back(columns);
  }
  void add(const std::string& line) { add(line, display_width(line)); }
};

void add_legend(Panel& panel, const Figure& figure, int width, const SketchOptions& options) {
  SketchOptions plain = options;
  plain.colour = false;
  const Lines measured = legend(figure, width, plain), shown = legend(figure, width, options);
  for (std::size_t i = 0; i < shown.size(); ++i) panel.add(shown[i], display_width(measured[i]));
}

// ▇ bars from left to right, one line each: names and figures stay readable at any width.
Panel bar_panel(const Figure& figure, int width, const SketchOptions& options) {
  Panel panel;
  panel.add(shortened(figure.title, width));
  int names = 0;
  for (const std::string& name : figure.bar_names) names = std::max(names, display_width(name));
  names = std::min(names, width / 3);
  const double top = std::max(std::abs(bounds(figure).y.high), std::abs(bounds(figure).y.low));
  for (std::size_t i = 0; i < figure.bar_names.size(); ++i)
    for (std::size_t k = 0; k < figure.series.size(); ++k) {
      const double value = figure.series[k].y[i];
      const int longest = width - names - 13;
      const double part = std::isfinite(value) ? std::abs(value) / top * longest : 0;
      std::string bar;
      for (int j = 0; j < std::lround(part); ++j) bar += options.unicode ? "▇" : "=";
      const std::string sign =
          figure.series.size() > 1 ? std::string(1, detail::letter_of(style_of(figure.series[k], k))) : " ";
      panel.add(fmt::format("{} {} {} {}", padded(k == 0 ? shortened(figure.bar_names[i], names) : "", names), sign,
                            bar, figure_text(value)));
    }
  if (figure.series.size() > 1) add_legend(panel, figure, width, options);
  return panel;
}

Panel panel_of(const Figure& figure, int width, const SketchOptions& options) {
  if (!figure.bar_names.empty()) return bar_panel(figure, width, options);
  const Bounds b = bounds(figure);
  const std::string top = figure_text(b.y.high), bottom = figure_text(b.y.low);
  const int left = std::max(display_width(top), display_width(bottom));
  Canvas canvas(width - left - 2, options.height);
  draw(canvas, figure, b, options);
  Panel panel;
  panel.add(shortened(figure.title, width));
  if (!figure.y_label.empty()) panel.add(shortened(figure.y_label, width));
  for (int row = 0; row < canvas.height(); ++row) {
    const std::string label = row == 0 ? top : row + 1 == canvas.height() ? bottom : "";
    panel.add(
        padded(label, left, true) + (options.unicode ? " │" : " |") + canvas.row(row, options.unicode, options.colour),
        width);
  }
  std::string axis = std::string(static_cast<std::size_t>(left), ' ') + (options.unicode ? " └" : " +");
  for (int i = 0; i < canvas.width(); ++i) axis += options.unicode ? "─" : "-";
  panel.add(axis);
  const std::string first = figure_text(b.x.low), last = figure_text(b.x.high);
  const int room = canvas.width() - display_width(first) - display_width(last);
  const std::string label = shortened(figure.x_label, std::max(0, room - 2));
  const int before = std::max(0, (room - display_width(label)) / 2);
  panel.add(std::string(static_cast<std::size_t>(left + 2), ' ') + first +
            std::string(static_cast<std::size_t>(before), ' ') + padded(label, room - before) + last);
  add_legend(panel, figure, width, options);
  return panel;
}

std::string side_by_side(const std::vector<Panel>& panels, int width) {
  std::size_t height = 0;
  for (const Panel& p : panels) height = std::max(height, p.lines.size());
  std::string text;
  for (std::size_t row = 0; row < height; ++row) {
    std::string line;
    int missing = 0;  // blanks are added only before what follows, so that no line ends in them
    for (const Panel& p : panels) {
      const bool there = row < p.lines.size();
      if (there) line += std::string(static_cast<std::size_t>(missing), ' ') + p.lines[row];
      missing = (there ? width - p.widths[row] : missing + width) + gap;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

}  // namespace

SketchOptions sketch_options(std::FILE* out) {
  SketchOptions options;
  options.width = std::max(narrowest, terminal_columns());
  options.unicode = locale_is_utf8();
  options.colour = isatty(fileno(out)) == 1 && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  return options;
}

std::string sketch(const std::vector<Figure>& panels, const SketchOptions& options, Where where) {
  if (options.width < narrowest)
    throw ValueError(where, fmt::format("sketch: the width is {}, not at least {}", options.width, narrowest));
  for (const Figure& figure : panels) check(figure, where);
  const int across =
      std::max(1, std::min(static_cast<int>(panels.size()), (options.width + gap) / (narrowest_panel + gap)));
  const int width = std::min(panels.size() > 1 ? 56 : 100, (options.width + gap) / across - gap);
  std::string text;
  for (std::size_t i = 0; i < panels.size(); i += static_cast<std::size_t>(across)) {
    std::vector<Panel> row;
    for (std::size_t j = i; j < std::min(panels.size(), i + static_cast<std::size_t>(across)); ++j)
      row.push_back(panel_of(panels[j], width, options));
    text += (i > 0 ? "\n" : "") + side_by_side(row, width);
  }
  return text;
}

}  // namespace cinta
