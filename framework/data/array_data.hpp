// Examples as arrays: images and matrices of numbers, with a target for each, and the files that they come from.
// A light header; a program that reads them from files links zlib and minizip.
#pragma once

#include <cinta/framework/core/tensor.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cinta {

/// Examples, one a row of `x`. A value; copies share the buffers.
struct ArrayData {
  std::string name;    ///< where they come from, as errors tell it
  Tensor x;            ///< [n, …]
  Tensor y = {};       ///< [n] or [n, 1]; undefined: not known
  Tensor weight = {};  ///< how much each counts in the loss, [n]; undefined: all alike

  /// Of a selection the number that each example has in its file, from 0; empty: they are in the file's order.
  std::vector<std::int64_t> numbers = {};

  /// The number of examples.
  std::int64_t rows() const { return x.shape()[0]; }
  /// "x.npy: example 17", as the file counts, from 0.
  std::string where(std::int64_t row) const;
  /// These rows, in this order. Throws `DataError` for one outside [0, n).
  ArrayData select(std::span<const std::int64_t> rows) const;
};

/// What a data set brings: some bring examples of their own for the test.
struct ArrayParts {
  ArrayData train;                     ///< to train on
  std::optional<ArrayData> test = {};  ///< to judge by, where the source has one
};

/// Options of `read_arrays`.
struct ArrayOptions {
  std::string labels = "";  ///< the file of targets that goes with a file of inputs, NPY or IDX
  std::string weight = "";  ///< the name of an array of an NPZ file; else an NPY file
};

/// Whether `path` is for `read_arrays`: a folder, or a file that ends in .npy or .npz or begins as an array file does.
/// Anything else is taken for a table.
bool holds_arrays(const std::string& path);

/// Reads a data set from
/// - a folder of IDX files under MNIST's names, compressed or not: train-images-idx3-ubyte.gz and
///   train-labels-idx1-ubyte.gz, and, for the test, t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz;
/// - an NPZ file with the arrays x and y, or x_train, y_train, x_test and y_test, as Keras's mnist.npz;
/// - an NPY or IDX file of inputs, with `options.labels`.
/// Targets may be absent in the last two. Throws `FileError` for files that can't be read, and `DataError` when one
/// that should be there is not, when inputs and targets differ in number, and when there are none.
ArrayParts read_arrays(const std::string& path, const ArrayOptions& options = {});

}  // namespace cinta
