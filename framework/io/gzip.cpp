#include <cinta/framework/core/error.hpp>
#include <cinta/framework/io/gzip.hpp>

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <new>

namespace cinta {
namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& why) { throw FileError(name + ": " + why); }

class Inflater {
 public:
  Inflater(std::span<const std::byte> from, const std::string& name) : from_(from), name_(name) {
    constexpr int gzip_format = 16 + MAX_WBITS;
    if (inflateInit2(&stream_, gzip_format) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Fills `to` as far as there are bytes; their number. At the end 0.
  std::size_t read(std::span<std::byte> to) {
    constexpr std::size_t most = 1u << 30;  // zlib counts in unsigned int
    std::size_t done = 0;
    while (!ended_ && done < to.size()) {
      const std::size_t room = std::min(to.size() - done, most), given = std::min(from_.size() - at_, most);
      stream_.next_out = reinterpret_cast<Bytef*>(to.data() + done);
      stream_.avail_out = static_cast<uInt>(room);
      stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(from_.data() + at_));
      stream_.avail_in = static_cast<uInt>(given);
      const int code = inflate(&stream_, Z_NO_FLUSH);
      at_ += given - stream_.avail_in;
      done += room - stream_.avail_out;
      if (code == Z_STREAM_END) end_member();
      else if (code == Z_MEM_ERROR) throw std::bad_alloc();
      else if (code != Z_OK && code != Z_BUF_ERROR) refuse(name_, "the compressed bytes are damaged");
      else if (at_ == from_.size() && stream_.avail_out > 0) refuse(name_, "the compressed bytes end early");
    }
    return done;
  }

 private:
  // Behind a whole gzip file another may follow, and nothing else (RFC 1952).
  void end_member() {
    if (at_ == from_.size()) {
      ended_ = true;
      return;
    }
    if (!is_gzip(from_.subspan(at_)))
      refuse(name_, fmt::format("{} bytes follow the compressed ones", from_.size() - at_));
    inflateReset(&stream_);
  }

  std::span<const std::byte> from_;
  const std::string& name_;
  z_stream stream_{};
  std::size_t at_ = 0;
  bool ended_ = false;
};

}  // namespace

bool is_gzip(std::span<const std::byte> bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b};
}

std::uint64_t most_expanded(std::uint64_t compressed_bytes) { return 1032 * compressed_bytes + 1024; }

std::vector<std::byte> gunzip(std::span<const std::byte> compressed, std::uint64_t at_most, const std::string& name) {
  Inflater inflater(compressed, name);
  std::vector<std::byte> out;
  while (out.size() < at_most) {
    const std::size_t before = out.size();
    out.resize(std::min<std::uint64_t>(at_most, std::max<std::size_t>(1 << 16, 2 * before)));
    const std::size_t got = inflater.read(std::span(out).subspan(before));
    if (before + got == out.size()) continue;
    out.resize(before + got);
    break;
  }
  return out;
}

}  // namespace cinta
