// An array model written to a folder and read back with the same predictions; models of the other kind, and damaged
// ones.
#include <cinta/framework/io/atomic_file.hpp>
#include <cinta/framework/nn/init.hpp>
#include <cinta/models/encoded_model.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>

namespace {

using namespace cinta;
using models::ArrayModel;
using models::ModelKind;
namespace fs = std::filesystem;

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "cinta-array-model-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path); }
};

ArrayData data(std::initializer_list<Literal> targets) {
  return {"d", tensor({{{0, 10}, {20, 30}}, {{5, 5}, {5, 5}}, {{200, 0}, {0, 9}}, {{1, 2}, {3, 4}}}, u8),
          tensor(Literal(targets), u8)};
}
ArrayModel model_of(const ArrayData& d, ModelKind kind = ModelKind::mlp) {
  ArrayModel model{ArrayEncoder::fit(d), Mlp({.inputs = 1}), f32, kind};
  MlpOptions shape{.inputs = 4, .outputs = model.encoder.outputs()};
  if (kind == ModelKind::mlp) shape.hidden = {3};
  model.net = Mlp(shape);
  init(model.net, {.seed = 1});
  return model;
}
std::string written(const ArrayModel& model, const Folder& f) {
  FolderTransaction files(f.path);
  models::write(model, files);
  files.commit();
  return f.path.string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(array_model)

BOOST_AUTO_TEST_CASE(what_is_read_back_predicts_the_same_bits) {
  for (const ArrayData& d : {data({0, 1, 2, 1}), data({0, 1, 1, 0})})
    for (const ModelKind kind : {ModelKind::mlp, ModelKind::logistic}) {
      const Folder f;
      const ArrayModel model = model_of(d, kind), back = models::read_array_model(written(model, f));
      BOOST_TEST(equal_bytes(back.predict(d), model.predict(d)));
      BOOST_TEST((back.kind == kind));
      BOOST_TEST(back.evaluate(d).at("accuracy") == model.evaluate(d).at("accuracy"));
      BOOST_TEST(std::holds_alternative<ArrayModel>(models::read_model(f.path.string())));
    }
}

BOOST_AUTO_TEST_CASE(a_perceptron_says_0_or_1_and_is_measured_by_its_labels) {
  const ArrayData d = data({0, 1, 1, 0});
  const Folder f;
  const ArrayModel model = models::read_array_model(written(model_of(d, ModelKind::perceptron), f));
  const Tensor answers = model.predict(d);
  for (const float p : answers.span<float>()) BOOST_TEST((p == 0 || p == 1));
  const Metrics metrics = model.evaluate(d);
  BOOST_TEST(metrics.size() == 4u);
  BOOST_TEST(metrics.values[0].first == "accuracy");
}

BOOST_AUTO_TEST_CASE(a_model_of_the_other_kind_or_a_damaged_one_is_told) {
  const Folder f;
  const std::string folder = written(model_of(data({0, 1, 2, 1})), f), path = folder + "/model.json",
                    text = read_file(path);
  const auto told = [&](const std::string& json, auto read) {
    write_file_atomically(path, json);
    try {
      read(folder);
    } catch (const FileError& e) {
      return std::string(e.what());
    }
    return std::string("accepted");
  };
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string json = text;
    BOOST_TEST(json.find(from) != std::string::npos, from);
    return told(json.replace(json.find(from), from.size(), to), models::read_array_model);
  };
  BOOST_TEST(told(text, models::read_table_model) == path + ": not a table model");
  BOOST_TEST(told("{}", models::read_model) == path + ": neither a table model nor an array model");
  BOOST_TEST(changed("\"model\": \"mlp\"", "\"model\": \"mpl\"") ==
             path +
                 ": there is no model \"mpl\"; it is one of mlp, linear, logistic, perceptron; did you mean \"mlp\"?");
  BOOST_TEST(changed("\"model\": \"mlp\"", "\"model\": \"perceptron\"") ==
             path + ": a perceptron for a task that is not binary");
  BOOST_TEST(changed("\"inputs\": 4", "\"inputs\": 5") ==
             path + ": the encoder gives 4 features for 3 outputs and the network has 5 and 3");
  for (std::size_t length = 0; length + 2 < text.size(); length += 7)
    BOOST_TEST(told(text.substr(0, length), models::read_model).starts_with(path + ": "), length);
}

BOOST_AUTO_TEST_SUITE_END()
