// The program `cinta`: one file a subcommand, flags only.
#include "command.hpp"
#include "help.hpp"

#include <cinta/framework/core/error.hpp>
#include <cinta/framework/core/nearest.hpp>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace cinta::cli {

int& exit_code() {
  static int code = done;
  return code;
}

namespace {

int tell(int code, const std::string& sentence) {
  fmt::print(stderr, "cinta: {}\n", sentence);
  return code;
}

// The option of a flag, or null.
const CLI::Option* option_of(const CLI::App& command, const std::string& flag) {
  for (const CLI::Option* option : command.get_options())
    if (!option->get_positional() && "--" + option->get_single_name() == flag) return option;
  return nullptr;
}

// How many words the command takes that stand without a flag.
std::ptrdiff_t plain_words(const CLI::App& command) {
  const auto options = command.get_options();
  return std::count_if(options.begin(), options.end(), [](const CLI::Option* o) { return o->get_positional(); });
}

// Flags and their values by turns. What CLI11 has no sentence for is told here.
void check_words(const CLI::App& command, const std::vector<std::string>& flags, int argc, char** argv) {
  std::vector<std::string> seen;
  bool more_values = false;
  const std::ptrdiff_t plain = plain_words(command);
  std::ptrdiff_t left = plain;
  for (int i = 2; i < argc; ++i) {
    const std::string word(argv[i]), flag = word.substr(0, word.find('='));
    if (!word.starts_with("-") && !more_values && left-- <= 0)
      throw ValueError(plain == 0
                           ? fmt::format("{} takes flags and their values, and \"{}\" is neither", argv[1], word)
                           : fmt::format("{} takes one word beside its flags, and \"{}\" is another", argv[1], word));
    if (!word.starts_with("--")) continue;
    const CLI::Option* option = option_of(command, flag);
    if (option == nullptr)
      throw ValueError(fmt::format("{} has no flag \"{}\"{}", argv[1], flag, did_you_mean(flag, flags)));
    const bool repeats = option->get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
    if (!repeats && std::find(seen.begin(), seen.end(), flag) != seen.end())
      throw ValueError(fmt::format("{} stands twice", flag));
    seen.push_back(flag);
    more_values = option->get_expected_max() > 1 && option->get_allow_extra_args();
    if (option->get_expected_max() == 0 || flag != word) continue;
    if (++i == argc || std::string_view(argv[i]).starts_with("--"))
      throw ValueError(fmt::format("{} wants a value", flag));
  }
}

// "--epochs takes a number, not \"abc\"" for CLI11's "Could not convert: --epochs = abc".
std::string sentence(const CLI::ConversionError& error) {
  std::string text = error.what();
  const std::string_view start = "Could not convert: ";
  const auto equals = text.find(" = ");
  if (!text.starts_with(start) || equals == std::string::npos) return text;
  return fmt::format("{} takes a number, not \"{}\"", text.substr(start.size(), equals - start.size()),
                     text.substr(equals + 3));
}

// Unknown commands and flags are told by name, with the nearest known one, before anything that is missing.
void check_names(const CLI::App& program, int argc, char** argv) {
  const CLI::App* command = nullptr;
  std::vector<std::string> commands, flags{"--help"};
  for (const CLI::App* c : program.get_subcommands([](const CLI::App*) { return true; })) {
    commands.push_back(c->get_name());
    if (argc > 1 && c->get_name() == argv[1]) command = c;
  }
  if (argc < 2 || (command == nullptr && std::string_view(argv[1]).starts_with("-"))) return;
  if (command == nullptr)
    throw ValueError(fmt::format("there is no command \"{}\"{}", argv[1], did_you_mean(argv[1], commands)));
  for (const CLI::Option* option : command->get_options())
    if (!option->get_positional()) flags.push_back("--" + option->get_single_name());
  check_words(*command, flags, argc, argv);
}

int run(int argc, char** argv) {
  CLI::App program("Trains neural networks on tables, images and other arrays, and applies them.", "cinta");
  program.set_version_flag("--version", std::string("cinta ") + CINTA_VERSION);
  program.require_subcommand(1);
  program.formatter(std::make_shared<HelpFormatter>());  // the subcommands take it over
  program.footer("Each command has its own help: cinta train --help");
  add_train(program);
  add_evaluate(program);
  add_predict(program);
  add_lesson(program);
  add_new(program);
  add_doctor(program);
  try {
    check_names(program, argc, argv);
    program.parse(argc, argv);
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) throw std::system_error(errno, std::generic_category());
    return exit_code();
  } catch (const CLI::Success& e) {
    return program.exit(e);
  } catch (const CLI::ConversionError& e) {
    return tell(refused, sentence(e));
  } catch (const CLI::ParseError& e) {
    return tell(refused, program.get_subcommands().empty()
                             ? "which command? train, evaluate, predict, lesson, new or doctor; cinta --help tells more"
                             : e.what());
  } catch (const RunError& e) {
    return tell(failed, e.what());
  } catch (const ValueError& e) {
    return tell(refused, e.what());
  } catch (const DataError& e) {
    return tell(refused, e.what());
  } catch (const FileError& e) {
    return tell(refused, e.what());
  } catch (const std::system_error& e) {
    if (std::ferror(stdout) == 0) return tell(failed, e.what());
    std::string reason = e.code().message();
    reason[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(reason[0])));
    return tell(failed, "the standard output can't be written: " + reason);
  } catch (const std::bad_alloc&) {
    return tell(failed, "out of memory");
  } catch (const std::exception& e) {
    return tell(failed, e.what());
  }
}

}  // namespace
}  // namespace cinta::cli

int main(int argc, char** argv) { return cinta::cli::run(argc, argv); }
