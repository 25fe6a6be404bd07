// The one table of ops: every op with shapes, ranges and a reference. It drives the value tests, gradcheck and the
// benchmark: a new op adds a row here and nothing else.
#pragma once

#include <cinta/ops/ops.hpp>

#include <functional>
#include <string>
#include <vector>

namespace cinta {

/// How one input is drawn: uniform in ±[low, high) with random signs, or in [low, high) as it stands; `apart`: evenly
/// spaced, in random order, where finite differences must not pass from one element to another (max, min).
struct InputSpec {
  Shape shape;
  double low = 0.2, high = 2;
  bool signs = true, apart = false;
};

struct OpCase {
  std::string name;  // "tanh [4, 4]"
  std::vector<InputSpec> inputs;
  std::function<Tensor(const std::vector<Tensor>&)> run;
  std::function<Tensor(const std::vector<Tensor>&)> reference;  // the value, computed in f64 by other means than the op
  int order = 2;                                                // of the derivatives that gradcheck compares
  double f32_tolerance = 2e-6;                                  // of values in f32, relative to 1 + |value|
};

const std::vector<OpCase>& op_cases();

/// The inputs of a case, the same for the same seed.
std::vector<Tensor> inputs_of(const OpCase& c, Dtype dtype, std::uint64_t seed = 1);

}  // namespace cinta
