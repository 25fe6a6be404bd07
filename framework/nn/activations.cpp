#include <cinta/framework/nn/activations.hpp>

#include <cinta/framework/core/nearest.hpp>
#include <cinta/framework/core/op.hpp>

#include <fmt/format.h>

namespace cinta {
namespace {

constexpr std::string_view names[] = {"identity", "relu",    "leaky_relu", "elu",     "gelu",
                                      "silu",     "sigmoid", "tanh",       "softplus"};

}  // namespace

Tensor Identity::operator()(const Arg& x) const { return tensor_of(x, "identity"); }

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
      return Relu{}(x);
    case Activation::leaky_relu:
      return LeakyRelu{}(x);
    case Activation::elu:
      return Elu{}(x);
    case Activation::gelu:
      return Gelu{}(x);
    case Activation::silu:
      return Silu{}(x);
    case Activation::sigmoid:
      return Sigmoid{}(x);
    case Activation::tanh:
      return Tanh{}(x);
    case Activation::softplus:
      return Softplus{}(x);
    case Activation::identity:
      break;
  }
  return Identity{}(x);
}

}  // namespace cinta
