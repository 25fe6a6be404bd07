// cinta new: a CMake project with a model, an optimizer and a test of one's own, to go on from.
#include "command.hpp"
#include "screen.hpp"

#include <cinta/framework/io/atomic_file.hpp>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace cinta::cli {
namespace {

namespace fs = std::filesystem;

struct File {
  const char* name;
  std::string_view text;
};
constexpr File files[] = {
#include "new_project.inc"
};
constexpr std::string_view placeholder = "my_network";  // what the project is called in examples/new_project/

constexpr bool is_letter(char c) { return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z'); }
constexpr bool is_name_character(char c) { return is_letter(c) || ('0' <= c && c <= '9') || c == '_' || c == '-'; }

// The last part of the path, which names the project in CMake and in its files.
std::string project_name(const std::string& directory) {
  fs::path path = directory.empty() ? fs::path() : fs::absolute(directory).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  std::string name = path.filename().string();
  if (name.empty() || name.size() > 100 || !is_letter(name[0]) ||
      !std::all_of(name.begin(), name.end(), is_name_character))
    throw ValueError(fmt::format(
        "new names the project as its folder, by a letter and then letters, digits, - and _; \"{}\" is no such name",
        name));
  return name;
}

void check_directory(const std::string& directory) {
  std::error_code error;
  const fs::file_status status = fs::status(directory, error);
  if (!fs::exists(status)) return;
  if (!fs::is_directory(status)) throw FileError(fmt::format("{}: exists, and is no folder", directory));
  const fs::directory_iterator first(directory, error);
  if (error) throw FileError(fmt::format("{}: the folder can't be read", directory));
  if (first != fs::directory_iterator())
    throw ValueError(
        fmt::format("{}: the folder is not empty, \"{}\" is in it; new wants one that is empty or not yet there",
                    directory, first->path().filename().string()));
}

std::string under_name(std::string_view text, std::string_view name) {
  std::string result;
  for (std::size_t found; (found = text.find(placeholder)) != std::string_view::npos;) {
    result.append(text.substr(0, found)).append(name);
    text.remove_prefix(found + placeholder.size());
  }
  return result.append(text);
}

void write_project(const std::string& directory, bool json) {
  const std::string name = project_name(directory);
  check_directory(directory);
  try {
    FolderTransaction project(directory);
    for (const File& file : files) project.write(file.name, under_name(file.text, name));
    project.commit();
  } catch (const FileError& e) {
    throw RunError(e.what());
  }

  if (json) {
    Json written{{"project", name}, {"folder", directory}, {"files", Json::array()}};
    for (const File& file : files) written["files"].push_back(file.name);
    return print_json(written);
  }
  fmt::print("written to {}:", directory);
  for (const File& file : files) fmt::print(" {}", file.name);
  fmt::print(
      "\nbuild and test it: cd {} && cmake -S . -B build -G Ninja && cmake --build build && ctest --test-dir build\n",
      directory);
}

}  // namespace

void add_new(CLI::App& program) {
  auto directory = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  CLI::App* c = program.add_subcommand("new", "Write a project of your own: a model, an optimizer and a test");
  c->footer("Example:\n  cinta new my_network && cd my_network && cmake -S . -B build -G Ninja && cmake --build build");
  c->add_option("DIR", *directory, "The folder to write to, whose name the project gets")->required();
  c->add_flag("--json", *json, "Print one JSON object instead of text");
  c->callback([directory, json] { write_project(*directory, *json); });
}

}  // namespace cinta::cli
