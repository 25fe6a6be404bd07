// One tensor in a file, in NumPy's format NPY: what `np.save` writes and `np.load` reads. A light header, for
// everybody. https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <cinta/framework/core/tensor.hpp>

#include <cstddef>
#include <span>
#include <string>

namespace cinta {

/// Reads an NPY file of version 1.0, 2.0 or 3.0, in C's or Fortran's order and either order of bytes. The tensor holds
/// exactly the numbers of the file:
///
///     f4, f8, i4, u1      f32, f64, i32, u8
///     f2                  f32
///     i1, i2, u2          i32
///     i8, u4, u8          i32, when every number fits
///     b1                  u8, 0 or 1
///
/// Throws `FileError`, one sentence that begins with the path, for a number that does not fit, for other types (complex
/// numbers, text, Python objects, records, long doubles), for more than eight axes, and for a file that ends early or
/// late or is not what it claims; nothing is allocated that the size of the file does not warrant.
Tensor load_npy(const std::string& path);
/// The same from memory; `name` stands for the path in errors.
Tensor parse_npy(std::span<const std::byte> bytes, const std::string& name);

/// Writes a tensor as NPY 1.0, little-endian, in C's order, atomically (atomic_file.hpp): `np.load(path)` gives the
/// same array. Throws `ValueError` for an undefined tensor and `FileError` when the file can't be written.
void save_npy(const std::string& path, const Tensor& x);
/// What such a file holds before the elements: a whole number of 64 bytes.
std::string npy_header(const Tensor& x);

}  // namespace cinta
