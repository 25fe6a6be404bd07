#include <cinta/framework/nn/layers.hpp>

#include <cinta/framework/core/op.hpp>

#include <fmt/format.h>

namespace cinta {

Linear::Linear(Size in, Size out, LinearOptions options, Where where) : has_bias_(options.bias) {
  const std::int64_t rows = in, columns = out;
  if (rows < 1 || columns < 1)
    throw ValueError(where,
                     fmt::format("Linear{{{}, {}}}: a layer has at least one input and one output", rows, columns));
  weight = Parameter(Shape({rows, columns}, where), options.weight_init(rows, columns));
  if (has_bias_) bias = Parameter(Shape{columns}, options.bias_init(rows, columns));
}

Tensor Linear::operator()(const Arg& x, Activation activation) const {
  const Where where = x.where();
  const Shape& shape = values_of(x, "linear").shape();
  if (shape.rank() == 0 || shape.back() != in()) [[unlikely]]
    throw ShapeError(
        where, fmt::format("linear: Linear{{{}, {}}} takes {} feature{}, not {}: x has shape {}", in(), out(), in(),
                           in() == 1 ? "" : "s", shape.rank() == 0 ? "a scalar" : std::to_string(shape.back()),
                           to_string(shape)));
  (void)weight.value(where);  // of the two the weight is told when neither was initialised
  if (!has_bias_) return linear(x, Arg(weight, where), activation);
  return linear(x, Arg(weight, where), Arg(bias, where), activation);
}

Tensor Flatten::operator()(const Arg& x) const {
  const Shape& shape = values_of(x, "flatten").shape();
  if (shape.rank() == 0) throw ShapeError(x.where(), "flatten: x is a scalar: its first axis must be the examples");
  std::int64_t columns = 1;
  for (int axis = 1; axis < shape.rank(); ++axis) columns *= shape[axis];
  return reshape(x, Shape{shape[0], columns});
}

}  // namespace cinta
