#include <cinta/framework/io/numbers.hpp>
#include <cinta/framework/io/safetensors.hpp>
#include <cinta/framework/io/safetensors_header.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <set>
#include <utility>

namespace cinta {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are stored as they lie in memory");

/// Fills a span from an offset on: from a file, or from memory.
using Reader = std::function<void(std::uint64_t offset, std::span<std::byte> bytes)>;

[[noreturn]] void refuse(const std::string& file, const std::string& why) { throw FileError(file + ": " + why); }

float float_of_bfloat(std::uint16_t b) { return std::bit_cast<float>(std::uint32_t{b} << 16); }

template <class From, class To, class F> Tensor converted(std::span<const std::byte> raw, const Shape& shape, F f) {
  Tensor t = empty(shape, dtype_of<To>);
  To* out = t.mutable_data<To>();
  for (std::size_t at = 0; at < raw.size(); at += sizeof(From)) {
    From x;
    std::memcpy(&x, raw.data() + at, sizeof x);
    *out++ = f(x);
  }
  return t;
}

Tensor read_as(Dtype dtype, const SafetensorsEntry& entry, std::uint64_t offset, const Reader& read) {
  Tensor t = empty(entry.shape, dtype);
  read(offset, {static_cast<std::byte*>(t.mutable_raw()), t.bytes()});
  return t;
}

Tensor read_tensor(const SafetensorsEntry& entry, std::uint64_t offset, const Reader& read, const std::string& file) {
  const auto raw = [&] {
    std::vector<std::byte> bytes(entry.end - entry.begin);
    read(offset, bytes);
    return bytes;
  };
  switch (entry.type) {
    case StoredType::F64:
      return read_as(f64, entry, offset, read);
    case StoredType::I32:
      return read_as(i32, entry, offset, read);
    case StoredType::U8:
      return read_as(u8, entry, offset, read);
    case StoredType::F16:
      return converted<std::uint16_t, float>(raw(), entry.shape, float_of_half);
    case StoredType::BF16:
      return converted<std::uint16_t, float>(raw(), entry.shape, float_of_bfloat);
    case StoredType::BOOL:
      return converted<std::uint8_t, std::uint8_t>(raw(), entry.shape, [](std::uint8_t x) { return x != 0; });
    case StoredType::I64:
      return converted<std::int64_t, std::int32_t>(raw(), entry.shape, [&](std::int64_t x) {
        if (!std::in_range<std::int32_t>(x))
          refuse(file, fmt::format("tensor {} holds {}, which does not fit in i32", quoted_name(entry.name), x));
        return static_cast<std::int32_t>(x);
      });
    default:
      return read_as(f32, entry, offset, read);
  }
}

SafetensorsFile read_all(const std::string& file, std::uint64_t size, const Reader& read) {
  std::uint64_t length = 0;
  if (size == 0) refuse(file, "the file is empty");
  if (size < sizeof length) refuse(file, fmt::format("the file ends in the length of its header, at byte {}", size));
  read(0, std::as_writable_bytes(std::span(&length, 1)));
  if (length == 0) refuse(file, "the header's length is 0");
  if (length > max_safetensors_header)
    refuse(file, fmt::format("the header's length is {} bytes and at most {} are allowed; is this a safetensors file?",
                             with_commas(length), with_commas(max_safetensors_header)));
  const std::uint64_t data_begin = sizeof length + length;
  if (data_begin > size)
    refuse(file,
           fmt::format("the header ends at byte {} but the file has {}", with_commas(data_begin), with_commas(size)));

  std::string text(length, '\0');
  read(sizeof length, std::as_writable_bytes(std::span(text)));
  SafetensorsHeader header = parse_safetensors_header(text, file, data_begin, size);
  SafetensorsFile result{{}, std::move(header.metadata)};
  for (const SafetensorsEntry& entry : header.entries)
    result.tensors.push_back({entry.name, read_tensor(entry, data_begin + entry.begin, read, file)});
  return result;
}

/// The tensors in the order in which they are written.
std::vector<const NamedTensor*> sorted(std::span<const NamedTensor> tensors) {
  std::set<std::string_view> names;
  std::vector<const NamedTensor*> order;
  for (const NamedTensor& t : tensors) {
    if (!t.tensor.defined())
      throw ValueError(fmt::format("write_safetensors: tensor {} is undefined", quoted_name(t.name)));
    if (t.name == "__metadata__") throw ValueError("write_safetensors: \"__metadata__\" can't be a tensor's name");
    if (!names.insert(t.name).second)
      throw ValueError(fmt::format("write_safetensors: two tensors are named {}", quoted_name(t.name)));
    order.push_back(&t);
  }
  std::stable_sort(order.begin(), order.end(), [](const NamedTensor* a, const NamedTensor* b) {
    return size_of(a->tensor.dtype()) > size_of(b->tensor.dtype());
  });
  return order;
}

std::string header_of(std::span<const NamedTensor* const> order, const std::map<std::string, std::string>& metadata) {
  std::vector<SafetensorsEntry> entries;
  std::uint64_t at = 0;
  for (const NamedTensor* t : order) {
    const std::uint64_t begin = std::exchange(at, at + t->tensor.bytes());
    entries.push_back({t->name, stored_type(t->tensor.dtype()), t->tensor.shape(), begin, at});
  }
  std::string header = format_safetensors_header(entries, metadata);
  if (header.size() > max_safetensors_header)
    throw ValueError(fmt::format("write_safetensors: the header would have {} bytes, and the format allows {}",
                                 with_commas(header.size()), with_commas(max_safetensors_header)));
  return header;
}

}  // namespace

const Tensor* SafetensorsFile::find(std::string_view name) const {
  const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const NamedTensor& t) { return t.name == name; });
  return found == tensors.end() ? nullptr : &found->tensor;
}

void write_safetensors(OutputFile& file, std::span<const NamedTensor> tensors,
                       const std::map<std::string, std::string>& metadata) {
  const std::vector<const NamedTensor*> order = sorted(tensors);
  const std::string header = header_of(order, metadata);
  const std::uint64_t length = header.size();
  file.write(std::as_bytes(std::span(&length, 1)));
  file.write(header);
  for (const NamedTensor* t : order) file.write({static_cast<const std::byte*>(t->tensor.raw()), t->tensor.bytes()});
}

void write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors,
                       const std::map<std::string, std::string>& metadata) {
  write_file_atomically(path, [&](OutputFile& file) { write_safetensors(file, tensors, metadata); });
}

SafetensorsFile read_safetensors(const std::filesystem::path& path) {
  const InputFile file(path);
  return read_all(path.string(), file.size(),
                  [&](std::uint64_t offset, std::span<std::byte> bytes) { file.read(offset, bytes); });
}

SafetensorsFile parse_safetensors(std::span<const std::byte> bytes, const std::string& name) {
  return read_all(name, bytes.size(), [&](std::uint64_t offset, std::span<std::byte> out) {
    if (!out.empty()) std::memcpy(out.data(), bytes.data() + offset, out.size());
  });
}

}  // namespace cinta
