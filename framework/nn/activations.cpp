#include <cinta/framework/nn/activations.hpp>

#include <cinta/framework/core/op.hpp>

namespace cinta {

Tensor Identity::operator()(const Arg& x) const { return tensor_of(x, "identity"); }

}  // namespace cinta
