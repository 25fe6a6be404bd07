// save and load: a model's parameters and buffers by name, in a safetensors file. A light header, for everybody.
#pragma once

#include <cinta/framework/nn/module.hpp>

#include <map>
#include <string>

namespace cinta {

namespace detail {
void save(const std::vector<ConstModuleLeaf>& leaves, const std::string& path,
          const std::map<std::string, std::string>& metadata, Where where);
void load(const std::vector<ModuleLeaf>& leaves, const std::string& path);
}  // namespace detail

/// Writes every parameter and buffer under its dotted name ("hidden.weight"), every bit kept, with texts about it if
/// wanted: the safetensors format, which Python reads too. Atomic: the file is the old one or the new one, whole,
/// whatever happens. Throws `ValueError`, naming it, for a parameter that was never initialised; `FileError` when the
/// file can't be written.
template <class M> void save(const M& net, const std::string& path,
                             const std::map<std::string, std::string>& metadata = {}, Where where = Where::here()) {
  detail::save(detail::leaves_of(net), path, metadata, where);
}

/// Gives every parameter and buffer the values under its name, with the file's dtype. Throws `FileError`, naming the
/// file and the tensor, unless the file holds exactly the model's names, with their shapes and types that fit; nothing
/// is then changed.
template <class M> void load(M& net, const std::string& path) { detail::load(detail::leaves_of(net), path); }

}  // namespace cinta
