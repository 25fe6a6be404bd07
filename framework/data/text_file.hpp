// Text files: read whole, and known to be UTF-8. Used by what parses text.
#pragma once

#include <string>
#include <string_view>

namespace cinta {

/// The bytes of a file, or of a pipe until its end. Throws `FileError` with the system's reason.
std::string read_text(const std::string& path);

/// Throws `DataError`, with line and column (in characters), for the first byte that is no UTF-8 (overlong forms,
/// surrogates and what lies past U+10FFFF are none) or is NUL, and for UTF-16; `name` is the file's.
void check_utf8(std::string_view text, const std::string& name);

}  // namespace cinta
