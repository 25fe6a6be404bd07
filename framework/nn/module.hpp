// What can be asked of any module, a callable type whose fields hold parameters, buffers or modules: its parameters by
// name, how many there are, freezing, and their values as tensors or as one vector. A light header, for everybody.
//
// A module is a plain struct, and names are those of its fields, joined by dots: `hidden.weight`, `blocks.0.bias`
// (framework/core/visit.hpp says what may stand in one). What cannot be read is refused at compile time.
//
// Patterns: `*` stands for any text, dots too, `?` for any one character; "*.bias", "encoder.*". One that no name fits
// throws `ValueError`.
#pragma once

#include <cinta/framework/core/arg.hpp>
#include <cinta/framework/core/visit.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace cinta {

/// A parameter of a model under its dotted name.
struct NamedParameter {
  std::string name;      ///< "hidden.weight"
  Parameter* parameter;  ///< lives as long as the model stays where it is
};
/// The same of a const model.
struct NamedConstParameter {
  std::string name;            ///< "hidden.weight"
  const Parameter* parameter;  ///< lives as long as the model stays where it is
};

/// Whether the whole name fits the pattern.
bool fits_pattern(std::string_view name, std::string_view pattern);

namespace detail {

// A parameter or a buffer of a module.
struct ModuleLeaf {
  std::string name;
  Parameter* parameter = nullptr;
  Buffer* buffer = nullptr;
};
struct ConstModuleLeaf {
  std::string name;
  const Parameter* parameter = nullptr;
  const Buffer* buffer = nullptr;
};

template <class M> void check_module() {
  static_assert(Module<M>,
                "this is no module: pass a struct (or a container of them) whose fields hold parameters or layers");
}

template <class M> auto leaves_of(M& net) {
  check_module<M>();
  std::vector<std::conditional_t<std::is_const_v<M>, ConstModuleLeaf, ModuleLeaf>> leaves;
  visit(net, [&](const Name& name, auto& leaf) {
    auto& last = leaves.emplace_back();
    last.name = name.str();
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(leaf)>, Parameter>) last.parameter = &leaf;
    else last.buffer = &leaf;
  });
  return leaves;
}

void set_frozen(const std::vector<NamedParameter>& parameters, std::string_view pattern, bool frozen, Where where);
std::vector<Tensor> leaf_tensors(const std::vector<NamedConstParameter>& parameters, Where where);
void set_values(const std::vector<NamedParameter>& parameters, const std::vector<Tensor>& values, Where where);
Tensor flatten(const std::vector<NamedConstParameter>& parameters, Where where);
void unflatten(const std::vector<NamedParameter>& parameters, const Tensor& flat, Where where);

}  // namespace detail

/// f(const Name& name, Parameter&) for each parameter in order of the fields, without allocating; const for a const
/// module.
template <class M, class F> void visit_parameters(M& net, F&& f) {
  detail::check_module<M>();
  visit(net, [&](const Name& name, auto& leaf) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(leaf)>, Parameter>) f(name, leaf);
  });
}

/// Every parameter with its dotted name, in order of the fields, as {name, Parameter*} (const for a const module). The
/// pointers live as long as the module stays where it is.
template <class M> auto named_parameters(M& net) {
  std::vector<std::conditional_t<std::is_const_v<M>, NamedConstParameter, NamedParameter>> all;
  visit_parameters(net, [&](const Name& name, auto& p) { all.push_back({name.str(), &p}); });
  return all;
}

/// The number of elements of all parameters, frozen ones too.
template <class M> std::int64_t count(const M& net) {
  std::int64_t n = 0;
  visit_parameters(net, [&](const Name&, const Parameter& p) { n += p.size(); });
  return n;
}

/// Makes constants of the parameters whose names fit: they get no gradient, and optimizers leave them as they are.
template <class M> void freeze(M& net, std::string_view pattern = "*", Where where = Where::here()) {
  detail::set_frozen(named_parameters(net), pattern, true, where);
}
/// Makes them trainable again.
template <class M> void unfreeze(M& net, std::string_view pattern = "*", Where where = Where::here()) {
  detail::set_frozen(named_parameters(net), pattern, false, where);
}

// The rest is about trainable parameters, those that are not frozen, in order of the fields.

namespace detail {
template <class M> auto trainable(M& net) {
  auto all = named_parameters(net);
  std::erase_if(all, [](const auto& p) { return p.parameter->frozen(); });
  return all;
}
}  // namespace detail

/// The trainable parameters as ops see them, inside a recording scope as its leaves: `grad(loss, parameters(net))`.
/// Throws `ValueError`, naming it, for one that was never initialised.
template <class M> std::vector<Tensor> parameters(const M& net, Where where = Where::here()) {
  return detail::leaf_tensors(detail::trainable(net), where);
}

/// A copy of the model whose trainable parameters are these values, recorded ones too, through which gradients then
/// flow: `with_values(net, w)(x)` for w computed from `parameters(net)` (an unrolled optimizer, meta-learning). Throws
/// `ShapeError`, naming the parameter, for a wrong number or shape.
template <class M> M with_values(const M& net, const std::vector<Tensor>& values, Where where = Where::here()) {
  M copy = net;
  detail::set_values(detail::trainable(copy), values, where);
  return copy;
}

/// The elements of all trainable parameters as one vector, off the tape. Throws `DtypeError` when they mix f32 and f64.
template <class M> Tensor flatten(const M& net, Where where = Where::here()) {
  return detail::flatten(detail::trainable(net), where);
}
/// Writes a vector as `flatten` gave it back into the trainable parameters. Throws `ShapeError` for another number of
/// elements, `DtypeError` for another type; nothing is then written.
template <class M> void unflatten(M& net, const Tensor& flat, Where where = Where::here()) {
  detail::unflatten(detail::trainable(net), flat, where);
}

}  // namespace cinta
