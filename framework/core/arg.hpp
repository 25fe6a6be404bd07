// Arg: what every op, layer and loss takes, so that an error can name the line of the user's call.
// A light header, for everybody.
#pragma once

#include <cinta/framework/core/parameter.hpp>

namespace cinta {

/// A tensor, parameter, buffer or number on its way into a call, with the place of the call. It refers to its source
/// and lives as long as the call's full expression: pass it on, never keep it. Templated on the exact type, so that
/// braces do not convert: `tanh({{0, 1}})` is an error, `tanh(Tensor{{0, 1}})` is not.
class Arg {
 public:
  template <std::same_as<Tensor> T>
  /// A tensor, at the place of the call.
  Arg(const T& tensor, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : tensor_(&tensor), where_{file, line} {}
  template <std::same_as<Parameter> P>
  /// A parameter: inside a recording scope its leaf.
  Arg(const P& parameter, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : tensor_(&parameter.raw_value()), parameter_(&parameter), where_{file, line} {}
  template <std::same_as<Buffer> B>
  /// The values of a buffer.
  Arg(const B& buffer, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : tensor_(&buffer.value()), where_{file, line} {}
  /// A number, which takes the type of the tensor beside it.
  template <class N>
  requires std::is_arithmetic_v<N> Arg(N number, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : number_(static_cast<double>(number)), where_{file, line} {}
  /// A tensor that the library made on the way, told with the user's place.
  Arg(const Tensor& tensor, Where where) : tensor_(&tensor), where_(where) {}
  /// A parameter, told with the user's place.
  Arg(const Parameter& parameter, Where where)
      : tensor_(&parameter.raw_value()), parameter_(&parameter), where_(where) {}
  /// A number, told with the user's place.
  Arg(double number, Where where) : number_(number), where_(where) {}

  /// Whether it is a number, not a tensor.
  bool is_number() const { return tensor_ == nullptr; }
  /// The number (0 for a tensor).
  double number() const { return number_; }
  /// The tensor, or the parameter's values, as they lie in memory (undefined for a number).
  const Tensor* tensor() const { return tensor_; }
  /// The parameter, or null where the argument is none.
  const Parameter* parameter() const { return parameter_; }
  /// The place of the call.
  Where where() const { return where_; }

 private:
  const Tensor* tensor_ = nullptr;
  const Parameter* parameter_ = nullptr;
  double number_ = 0;
  Where where_;
};

}  // namespace cinta
