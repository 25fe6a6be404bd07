#include <cinta/framework/nn/save.hpp>

#include <cinta/framework/core/nearest.hpp>
#include <cinta/framework/io/safetensors.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace cinta::detail {
namespace {

bool has_leaf(const std::vector<ModuleLeaf>& leaves, const std::string& name) {
  return std::any_of(leaves.begin(), leaves.end(), [&](const ModuleLeaf& leaf) { return leaf.name == name; });
}

// The tensor of a leaf, checked; the hint is for a name that the file has and the model has not.
const Tensor& tensor_for(const ModuleLeaf& leaf, const SafetensorsFile& file, const std::vector<std::string>& unknown,
                         const std::string& path) {
  const Tensor* found = file.find(leaf.name);
  if (found == nullptr)
    throw FileError(fmt::format("{}: has no tensor \"{}\", which the model wants{}", path, leaf.name,
                                did_you_mean(leaf.name, unknown)));
  const bool any_shape = leaf.buffer != nullptr && !leaf.buffer->value().defined();
  const Shape& shape = leaf.parameter != nullptr ? leaf.parameter->shape() : leaf.buffer->shape();
  if (!any_shape && !(found->shape() == shape))
    throw FileError(fmt::format("{}: tensor \"{}\" has shape {}, but the model's has {}", path, leaf.name,
                                to_string(found->shape()), to_string(shape)));
  if (leaf.parameter != nullptr && !is_floating(found->dtype()))
    throw FileError(fmt::format("{}: tensor \"{}\" is {}, but a parameter is f32 or f64", path, leaf.name,
                                to_string(found->dtype())));
  return *found;
}

}  // namespace

void save(const std::vector<ConstModuleLeaf>& leaves, const std::string& path,
          const std::map<std::string, std::string>& metadata, Where where) {
  std::vector<NamedTensor> tensors;
  for (const ConstModuleLeaf& leaf : leaves) {
    const Tensor& value = leaf.parameter != nullptr ? leaf.parameter->raw_value() : leaf.buffer->value();
    if (!value.defined())
      throw ValueError(
          where,
          fmt::format("save: the {} \"{}\" was never initialised{}", leaf.parameter != nullptr ? "parameter" : "buffer",
                      leaf.name, leaf.parameter != nullptr ? ": call init(net, {.seed = 1}), or load it" : ""));
    tensors.push_back({leaf.name, value.detach()});
  }
  write_safetensors(path, tensors, metadata);
}

void load(const std::vector<ModuleLeaf>& leaves, const std::string& path) {
  const SafetensorsFile file = read_safetensors(path);
  std::vector<std::string> unknown, wanted;
  for (const NamedTensor& t : file.tensors)
    if (!has_leaf(leaves, t.name)) unknown.push_back(t.name);
  std::vector<Tensor> values;
  for (const ModuleLeaf& leaf : leaves) {
    values.push_back(tensor_for(leaf, file, unknown, path));
    wanted.push_back(leaf.name);
  }
  if (!unknown.empty())
    throw FileError(fmt::format("{}: tensor \"{}\" has no place in the model{}", path, unknown.front(),
                                did_you_mean(unknown.front(), wanted)));
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (leaves[i].parameter != nullptr) leaves[i].parameter->mutable_value() = values[i];
    else leaves[i].buffer->mutable_value() = values[i];
  }
}

}  // namespace cinta::detail
