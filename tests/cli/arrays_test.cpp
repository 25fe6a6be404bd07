// cinta train, evaluate and predict on images and other arrays: every format gives the same model, with any number of
// threads, and the answers come in every format.
#include "array_files.hpp"

#include <cinta/framework/core/random.hpp>

#include <nlohmann/json.hpp>

#include <cstdlib>

namespace {

using namespace program_support;
using cinta::Tensor;

Words train(const std::string& data, const std::string& out, Words more = {}) {
  Words words{"train", "--data", data, "--hidden", "32", "--epochs", "4", "--lr", "0.01", "--seed", "1", "--out", out};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}
void check_done(const Outcome& outcome) { BOOST_TEST(outcome.code == 0, outcome.error); }

nlohmann::json metrics(const Workplace& work, const std::string& model) {
  return nlohmann::json::parse(work.read(model + "/metrics.json"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(arrays)

BOOST_AUTO_TEST_CASE(images_are_learned_and_measured_on_the_test_part_that_the_data_bring) {
  const Workplace work;
  const std::string data = idx_folder(work, 600, 200);
  const Outcome outcome = work.run(train(data, work.path("m")));
  check_done(outcome);
  for (const char* text : {"800 examples; 540 training, 60 validation, 200 test", "64 from examples of shape [8, 8]",
                           "y (multiclass: 0, 1, 2)", "test, 200 rows"})
    BOOST_TEST(outcome.out.find(text) != std::string::npos, text << " is not in\n" << outcome.out);
  BOOST_TEST(metrics(work, "m")["test"]["accuracy"].get<double>() > 0.95);
  const Outcome evaluated = work.run({"evaluate", "--model", work.path("m"), "--data", data, "--json"});
  check_done(evaluated);
  const auto json = nlohmann::json::parse(evaluated.out);
  BOOST_TEST(json["rows"] == 200);
  BOOST_TEST(json["metrics"] == metrics(work, "m")["test"]);
}

BOOST_AUTO_TEST_CASE(every_format_gives_the_same_model) {
  const Workplace work;
  const std::string folder = idx_folder(work, 300, 60);
  const Images a = images(300, 1), b = images(60, 2);
  cinta::save_npz(work.path("keras.npz"), {{"x_train", a.x}, {"y_train", a.y}, {"x_test", b.x}, {"y_test", b.y}});
  cinta::save_npz(work.path("xy.npz"), {{"x", a.x}, {"y", a.y}});
  cinta::save_npy(work.path("x.npy"), a.x);
  cinta::save_npy(work.path("y.npy"), a.y);
  check_done(work.run(train(folder, work.path("idx"))));
  check_done(work.run(train(work.path("keras.npz"), work.path("keras"))));
  BOOST_TEST((work.read("keras/model.safetensors") == work.read("idx/model.safetensors")));
  check_done(work.run(train(work.path("xy.npz"), work.path("xy"))));
  check_done(work.run(train(work.path("x.npy"), work.path("npy"), {"--labels", work.path("y.npy")})));
  check_done(
      work.run(train(work.path("x.npy"), work.path("mixed"), {"--labels", folder + "/train-labels-idx1-ubyte"})));
  BOOST_TEST((work.read("npy/model.safetensors") == work.read("xy/model.safetensors")));
  BOOST_TEST((work.read("mixed/model.safetensors") == work.read("xy/model.safetensors")));
  BOOST_TEST(
      (work.read("xy/model.safetensors") != work.read("idx/model.safetensors")));  // which keeps no row for a test
}

BOOST_AUTO_TEST_CASE(parameters_have_equal_bytes_for_1_2_and_3_threads_and_those_of_the_first_run_ever) {
  const Workplace work;
  const std::string data = idx_folder(work, 1500, 10);
  const auto bytes = [&](const std::string& threads) {
    check_done(work.run({"train",     "--data",      data,    "--hidden",    "128,64",    "--epochs", "1",
                         "--batch",   "256",         "--lr",  "0.001",       "--dropout", "0.2",      "--valid",
                         "0.1",       "--optimizer", "adamw", "--schedule",  "cosine",    "--seed",   "1",
                         "--threads", threads,       "--out", work.path("m")}));
    return work.read("m/model.safetensors");
  };
  const std::string one = bytes("1");
  BOOST_TEST((bytes("2") == one));
  BOOST_TEST((bytes("3") == one));
  setenv("CINTA_ISA", "v3", 1);  // the kernels for AVX2, where there are wider ones
  BOOST_TEST((bytes("2") == one));
  unsetenv("CINTA_ISA");
  // FNV-1a of the file: it changes when a definition does, never with the machine, the compiler or the threads.
  BOOST_TEST(cinta::stream_of(one) == 12452013917061230688u);
}

BOOST_AUTO_TEST_CASE(predictions_are_the_same_in_every_format) {
  const Workplace work;
  const Images a = images(200, 1), b = images(20, 2);
  cinta::save_npz(work.path("a.npz"), {{"x", a.x}, {"y", a.y}});
  cinta::save_npy(work.path("b.npy"), b.x);
  cinta::save_npz(work.path("b.npz"), {{"x", b.x}});
  work.file("b.idx", idx_bytes(b.x));
  check_done(work.run(train(work.path("a.npz"), work.path("m"))));
  const auto predict = [&](const std::string& data, const std::string& out) {
    check_done(work.run({"predict", "--model", work.path("m"), "--data", work.path(data), "--out", work.path(out)}));
  };
  predict("b.npy", "p.csv");
  predict("b.npz", "q.csv");
  predict("b.idx", "p.npy");
  predict("b.npy", "p.npz");
  BOOST_TEST(work.read("p.csv") == work.read("q.csv"));
  BOOST_TEST(work.read("p.csv").starts_with("class,p(0),p(1),p(2)\n"));
  const Tensor p = cinta::load_npy(work.path("p.npy"));
  BOOST_TEST(p.shape() == (cinta::Shape{20, 3}));
  const cinta::NpzFile npz = cinta::load_npz(work.path("p.npz"));
  BOOST_TEST(equal_bytes(npz.at("probabilities"), p));
  const Tensor& classes = npz.at("class");
  for (int row = 0; row < 20; ++row) {
    BOOST_TEST(p(row, 0) + p(row, 1) + p(row, 2) == 1, boost::test_tools::tolerance(1e-5));
    for (int c = 0; c < 3; ++c) BOOST_TEST(p(row, static_cast<int>(classes(row))) >= p(row, c));
  }
  // A table of the same numbers, with a column of labels for evaluate.
  std::string csv;
  for (int i = 0; i < 64; ++i) csv += "p" + std::to_string(i) + ',';
  csv += "label\n";
  const auto pixels = b.x.span<std::uint8_t>();
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    csv += std::to_string(pixels[i]) + ',';
    if (i % 64 == 63) csv += std::to_string(b.y.span<std::uint8_t>()[i / 64]) + '\n';
  }
  cinta::save_npy(work.path("y.npy"), b.y);
  const Outcome by_column = work.run(
      {"evaluate", "--model", work.path("m"), "--data", work.file("b.csv", csv), "--labels", "label", "--json"});
  check_done(by_column);
  const Outcome by_file = work.run(
      {"evaluate", "--model", work.path("m"), "--data", work.path("b.npy"), "--labels", work.path("y.npy"), "--json"});
  check_done(by_file);
  BOOST_TEST(nlohmann::json::parse(by_column.out)["metrics"] == nlohmann::json::parse(by_file.out)["metrics"]);
}

BOOST_AUTO_TEST_CASE(a_model_of_a_table_takes_arrays_with_its_columns) {
  const Workplace work;
  check_done(work.run(train_iris({"--out", work.path("m")})));
  cinta::save_npz(work.path("two.npz"),
                  {{"x", cinta::tensor({{5.1, 3.5, 1.4, 0.2}, {4.9, 3.0, 1.4, 0.2}}, cinta::f64)}});
  const Outcome arrays = work.run({"predict", "--model", work.path("m"), "--data", work.path("two.npz")});
  check_done(arrays);
  const Outcome table = work.run({"predict", "--model", work.path("m"), "--data", dataset("iris")});
  BOOST_TEST(table.out.starts_with(arrays.out));  // iris begins with these two rows
  cinta::save_npy(work.path("three.npy"), Tensor{{1, 2, 3}});
  check_refused(
      work.run({"predict", "--model", work.path("m"), "--data", work.path("three.npy")}),
      work.path("three.npy") + ": the model was trained on 4 columns of a table, and the array has shape [1, 3]");
}

BOOST_AUTO_TEST_CASE(a_regression_predicts_in_the_units_of_its_targets) {
  const Workplace work;
  Tensor x = cinta::empty({200, 2}, cinta::f32), y = cinta::empty({200}, cinta::f32);
  for (int i = 0; i < 200; ++i) {
    x.set({i, 0}, i % 20);
    x.set({i, 1}, i / 20);
    y.set({i}, 1000 + 3 * (i % 20) - 5 * (i / 20) + 0.5);
  }
  cinta::save_npz(work.path("r.npz"), {{"x", x}, {"y", y}});
  check_done(work.run({"train", "--data", work.path("r.npz"), "--model", "linear", "--epochs", "150", "--lr", "0.05",
                       "--out", work.path("m")}));
  BOOST_TEST(metrics(work, "m")["test"]["r2"].get<double>() > 0.999);
  check_done(
      work.run({"predict", "--model", work.path("m"), "--data", work.path("r.npz"), "--out", work.path("p.npy")}));
  const Tensor p = cinta::load_npy(work.path("p.npy"));
  BOOST_TEST(p.shape() == cinta::Shape{200});
  BOOST_TEST(p(0) == 1000.5, boost::test_tools::tolerance(0.002));
}

BOOST_AUTO_TEST_CASE(weights_of_an_npz_file_count) {
  const Workplace work;
  const Images a = images(200, 1);
  const Tensor w = cinta::filled({200}, 1);
  Tensor other = w;
  for (int i = 0; i < 100; ++i) other.set({i}, 0);
  cinta::save_npz(work.path("a.npz"), {{"x", a.x}, {"y", a.y}, {"ones", w}, {"half", other}});
  check_done(work.run(train(work.path("a.npz"), work.path("none"))));
  check_done(work.run(train(work.path("a.npz"), work.path("ones"), {"--weight", "ones"})));
  check_done(work.run(train(work.path("a.npz"), work.path("half"), {"--weight", "half", "--batch", "4"})));
  BOOST_TEST((work.read("half/model.safetensors") != work.read("ones/model.safetensors")));
  BOOST_TEST(metrics(work, "ones")["test"] == metrics(work, "none")["test"]);
}

BOOST_AUTO_TEST_CASE(fashion_mnist_is_read_where_debian_has_put_it) {
  const Workplace work;
  const Outcome outcome = work.run({"train", "--data", "fashion-mnist", "--hidden", "none", "--epochs", "0"});
  const bool installed = fs::exists("/usr/share/datasets/fashion-mnist");
  check_refused(outcome, installed ? "--epochs takes a number from 1 to 1,000,000, not 0"
                                   : "fashion-mnist is not installed here: sudo apt-get install dataset-fashion-mnist "
                                     "(./run.sh does it when its arguments name it)");
}

BOOST_AUTO_TEST_SUITE_END()
