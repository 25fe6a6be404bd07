// Text measured and broken by what a terminal shows of it: one column for each character of UTF-8. For everything that
// prints tables and sketches. A light header.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cinta {

/// Columns on a terminal: characters, but for combining marks. (No text of ours has characters of double width.)
int display_width(std::string_view text);

/// Blanks appended (or, `right`, put before) up to `width` columns; longer text stays as it is.
std::string padded(std::string_view text, int width, bool right = false);

/// At most `width` columns of it, cut between characters; cut text ends in "~".
std::string shortened(std::string_view text, int width);

/// Lines of at most `width` columns, broken at blanks; a longer word is cut. Line ends stay. No text gives one empty
/// line.
std::vector<std::string> wrapped(std::string_view text, int width);

/// Columns of the terminal that `COLUMNS` or standard output tell, else 80; in 20 … 160.
int terminal_columns();

}  // namespace cinta
