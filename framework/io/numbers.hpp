// The number types that files of arrays hold, and what they become as tensors. For the formats of this folder alone.
#pragma once

#include <cinta/framework/core/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace cinta {

enum class NumberType : std::uint8_t { BOOL, I8, U8, I16, U16, I32, U32, I64, U64, F16, F32, F64 };

/// In bytes.
std::size_t size_of(NumberType type);
/// The tensor's type: u8 for booleans and u8, i32 for the other integers, f32 for f16 and f32, f64.
Dtype dtype_of_numbers(NumberType type);

/// How numbers lie in a file: their type, the order of their bytes, and whether the first index varies fastest.
struct NumberLayout {
  NumberType type = NumberType::F32;
  bool big_endian = false, fortran_order = false;
};

/// The bytes that numbers of this shape take; nothing when that is beyond 2^62.
std::optional<std::uint64_t> bytes_of(NumberType type, std::span<const std::uint64_t> sizes);

/// Fills a span from an offset on: from a file, or from memory.
using ByteReader = std::function<void(std::uint64_t offset, std::span<std::byte> bytes)>;
/// A reader of bytes in memory, which live as long as it does; the caller stays within them.
ByteReader reader_of(std::span<const std::byte> bytes);

/// The numbers from `offset` on as a tensor, exactly. Throws `FileError`, beginning with `name`, for an integer that
/// i32 does not hold, and for a boolean that is neither 0 nor 1.
Tensor read_numbers(const NumberLayout& layout, const Shape& shape, std::uint64_t offset, const ByteReader& read,
                    const std::string& name);

/// The f16 with these bits, exactly. IEEE 754-2008, binary16.
float float_of_half(std::uint16_t bits);

}  // namespace cinta
