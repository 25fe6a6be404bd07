#include <cinta/framework/report/text_width.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace cinta {
namespace {

// Bytes of the character that begins at `at`; a stray byte is a character of its own.
std::size_t character_size(std::string_view text, std::size_t at) {
  std::size_t size = 1;
  while (at + size < text.size() && (static_cast<unsigned char>(text[at + size]) & 0xC0) == 0x80) ++size;
  return size;
}

// U+0300 … U+036F: drawn over the character before.
bool combining(std::string_view text, std::size_t at) {
  const auto a = static_cast<unsigned char>(text[at]);
  const auto b = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0;
  return a == 0xCC || (a == 0xCD && b < 0xB0);
}

// Bytes of the longest beginning of at most `width` columns.
std::size_t bytes_within(std::string_view text, int width) {
  std::size_t at = 0;
  for (int columns = 0; at < text.size();) {
    if (!combining(text, at) && ++columns > width) break;
    at += character_size(text, at);
  }
  return at;
}

void wrap_line(std::string_view line, int width, std::vector<std::string>& lines) {
  while (display_width(line) > width) {
    const std::size_t fits = bytes_within(line, width);
    const std::size_t blank = line[fits] == ' ' ? fits : line.substr(0, fits).rfind(' ');
    const std::size_t word = blank == std::string_view::npos ? blank : line.substr(0, blank).find_last_not_of(' ');
    const std::size_t end = word == std::string_view::npos ? fits : word + 1;  // nothing but blanks before: cut
    lines.emplace_back(line.substr(0, end));
    line.remove_prefix(std::min(line.find_first_not_of(' ', end), line.size()));
  }
  lines.emplace_back(line);
}

}  // namespace

int display_width(std::string_view text) {
  int columns = 0;
  for (std::size_t at = 0; at < text.size(); at += character_size(text, at)) columns += !combining(text, at);
  return columns;
}

std::string padded(std::string_view text, int width, bool right) {
  const std::string blanks(static_cast<std::size_t>(std::max(0, width - display_width(text))), ' ');
  return right ? blanks + std::string(text) : std::string(text) + blanks;
}

std::string shortened(std::string_view text, int width) {
  if (display_width(text) <= width) return std::string(text);
  return width < 1 ? std::string() : std::string(text.substr(0, bytes_within(text, width - 1))) + "~";
}

std::vector<std::string> wrapped(std::string_view text, int width) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    wrap_line(text.substr(begin, end - begin), std::max(1, width), lines);
    begin = end + 1;
  }
  return lines;
}

int terminal_columns() {
  winsize size = {};
  const char* text = std::getenv("COLUMNS");
  long columns = text == nullptr ? 0 : std::strtol(text, nullptr, 10);
  if (columns <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) columns = size.ws_col;
  return columns <= 0 ? 80 : static_cast<int>(std::clamp(columns, 20L, 160L));
}

}  // namespace cinta
