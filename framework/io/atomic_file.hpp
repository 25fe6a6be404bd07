// Files read whole, and files written so that a reader finds the old contents or the new, never a part of them.
// Anybody who reads or writes files may use it. Every failure is a `FileError` that begins with the path.
#pragma once

#include <cinta/framework/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cinta {

/// A file being written, buffered. Made by the functions below.
class OutputFile {
 public:
  /// Appends bytes; throws `FileError`.
  void write(std::span<const std::byte> bytes);
  /// Appends text; throws `FileError`.
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }

  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

 private:
  friend class PendingFile;
  OutputFile(std::filesystem::path path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  void write_through(std::span<const std::byte> bytes);
  void flush();

  std::filesystem::path path_;  // as errors name it
  int descriptor_;
  std::vector<std::byte> buffer_;
};

/// Writes a file's contents.
using FileWriter = std::function<void(OutputFile&)>;

/// Makes `path` hold what `writer` writes, or leaves it as it was and throws.
///
/// The bytes go to a new file in the same folder, which is flushed to the disk and renamed. The new file has the
/// permissions of the old one; a symbolic link stays and its target is replaced; a device or pipe is written straight.
/// Throws `FileError` ("out/model.safetensors: can't be written: no space left on device"), and whatever `writer` does.
void write_file_atomically(const std::filesystem::path& path, const FileWriter& writer);
/// The same for bytes.
void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes);
/// The same for text.
void write_file_atomically(const std::filesystem::path& path, std::string_view text);

/// A new version of a file, written aside and not yet in its place; removed unless it is moved there.
class PendingFile {
 public:
  /// Writes the new version aside; throws `FileError`, and whatever `writer` does.
  PendingFile(std::filesystem::path path, const FileWriter& writer);
  /// Carries the file; the source removes nothing.
  PendingFile(PendingFile&& other) noexcept;
  PendingFile& operator=(PendingFile&&) = delete;
  ~PendingFile();

  /// Moves it to its place. With `keep_old`, `restore` can undo that until the object ends.
  void replace(bool keep_old = false);
  /// Gives the old file its name back, after `replace(true)`.
  void restore() noexcept;

 private:
  void write_aside(const FileWriter& writer);
  void back_up();

  std::filesystem::path path_;    // as errors name it
  std::filesystem::path target_;  // links followed
  std::filesystem::path aside_;   // empty when there is nothing to remove
  std::filesystem::path old_;     // a second name of the old file
  bool replaced_ = false;
};

/// Several files of one folder, replaced together: when one can't be written, an earlier set of them stays whole.
///
///   FolderTransaction files("model");
///   files.write("model.json", text);
///   files.write("model.safetensors", [&](OutputFile& out) { write_safetensors(out, tensors); });
///   files.commit();
///
/// The folder is made if need be. `write` writes aside; `commit` renames all, and names those already renamed back when
/// one fails. Without `commit` nothing changes. (A machine that stops between two renames leaves files of both sets.)
class FolderTransaction {
 public:
  /// Of a folder, which is made if need be; throws `FileError`.
  explicit FolderTransaction(std::filesystem::path folder);
  FolderTransaction(const FolderTransaction&) = delete;
  FolderTransaction& operator=(const FolderTransaction&) = delete;
  ~FolderTransaction();

  /// Writes a file of the folder aside; throws `FileError`, and whatever `writer` does.
  void write(const std::string& name, const FileWriter& writer);
  /// The same for text.
  void write(const std::string& name, std::string_view text);
  /// Moves all files to their places, or none: throws `FileError`.
  void commit();

 private:
  std::filesystem::path folder_;
  bool made_folder_ = false;
  std::vector<PendingFile> files_;
};

/// The whole file. Throws `FileError` when it is missing, a directory, unreadable or has more than `limit` bytes.
std::string read_file(const std::filesystem::path& path, std::uint64_t limit = std::uint64_t{1} << 32);

/// A regular file opened to be read in parts. Throws `FileError` for anything else.
class InputFile {
 public:
  /// Opens the file.
  explicit InputFile(std::filesystem::path path);
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  ~InputFile();

  /// In bytes.
  std::uint64_t size() const { return size_; }
  /// Fills `bytes` from `offset` on; throws `FileError` when the file ends before.
  void read(std::uint64_t offset, std::span<std::byte> bytes) const;

 private:
  std::filesystem::path path_;
  int descriptor_;
  std::uint64_t size_ = 0;
};

}  // namespace cinta
