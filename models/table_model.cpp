#include <cinta/models/table_model.hpp>

#include <cinta/framework/io/safetensors.hpp>
#include <cinta/framework/nn/save.hpp>
#include <cinta/framework/train/fit.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace cinta::models {
namespace {

using Json = nlohmann::ordered_json;
constexpr int version = 1;

// The network's last word on a target: the units of the table for a regression.
Tensor decoded(const Encoder& encoder, const Tensor& outputs) {
  return encoder.task() == Task::regression ? encoder.decode(outputs) : outputs;
}

template <class T> T field(const Json& object, const char* name, const std::string& path) {
  try {
    return object.at(name).get<T>();
  } catch (const nlohmann::json::exception&) {
    throw FileError(fmt::format("{}: \"{}\" is missing or of the wrong type", path, name));
  }
}

MlpOptions architecture(const Json& json, const std::string& path) {
  MlpOptions options;
  options.inputs = field<std::int64_t>(json, "inputs", path);
  for (const auto units : field<std::vector<std::int64_t>>(json, "hidden", path)) options.hidden.push_back(units);
  options.outputs = field<std::int64_t>(json, "outputs", path);
  options.dropout = field<double>(json, "dropout", path);
  options.activation = activation_named(field<std::string>(json, "activation", path), {});
  // A network is allocated before its parameters are compared with the file, so its size is bounded here.
  std::int64_t before = options.inputs, total = 0;
  std::vector<std::int64_t> widths(options.hidden.begin(), options.hidden.end());
  widths.push_back(options.outputs);
  for (const std::int64_t width : widths) {
    if (before < 1 || width < 1 || before > (std::int64_t{1} << 31) || width > (std::int64_t{1} << 31) ||
        (total += before * width) > (std::int64_t{1} << 34))
      throw FileError(fmt::format("{}: the architecture is not one of a network of reasonable size", path));
    before = width;
  }
  return options;
}

}  // namespace

Tensor TableModel::predict(const Table& table) const {
  return decoded(encoder, output_activation(encoder.task(), cinta::predict(net, encoder.features(table, dtype))));
}

Metrics TableModel::evaluate(const Table& table) const {
  const Tensor predictions = predict(table), targets = encoder.targets(table, dtype);
  if (encoder.task() == Task::regression) return regression_metrics(predictions, encoder.decode(targets));
  return classification_metrics(predictions, targets);
}

void write(const TableModel& model, FolderTransaction& files,
           const std::vector<std::pair<std::string, std::string>>& about) {
  const MlpOptions& net = model.net.options();
  Json json;
  json["format"] = "cinta table model";
  json["version"] = version;
  json["task"] = to_string(model.encoder.task());
  json["dtype"] = to_string(model.dtype);
  Json& shape = json["architecture"];
  shape["inputs"] = std::int64_t{net.inputs};
  shape["hidden"] = std::vector<std::int64_t>(net.hidden.begin(), net.hidden.end());
  shape["outputs"] = std::int64_t{net.outputs};
  shape["activation"] = to_string(net.activation);
  shape["dropout"] = net.dropout;
  json["encoder"] = Json::parse(model.encoder.to_json());
  for (const auto& [key, text] : about) json["about"][key] = text;
  files.write("model.json", json.dump(2) + "\n");
  std::vector<NamedTensor> tensors;
  for (const auto& p : named_parameters(model.net)) tensors.push_back({p.name, p.parameter->value()});
  files.write("model.safetensors", [&](OutputFile& out) { write_safetensors(out, tensors); });
}

TableModel read_table_model(const std::string& folder) {
  const std::string path = folder + "/model.json";
  const std::string text = read_file(path, std::uint64_t{64} << 20);
  // Depth first: a parser that recurses must not meet a million brackets.
  int depth = 0, deepest = 0;
  for (const char c : text) {
    if (c == '[' || c == '{') deepest = std::max(deepest, ++depth);
    if (c == ']' || c == '}') --depth;
  }
  const Json json = deepest > 256 ? Json() : Json::parse(text, nullptr, false);
  if (!json.is_object()) throw FileError(fmt::format("{}: not the JSON of a model", path));
  if (!json.contains("format") || json["format"] != "cinta table model")
    throw FileError(fmt::format("{}: not a table model", path));
  if (const int found = field<int>(json, "version", path); found != version)
    throw FileError(fmt::format("{}: version {} of the format, where this program reads {}", path, found, version));
  const auto dtype = field<std::string>(json, "dtype", path);
  if (dtype != "f32" && dtype != "f64")
    throw FileError(fmt::format("{}: the dtype is \"{}\", not f32 or f64", path, dtype));
  try {
    TableModel model{Encoder::from_json(field<Json>(json, "encoder", path).dump(), path),
                     Mlp(architecture(field<Json>(json, "architecture", path), path), {}), dtype == "f64" ? f64 : f32};
    if (model.encoder.feature_count() != model.net.options().inputs ||
        model.encoder.outputs() != model.net.options().outputs)
      throw FileError(fmt::format("{}: the encoder gives {} features for {} outputs and the network has {} and {}",
                                  path, model.encoder.feature_count(), model.encoder.outputs(),
                                  std::int64_t{model.net.options().inputs}, std::int64_t{model.net.options().outputs}));
    load(model.net, folder + "/model.safetensors");
    return model;
  } catch (const ValueError& e) {
    throw FileError(fmt::format("{}: {}", path, e.what()));
  }
}

}  // namespace cinta::models
