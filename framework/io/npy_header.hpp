// The header of an NPY file: a Python dictionary that says what follows. For npy.cpp and npz.cpp.
#pragma once

#include <cinta/framework/io/numbers.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cinta {

struct NpyHeader {
  NumberLayout layout;
  Shape shape;
};

/// Where the header's text lies in a file that begins with `start`, and where the numbers begin.
struct NpyHeaderPlace {
  std::uint64_t begin = 0, end = 0;
};
/// The bytes that `place_of_npy_header` wants to see; a shorter file is given whole.
inline constexpr std::uint64_t npy_start = 12;
/// Throws `FileError`, beginning with `name`, for a file of `file_size` bytes that is no NPY file of version 1, 2 or 3,
/// or ends in its header.
NpyHeaderPlace place_of_npy_header(std::string_view start, std::uint64_t file_size, const std::string& name);

/// The dictionary {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }; `data_size` bytes follow it.
/// Throws `FileError` for text that is none, for types that tensors can't hold, more than eight axes, and sizes that do
/// not make `data_size` bytes.
NpyHeader parse_npy_header(std::string_view text, std::uint64_t data_size, const std::string& name);

/// The tensor of an NPY file of `size` bytes, read forward but for the start; the sizes are compared before any number
/// is read.
Tensor read_npy(std::uint64_t size, const ByteReader& read, const std::string& name);

/// What stands before the numbers of a tensor of this type and shape: version 1.0, padded with spaces to a multiple
/// of 64.
std::string format_npy_header(Dtype dtype, const Shape& shape);

}  // namespace cinta
