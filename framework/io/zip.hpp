// Files within a zip file, in memory. The sole user of minizip; for npz.cpp.
#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace cinta {

/// Calls `f(name, contents)` for each file in a zip file, stored or deflated, in the order of its directory.
/// Throws `FileError`, beginning with `name`, when it is damaged, encrypted or compressed otherwise, or when bytes
/// follow its end; nothing is allocated that its size does not warrant.
void read_zip(std::span<const std::byte> bytes, const std::string& name,
              const std::function<void(const std::string& entry, std::span<const std::byte> contents)>& f);

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
