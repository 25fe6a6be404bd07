#include <cinta/framework/io/atomic_file.hpp>
#include <cinta/framework/io/gzip.hpp>
#include <cinta/framework/io/idx.hpp>
#include <cinta/framework/io/numbers.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace cinta {
namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& why) { throw FileError(name + ": " + why); }

struct Header {
  NumberLayout layout;
  Shape shape;
  std::uint64_t begin = 0, bytes = 0;  // of the elements
};

NumberType type_of(unsigned code, const std::string& name) {
  switch (code) {
    case 0x08:
      return NumberType::U8;
    case 0x09:
      return NumberType::I8;
    case 0x0B:
      return NumberType::I16;
    case 0x0C:
      return NumberType::I32;
    case 0x0D:
      return NumberType::F32;
    case 0x0E:
      return NumberType::F64;
    default:
      refuse(name, fmt::format("0x{:02X} is no element type of IDX", code));
  }
}

constexpr std::size_t longest_header = 4 + 4 * Shape::max_rank;

Header header_of(std::span<const std::byte> start, const std::string& name) {
  const auto byte = [&](std::size_t i) { return std::to_integer<std::uint64_t>(start[i]); };
  if (start.empty()) refuse(name, "the file is empty");
  for (std::size_t i = 0; i < std::min<std::size_t>(2, start.size()); ++i)
    if (byte(i) != 0) refuse(name, "this is no IDX file: it does not begin with two zeros");
  const auto ends = [&] { refuse(name, fmt::format("the file ends in its header, at byte {}", start.size())); };
  if (start.size() < 4) ends();
  Header header{{type_of(static_cast<unsigned>(byte(2)), name), true, false}, {}, 4 + 4 * byte(3), 0};
  if (byte(3) > Shape::max_rank)
    refuse(name, fmt::format("it has {} axes, and tensors have at most {}", byte(3), int{Shape::max_rank}));
  if (start.size() < header.begin) ends();
  std::vector<std::uint64_t> sizes;
  for (std::size_t at = 4; at < header.begin; at += 4) {
    sizes.push_back(byte(at) << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 | byte(at + 3));
    header.shape.push_back(0);
  }
  const auto bytes = bytes_of(header.layout.type, sizes);
  if (!bytes) refuse(name, fmt::format("its shape [{}] takes more than 2^62 bytes", fmt::join(sizes, ", ")));
  for (std::size_t axis = 0; axis < sizes.size(); ++axis)
    header.shape[static_cast<int>(axis)] = static_cast<std::int64_t>(sizes[axis]);
  header.bytes = *bytes;
  return header;
}

// Throws unless `size` bytes follow the header.
void check_size(const Header& header, std::uint64_t size, const std::string& name) {
  if (size == header.bytes) return;
  refuse(name, fmt::format("its shape {} takes {} bytes {} the header", to_string(header.shape), header.bytes,
                           size < header.bytes ? fmt::format("but {} follow", size) : "and more follow"));
}

}  // namespace

Tensor parse_idx(std::span<const std::byte> bytes, const std::string& name) {
  if (is_gzip(bytes)) {
    const Header header = header_of(gunzip(bytes, longest_header, name), name);
    const std::uint64_t whole = header.begin + header.bytes;
    if (whole > most_expanded(bytes.size()))
      refuse(name, fmt::format("its shape {} takes {} bytes, which {} compressed ones can't hold",
                               to_string(header.shape), header.bytes, bytes.size()));
    const std::vector<std::byte> plain = gunzip(bytes, whole + 1, name);
    check_size(header, plain.size() - header.begin, name);
    return read_numbers(header.layout, header.shape, header.begin, reader_of(plain), name);
  }
  const Header header = header_of(bytes.first(std::min(bytes.size(), longest_header)), name);
  check_size(header, bytes.size() - header.begin, name);
  return read_numbers(header.layout, header.shape, header.begin, reader_of(bytes), name);
}

Tensor load_idx(const std::string& path) {
  const std::string bytes = read_file(path, std::uint64_t{1} << 40);
  return parse_idx(std::as_bytes(std::span(bytes)), path);
}

}  // namespace cinta
