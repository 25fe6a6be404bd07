// Arrays in the IDX format, in which MNIST and its like are published. A light header, for everybody.
// LeCun, Cortes and Burges, http://yann.lecun.com/exdb/mnist
#pragma once

#include <cinta/framework/core/tensor.hpp>

#include <cstddef>
#include <span>
#include <string>

namespace cinta {

/// Reads an IDX file, as it stands or compressed by gzip (found from its bytes): two zeros, the type, the number of
/// axes, their sizes, and the elements, the last index the fastest, numbers big-endian. u8 stays u8, i8, i16 and i32
/// become i32, f32 and f64 stay what they are.
///
/// Throws `FileError`, one sentence that begins with the path, for a file that is none, ends early or late, or whose
/// compression is damaged; nothing is allocated that the size of the file does not warrant.
Tensor load_idx(const std::string& path);
/// The same from memory; `name` stands for the path in errors.
Tensor parse_idx(std::span<const std::byte> bytes, const std::string& name);

}  // namespace cinta
