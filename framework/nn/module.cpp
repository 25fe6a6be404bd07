#include <cinta/framework/nn/module.hpp>

#include <cinta/framework/core/nearest.hpp>
#include <cinta/framework/core/op.hpp>

#include <fmt/format.h>

#include <cstring>

namespace cinta {

bool fits_pattern(std::string_view name, std::string_view pattern) {
  // On a mismatch the last star takes one character more: linear in practice, never exponential.
  std::size_t n = 0, p = 0, star = pattern.npos, taken = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p, ++n;
    } else if (star != pattern.npos) {
      p = star + 1;
      n = ++taken;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

namespace detail {
namespace {

const Tensor& initialised(const NamedConstParameter& p, const char* what, Where where) {
  if (p.parameter->initialized()) return p.parameter->raw_value();
  throw ValueError(
      where, fmt::format("{}: the parameter \"{}\" was never initialised: call init(net, {{.seed = 1}}), or load it",
                         what, p.name));
}

std::int64_t elements_of(const std::vector<NamedParameter>& parameters) {
  std::int64_t n = 0;
  for (const auto& p : parameters) n += p.parameter->size();
  return n;
}

}  // namespace

void set_frozen(const std::vector<NamedParameter>& parameters, std::string_view pattern, bool frozen, Where where) {
  bool any = false;
  for (const auto& p : parameters) {
    if (!fits_pattern(p.name, pattern)) continue;
    p.parameter->freeze(frozen);
    any = true;
  }
  if (any || pattern == "*") return;
  std::vector<std::string> names;
  for (const auto& p : parameters) names.push_back(p.name);
  throw ValueError(where, fmt::format("{}: no parameter's name fits \"{}\"{}", frozen ? "freeze" : "unfreeze", pattern,
                                      did_you_mean(pattern, names)));
}

std::vector<Tensor> leaf_tensors(const std::vector<NamedConstParameter>& parameters, Where where) {
  std::vector<Tensor> tensors;
  tensors.reserve(parameters.size());
  for (const auto& p : parameters) {
    (void)initialised(p, "parameters", where);
    tensors.push_back(tensor_of(Arg(*p.parameter, where), "parameters"));
  }
  return tensors;
}

void set_values(const std::vector<NamedParameter>& parameters, const std::vector<Tensor>& values, Where where) {
  if (values.size() != parameters.size())
    throw ShapeError(
        where, fmt::format("with_values: {} tensors for {} trainable parameters", values.size(), parameters.size()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Parameter& p = *parameters[i].parameter;
    if (!values[i].defined())
      throw ValueError(
          where, fmt::format("with_values: the tensor for \"{}\" is empty: it was never assigned", parameters[i].name));
    if (!(values[i].shape() == p.shape()))
      throw ShapeError(where, fmt::format("with_values: the parameter \"{}\" has shape {}, its value {}",
                                          parameters[i].name, to_string(p.shape()), to_string(values[i].shape())));
  }
  for (std::size_t i = 0; i < values.size(); ++i) parameters[i].parameter->mutable_value() = values[i];
}

Tensor flatten(const std::vector<NamedConstParameter>& parameters, Where where) {
  std::int64_t n = 0;
  for (const auto& p : parameters) {
    const Tensor& value = initialised(p, "flatten", where);
    const Tensor& first = parameters.front().parameter->raw_value();
    if (value.dtype() != first.dtype())
      throw DtypeError(
          where, fmt::format("flatten: \"{}\" is {} and \"{}\" {}: one vector has one type", parameters.front().name,
                             to_string(first.dtype()), p.name, to_string(value.dtype())));
    n += value.size();
  }
  Tensor flat = empty(Shape{n}, parameters.empty() ? f32 : parameters.front().parameter->raw_value().dtype());
  auto* to = static_cast<char*>(flat.mutable_raw());
  for (const auto& p : parameters) {
    const Tensor& value = p.parameter->raw_value();
    if (value.bytes() != 0) std::memcpy(to, value.raw(), value.bytes());
    to += value.bytes();
  }
  return flat;
}

void unflatten(const std::vector<NamedParameter>& parameters, const Tensor& flat, Where where) {
  if (!flat.defined()) throw ValueError(where, "unflatten: the vector is empty: it was never assigned");
  const std::int64_t n = elements_of(parameters);
  if (!(flat.shape() == Shape{n}))
    throw ShapeError(where, fmt::format("unflatten: the trainable parameters have {} elements, the vector has shape {}",
                                        n, to_string(flat.shape())));
  for (const auto& p : parameters)
    if (p.parameter->initialized() && p.parameter->raw_value().dtype() != flat.dtype())
      throw DtypeError(where, fmt::format("unflatten: the parameter \"{}\" is {}, the vector {}", p.name,
                                          to_string(p.parameter->raw_value().dtype()), to_string(flat.dtype())));
  const auto* from = static_cast<const char*>(flat.raw());
  for (const auto& p : parameters) {
    Tensor& value = p.parameter->mutable_value();
    if (!value.defined() || value.recorded()) value = empty(p.parameter->shape(), flat.dtype());
    if (value.bytes() != 0) std::memcpy(value.mutable_raw(), from, value.bytes());
    from += value.bytes();
  }
}

}  // namespace detail
}  // namespace cinta
