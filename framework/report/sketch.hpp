// Figures drawn on a terminal, in braille and blocks, or in ASCII. A light header, for everybody.
#pragma once

#include <cinta/framework/report/figure.hpp>

#include <cstdio>

namespace cinta {

/// How a terminal is drawn on.
struct SketchOptions {
  int width = 80;       ///< columns that no line exceeds; at least 30
  int height = 14;      ///< lines of the drawing itself
  bool unicode = true;  ///< braille and blocks; else ASCII alone draws
  bool colour = false;  ///< curves in ANSI colours beside their letters
};

/// What suits the output: the terminal's columns; ASCII where LC_ALL, LC_CTYPE or LANG, the first that is set, names no
/// UTF-8; colour on a terminal, unless NO_COLOR is set or TERM is "dumb".
SketchOptions sketch_options(std::FILE* out);

/// The figures as lines of text, each ended: title, drawing with the ends of its axes, legend. Several stand side by
/// side as the width allows.
///
/// Curves are dots of braille with letters on them, which the legend explains; points are marks (○ ● × +). A field's
/// colours are shades from blank to full; its contour lines are the borders of bands, dotted by turns. Throws
/// `ValueError` for a figure that `check` refuses and for a width under 30.
std::string sketch(const std::vector<Figure>& panels, const SketchOptions& options = {}, Where where = Where::here());

}  // namespace cinta
