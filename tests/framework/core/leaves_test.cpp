// Leaves: how a tape finds the parameters and variables that it used.
#include "core_support.hpp"

#include <cinta/framework/core/op.hpp>
#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace cinta;

BOOST_AUTO_TEST_SUITE(leaves)

BOOST_AUTO_TEST_CASE(a_copied_layer_that_is_gone_is_an_error_with_its_line) {
  const std::vector<Parameter> layers(2, given({3}));
  const Training training;
  Tensor h = numbers({1});
  int line = 0;
  for (auto layer : layers) {  // copies
    line = __LINE__ + 1;
    h = h * layer;
  }
  const std::string s = sentence_of<TapeError>([&] { backward(sum(h)); });
  BOOST_TEST(contains(s, place(line)), s);
  BOOST_TEST(contains(s, "auto& layer"), s);
}

BOOST_AUTO_TEST_CASE(a_moved_parameter_keeps_its_leaf) {
  Parameter w = given({3});
  const Training training;
  const Tensor loss = sum(w * w);
  const Parameter moved = std::move(w);
  BOOST_TEST(equal_bytes(backward(loss)[moved], numbers({6})));
}

BOOST_AUTO_TEST_CASE(writing_a_parameter_never_disturbs_a_recording) {
  Parameter w = given({3});
  const Training training;
  const Tensor before = w * w;
  w = numbers({5});
  const Tensor after = w * w * w;
  BOOST_TEST(Scope::current()->tape()->leaves.size() == 2u);
  BOOST_TEST(equal_bytes(backward(sum(before + after))[w], numbers({6 + 75})));
}

BOOST_AUTO_TEST_CASE(writing_a_parameter_in_place_never_disturbs_a_recording) {
  Parameter w = given({3});
  const Parameter other = given({5});
  const Training training;
  const Tensor before = w * w;
  w = other;  // a parameter of the same shape: written into its storage where nobody shares it
  BOOST_TEST(equal_bytes(backward(sum(before + w))[w], numbers({6 + 1})));
}

BOOST_AUTO_TEST_CASE(leaves_of_a_parameter_are_summed_even_if_the_last_of_them_is_not_used) {
  Parameter w = given({3});
  const Training training;
  Tensor loss = sum(w * 2);
  w = numbers({5});
  loss += sum(w * 10);
  w = numbers({7});
  const Tensor metric = w * 100;
  const Gradients g = backward(loss);
  BOOST_TEST(g.size() == 1u);
  BOOST_TEST(equal_bytes(g[w], numbers({12})));
}

BOOST_AUTO_TEST_CASE(a_parameter_is_one_leaf_however_often_it_is_used) {
  const Parameter w = given({3});
  const Training training;
  const Tensor y = w * w + w;
  BOOST_TEST(Scope::current()->tape()->leaves.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_frozen_parameter_is_a_constant) {
  const Parameter w = given({2});
  Parameter frozen = given({7});
  frozen.freeze();
  const Training training;
  const Gradients g = backward(sum(w * frozen));
  BOOST_TEST(equal_bytes(g[w], numbers({7})));
  BOOST_TEST(!g.contains(frozen));
}

BOOST_AUTO_TEST_CASE(integers_are_no_variables) {
  const Recording recording;
  const std::string s = sentence_of<DtypeError>([&] { variable(tensor({1}, i32)); });
  BOOST_TEST(contains(s, place(__LINE__ - 1)), s);
}

BOOST_AUTO_TEST_SUITE_END()
