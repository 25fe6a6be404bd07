// A tensor with a name: what files of several tensors hold. A light header, for everybody.
#pragma once

#include <cinta/framework/core/tensor.hpp>

#include <string>

namespace cinta {

/// A tensor under its name.
struct NamedTensor {
  std::string name;  ///< not empty, and but once in a file
  Tensor tensor;     ///< of any element type
};

}  // namespace cinta
