#include <cinta/framework/nn/mlp.hpp>

#include <cinta/framework/core/op.hpp>

#include <fmt/format.h>

namespace cinta {
namespace {

Scheme scheme_before(Activation activation) {
  switch (activation) {
    case Activation::relu:
    case Activation::leaky_relu:
    case Activation::elu:
    case Activation::gelu:
    case Activation::silu:
      return he_uniform;
    default:
      return glorot_uniform;
  }
}

}  // namespace

Mlp::Mlp(MlpOptions options, Where where) : options_(std::move(options)) {
  if (options_.inputs < 1 || options_.outputs < 1)
    throw ValueError(
        where, fmt::format("Mlp: a network has at least one input and one output, not {} and {}",
                           static_cast<std::int64_t>(options_.inputs), static_cast<std::int64_t>(options_.outputs)));
  (void)Dropout(options_.dropout, where);  // checks it
  std::int64_t width = options_.inputs;
  for (std::size_t i = 0; i < options_.hidden.size(); ++i) {
    const std::int64_t units = options_.hidden[i];
    if (units < 1)
      throw ValueError(where, fmt::format("Mlp: hidden layer {} has {} units; it wants one at least", i, units));
    layers.push_back(Linear(width, units, {.weight_init = scheme_before(options_.activation)}));
    width = units;
  }
  layers.push_back(Linear(width, options_.outputs));
}

Tensor Mlp::operator()(const Arg& x) const {
  const Where where = x.where();
  Tensor h;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const bool hidden = i + 1 < layers.size();
    h = layers[i](i == 0 ? x : Arg(h, where), hidden ? options_.activation : Activation::identity);
    if (hidden && options_.dropout > 0) h = dropout(Arg(h, where), options_.dropout);
  }
  return h;
}

}  // namespace cinta
