// gradcheck passes what is right and finds what is wrong, at the order at which it is wrong.
#include "../framework/core/core_support.hpp"

#include <cinta/ops/custom.hpp>
#include <cinta/ops/gradcheck.hpp>

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace cinta;

namespace {

const Tensor x = tensor({0.5, -1, 2}, f64);

// sin with a derivative that is wrong from the first order on, and with one that is wrong in the second alone.
Tensor wrong_sine(const Tensor& a) {
  return custom_vjp([](const Tensor& v) { return sin(v); },
                    [](const Tensor& g, const Tensor& v, const Tensor&) { return g * cos(v) * 1.001; }, a);
}
Tensor wrong_at_order_2(const Tensor& a) {
  return custom_vjp([](const Tensor& v) { return sin(v); },
                    [](const Tensor& g, const Tensor& v, const Tensor&) { return g * cos(v).detach(); }, a);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gradcheck)

using cinta::gradcheck;

BOOST_AUTO_TEST_CASE(a_right_gradient_passes_with_a_small_error) {
  const GradcheckResult r = gradcheck([](const Tensor& a) { return tanh(a) * a; }, {x}, {.order = 2});
  BOOST_TEST(r.passed, r.message);
  BOOST_TEST(bool(r));
  BOOST_TEST(r.worst > 0);
  BOOST_TEST(r.worst < 1e-9);
  BOOST_TEST(r.message.empty());
}

BOOST_AUTO_TEST_CASE(a_wrong_gradient_is_found_and_told) {
  const GradcheckResult r = gradcheck(wrong_sine, {x});
  BOOST_TEST(!r.passed);
  BOOST_TEST(contains(r.message, "order 1: input 0, element 0:"), r.message);
  BOOST_TEST(r.worst > 1e-4);
}

BOOST_AUTO_TEST_CASE(a_gradient_that_is_wrong_at_order_2_passes_order_1_alone) {
  BOOST_TEST(gradcheck(wrong_at_order_2, {x}).passed);
  const GradcheckResult r = gradcheck(wrong_at_order_2, {x}, {.order = 2});
  BOOST_TEST(!r.passed);
  BOOST_TEST(contains(r.message, "order 2: input 0"), r.message);
}

BOOST_AUTO_TEST_CASE(a_rule_that_loses_the_gradient_of_its_own_gradient_is_found_though_the_op_is_linear) {
  const auto thrice = [](const Tensor& a) {
    return custom_vjp([](const Tensor& v) { return 3 * v; },
                      [](const Tensor& g, const Tensor&, const Tensor&) { return 3 * g.detach(); }, a);
  };
  const GradcheckResult r = gradcheck(thrice, {x}, {.order = 2});
  BOOST_TEST(contains(r.message, "order 2: v, element 0:"), r.message);
}

BOOST_AUTO_TEST_CASE(every_input_is_checked) {
  const GradcheckResult r = gradcheck([](const Tensor& a, const Tensor& b) { return a * wrong_sine(b); }, {x, x});
  BOOST_TEST(contains(r.message, "input 1"), r.message);
  const auto all = [](const std::vector<Tensor>& t) { return t[0] * t[1] * t[2] * t[3] * wrong_sine(t[4]); };
  BOOST_TEST(contains(gradcheck(all, {x, x, x, x, x}).message, "input 4"));
}

BOOST_AUTO_TEST_CASE(a_gradient_that_is_lost_is_found) {
  const GradcheckResult r = gradcheck([](const Tensor& a) { return a.detach() * a; }, {x});
  BOOST_TEST(!r.passed);
}

BOOST_AUTO_TEST_CASE(nan_fails) {
  BOOST_TEST(!gradcheck([](const Tensor& a) { return sqrt(a); }, {tensor({-1}, f64)}).passed);
}

BOOST_AUTO_TEST_CASE(what_does_not_depend_on_an_input_has_gradient_zero) {
  BOOST_TEST(gradcheck([](const Tensor& a, const Tensor&) { return a * a; }, {x, x}, {.order = 2}).passed);
  BOOST_TEST(gradcheck([](const Tensor&) { return tensor({1, 2}, f64); }, {x}, {.order = 2}).passed);
  BOOST_TEST(gradcheck([](const Tensor& a) { return 3 * a; }, {x}, {.order = 2}).passed);
}

BOOST_AUTO_TEST_CASE(only_f64_is_checked) {
  BOOST_TEST(contains(sentence_of<DtypeError>([] { (void)gradcheck([](const Tensor& a) { return a; }, {Tensor{1}}); }),
                      "wants f64 inputs, not f32"));
}

BOOST_AUTO_TEST_CASE(what_the_function_throws_comes_through) {
  BOOST_CHECK_THROW(gradcheck([](const Tensor&) -> Tensor { throw std::runtime_error("no"); }, {x}),
                    std::runtime_error);
  BOOST_TEST((Scope::current() == nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
