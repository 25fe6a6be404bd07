// The JSON header of a safetensors file, read with every check that the format asks for, and written.
// For safetensors.cpp alone.
#pragma once

#include <cinta/framework/core/dtype.hpp>
#include <cinta/framework/core/shape.hpp>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cinta {

/// The element types of the format that are read.
enum class StoredType : std::uint8_t { F64, F32, I32, U8, I64, F16, BF16, BOOL };
std::size_t size_of(StoredType type);
StoredType stored_type(Dtype dtype);

/// One tensor: its elements are the bytes [begin, end) behind the header.
struct SafetensorsEntry {
  std::string name;
  StoredType type = StoredType::F32;
  Shape shape;
  std::uint64_t begin = 0, end = 0;
};

struct SafetensorsHeader {
  std::vector<SafetensorsEntry> entries;  // in the order of their bytes
  std::map<std::string, std::string> metadata;
};

inline constexpr std::uint64_t max_safetensors_header = 100'000'000;  // the format's own limit

/// Reads the header `json` of a file of `file_size` bytes, whose elements begin at `data_begin`. The entries returned
/// cover them without gap or overlap. Throws `FileError`, a sentence that begins with `file`.
SafetensorsHeader parse_safetensors_header(std::string_view json, const std::string& file, std::uint64_t data_begin,
                                           std::uint64_t file_size);

/// The header, padded with spaces to a multiple of eight bytes. Throws `ValueError` for names and texts that are no
/// UTF-8.
std::string format_safetensors_header(std::span<const SafetensorsEntry> entries,
                                      const std::map<std::string, std::string>& metadata);

/// A name between quotes, escaped as JSON escapes it, cut when it is very long.
std::string quoted_name(std::string_view name);
/// 4194432 as "4,194,432".
std::string with_commas(std::uint64_t n);

}  // namespace cinta
