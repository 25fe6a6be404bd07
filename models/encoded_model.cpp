#include <cinta/models/encoded_model.hpp>

#include <cinta/framework/io/safetensors.hpp>
#include <cinta/framework/nn/save.hpp>
#include <cinta/framework/train/fit.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace cinta::models {
namespace {

using Json = nlohmann::ordered_json;
constexpr int version = 1;

template <class T> T field(const Json& object, const char* name, const std::string& path) {
  try {
    return object.at(name).get<T>();
  } catch (const nlohmann::json::exception&) {
    throw FileError(fmt::format("{}: \"{}\" is missing or of the wrong type", path, name));
  }
}

// The name of a model's format, by its encoder.
template <class E> constexpr const char* format = nullptr;
template <> constexpr const char* format<Encoder> = "cinta table model";
template <> constexpr const char* format<ArrayEncoder> = "cinta array model";

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

struct ModelFile {
  std::string folder, path;
  Json json;
};

ModelFile read_model_file(const std::string& folder) {
  const std::string path = folder + "/model.json";
  const std::string text = read_file(path, std::uint64_t{64} << 20);
  // Depth first: a parser that recurses must not meet a million brackets.
  int depth = 0, deepest = 0;
  for (const char c : text) {
    if (c == '[' || c == '{') deepest = std::max(deepest, ++depth);
    if (c == ']' || c == '}') --depth;
  }
  ModelFile file{folder, path, deepest > 256 ? Json() : Json::parse(text, nullptr, false)};
  if (!file.json.is_object()) throw FileError(fmt::format("{}: not the JSON of a model", path));
  return file;
}

template <class E> bool is_of(const ModelFile& file) {
  return file.json.contains("format") && file.json["format"] == format<E>;
}

void check_finite(const std::string& name, const Tensor& values, const std::string& path) {
  const Tensor x = convert(values, f64);
  for (const double value : x.span<double>())
    if (!std::isfinite(value)) throw FileError(fmt::format("{}: tensor \"{}\" holds {}", path, name, value));
}

template <class E> EncodedModel<E> model_of(const ModelFile& file) {
  const auto& [folder, path, json] = file;
  if (const int found = field<int>(json, "version", path); found != version)
    throw FileError(fmt::format("{}: version {} of the format, where this program reads {}", path, found, version));
  const auto dtype = field<std::string>(json, "dtype", path);
  if (dtype != "f32" && dtype != "f64")
    throw FileError(fmt::format("{}: the dtype is \"{}\", not f32 or f64", path, dtype));
  try {
    EncodedModel<E> model{E::from_json(field<Json>(json, "encoder", path).dump(), path),
                          Mlp(architecture(field<Json>(json, "architecture", path), path), {}),
                          dtype == "f64" ? f64 : f32, model_kind_named(field<std::string>(json, "model", path))};
    if (model.encoder.feature_count() != model.net.options().inputs ||
        model.encoder.outputs() != model.net.options().outputs)
      throw FileError(fmt::format("{}: the encoder gives {} features for {} outputs and the network has {} and {}",
                                  path, model.encoder.feature_count(), model.encoder.outputs(),
                                  std::int64_t{model.net.options().inputs}, std::int64_t{model.net.options().outputs}));
    if (model.kind == ModelKind::perceptron && model.encoder.task() != Task::binary)
      throw FileError(fmt::format("{}: a perceptron for a task that is not binary", path));
    const std::string weights = folder + "/model.safetensors";
    load(model.net, weights);
    for (const auto& p : named_parameters(model.net)) check_finite(p.name, p.parameter->value(), weights);
    return model;
  } catch (const ValueError& e) {
    throw FileError(fmt::format("{}: {}", path, e.what()));
  }
}

template <class E> EncodedModel<E> read_model_of(const std::string& folder, const char* what) {
  const ModelFile file = read_model_file(folder);
  if (!is_of<E>(file)) throw FileError(fmt::format("{}: not {}", file.path, what));
  return model_of<E>(file);
}

}  // namespace

template <class E> Tensor EncodedModel<E>::predict(const typename E::Data& data) const {
  const Tensor outputs = output_activation(encoder.task(), cinta::predict(net, encoder.features(data, dtype)), kind);
  return encoder.task() == Task::regression ? encoder.decode(outputs) : outputs;
}

template <class E> Metrics EncodedModel<E>::evaluate(const typename E::Data& data) const {
  return metrics(predict(data), data);
}

template <class E> Metrics EncodedModel<E>::metrics(const Tensor& predictions, const typename E::Data& data) const {
  const Tensor targets = encoder.targets(data, dtype);
  if (encoder.task() == Task::regression) return regression_metrics(predictions, encoder.decode(targets));
  Metrics all = classification_metrics(predictions, targets);
  if (kind != ModelKind::perceptron) return all;
  Metrics of_labels;  // a step is no probability
  for (const char* name : {"accuracy", "precision", "recall", "f1"}) of_labels.values.emplace_back(name, all.at(name));
  return of_labels;
}

template <class E> void write(const EncodedModel<E>& model, FolderTransaction& files,
                              const std::vector<std::pair<std::string, std::string>>& about) {
  const MlpOptions& net = model.net.options();
  Json json;
  json["format"] = format<E>;
  json["version"] = version;
  json["model"] = to_string(model.kind);
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

TableModel read_table_model(const std::string& folder) { return read_model_of<Encoder>(folder, "a table model"); }

ArrayModel read_array_model(const std::string& folder) { return read_model_of<ArrayEncoder>(folder, "an array model"); }

std::variant<TableModel, ArrayModel> read_model(const std::string& folder) {
  const ModelFile file = read_model_file(folder);
  if (is_of<ArrayEncoder>(file)) return model_of<ArrayEncoder>(file);
  if (!is_of<Encoder>(file)) throw FileError(fmt::format("{}: neither a table model nor an array model", file.path));
  return model_of<Encoder>(file);
}

template struct EncodedModel<Encoder>;
template struct EncodedModel<ArrayEncoder>;
template void write(const TableModel&, FolderTransaction&, const std::vector<std::pair<std::string, std::string>>&);
template void write(const ArrayModel&, FolderTransaction&, const std::vector<std::pair<std::string, std::string>>&);

}  // namespace cinta::models
