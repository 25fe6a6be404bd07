// Parts that data can't be cut into, a test part that does not fit the training part, and numbers that can't be trained
// on: told before training, with the row as the file counts it.
#include "array_files.hpp"

#include <cinta/framework/io/safetensors.hpp>
#include <cinta/ops/ops.hpp>

#include <limits>

namespace {

using namespace program_support;
using cinta::Tensor;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// Told with code 2, so that nothing was printed, no epoch run, and no folder left behind.
void check_train(const Workplace& work, const std::string& data, const Words& more, const std::string& sentence) {
  Words words{"train", "--data", data, "--epochs", "1", "--out", work.path("model")};
  words.insert(words.end(), more.begin(), more.end());
  check_refused(work.run(words), sentence);
  BOOST_TEST(!work.has("model"), "a folder was left behind: " << sentence);
}

std::string rows(int n, const std::string& last = "") {
  std::string text = "x,y\n";
  for (int i = 0; i < n; ++i) text += std::to_string(i) + ',' + std::to_string(0.5 * i * i) + '\n';
  return text + last;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_parts)

BOOST_AUTO_TEST_CASE(a_table_too_small_for_its_parts_is_told_with_the_flag) {
  const Workplace work;
  const auto check = [&](int n, const Words& more, const std::string& sentence) {
    const std::string data = work.file("data.csv", rows(n));
    Words words{"--target", "y"};
    words.insert(words.end(), more.begin(), more.end());
    check_train(work, data, words, data + ": " + sentence);
  };
  check(1, {}, "--test 0.2 of its 1 row is no row");
  check(2, {}, "--test 0.2 of its 2 rows is no row");
  check(3, {}, "--valid 0.15 of its 3 rows is no row");
  check(2, {"--test", "0.5", "--valid", "0.5"}, "--valid 0.5 and --test 0.5 of its 2 rows leave none to train on");
  check(40, {"--valid", "0.9"}, "--valid 0.9 and --test 0.2 of its 40 rows leave none to train on");
}

BOOST_AUTO_TEST_CASE(arrays_too_few_for_their_parts_are_told_with_the_flag) {
  const Workplace work;
  const Images a = images(3, 1);
  cinta::save_npz(work.path("a.npz"), {{"x", a.x}, {"y", a.y}});
  check_train(work, work.path("a.npz"), {}, work.path("a.npz") + ": --valid 0.1 of its 3 rows is no row");
  cinta::save_npz(work.path("b.npz"), {{"x_train", a.x}, {"y_train", a.y}, {"x_test", a.x}, {"y_test", a.y}});
  check_train(work, work.path("b.npz"), {}, work.path("b.npz") + ": --valid 0.1 of its 3 rows is no row");
}

BOOST_AUTO_TEST_CASE(numbers_of_arrays_that_are_none_are_told_with_the_example_as_the_file_counts) {
  const Workplace work;
  Tensor x = cinta::uniform({40, 3}, -1, 1), y = cinta::arange(0, 40);
  cinta::save_npy(work.path("y.npy"), y);
  const Words labels{"--labels", work.path("y.npy")};
  for (const int row : {0, 1, 17, 38, 39}) {  // in whichever part it comes to lie
    Tensor bad = x;
    bad.set({row, 1}, not_a_number);
    cinta::save_npy(work.path("x.npy"), bad);
    check_train(work, work.path("x.npy"), labels,
                work.path("x.npy") + ": example " + std::to_string(row) + " holds nan, which is no finite number");
    Tensor target = y;
    target.set({row}, not_a_number);
    cinta::save_npz(work.path("a.npz"), {{"x", x}, {"y", target}});
    check_train(work, work.path("a.npz"), {},
                work.path("a.npz") + ": example " + std::to_string(row) + ": its target is nan");
  }
}

BOOST_AUTO_TEST_CASE(a_test_part_that_does_not_fit_is_told_before_training) {
  const Workplace work;
  const Images a = images(60, 1);
  const std::string path = work.path("a.npz"), part = path + ": x_test";
  const auto check = [&](const Tensor& x, const Tensor& y, const std::string& sentence) {
    cinta::save_npz(path, {{"x_train", a.x}, {"y_train", a.y}, {"x_test", x}, {"y_test", y}});
    check_train(work, path, {}, part + sentence);
  };
  check(cinta::filled({2, 7, 7}, 1, cinta::u8), Tensor{0, 1},
        ": its examples have shape [7, 7], and those that the model was trained with [8, 8]");
  check(cinta::filled({2, 8, 8}, 0.5), Tensor{0, 1},
        ": example 0 holds 0.5, and the model was trained with whole numbers from 0 to 255");
  check(cinta::filled({2, 8, 8}, 1, cinta::u8), Tensor{0, 7},
        ": example 1: its target is 7, none of the 3 classes of the training part");
}

BOOST_AUTO_TEST_CASE(a_target_that_the_type_does_not_hold_is_told_with_its_line) {
  const Workplace work;
  const std::string data = work.file("data.csv", rows(40, "3,1e300\n"));
  check_train(work, data, {"--target", "y"},
              data + ":42: the target \"y\" is 1e+300, which is outside the range of f32: train with f64");
  const Outcome outcome = work.run({"train", "--data", data, "--target", "y", "--epochs", "1", "--dtype", "f64"});
  BOOST_TEST(outcome.code == 0, outcome.error);
  Tensor y = cinta::arange(0, 40, 1, cinta::f64);
  y.set({21}, -1e300);
  cinta::save_npz(work.path("a.npz"), {{"x", cinta::uniform({40, 3}, -1, 1)}, {"y", y}});
  check_train(
      work, work.path("a.npz"), {},
      work.path("a.npz") + ": example 21: its target is -1e+300, which is outside the range of f32: train with f64");
}

BOOST_AUTO_TEST_CASE(weights_of_a_model_that_are_not_finite_are_told_when_it_is_read) {
  const Workplace work;
  const std::string data = work.file("data.csv", rows(40)), weights = work.path("model/model.safetensors");
  BOOST_TEST(work.run({"train", "--data", data, "--target", "y", "--hidden", "4", "--epochs", "1", "--out",
                       work.path("model")})
                 .code == 0);
  const cinta::SafetensorsFile whole = cinta::read_safetensors(weights);
  for (const auto& [value, word] : {std::pair{not_a_number, "nan"}, {std::numeric_limits<double>::infinity(), "inf"}}) {
    cinta::SafetensorsFile damaged = whole;
    cinta::NamedTensor& one = damaged.tensors.at(1);
    one.tensor = cinta::filled(one.tensor.shape(), value);
    cinta::write_safetensors(weights, damaged.tensors);
    check_refused(work.run({"predict", "--model", work.path("model"), "--data", data}),
                  weights + ": tensor \"" + one.name + "\" holds " + word);
  }
}

BOOST_AUTO_TEST_SUITE_END()
