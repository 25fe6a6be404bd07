// A tensor with a name: what files of several tensors hold. A light header, for everybody.
#pragma once

#include <cinta/framework/core/tensor.hpp>

#include <string>

namespace cinta {

struct NamedTensor {
  std::string name;
  Tensor tensor;
};

}  // namespace cinta
