// The grid of characters that a sketch is drawn on, each of 2 × 4 dots. For `sketch` alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cinta::detail {

class Canvas {
 public:
  Canvas(int width, int height);

  int width() const { return width_; }
  int height() const { return height_; }
  /// Dots from the left and from the top.
  int dots_across() const { return 2 * width_; }
  int dots_down() const { return 4 * height_; }

  /// A dot of a curve of this style; outside the canvas nothing happens.
  void dot(int x, int y, int style);
  /// Dots from one place to another, clipped to the canvas.
  void line(double x0, double y0, double x1, double y1, int style);
  /// A character over whatever is there. `style` −1: no colour.
  void put(int column, int row, std::string text, int style);
  /// A character where nothing else is.
  void shade(int column, int row, std::string text);
  /// Whether the character has dots of this style.
  bool has_dots(int column, int row, int style) const;

  /// One line of text; dots are braille, or the letter of their style in ASCII.
  std::string row(int row, bool unicode, bool colour) const;

 private:
  struct Cell {
    std::uint8_t dots = 0;
    int style = -1;
    std::string text, shade;
  };
  Cell& at(int column, int row) { return cells_[static_cast<std::size_t>(row * width_ + column)]; }
  const Cell& at(int column, int row) const { return cells_[static_cast<std::size_t>(row * width_ + column)]; }

  int width_, height_;
  std::vector<Cell> cells_;
};

/// The letter of a curve: a, b, c, ….
char letter_of(int style);
/// The text in the style's ANSI colour.
std::string coloured(const std::string& text, int style);

}  // namespace cinta::detail
