// Whether the compiler of this translation unit fuses a·b + c on its own, which would give other bits than the
// library's. For the headers that compile kernels in a user's object: map.hpp and chain.hpp.
#pragma once

#include <cinta/framework/core/error.hpp>

namespace cinta {
namespace {

// (1 + 2⁻²⁷)(1 − 2⁻²⁷) − 1 is 0 when the product is rounded first, and −2⁻⁵⁴ when it is not: no macro tells.
[[maybe_unused]] bool contracts() {
  volatile double a = 1 + 0x1p-27, b = 1 - 0x1p-27, c = -1;
  const double x = a, y = b, z = c;
  return x * y + z != 0;
}

/// Throws `Error` when this object was compiled without -ffp-contract=off.
[[maybe_unused]] void refuse_contraction(Where where) {
  static const bool contracted = contracts();
  if (contracted)
    throw Error(where,
                "this file was compiled with multiplications and additions fused, which changes bits: compile it with "
                "-ffp-contract=off (the CMake target and pkg-config do)");
}

}  // namespace
}  // namespace cinta
