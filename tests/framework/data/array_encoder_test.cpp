// The array encoder: scaling, classes and regression, what it refuses, and its JSON.
#include <cinta/framework/data/array_encoder.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

namespace {

using namespace cinta;

ArrayData images() {
  std::vector<std::uint8_t> pixels(24);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(10 * i);
  return {"d", tensor(std::span<const std::uint8_t>(pixels), {6, 2, 2}), tensor({0, 1, 2, 0, 1, 2}, u8)};
}
ArrayData matrix() { return {"d", tensor({{1, 7, 0.5}, {2, 7, -0.5}, {3, 7, 0}}, f64), tensor({0.5, 1.5, 4}, f64)}; }
template <class E = DataError> std::string refusal(const std::function<void()>& f) {
  try {
    f();
  } catch (const E& e) {
    return e.what();
  }
  return "accepted";
}
double mean_of(const Tensor& x) {
  const Tensor values = convert(x, f64);
  return std::accumulate(values.span<double>().begin(), values.span<double>().end(), 0.0) /
         static_cast<double>(x.size());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(array_encoder)

BOOST_AUTO_TEST_CASE(images_have_one_mean_and_one_deviation) {
  const ArrayEncoder e = ArrayEncoder::fit(images());
  BOOST_TEST(e.means().size() == 1u);
  BOOST_TEST(e.means()[0] == 115);
  BOOST_TEST(e.deviations()[0] == 10 * std::sqrt((24.0 * 24 - 1) / 12), boost::test_tools::tolerance(1e-14));
  BOOST_TEST(e.feature_count() == 4);
  const Tensor x = e.features(images(), f64);
  BOOST_TEST(x.shape() == (Shape{6, 4}));
  BOOST_TEST(x(1, 0) == (40 - 115) / e.deviations()[0]);
  BOOST_TEST(std::abs(mean_of(x)) < 1e-15);
  // Floats of any scale are images too where an example has two axes.
  const ArrayData halves{"d", convert(images().x, f32), images().y};
  BOOST_TEST(equal_bytes(ArrayEncoder::fit(halves).features(halves), e.features(images())));
}

BOOST_AUTO_TEST_CASE(rows_of_numbers_have_a_mean_and_a_deviation_for_each_feature) {
  const ArrayEncoder e = ArrayEncoder::fit(matrix());
  BOOST_TEST((e.means() == std::vector<double>{2, 7, 0}));
  const Tensor x = e.features(matrix(), f64);
  const double d = std::sqrt(2.0 / 3);
  BOOST_TEST(equal_bytes(
      x, tensor({{-1 / d, 0, 0.5 / e.deviations()[2]}, {0, 0, -0.5 / e.deviations()[2]}, {1 / d, 0, 0}}, f64)));
  BOOST_TEST(e.deviations()[1] == 0);
}

BOOST_AUTO_TEST_CASE(equal_numbers_have_no_deviation_whatever_their_mean_rounds_to) {
  const ArrayData data{"d", filled({7, 1}, 0.1, f64), tensor({0, 1, 2, 3.5, 4, 5, 6}, f64)};
  BOOST_TEST(ArrayEncoder::fit(data).deviations()[0] == 0);
}

BOOST_AUTO_TEST_CASE(whole_numbers_of_an_integer_type_are_classes) {
  const ArrayEncoder e = ArrayEncoder::fit(images());
  BOOST_TEST((e.task() == Task::multiclass));
  BOOST_TEST(e.outputs() == 3);
  BOOST_TEST(equal_bytes(e.targets(images()), tensor({0, 1, 2, 0, 1, 2}, i32)));
  ArrayData two = images();
  two.y = tensor({3, 8, 8, 3, 3, 3}, i32);
  const ArrayEncoder b = ArrayEncoder::fit(two);
  BOOST_TEST((b.task() == Task::binary));
  BOOST_TEST((b.classes() == std::vector<std::string>{"3", "8"}));
  BOOST_TEST(equal_bytes(b.targets(two), Tensor{{0}, {1}, {1}, {0}, {0}, {0}}));
}

BOOST_AUTO_TEST_CASE(other_numbers_are_a_regression) {
  const ArrayEncoder e = ArrayEncoder::fit(matrix());
  BOOST_TEST((e.task() == Task::regression));
  const Tensor y = e.targets(matrix(), f64);
  BOOST_TEST(std::abs(mean_of(y)) < 1e-15);
  const Tensor back = e.decode(y);
  for (const int i : {0, 1, 2}) BOOST_TEST(back(i, 0) == matrix().y(i), boost::test_tools::tolerance(1e-15));
  ArrayData large = images();
  large.y = tensor({1000, 20000, 5, 7, -3, 2}, i32);
  BOOST_TEST((ArrayEncoder::fit(large).task() == Task::regression));
  BOOST_TEST((ArrayEncoder::fit(images(), {.task = Task::regression}).task() == Task::regression));
}

BOOST_AUTO_TEST_CASE(targets_that_cannot_be_learned_are_told) {
  ArrayData d = images();
  d.y = tensor({4, 4, 4, 4, 4, 4}, u8);
  BOOST_TEST(refusal([&] { ArrayEncoder::fit(d); }) ==
             "d: the target is 4 in every example: there is nothing to tell apart");
  d.y = Tensor{1.5, 1.5, 1.5, 1.5, 1.5, 1.5};
  BOOST_TEST(refusal([&] { ArrayEncoder::fit(d); }) ==
             "d: the target is 1.5 in every example: there is nothing to learn");
  d.y = Tensor();
  BOOST_TEST(refusal([&] { ArrayEncoder::fit(d); }) == "d: it has no targets");
  d.y = Tensor{1, 2, std::numeric_limits<double>::quiet_NaN(), 4, 5, 6};
  BOOST_TEST(refusal([&] { ArrayEncoder::fit(d); }) == "d: example 2: its target is nan");
  BOOST_TEST(refusal([&] { ArrayEncoder::fit(images(), {.task = Task::binary}); }) ==
             "d: the target has 3 classes, and the task is binary");
  BOOST_TEST(refusal([&] { ArrayEncoder::fit(images(), {.task = Task::multiclass, .max_levels = 2}); }) ==
             "d: the target has 3 classes, more than max_levels = 2");
  d.y = tensor({0, 1, 2, 0, 1, 3}, u8);
  BOOST_TEST(refusal([&] { ArrayEncoder::fit(images()).targets(d); }) ==
             "d: example 5: its target is 3, none of the 3 classes of the training part");
}

BOOST_AUTO_TEST_CASE(examples_that_do_not_fit_the_training_part_are_told) {
  const ArrayEncoder e = ArrayEncoder::fit(images()), m = ArrayEncoder::fit(matrix());
  ArrayData d = images();
  d.x = with_shape(images().x, {6, 4});
  BOOST_TEST(equal_bytes(e.features(d), e.features(images())));  // flat rows of as many numbers
  d.x = with_shape(images().x, {3, 2, 4});
  BOOST_TEST(refusal([&] { e.features(d); }) ==
             "d: its examples have shape [2, 4], and those that the model was trained with [2, 2]");
  d.x = Tensor{{0, 255, 3, 4}, {0, 0.5, 0, 0}};
  BOOST_TEST(refusal([&] { e.features(d); }) ==
             "d: example 1 holds 0.5, and the model was trained with whole numbers from 0 to 255");
  d.x = tensor({{1, 2, 3}}, u8);
  BOOST_TEST(refusal([&] { m.features(d); }) ==
             "d: its numbers are u8, and those that the model was trained with were not: are they on one scale?");
  d.x = Tensor{{1, 2, std::numeric_limits<double>::infinity()}};
  BOOST_TEST(refusal([&] { m.features(d); }) == "d: example 0 holds inf, which is no finite number");
  d.x = tensor({{1e300, 7, 0}}, f64);
  BOOST_TEST(refusal([&] { m.features(d); }).starts_with("d: example 0: 1e+300 is too far from the 2 ± "));
  d.x = Tensor{{1}, {std::numeric_limits<double>::quiet_NaN()}};
  d.y = Tensor{0.5, 1};
  BOOST_TEST(refusal([&] { ArrayEncoder::fit(d); }) == "d: example 1 holds nan, which is no finite number");
}

BOOST_AUTO_TEST_CASE(weights_are_finite_and_not_negative) {
  ArrayData d = matrix();
  d.weight = Tensor{0, 2, 1};
  const ArrayEncoder e = ArrayEncoder::fit(d);
  BOOST_TEST(equal_bytes(e.encode(d).weight, Tensor{0, 2, 1}));
  BOOST_TEST(!e.encode(matrix()).weight.defined());
  d.weight = Tensor{0, -2, 1};
  BOOST_TEST(refusal([&] { e.weights(d); }) ==
             "d: example 1: its weight is -2, and weights are finite and not negative");
  d.weight = Tensor{0, 0, 0};
  BOOST_TEST(refusal([&] { e.weights(d); }) == "d: the weights are all 0: no example counts");
}

BOOST_AUTO_TEST_CASE(json_keeps_every_double_and_refuses_what_is_no_encoder) {
  for (const ArrayData& data : {images(), matrix()}) {
    const ArrayEncoder e = ArrayEncoder::fit(data), back = ArrayEncoder::from_json(e.to_json());
    BOOST_TEST(back.to_json() == e.to_json());
    BOOST_TEST(equal_bytes(back.features(data, f64), e.features(data, f64)));
    BOOST_TEST(equal_bytes(back.targets(data, f64), e.targets(data, f64)));
    BOOST_TEST(back.example() == e.example());
  }
  const auto changed = [](const std::string& from, const std::string& to) {
    std::string text = ArrayEncoder::fit(matrix()).to_json();
    text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\n'; }), text.end());
    BOOST_TEST(text.find(from) != std::string::npos, from);
    text.replace(text.find(from), from.size(), to);
    return refusal<FileError>([&] { ArrayEncoder::from_json(text, "m"); });
  };
  BOOST_TEST(changed("\"cintaarrayencoder\"", "\"table\"") == "m: the format is not \"cinta array encoder\"");
  BOOST_TEST(changed("cintaarrayencoder", "cinta array encoder") == "accepted");
}

BOOST_AUTO_TEST_CASE(json_with_a_part_that_is_none_is_one_sentence) {
  const auto changed = [](const std::string& from, const std::string& to) {
    std::string text = ArrayEncoder::fit(matrix()).to_json();
    const std::size_t at = text.find(from);
    BOOST_TEST(at != std::string::npos, from);
    text.replace(at, from.size(), to);
    return refusal<FileError>([&] { ArrayEncoder::from_json(text, "m"); });
  };
  BOOST_TEST(changed("\"version\": 1", "\"version\": 2") ==
             "m: the encoder is of version 2; this program reads version 1");
  BOOST_TEST(changed("\"example\": [\n    3", "\"example\": [\n    0") == "m: \"example\" is no shape of an example");
  BOOST_TEST(changed("\"example\": [\n    3", "\"example\": [\n    1e300") ==
             "m: \"example\" is no shape of an example");
  BOOST_TEST(changed("\"example\": [\n    3", "\"example\": [\n    4") ==
             "m: \"mean\" and \"deviation\" have one number, or one for each feature");
  BOOST_TEST(changed("\"mean\": [\n    2.0", "\"mean\": [\n    null") == "m: an item of \"mean\" is no finite number");
  BOOST_TEST(changed("\"deviation\": [\n    0.", "\"deviation\": [\n    -0.") == "m: a \"deviation\" is negative");
  BOOST_TEST(changed("\"bytes\": false", "\"bytes\": 0") == "m: \"bytes\" is neither true nor false");
  BOOST_TEST(changed("\"type\": \"numeric\"", "\"type\": \"boolean\"") == "m: the target of arrays is numeric");
  BOOST_TEST(changed("{", "[") == "m: this is no JSON");
}

BOOST_AUTO_TEST_SUITE_END()
