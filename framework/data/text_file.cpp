#include <cinta/framework/core/error.hpp>
#include <cinta/framework/data/text_file.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <system_error>

namespace cinta {
namespace {

using std::size_t;

FileError file_error(const std::string& path, int code) {
  std::string reason = std::generic_category().message(code);
  if (!reason.empty() && reason[0] >= 'A' && reason[0] <= 'Z') reason[0] += 'a' - 'A';
  return FileError("cannot read \"" + path + "\": " + reason);
}

// The bytes of the UTF-8 sequence at the start of `s`, or 0 if there is none (overlong forms, surrogates and
// what lies past U+10FFFF are none).
size_t utf8_length(std::string_view s) {
  const auto byte = [&](size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0u; };
  const auto rest = [&](size_t from, size_t to) {
    for (size_t i = from; i < to; ++i)
      if ((byte(i) & 0xC0) != 0x80) return false;
    return true;
  };
  const unsigned a = byte(0), b = byte(1);
  if (a < 0x80) return 1;
  if (a >= 0xC2 && a <= 0xDF) return rest(1, 2) ? 2 : 0;
  if (a >= 0xE0 && a <= 0xEF) return rest(1, 3) && !(a == 0xE0 && b < 0xA0) && !(a == 0xED && b > 0x9F) ? 3 : 0;
  if (a >= 0xF0 && a <= 0xF4) return rest(1, 4) && !(a == 0xF0 && b < 0x90) && !(a == 0xF4 && b > 0x8F) ? 4 : 0;
  return 0;
}

[[noreturn]] void refuse_byte(std::string_view text, size_t at, const std::string& name) {
  std::int64_t line = 1, column = 1;
  for (size_t i = 0; i < at; ++i) {
    const bool line_end = text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n');
    if (line_end) ++line;
    if (line_end) column = 1;
    else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) ++column;  // characters, not bytes
  }
  const std::string place = name + ":" + std::to_string(line) + ": column " + std::to_string(column) + ": ";
  if (text[at] == '\0') throw DataError(place + "a NUL byte, which no text has; is this a UTF-16 or a binary file?");
  constexpr char digits[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(text[at]);
  throw DataError(place + "the byte 0x" + digits[byte >> 4] + digits[byte & 15] +
                  " is no UTF-8; if the file is Latin-1, convert it with iconv -f latin1 -t utf-8");
}

}  // namespace

std::string read_text(const std::string& path) {
  struct Descriptor {
    int fd;
    ~Descriptor() {
      if (fd >= 0) ::close(fd);
    }
  } file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) throw file_error(path, errno);
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) throw file_error(path, errno);

  // The size is a hint only: a pipe has none, and a file may grow while it is read.
  std::string text(static_cast<size_t>(std::max<off_t>(info.st_size, 0)) + 1, '\0');
  size_t used = 0;
  for (;;) {
    if (used == text.size()) text.resize(2 * used);
    const ssize_t got = ::read(file.fd, text.data() + used, text.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw file_error(path, errno);
    if (got == 0) break;
    used += static_cast<size_t>(got);
  }
  text.resize(used);
  return text;
}

void check_utf8(std::string_view text, const std::string& name) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    throw DataError(name + ": the file is UTF-16; convert it with iconv -f utf-16 -t utf-8");
  constexpr std::uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
  for (size_t i = 0; i < text.size();) {
    std::uint64_t word = 0;
    if (text.size() - i >= 8) std::memcpy(&word, text.data() + i, 8);
    if (word != 0 && ((word | (word - ones)) & highs) == 0) {  // eight ASCII bytes, none of them NUL
      i += 8;
      continue;
    }
    const size_t length = text[i] == '\0' ? 0 : utf8_length(text.substr(i));
    if (length == 0) refuse_byte(text, i, name);
    i += length;
  }
}

}  // namespace cinta
