#include <cinta/framework/core/strided.hpp>
#include <cinta/framework/io/numbers.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <memory>
#include <utility>

namespace cinta {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are stored as they lie in memory");

[[noreturn]] void refuse(const std::string& name, const std::string& why) { throw FileError(name + ": " + why); }

template <class From, class To, class F> void convert_each(std::span<const std::byte> raw, Tensor& to, F f) {
  To* out = to.mutable_data<To>();
  for (std::size_t at = 0; at < raw.size(); at += sizeof(From)) {
    From x;
    std::memcpy(&x, raw.data() + at, sizeof x);
    *out++ = f(x);
  }
}

template <class From> void integers(std::span<const std::byte> raw, Tensor& to, const std::string& name) {
  convert_each<From, std::int32_t>(raw, to, [&](From x) {
    if (!std::in_range<std::int32_t>(x)) refuse(name, fmt::format("it holds {}, which does not fit in i32", x));
    return static_cast<std::int32_t>(x);
  });
}

// Numbers whose type has to change, into a tensor of as many elements.
void convert_numbers(NumberType type, std::span<const std::byte> raw, Tensor& to, const std::string& name) {
  switch (type) {
    case NumberType::BOOL:
      return convert_each<std::uint8_t, std::uint8_t>(raw, to, [&](std::uint8_t x) {
        if (x > 1) refuse(name, fmt::format("a boolean is {}, neither 0 nor 1", x));
        return x;
      });
    case NumberType::I8:
      return integers<std::int8_t>(raw, to, name);
    case NumberType::I16:
      return integers<std::int16_t>(raw, to, name);
    case NumberType::U16:
      return integers<std::uint16_t>(raw, to, name);
    case NumberType::U32:
      return integers<std::uint32_t>(raw, to, name);
    case NumberType::I64:
      return integers<std::int64_t>(raw, to, name);
    case NumberType::U64:
      return integers<std::uint64_t>(raw, to, name);
    default:
      return convert_each<std::uint16_t, float>(raw, to, float_of_half);
  }
}

bool is_native(NumberType type) {
  return type == NumberType::U8 || type == NumberType::I32 || type == NumberType::F32 || type == NumberType::F64;
}

void swap_bytes(std::span<std::byte> bytes, std::size_t size) {
  for (std::size_t at = 0; at < bytes.size(); at += size) std::reverse(&bytes[at], &bytes[at] + size);
}

// Elements in the order of Fortran, the first index the fastest, as a tensor of this shape.
Tensor from_fortran(const Tensor& x, const Shape& shape) {
  Strides from;
  std::int64_t stride = 1;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    from[axis] = stride;
    stride *= shape[axis];
  }
  Tensor out = empty(shape, x.dtype());
  strided_copy(shape, size_of(x.dtype()), x.raw(), from, out.mutable_raw(), strides_of(shape));
  return out;
}

}  // namespace

std::size_t size_of(NumberType type) {
  constexpr std::size_t sizes[] = {1, 1, 1, 2, 2, 4, 4, 8, 8, 2, 4, 8};
  return sizes[static_cast<int>(type)];
}

Dtype dtype_of_numbers(NumberType type) {
  if (type == NumberType::BOOL || type == NumberType::U8) return u8;
  if (type == NumberType::F16 || type == NumberType::F32) return f32;
  return type == NumberType::F64 ? f64 : i32;
}

std::optional<std::uint64_t> bytes_of(NumberType type, std::span<const std::uint64_t> sizes) {
  constexpr std::uint64_t most = std::uint64_t{1} << 62;
  if (std::find(sizes.begin(), sizes.end(), 0) != sizes.end()) return 0;
  std::uint64_t bytes = size_of(type);
  for (const std::uint64_t size : sizes)
    if (__builtin_mul_overflow(bytes, size, &bytes) || bytes > most) return {};
  return bytes;
}

ByteReader reader_of(std::span<const std::byte> bytes) {
  return [bytes](std::uint64_t offset, std::span<std::byte> out) {
    std::copy_n(bytes.data() + offset, out.size(), out.data());
  };
}

Tensor read_numbers(const NumberLayout& layout, const Shape& shape, std::uint64_t offset, const ByteReader& read,
                    const std::string& name) {
  const std::size_t size = size_of(layout.type);
  const auto count = static_cast<std::size_t>(shape.size());
  Tensor out = empty(shape, dtype_of_numbers(layout.type));
  if (count == 0) return out;
  if (is_native(layout.type)) {
    const std::span<std::byte> bytes(static_cast<std::byte*>(out.mutable_raw()), out.bytes());
    read(offset, bytes);
    if (layout.big_endian) swap_bytes(bytes, size);
  } else {
    const auto memory = std::make_unique_for_overwrite<std::byte[]>(count * size);
    const std::span raw(memory.get(), count * size);
    read(offset, raw);
    if (layout.big_endian) swap_bytes(raw, size);
    convert_numbers(layout.type, raw, out, name);
  }
  return layout.fortran_order && shape.rank() > 1 ? from_fortran(out, shape) : out;
}

float float_of_half(std::uint16_t h) {
  const std::uint32_t sign = (h & 0x8000u) << 16, exponent = (h >> 10) & 31u, mantissa = h & 1023u;
  if (exponent == 0) return std::copysign(static_cast<float>(mantissa) * 0x1p-24f, sign != 0 ? -1.0f : 1.0f);
  return std::bit_cast<float>(sign | (exponent == 31 ? 255 : exponent + 112) << 23 | mantissa << 13);
}

}  // namespace cinta
