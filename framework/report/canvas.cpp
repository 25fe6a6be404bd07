#include <cinta/framework/report/canvas.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace cinta::detail {
namespace {

// Bits of the braille block U+2800, by [row][column] of the dot.
constexpr std::uint8_t braille[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
constexpr std::array<int, 7> ansi{34, 31, 32, 35, 36, 33, 39};  // near the colours of `plot`

std::string braille_text(std::uint8_t dots) {  // U+2800 + dots in UTF-8
  return {'\xE2', static_cast<char>(0xA0 + (dots >> 6)), static_cast<char>(0x80 + (dots & 0x3F))};
}

// The part t0 … t1 of a line that lies in 0 … size along one axis (Liang and Barsky 1984).
void clip(double from, double change, double size, double& t0, double& t1) {
  if (change == 0) {
    if (from < 0 || from > size) t1 = -1;
    return;
  }
  const double a = -from / change, b = (size - from) / change;
  t0 = std::max(t0, std::min(a, b));
  t1 = std::min(t1, std::max(a, b));
}

}  // namespace

char letter_of(int style) { return static_cast<char>('a' + style % 26); }

std::string coloured(const std::string& text, int style) {
  return "\033[" + std::to_string(ansi[static_cast<std::size_t>(style) % ansi.size()]) + "m" + text + "\033[0m";
}

Canvas::Canvas(int width, int height)
    : width_(width), height_(height), cells_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {}

void Canvas::dot(int x, int y, int style) {
  if (x < 0 || y < 0 || x >= dots_across() || y >= dots_down()) return;
  Cell& cell = at(x / 2, y / 4);
  cell.dots |= braille[y % 4][x % 2];
  cell.style = style;
}

void Canvas::line(double x0, double y0, double x1, double y1, int style) {
  double t0 = 0, t1 = 1;
  clip(x0, x1 - x0, dots_across() - 1, t0, t1);
  clip(y0, y1 - y0, dots_down() - 1, t0, t1);
  if (!(t0 <= t1)) return;
  const double longest = std::max(std::abs(x1 - x0), std::abs(y1 - y0)) * (t1 - t0);
  const int steps = std::max(1, static_cast<int>(std::ceil(longest)));
  for (int i = 0; i <= steps; ++i) {
    const double t = t0 + (t1 - t0) * i / steps;
    dot(static_cast<int>(std::lround(x0 + t * (x1 - x0))), static_cast<int>(std::lround(y0 + t * (y1 - y0))), style);
  }
}

void Canvas::put(int column, int row, std::string text, int style) {
  if (column < 0 || row < 0 || column >= width_ || row >= height_) return;
  at(column, row).text = std::move(text);
  at(column, row).style = style;
}

void Canvas::shade(int column, int row, std::string text) { at(column, row).shade = std::move(text); }

bool Canvas::has_dots(int column, int row, int style) const {
  const Cell& cell = at(column, row);
  return cell.dots != 0 && cell.style == style && cell.text.empty();
}

std::string Canvas::row(int row, bool unicode, bool colour) const {
  std::string line;
  for (int column = 0; column < width_; ++column) {
    const Cell& cell = at(column, row);
    std::string text = cell.text;
    if (text.empty() && cell.dots != 0)
      text = unicode ? braille_text(cell.dots) : std::string(1, letter_of(cell.style));
    if (text.empty()) line += cell.shade.empty() ? " " : cell.shade;
    else line += colour && cell.style >= 0 ? coloured(text, cell.style) : text;
  }
  return line;
}

}  // namespace cinta::detail
