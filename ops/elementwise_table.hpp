// The kernels of all rules, of which the program holds one table for each instruction set.
#pragma once

#include <cinta/framework/core/isa.hpp>
#include <cinta/ops/elementwise_rules.hpp>

namespace cinta {

struct ElementwiseTable {
  ElementwiseKernels<float> f32[rules::Rules::size];
  ElementwiseKernels<double> f64[rules::Rules::size];
};

CINTA_IN_EACH_SET(extern const ElementwiseTable elementwise_table;)

}  // namespace cinta
