// A table model written to a folder and read back; folders that are damaged; and that a linear one is least squares.
#include <cinta/framework/data/partition.hpp>
#include <cinta/framework/io/atomic_file.hpp>
#include <cinta/framework/nn/init.hpp>
#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/framework/train/fit.hpp>
#include <cinta/models/encoded_model.hpp>

#include <unistd.h>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <filesystem>
#include <functional>

namespace {

using namespace cinta;
using models::TableModel;
namespace fs = std::filesystem;

// A folder for the length of a test.
struct TemporaryFolder {
  fs::path path;
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "cinta_table_model_XXXXXX").string();
    path = mkdtemp(pattern.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { fs::remove_all(path); }
};

Table data(const std::string& name) { return read_csv(CINTA_SOURCE_DIR "/datasets/" + name + ".csv"); }

TableModel trained(const Table& table, const std::string& target, std::vector<Size> hidden, Dtype dtype, int epochs) {
  TableModel model{Encoder::fit(table, target), Mlp({.inputs = 1}), dtype};
  model.net =
      Mlp({.inputs = model.encoder.feature_count(), .hidden = std::move(hidden), .outputs = model.encoder.outputs()});
  init(model.net, {.seed = 1, .dtype = dtype});
  fit(model.net, models::TaskLoss{model.encoder.task()}, adam(0.01), model.encoder.encode(table, dtype),
      {.epochs = epochs});
  return model;
}

void write_to(const TableModel& model, const std::string& folder) {
  FolderTransaction files(folder);
  write(model, files, {{"data", "made for a test"}});
  files.commit();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  BOOST_REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

// The sentence of the FileError that reading the folder throws, without the folder's name.
std::string refusal(const fs::path& folder) {
  try {
    models::read_table_model(folder.string());
  } catch (const FileError& error) {
    std::string sentence = error.what();
    BOOST_TEST(sentence.starts_with(folder.string() + "/"), sentence);
    return sentence.substr(std::min(sentence.size(), folder.string().size() + 1));
  } catch (const std::exception& error) {
    return std::string("another type of error: ") + error.what();
  }
  return "no error";
}

// Least squares on [features, 1] by the normal equations, in f64, with a little ridge on the features: one-hot columns
// may be dependent.
std::vector<double> least_squares(const Tensor& x, const Tensor& y) {
  const std::int64_t n = x.shape()[0], k = x.shape()[1] + 1;
  std::vector<double> a(static_cast<std::size_t>(k * (k + 1)));
  const auto at = [&](std::int64_t i, std::int64_t j) -> double& {
    return a[static_cast<std::size_t>(i * (k + 1) + j)];
  };
  const auto feature = [&](std::int64_t row, std::int64_t j) { return j + 1 == k ? 1 : x(row, j); };
  for (std::int64_t row = 0; row < n; ++row)
    for (std::int64_t i = 0; i < k; ++i) {
      for (std::int64_t j = 0; j < k; ++j) at(i, j) += feature(row, i) * feature(row, j);
      at(i, k) += feature(row, i) * y(row, 0);
    }
  for (std::int64_t i = 0; i + 1 < k; ++i) at(i, i) += 1e-9 * static_cast<double>(n);
  for (std::int64_t i = 0; i < k; ++i)  // Gauss and Jordan; the matrix is positive definite
    for (std::int64_t row = 0; row < k; ++row) {
      if (row == i) continue;
      const double factor = at(row, i) / at(i, i);
      for (std::int64_t j = i; j <= k; ++j) at(row, j) -= factor * at(i, j);
    }
  std::vector<double> w;
  for (std::int64_t i = 0; i < k; ++i) w.push_back(at(i, k) / at(i, i));
  return w;
}

Tensor linear_predictions(const Tensor& x, const std::vector<double>& w) {
  Tensor y = zeros({x.shape()[0], 1}, f64);
  for (std::int64_t i = 0; i < x.shape()[0]; ++i) {
    double sum = w.back();
    for (std::int64_t j = 0; j < x.shape()[1]; ++j) sum += x(i, j) * w[static_cast<std::size_t>(j)];
    y.set({i, 0}, sum);
  }
  return y;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(table_model)

BOOST_AUTO_TEST_CASE(what_was_written_predicts_the_same_bits) {
  struct Case {
    const char *data, *target;
    std::vector<Size> hidden;
    Dtype dtype;
  };
  for (const Case& c : {Case{"iris", "target", {8}, f32}, Case{"diabetes", "target", {}, f64},
                        Case{"breast_cancer", "target", {5, 4}, f32}}) {
    const TemporaryFolder folder;
    const Table table = data(c.data);
    const TableModel model = trained(table, c.target, c.hidden, c.dtype, 2);
    write_to(model, folder.path.string());
    const TableModel read = models::read_table_model(folder.path.string());
    BOOST_TEST((read.dtype == c.dtype));
    BOOST_TEST(read.encoder.target() == c.target);
    BOOST_TEST(read.net.options().hidden.size() == c.hidden.size());
    BOOST_TEST(equal_bytes(read.predict(table), model.predict(table)), c.data);
    BOOST_TEST(to_string(read.evaluate(table)) == to_string(model.evaluate(table)));
  }
}

BOOST_AUTO_TEST_CASE(a_damaged_description_is_refused_with_a_sentence) {
  const TemporaryFolder folder;
  write_to(trained(data("iris"), "target", {8}, f32, 1), folder.path.string());
  const std::string path = (folder.path / "model.json").string(), whole = read_file(path);
  const auto with = [&](const std::string& text) {
    write_file_atomically(path, text);
    return refusal(folder.path);
  };
  BOOST_TEST(with(whole) == "no error");
  BOOST_TEST(with(whole.substr(0, whole.size() / 2)) == "model.json: not the JSON of a model");
  BOOST_TEST(with("") == "model.json: not the JSON of a model");
  BOOST_TEST(with(std::string(1'000'000, '[')) == "model.json: not the JSON of a model");
  BOOST_TEST(with("{}") == "model.json: not a table model");
  BOOST_TEST(with(replaced(whole, "\"version\": 1", "\"version\": 2")) ==
             "model.json: version 2 of the format, where this program reads 1");
  BOOST_TEST(with(replaced(whole, "\"version\": 1", "\"version\": \"one\"")) ==
             "model.json: \"version\" is missing or of the wrong type");
  BOOST_TEST(with(replaced(whole, "\"dtype\": \"f32\"", "\"dtype\": \"f16\"")) ==
             "model.json: the dtype is \"f16\", not f32 or f64");
  BOOST_TEST(with(replaced(whole, "\"hidden\"", "\"hiden\"")) ==
             "model.json: \"hidden\" is missing or of the wrong type");
  BOOST_TEST(with(replaced(whole, "\"relu\"", "\"rellu\"")) ==
             "model.json: unknown activation \"rellu\"; did you mean \"relu\"?");
  BOOST_TEST(with(replaced(whole, "\"dropout\": 0.0", "\"dropout\": 7.0")) ==
             "model.json: dropout: p must lie in [0, 1), not be 7");
  BOOST_TEST(with(replaced(whole, "\"inputs\": 4", "\"inputs\": 5")) ==
             "model.json: the encoder gives 4 features for 3 outputs and the network has 5 and 3");
  BOOST_TEST(with(replaced(whole, "\"outputs\": 3", "\"outputs\": 1")) ==
             "model.json: the encoder gives 4 features for 3 outputs and the network has 4 and 1");
  BOOST_TEST(with(replaced(whole, "\"hidden\": [\n      8\n    ]", "\"hidden\": [1000000000]"))
                 .starts_with("model.safetensors: "));  // no 28 GB are taken
  for (const char* inputs : {"0", "-3", "9000000000000000000", "1e300"})
    BOOST_TEST(with(replaced(whole, "\"inputs\": 4", std::string("\"inputs\": ") + inputs)).starts_with("model.json: "),
               inputs);
}

BOOST_AUTO_TEST_CASE(parameters_that_are_damaged_or_of_another_network_are_refused) {
  const TemporaryFolder folder, other;
  write_to(trained(data("iris"), "target", {8}, f32, 1), folder.path.string());
  write_to(trained(data("iris"), "target", {9}, f32, 1), other.path.string());
  const std::string path = (folder.path / "model.safetensors").string(), whole = read_file(path);
  const auto with = [&](const std::string& text) {
    write_file_atomically(path, text);
    return refusal(folder.path);
  };
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{40}, whole.size() - 1})
    BOOST_TEST(with(whole.substr(0, size)).starts_with("model.safetensors: "), "cut to " << size << " bytes");
  BOOST_TEST(with(whole + "x").starts_with("model.safetensors: "));
  std::string lying = whole;
  lying[7] = '\x7f';  // a header of 2⁶² bytes
  BOOST_TEST(with(lying).starts_with("model.safetensors: "));
  BOOST_TEST(with(replaced(whole, "\"shape\":[4,8]", "\"shape\":[8,4]")).starts_with("model.safetensors: "));
  BOOST_TEST(with(replaced(whole, "layers.0.bias", "layers.0.bia5")).starts_with("model.safetensors: "));
  BOOST_TEST(with(read_file(other.path / "model.safetensors")).starts_with("model.safetensors: "));
  fs::remove(path);
  BOOST_TEST(refusal(folder.path).starts_with("model.safetensors: "));
}

BOOST_AUTO_TEST_CASE(a_table_that_does_not_fit_is_refused) {
  const TableModel model = trained(data("iris"), "target", {4}, f32, 1);
  BOOST_CHECK_THROW(model.predict(data("wine")), DataError);
}

BOOST_AUTO_TEST_CASE(a_linear_model_of_diabetes_is_as_good_as_least_squares) {
  const Table table = data("diabetes");
  const Partition part = partition(table, "target", {.valid = 0, .test = 0.2, .seed = 1});
  const Table train = table.select(part.train), test = table.select(part.test);
  TableModel model{Encoder::fit(train, "target"), Mlp({.inputs = 1}), f64};
  model.net = Mlp({.inputs = model.encoder.feature_count()});
  init(model.net, {.seed = 1, .dtype = f64});
  const Batch batch = model.encoder.encode(train, f64);
  fit(model.net, MeanSquaredError{}, adam(cosine(0.03, 600)), batch, {.epochs = 600, .batch_size = full_batch});
  const std::vector<double> w = least_squares(batch.x, batch.y);
  const auto r2_of = [&](const Table& rows) {
    return r2(linear_predictions(model.encoder.features(rows, f64), w), model.encoder.targets(rows, f64));
  };
  BOOST_TEST(r2_of(test) > 0.3);
  BOOST_TEST(std::abs(model.evaluate(train).at("r2") - r2_of(train)) < 0.01);
  BOOST_TEST(std::abs(model.evaluate(test).at("r2") - r2_of(test)) < 0.01);
}

BOOST_AUTO_TEST_SUITE_END()
