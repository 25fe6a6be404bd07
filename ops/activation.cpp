#include <cinta/ops/activation.hpp>

#include <cinta/framework/core/nearest.hpp>
#include <cinta/framework/core/op.hpp>
#include <cinta/ops/ops.hpp>

#include <fmt/format.h>

namespace cinta {
namespace {

constexpr std::string_view names[] = {"identity", "relu",    "leaky_relu", "elu",     "gelu",
                                      "silu",     "sigmoid", "tanh",       "softplus"};

}  // namespace

std::string_view to_string(Activation activation) { return names[static_cast<std::size_t>(activation)]; }

Activation activation_named(std::string_view name, Where where) {
  for (std::size_t i = 0; i < std::size(names); ++i)
    if (names[i] == name) return static_cast<Activation>(i);
  const std::vector<std::string> known(std::begin(names), std::end(names));
  throw ValueError(where, fmt::format("unknown activation \"{}\"{}", name, did_you_mean(name, known)));
}

Tensor apply(Activation activation, const Arg& x) {
  switch (activation) {
    case Activation::relu:
      return relu(x);
    case Activation::leaky_relu:
      return leaky_relu(x);
    case Activation::elu:
      return elu(x);
    case Activation::gelu:
      return gelu(x);
    case Activation::silu:
      return silu(x);
    case Activation::sigmoid:
      return sigmoid(x);
    case Activation::tanh:
      return tanh(x);
    case Activation::softplus:
      return softplus(x);
    case Activation::identity:
      break;
  }
  return tensor_of(x, "identity");
}

}  // namespace cinta
