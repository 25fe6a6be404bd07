#include <cinta/framework/io/atomic_file.hpp>
#include <cinta/framework/io/npy.hpp>
#include <cinta/framework/io/npy_header.hpp>

#include <algorithm>

namespace cinta {
Tensor read_npy(std::uint64_t size, const ByteReader& read, const std::string& name) {
  const auto text = [&](std::uint64_t begin, std::uint64_t end) {
    std::string out(end - begin, '\0');
    read(begin, std::as_writable_bytes(std::span(out)));
    return out;
  };
  const NpyHeaderPlace place = place_of_npy_header(text(0, std::min(size, npy_start)), size, name);
  const NpyHeader header = parse_npy_header(text(place.begin, place.end), size - place.end, name);
  return read_numbers(header.layout, header.shape, place.end, read, name);
}

Tensor load_npy(const std::string& path) {
  const InputFile file(path);
  return read_npy(
      file.size(), [&](std::uint64_t offset, std::span<std::byte> bytes) { file.read(offset, bytes); }, path);
}

Tensor parse_npy(std::span<const std::byte> bytes, const std::string& name) {
  return read_npy(bytes.size(), reader_of(bytes), name);
}

std::string npy_header(const Tensor& x) {
  if (!x.defined()) throw ValueError("save_npy: the tensor is undefined");
  return format_npy_header(x.dtype(), x.shape());
}

void save_npy(const std::string& path, const Tensor& x) {
  const std::string header = npy_header(x);
  write_file_atomically(path, [&](OutputFile& file) {
    file.write(header);
    file.write(std::span(static_cast<const std::byte*>(x.raw()), x.bytes()));
  });
}

}  // namespace cinta
