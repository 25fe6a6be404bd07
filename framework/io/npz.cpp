#include <cinta/framework/core/nearest.hpp>
#include <cinta/framework/io/atomic_file.hpp>
#include <cinta/framework/io/npy.hpp>
#include <cinta/framework/io/npy_header.hpp>
#include <cinta/framework/io/npz.hpp>
#include <cinta/framework/io/zip.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace cinta {
namespace {

constexpr std::string_view ending = ".npy";

}  // namespace

const Tensor* NpzFile::find(std::string_view array) const {
  const auto found = std::find_if(arrays.begin(), arrays.end(), [&](const NamedTensor& a) { return a.name == array; });
  return found == arrays.end() ? nullptr : &found->tensor;
}

const Tensor& NpzFile::at(std::string_view array) const {
  if (const Tensor* found = find(array)) return *found;
  std::vector<std::string> names;
  for (const NamedTensor& a : arrays) names.push_back(a.name);
  throw DataError(
      fmt::format("{}: no array \"{}\"; it has {}{}", name, array, fmt::join(names, ", "), did_you_mean(array, names)));
}

NpzFile parse_npz(std::span<const std::byte> bytes, const std::string& name) {
  NpzFile file{name, {}};
  read_zip(bytes, name, [&](const std::string& entry, std::uint64_t size, const ByteReader& read) {
    const std::string in = name + ": " + entry;
    if (!entry.ends_with(ending)) throw FileError(in + ": an NPZ file holds .npy files and nothing else");
    std::string array = entry.substr(0, entry.size() - ending.size());
    if (file.find(array) != nullptr) throw FileError(in + ": it stands twice in the file");
    file.arrays.push_back({std::move(array), read_npy(size, read, in)});
  });
  return file;
}

NpzFile load_npz(const std::string& path) {
  const std::string bytes = read_file(path, std::uint64_t{1} << 40);
  return parse_npz(std::as_bytes(std::span(bytes)), path);
}

void save_npz(const std::string& path, std::span<const NamedTensor> arrays, NpzOptions options) {
  constexpr std::size_t longest = 1000;
  std::set<std::string_view> names;
  ZipWriter zip;
  for (const auto& [name, x] : arrays) {
    if (name.empty() || name.size() > longest || name.find('\0') != std::string::npos)
      throw ValueError(fmt::format("save_npz: the name of an array has 1 to {} characters, none of them 0", longest));
    if (!names.insert(name).second) throw ValueError(fmt::format("save_npz: two arrays are named \"{}\"", name));
    if (!x.defined()) throw ValueError(fmt::format("save_npz: the tensor \"{}\" is undefined", name));
    const std::string header = npy_header(x);
    zip.add(name + std::string(ending),
            {std::as_bytes(std::span(header)), std::span(static_cast<const std::byte*>(x.raw()), x.bytes())},
            options.compress);
  }
  write_file_atomically(path, std::span<const std::byte>(zip.finish()));
}

void save_npz(const std::string& path, std::initializer_list<NamedTensor> arrays, NpzOptions options) {
  save_npz(path, std::span(arrays.begin(), arrays.size()), options);
}

}  // namespace cinta
