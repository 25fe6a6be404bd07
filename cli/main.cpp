// The program `cinta`: one file a subcommand, flags only.
#include "command.hpp"

#include <cinta/framework/core/error.hpp>
#include <cinta/framework/core/nearest.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <new>

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

// The names that the command line might have meant: subcommands before one was named, else the subcommand's flags.
std::vector<std::string> names_of(const CLI::App& program) {
  std::vector<std::string> names;
  const auto chosen = program.get_subcommands();
  if (chosen.empty()) {
    for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; })) names.push_back(command->get_name());
  } else {
    for (const CLI::Option* option : chosen.front()->get_options()) names.push_back("--" + option->get_single_name());
  }
  return names;
}

int refuse_command_line(const CLI::App& program, const CLI::ParseError& error) {
  const auto* extras = dynamic_cast<const CLI::ExtrasError*>(&error);
  if (extras == nullptr) return tell(refused, error.what());
  std::vector<std::string> rest = program.remaining(true);
  const std::string unknown = rest.empty() ? std::string() : rest.front();
  const std::string name = unknown.substr(0, unknown.find('='));
  return tell(refused, fmt::format("there is no {} \"{}\"{}", name.starts_with("-") ? "flag" : "command", name, did_you_mean(name, names_of(program))));
}

int run(int argc, char** argv) {
  CLI::App program("Trains neural networks on tables, and applies them.", "cinta");
  program.set_version_flag("--version", std::string("cinta ") + CINTA_VERSION);
  program.require_subcommand(1);
  program.footer("Each command has its own help: cinta train --help");
  add_train(program);
  add_evaluate(program);
  add_predict(program);
  add_doctor(program);
  try {
    program.parse(argc, argv);
    return exit_code();
  } catch (const CLI::Success& e) {
    return program.exit(e);
  } catch (const CLI::ParseError& e) {
    return refuse_command_line(program, e);
  } catch (const RunError& e) {
    return tell(failed, e.what());
  } catch (const ValueError& e) {
    return tell(refused, e.what());
  } catch (const DataError& e) {
    return tell(refused, e.what());
  } catch (const FileError& e) {
    return tell(refused, e.what());
  } catch (const std::bad_alloc&) {
    return tell(failed, "out of memory");
  } catch (const std::exception& e) {
    return tell(failed, e.what());
  }
}

}  // namespace
}  // namespace cinta::cli

int main(int argc, char** argv) { return cinta::cli::run(argc, argv); }
