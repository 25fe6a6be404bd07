// Several named tensors in a file, in NumPy's format NPZ (a zip file of NPY files): what `np.savez` writes and
// `np.load` reads. A light header, for everybody; a program that uses it links zlib and minizip.
#pragma once

#include <cinta/framework/io/named_tensor.hpp>

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cinta {

/// The arrays of a file, in its order.
struct NpzFile {
  std::string name;                 ///< of the file, as errors tell it
  std::vector<NamedTensor> arrays;  ///< in the order of the file

  /// The array of that name, or null.
  const Tensor* find(std::string_view array) const;
  /// The same, where it must be there: throws `DataError`, with the nearest name.
  const Tensor& at(std::string_view array) const;
};

/// Reads an NPZ file, stored or deflated; `load_npy` (npy.hpp) tells what the arrays may be.
///
///     const NpzFile mnist = load_npz("mnist.npz");
///     const Tensor x = mnist.at("x_train");
///
/// Throws `FileError`, one sentence that begins with the path and names the array, for a damaged file, two arrays of
/// one name, and a file in it that is no NPY file; nothing is allocated that the size of the file does not warrant.
NpzFile load_npz(const std::string& path);
/// The same from memory; `name` stands for the path in errors.
NpzFile parse_npz(std::span<const std::byte> bytes, const std::string& name);

/// Options of `save_npz`.
struct NpzOptions {
  bool compress = true;  ///< deflated, as `np.savez_compressed` does; else stored, as `np.savez`
};

/// Writes an NPZ file atomically (atomic_file.hpp). The bytes depend on the arguments alone: no date is written.
///
///     save_npz("data.npz", {{"x", x}, {"y", y}});
///
/// Throws `ValueError` for a name that is empty, has a zero byte or over 1,000 characters, or is given twice, and for
/// an undefined tensor; `FileError` when the file can't be written.
void save_npz(const std::string& path, std::span<const NamedTensor> arrays, NpzOptions options = {});
/// The same for names and tensors in braces.
void save_npz(const std::string& path, std::initializer_list<NamedTensor> arrays, NpzOptions options = {});

}  // namespace cinta
