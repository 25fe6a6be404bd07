// Balanced class weights, beside scikit-learn's figures.
#include <cinta/framework/data/class_weights.hpp>

#include <boost/test/unit_test.hpp>

using namespace cinta;

BOOST_AUTO_TEST_SUITE(class_weights)

BOOST_AUTO_TEST_CASE(every_class_weighs_the_same_in_all) {
  // compute_class_weight("balanced", classes=[0, 1, 2], y=[0, 0, 0, 1, 1, 2]) of scikit-learn 1.2
  BOOST_TEST(
      equal_bytes(balanced_class_weights(tensor({0, 0, 0, 1, 1, 2}, i32), 3, f64), tensor({6.0 / 9, 1.0, 2.0}, f64)));
  BOOST_TEST(equal_bytes(balanced_class_weights(Tensor{{0}, {1}, {1}, {1}}, 2), Tensor{2, 4.0 / 6}));
  BOOST_TEST(equal_bytes(balanced_class_weights(tensor({1, 1}, u8), 3), Tensor{1, 1.0 / 3, 1}));
}

BOOST_AUTO_TEST_CASE(what_is_no_class_is_told) {
  const auto told = [](const Tensor& y, Size classes) {
    try {
      balanced_class_weights(y, classes, f32, {});
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string("accepted");
  };
  BOOST_TEST(told(tensor({0, 2}, i32), 2) == "balanced_class_weights: 2 is none of the classes 0 to 1");
  BOOST_TEST(told(tensor({0, -1}, i32), 2) == "balanced_class_weights: -1 is none of the classes 0 to 1");
  BOOST_TEST(told(Tensor{0.5, 1}, 2) == "balanced_class_weights: 0.5 is none of the classes 0 to 1");
  BOOST_TEST(told(Tensor{0, 1}, 1) == "balanced_class_weights: there are 1 classes, not two or more");
}

BOOST_AUTO_TEST_SUITE_END()
