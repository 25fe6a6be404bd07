// Files within a zip file, in memory. The sole user of minizip; for npz.cpp.
#pragma once

#include <cinta/framework/io/numbers.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace cinta {

/// Calls `f(entry, size, read)` for each file in a zip file, stored or deflated, in the order of its directory. `size`
/// is what the directory claims: `read` inflates straight to where it is told, so that a claim costs nothing before
/// there are bytes for it. `f` reads all of them, forward; only the first `read_again` can be read again. Throws
/// `FileError`, beginning with `name`, when it is damaged, encrypted or compressed otherwise, or when bytes follow its
/// end, and for a size that the compressed bytes can't hold.
void read_zip(std::span<const std::byte> bytes, const std::string& name,
              const std::function<void(const std::string& entry, std::uint64_t size, const ByteReader& read)>& f);
/// Bytes at the start of each that stay at hand.
inline constexpr std::size_t read_again = 64;

/// A zip file in the making. The bytes are a function of what was added: every date is the first of the format, 1980.
class ZipWriter {
 public:
  ZipWriter();
  ~ZipWriter();
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  /// A file of these parts, one behind the other.
  void add(const std::string& entry, std::initializer_list<std::span<const std::byte>> parts, bool compress);
  /// The whole; nothing is added afterwards.
  const std::vector<std::byte>& finish();

 private:
  struct File;
  std::unique_ptr<File> file_;
};

}  // namespace cinta
