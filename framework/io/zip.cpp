#include <cinta/framework/core/error.hpp>
#include <cinta/framework/io/gzip.hpp>
#include <cinta/framework/io/zip.hpp>

#include <fmt/format.h>
#include <minizip/unzip.h>
#include <minizip/zip.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace cinta {
namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& why) { throw FileError(name + ": " + why); }

// A file in memory as minizip sees it: `bytes` to be read, or `written`.
struct Memory {
  std::span<const std::byte> bytes = {};
  std::vector<std::byte>* written = nullptr;
  std::uint64_t at = 0;

  std::uint64_t size() const { return written != nullptr ? written->size() : bytes.size(); }
};

Memory& as_memory(voidpf stream) { return *static_cast<Memory*>(stream); }

zlib_filefunc64_def functions_of(Memory& memory) {
  zlib_filefunc64_def f{};
  f.opaque = &memory;
  f.zopen64_file = [](voidpf opaque, const void*, int) { return opaque; };
  f.zread_file = [](voidpf, voidpf stream, void* to, uLong size) -> uLong {
    Memory& m = as_memory(stream);
    const std::uint64_t n = std::min<std::uint64_t>(size, m.size() - std::min(m.at, m.size()));
    std::copy_n((m.written != nullptr ? m.written->data() : m.bytes.data()) + m.at, n, static_cast<std::byte*>(to));
    m.at += n;
    return n;
  };
  f.zwrite_file = [](voidpf, voidpf stream, const void* from, uLong size) -> uLong {
    Memory& m = as_memory(stream);
    if (m.written->size() < m.at + size) m.written->resize(m.at + size);
    std::memcpy(m.written->data() + m.at, from, size);
    m.at += size;
    return size;
  };
  f.ztell64_file = [](voidpf, voidpf stream) -> ZPOS64_T { return as_memory(stream).at; };
  f.zseek64_file = [](voidpf, voidpf stream, ZPOS64_T offset, int origin) -> long {
    Memory& m = as_memory(stream);
    const std::uint64_t base = origin == ZLIB_FILEFUNC_SEEK_SET   ? 0
                               : origin == ZLIB_FILEFUNC_SEEK_CUR ? m.at
                                                                  : m.size();
    if (offset > m.size() || base + offset > m.size()) return -1;
    m.at = base + offset;
    return 0;
  };
  f.zclose_file = [](voidpf, voidpf) { return 0; };
  f.zerror_file = [](voidpf, voidpf) { return 0; };
  return f;
}

// Where the record at the directory's end begins. minizip takes the last one there is, whatever follows it.
std::size_t end_record(std::span<const std::byte> bytes, const std::string& name) {
  constexpr std::size_t record = 22;
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.empty()) refuse(name, "the file is empty");
  if (!text.starts_with(std::string_view("PK").substr(0, text.size())))
    refuse(name, "this is no zip file: it does not begin with PK");
  const std::size_t at = text.rfind("PK\5\6");
  if (at == std::string_view::npos || at + record > text.size())
    refuse(name, "a zip file ends with its directory, and this one has none: the file is cut short");
  const std::size_t comment =
      std::to_integer<std::size_t>(bytes[at + 20]) | std::to_integer<std::size_t>(bytes[at + 21]) << 8;
  if (at + record + comment > text.size()) refuse(name, "the file is cut short");
  if (at + record + comment < text.size())
    refuse(name, fmt::format("{} bytes follow the end of the zip file", text.size() - at - record - comment));
  return at;
}

class Unzip {
 public:
  Unzip(std::span<const std::byte> bytes, const std::string& name) : memory_{bytes}, name_(name) {
    zlib_filefunc64_def functions = functions_of(memory_);
    file_ = unzOpen2_64("", &functions);
    if (file_ == nullptr) damaged();
  }
  ~Unzip() { unzClose(file_); }
  Unzip(const Unzip&) = delete;
  Unzip& operator=(const Unzip&) = delete;

  /// Goes to the first file, and then to the next; false when there is none.
  bool next() {
    const int code = begun_ ? unzGoToNextFile(file_) : unzGoToFirstFile(file_);
    if (code == UNZ_END_OF_LIST_OF_FILE) return false;
    if (code != UNZ_OK) damaged();
    begun_ = true;
    return true;
  }

  /// Opens the file, and reads its first bytes: its name and size.
  std::pair<std::string, std::uint64_t> open() {
    unz_file_info64 info{};
    char text[1024];
    check(unzGetCurrentFileInfo64(file_, &info, text, sizeof text, nullptr, 0, nullptr, 0));
    if (info.size_filename >= sizeof text) refuse(name_, "a name in it has more than 1,000 characters");
    const std::string entry(text, info.size_filename);
    in_ = fmt::format("{}: {}", name_, entry);
    if ((info.flag & 1) != 0) refuse(in_, "it is encrypted");
    if (info.compression_method != 0 && info.compression_method != Z_DEFLATED)
      refuse(in_, fmt::format("it is compressed by method {} of zip, and stored and deflated files are read",
                              info.compression_method));
    const bool stored = info.compression_method == 0;
    compressed_ += info.compressed_size;
    if (info.compressed_size > memory_.bytes.size() || compressed_ > memory_.bytes.size() ||
        (stored ? info.uncompressed_size != info.compressed_size
                : info.uncompressed_size > most_expanded(info.compressed_size)))
      refuse(in_, fmt::format("its {} bytes are more than the file can hold", info.uncompressed_size));
    check(unzOpenCurrentFile(file_));
    start_.resize(std::min<std::uint64_t>(read_again, info.uncompressed_size));
    inflate(start_);
    return {entry, info.uncompressed_size};
  }

  /// Those from `offset` on, of the open file.
  void read(std::uint64_t offset, std::span<std::byte> to) {
    if (offset < start_.size()) {
      const std::size_t again = std::min<std::size_t>(to.size(), start_.size() - offset);
      std::copy_n(start_.data() + offset, again, to.data());
      to = to.subspan(again);
    }
    inflate(to);
  }

  /// All of it was read.
  void close() {
    std::byte beyond{};
    if (unzReadCurrentFile(file_, &beyond, 1) != 0) refuse(in_, "it has more bytes than it claims");
    if (unzCloseCurrentFile(file_) != UNZ_OK) refuse(in_, "its bytes are damaged: the checksum differs");
  }

 private:
  [[noreturn]] void damaged() const { refuse(name_, "the directory of the zip file is damaged"); }
  void check(int code) const {
    if (code != UNZ_OK) damaged();
  }

  void inflate(std::span<std::byte> to) {
    while (!to.empty()) {
      const auto part = static_cast<unsigned>(std::min<std::size_t>(to.size(), 1u << 30));
      const int got = unzReadCurrentFile(file_, to.data(), part);
      if (got <= 0) refuse(in_, "its bytes are damaged or end early");
      to = to.subspan(static_cast<std::size_t>(got));
    }
  }

  Memory memory_;
  const std::string& name_;
  std::string in_;  // the file within, in errors
  std::vector<std::byte> start_;
  unzFile file_ = nullptr;
  bool begun_ = false;
  std::uint64_t compressed_ = 0;
};

}  // namespace

void read_zip(std::span<const std::byte> bytes, const std::string& name,
              const std::function<void(const std::string& entry, std::uint64_t size, const ByteReader& read)>& f) {
  if (end_record(bytes, name) == 0) return;  // no file at all, which minizip takes for damage
  Unzip zip(bytes, name);
  while (zip.next()) {
    const auto [entry, size] = zip.open();
    f(entry, size, [&](std::uint64_t offset, std::span<std::byte> to) { zip.read(offset, to); });
    zip.close();
  }
}

struct ZipWriter::File {
  std::vector<std::byte> bytes;
  Memory memory;
  zipFile zip = nullptr;
};

ZipWriter::ZipWriter() : file_(std::make_unique<File>()) {
  file_->memory.written = &file_->bytes;
  zlib_filefunc64_def functions = functions_of(file_->memory);
  file_->zip = zipOpen2_64("", APPEND_STATUS_CREATE, nullptr, &functions);
  if (file_->zip == nullptr) throw std::bad_alloc();
}

ZipWriter::~ZipWriter() { finish(); }

void ZipWriter::add(const std::string& entry, std::initializer_list<std::span<const std::byte>> parts, bool compress) {
  constexpr std::uint64_t with_32_bits = 0xF0000000;
  zip_fileinfo info{};
  info.dosDate = 1 << 21 | 1 << 16;  // 1 January 1980
  std::uint64_t size = 0;
  for (const auto& part : parts) size += part.size();
  int code = zipOpenNewFileInZip64(file_->zip, entry.c_str(), &info, nullptr, 0, nullptr, 0, nullptr,
                                   compress ? Z_DEFLATED : 0, Z_DEFAULT_COMPRESSION, size > with_32_bits);
  for (std::span<const std::byte> part : parts)
    while (code == ZIP_OK && !part.empty()) {
      const std::size_t n = std::min<std::size_t>(part.size(), 1u << 30);
      code = zipWriteInFileInZip(file_->zip, part.data(), static_cast<unsigned>(n));
      part = part.subspan(n);
    }
  if (code == ZIP_OK) code = zipCloseFileInZip(file_->zip);
  if (code != ZIP_OK) throw std::bad_alloc();  // in memory nothing else fails
}

const std::vector<std::byte>& ZipWriter::finish() {
  if (file_->zip != nullptr) zipClose(std::exchange(file_->zip, nullptr), nullptr);
  return file_->bytes;
}

}  // namespace cinta
