#include <cinta/framework/core/nearest.hpp>
#include <cinta/framework/data/array_data.hpp>
#include <cinta/framework/data/batch_order.hpp>
#include <cinta/framework/io/atomic_file.hpp>
#include <cinta/framework/io/idx.hpp>
#include <cinta/framework/io/npy.hpp>
#include <cinta/framework/io/npz.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace cinta {
namespace {

namespace fs = std::filesystem;

enum class Kind { table, folder, npz, npy, idx };

// By the name, so that a damaged .npy is told to be one; else by the first bytes.
Kind kind_of(const std::string& path) {
  if (fs::is_directory(path)) return Kind::folder;
  if (path.ends_with(".npz")) return Kind::npz;
  if (path.ends_with(".npy")) return Kind::npy;
  std::array<char, 4> start{};
  try {
    const InputFile file(path);
    if (file.size() < start.size()) return Kind::table;
    file.read(0, std::as_writable_bytes(std::span(start)));
  } catch (const FileError&) {
    return Kind::table;  // whose reader says what is wrong
  }
  const std::string_view bytes(start.data(), start.size());
  if (bytes == "\x93NUM") return Kind::npy;
  if (bytes.starts_with("PK")) return Kind::npz;
  if (bytes.starts_with("\x1f\x8b") || bytes.starts_with(std::string_view("\0\0", 2))) return Kind::idx;
  return Kind::table;
}

Tensor read_array(const std::string& path) {
  switch (kind_of(path)) {
    case Kind::npy:
      return load_npy(path);
    case Kind::npz:
      throw DataError(path + ": an NPZ file stands for itself; inputs and targets are its arrays x and y");
    default:
      return load_idx(path);
  }
}

// "60000 images" for messages: the rows of an array, which must have some.
std::int64_t rows_of_array(const Tensor& x, const std::string& name) {
  if (x.rank() == 0) throw DataError(name + ": one number is no data set: it has no axis of examples");
  if (x.size() == 0)
    throw DataError(fmt::format("{}: it has no elements: its shape is {}", name, to_string(x.shape())));
  return x.shape()[0];
}

ArrayData checked(ArrayData data, const std::string& inputs, const std::string& targets) {
  const std::int64_t n = rows_of_array(data.x, inputs);
  if (data.y.defined()) {
    const std::int64_t labels = rows_of_array(data.y, targets);
    if (labels != n)
      throw DataError(fmt::format("{} has {} examples and {} has {} targets", inputs, n, targets, labels));
    if (data.y.size() != n)
      throw DataError(fmt::format("{}: targets have one number each, and these have shape {}{}", targets,
                                  to_string(data.y.shape()),
                                  data.y.rank() == 2 ? "; of one-hot rows take np.argmax(y, 1)" : ""));
    data.y = with_shape(data.y, {n});
  }
  if (!data.weight.defined()) return data;
  if (data.weight.size() != n || (data.weight.rank() > 0 && data.weight.shape()[0] != n))
    throw DataError(
        fmt::format("{}: {} examples have weights of shape {}", data.name, n, to_string(data.weight.shape())));
  data.weight = with_shape(data.weight, {n});
  return data;
}

// The file of that name in a folder, as it stands or compressed; "" when there is neither.
std::string idx_file(const std::string& folder, const std::string& name) {
  for (const char* ending : {"", ".gz"})
    if (std::string path = folder + "/" + name + ending; fs::exists(path)) return path;
  return "";
}

std::optional<ArrayData> read_part(const std::string& folder, const std::string& part, bool needed) {
  const std::string image_name = part + "-images-idx3-ubyte", label_name = part + "-labels-idx1-ubyte";
  const std::string images = idx_file(folder, image_name), labels = idx_file(folder, label_name);
  if (images.empty() && labels.empty() && !needed) return {};
  for (const auto& [path, name] : {std::pair{images, image_name}, {labels, label_name}})
    if (path.empty())
      throw DataError(
          fmt::format("{}: a folder of IDX files has {} or {}.gz, and this one does not", folder, name, name));
  return checked({images, load_idx(images), load_idx(labels)}, images, labels);
}

ArrayParts read_folder(const std::string& path) {
  const std::string folder = path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
  ArrayParts parts{*read_part(folder, "train", true)};
  parts.test = read_part(folder, "t10k", false);
  return parts;
}

ArrayData read_npz_part(const NpzFile& file, const std::string& ending, const std::string& weight) {
  const std::string x = "x" + ending, y = "y" + ending;
  ArrayData data{ending.empty() ? file.name : file.name + ": " + x, file.at(x)};
  if (const Tensor* targets = file.find(y)) data.y = *targets;
  if (!weight.empty()) data.weight = file.at(weight + (file.find(weight + ending) != nullptr ? ending : ""));
  return checked(std::move(data), file.name + ": " + x, file.name + ": " + y);
}

ArrayParts read_npz(const std::string& path, const std::string& weight) {
  const NpzFile file = load_npz(path);
  if (file.find("x") == nullptr && file.find("x_train") == nullptr) {
    std::vector<std::string> names;
    for (const NamedTensor& a : file.arrays) names.push_back(a.name);
    throw DataError(fmt::format("{}: the examples are the array x, or x_train and x_test, and it has {}", path,
                                fmt::join(names, ", ")));
  }
  if (file.find("x") != nullptr) return {read_npz_part(file, "", weight)};
  ArrayParts parts{read_npz_part(file, "_train", weight)};
  // The test's examples need no weights.
  if (file.find("x_test") != nullptr) parts.test = read_npz_part(file, "_test", "");
  return parts;
}

}  // namespace

std::string ArrayData::where(std::int64_t row) const {
  return fmt::format("{}: example {}", name, numbers.empty() ? row : numbers[static_cast<std::size_t>(row)]);
}

ArrayData ArrayData::select(std::span<const std::int64_t> rows) const {
  ArrayData out{name, gather_rows(x, rows)};
  if (y.defined()) out.y = gather_rows(y, rows);
  if (weight.defined()) out.weight = gather_rows(weight, rows);
  for (const std::int64_t row : rows)
    out.numbers.push_back(numbers.empty() ? row : numbers[static_cast<std::size_t>(row)]);
  return out;
}

bool holds_arrays(const std::string& path) { return kind_of(path) != Kind::table; }

ArrayParts read_arrays(const std::string& path, const ArrayOptions& options) {
  const Kind kind = kind_of(path);
  const bool has_own = kind == Kind::folder || kind == Kind::npz;
  if (has_own && !options.labels.empty())
    throw DataError(fmt::format("{} brings its targets, and {} was given for them", path, options.labels));
  if (kind == Kind::folder && !options.weight.empty())
    throw DataError(fmt::format("{}: a folder of IDX files has no weights", path));
  if (kind == Kind::folder) return read_folder(path);
  if (kind == Kind::npz) return read_npz(path, options.weight);
  ArrayData data{path, read_array(path)};
  if (!options.labels.empty()) data.y = read_array(options.labels);
  if (!options.weight.empty()) data.weight = read_array(options.weight);
  return {checked(std::move(data), path, options.labels)};
}

}  // namespace cinta
