// What a picture shows, apart from how it is drawn: `plot` writes figures as SVG and PNG, `sketch` draws them on a
// terminal. A light header, for everybody.
#pragma once

#include <cinta/framework/core/error.hpp>

#include <optional>
#include <string>
#include <vector>

namespace cinta {

/// One set of data in a figure.
struct Series {
  /// `path`: a line with a point at each place, in the order given. `bars`: one bar for each of `Figure::bar_names`.
  enum class Kind { line, points, path, bars };

  std::string name;        ///< in the legend; empty: not there
  Kind kind = Kind::line;  ///< how it is drawn
  std::vector<double> x;   ///< of the places
  std::vector<double> y;   ///< of equal length (bars have only y); a place that is not finite breaks a line
  int style = -1;          ///< number of the colour and mark; −1: the place among the series
};

/// z over a grid, under the series: as colours, with a line where z is in their middle, or as contour lines where there
/// are `levels`.
struct Field {
  std::string name;            ///< what z is
  std::vector<double> x;       ///< the grid's columns, evenly spaced and rising, two at least
  std::vector<double> y;       ///< its rows, likewise
  std::vector<double> z;       ///< row after row, each of x's length
  std::vector<double> levels;  ///< where contour lines go, rising; none: colours
  double low = 0;              ///< where the colours begin
  double high = 1;             ///< where they end
};

/// From low to high; `low < high`.
struct Range {
  double low = 0;   ///< the lower end
  double high = 1;  ///< the upper end
};

/// A picture with a title, two axes and a legend.
struct Figure {
  std::string title;                        ///< above it
  std::string x_label;                      ///< under it
  std::string y_label;                      ///< beside it
  std::vector<Series> series;               ///< what is drawn, the first at the bottom
  std::optional<Field> field = {};          ///< what lies under the series
  std::optional<Range> x_range = {};        ///< what is shown; by default everything, with a margin
  std::optional<Range> y_range = {};        ///< the same, upwards
  bool log_y = false;                       ///< y by powers of ten; places that are not positive are left out
  std::vector<std::string> bar_names = {};  ///< under the bars
};

/// What is shown of a figure, from left to right and from bottom to top.
struct Bounds {
  Range x;  ///< from left to right
  Range y;  ///< from bottom to top
};

/// The ranges given, or those of the field, or else those of the data with a margin of 4 %.
Bounds bounds(const Figure& figure);

/// z, at the grid's nearest place to (x, y).
double nearest_value(const Field& field, double x, double y);

/// Throws `ValueError`, naming the figure, for a series of unequal lengths or with another number of bars than names, a
/// field whose z does not fill its grid, an empty range, and bars beside other series.
void check(const Figure& figure, Where where = Where::here());

}  // namespace cinta
