#include <cinta/framework/core/error.hpp>

namespace cinta {

std::string prefix(Where where) {
  return where.file == nullptr ? std::string() : std::string(where.file) + ":" + std::to_string(where.line) + ": ";
}

}  // namespace cinta
