#include "help.hpp"

#include <fmt/format.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace cinta::cli {
namespace {

constexpr std::size_t name_columns = 27;
constexpr std::string_view default_mark = "(default: ";

// `name` and, beside it, `text` in lines of `width` columns; below it where the name is long or the terminal narrow.
std::string entry(const std::string& name, std::string_view text, std::size_t width) {
  const std::size_t indent = width < 60 ? 6 : name_columns;
  std::string out = "  " + name;
  std::size_t column = out.size();
  if (column + 1 > indent) column = width;  // so that the first word begins a line
  else out.append(indent - std::exchange(column, indent), ' ');
  bool first = true;
  while (!text.empty()) {
    const std::size_t stays_whole = text.starts_with(default_mark) ? default_mark.size() : 0;
    const std::string_view word = text.substr(0, text.find(' ', stays_whole));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (column + word.size() + (first ? 0 : 1) > width) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
      first = true;
    }
    if (!first) out += ' ', ++column;
    out += word;
    column += word.size();
    first = false;
  }
  return out + '\n';
}

}  // namespace

std::size_t help_width() {
  winsize size{};
  std::size_t width = 100;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) width = size.ws_col;
  else if (const char* columns = std::getenv("COLUMNS")) width = std::strtoul(columns, nullptr, 10);
  return std::clamp<std::size_t>(width, 40, 120);
}

std::string HelpFormatter::make_option(const CLI::Option* option, bool /*is_positional*/) const {
  const bool takes_value = option->get_expected_max() > 0;
  std::string name = option->get_name(false, true);
  if (takes_value) name += ' ' + option->get_type_name();
  std::string text = option->get_description();
  if (option->get_required()) text += " (required)";
  else if (takes_value && !option->get_default_str().empty())
    text += fmt::format(" {}{})", default_mark, option->get_default_str());
  return entry(name, text, help_width());
}

std::string HelpFormatter::make_subcommand(const CLI::App* command) const {
  return entry(command->get_name(), command->get_description(), help_width());
}

}  // namespace cinta::cli
