// Bytes of small array files, and what is said of damaged ones. For the tests of npy, npz and idx.
#pragma once

#include <cinta/framework/core/error.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

namespace array_file_support {

namespace fs = std::filesystem;

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "cinta-arrays-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path); }
  fs::path operator/(const std::string& name) const { return path / name; }
};

inline std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

/// What a reader says of a file that it refuses; "accepted" when it does not.
inline std::string refusal(const std::function<void()>& read) {
  try {
    read();
  } catch (const cinta::FileError& error) {
    return error.what();
  }
  return "accepted";
}

/// Every shorter file is refused, and a file with any byte changed is read or refused: neither throws anything else.
inline void check_damaged(const std::string& whole, const std::function<void(const std::string&)>& parse) {
  parse(whole);
  for (std::size_t length = 0; length < whole.size(); ++length)
    BOOST_TEST(refusal([&] { parse(whole.substr(0, length)); }).starts_with("m: "), "cut to " << length << " bytes");
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const int change : {1, 2, 0x10, 0x80, 0xff}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ change);
      refusal([&] { parse(damaged); });
    }
}

}  // namespace array_file_support
