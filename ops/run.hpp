// Runs of elements, and the loops of elementwise ops over them: plain pointers, for ops that end in one.
#pragma once

#include <cstdint>

namespace cinta {

/// A run of an operand: its elements, one after the other (step 1) or one for all (step 0).
struct Run {
  const void* data;   ///< the first element
  std::int64_t step;  ///< 1 or 0
};

/// The compiled loop of an elementwise op: n elements of y from the runs of its operands. y may be one of them.
using ElementwiseForward = void (*)(std::int64_t n, void* y, const Run* x);

}  // namespace cinta
