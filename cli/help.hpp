// How --help looks: options by groups, texts wrapped to the terminal. For main.cpp.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace cinta::cli {

/// The columns of the terminal that is the standard output; elsewhere those of COLUMNS, else 100; 40 at least.
std::size_t help_width();

/// "  --lr N                    The learning rate (0.005 unless given)", wrapped.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
  std::string make_subcommand(const CLI::App* command) const override;
};

}  // namespace cinta::cli
