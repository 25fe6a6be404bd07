#include "lessons.hpp"

#include <cinta/framework/core/error.hpp>

#include <fmt/format.h>

#include <filesystem>

namespace cinta::cli {

namespace fs = std::filesystem;

std::string dataset_path(const std::string& file) {
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);  // an installed tree can be moved
  const fs::path folders[] = {program.parent_path().parent_path() / CINTA_SHARED_DATASETS, CINTA_SOURCE_DATASETS};
  for (const fs::path& folder : folders)
    if (fs::is_regular_file(folder / file, ignored)) return (folder / file).string();
  throw FileError(fmt::format("{}: the data sets that come with Cinta are neither in {} nor in {}", file,
                              folders[0].string(), folders[1].string()));
}

}  // namespace cinta::cli
