// custom_vjp: the derivative is the user's, at every order.
#include "../framework/core/core_support.hpp"

#include <cinta/ops/custom.hpp>
#include <cinta/ops/gradcheck.hpp>

#include <boost/test/unit_test.hpp>

using namespace cinta;

BOOST_AUTO_TEST_SUITE(custom)

BOOST_AUTO_TEST_CASE(the_rule_gives_the_gradient_whatever_the_function) {
  const Recording recording;
  const Tensor x = variable(Tensor{-1, 2});
  const Tensor y = custom_vjp([](const Tensor& a) { return step(a); },
                              [](const Tensor& g, const Tensor&, const Tensor&) { return g; }, x);  // straight through
  BOOST_TEST(equal_bytes(y.detach(), Tensor{0, 1}));
  BOOST_TEST(equal_bytes(backward(sum(y * Tensor{3, 4}))[x], Tensor{3, 4}));
}

BOOST_AUTO_TEST_CASE(orders_1_and_2_follow_from_the_rule) {
  const auto f = [](const Tensor& x) {
    return custom_vjp([](const Tensor& a) { return exp(a) * a; },
                      [](const Tensor& g, const Tensor& a, const Tensor&) { return g * exp(a) * (1 + a); }, x);
  };
  const GradcheckResult r = gradcheck(f, {tensor({{0.5, -1}, {2, 0}}, f64)}, {.order = 2});
  BOOST_TEST(r.passed, r.message);
}

BOOST_AUTO_TEST_CASE(a_rule_may_use_the_result) {
  const auto f = [](const Tensor& x) {
    return custom_vjp([](const Tensor& a) { return exp(a); },
                      [](const Tensor& g, const Tensor&, const Tensor& y) { return g * y; }, x);
  };
  const GradcheckResult r = gradcheck(f, {tensor({0.5, -1}, f64)}, {.order = 2});
  BOOST_TEST(r.passed, r.message);
}

BOOST_AUTO_TEST_CASE(two_and_three_arguments_have_one_gradient_each) {
  const auto two = [](const Tensor& x, const Tensor& y) {
    return custom_vjp([](const Tensor& a, const Tensor& b) { return a * a * b; },
                      [](const Tensor& g, const Tensor& a, const Tensor& b, const Tensor&) {
                        return std::array{2 * g * a * b, g * a * a};
                      },
                      x, y);
  };
  const auto three = [](const Tensor& x, const Tensor& y, const Tensor& z) {
    return custom_vjp([](const Tensor& a, const Tensor& b, const Tensor& c) { return a * b + c * c; },
                      [](const Tensor& g, const Tensor& a, const Tensor& b, const Tensor& c, const Tensor&) {
                        return std::array{g * b, g * a, 2 * g * c};
                      },
                      x, y, z);
  };
  const Tensor x = tensor({0.5, -1}, f64), y = tensor({{2}, {3}}, f64), z = tensor({0.25}, f64);
  const GradcheckResult r = gradcheck(two, {x, y}, {.order = 2}),
                        s = gradcheck(three, {x, y, z}, {.order = 2});  // broadcast, too
  BOOST_TEST(r.passed, r.message);
  BOOST_TEST(s.passed, s.message);
}

BOOST_AUTO_TEST_CASE(a_parameter_is_its_leaf) {
  const Parameter w(Tensor{3});
  const Training training;
  const Tensor y = custom_vjp([](const Tensor& a) { return a * 2; },
                              [](const Tensor& g, const Tensor&, const Tensor&) { return g * 100; }, w);
  BOOST_TEST(equal_bytes(backward(sum(y))[w], Tensor{100}));
}

BOOST_AUTO_TEST_CASE(the_function_itself_is_not_recorded) {
  const Recording recording;
  const Tensor x = variable(Tensor{1});
  bool recorded = true;
  static bool* seen = nullptr;
  seen = &recorded;
  const Tensor y = custom_vjp(
      [](const Tensor& a) {
        const Tensor b = a * 2;
        *seen = b.recorded();
        return b;
      },
      [](const Tensor& g, const Tensor&, const Tensor&) { return g; }, x);
  BOOST_TEST(!recorded);
  BOOST_TEST(y.recorded());
}

BOOST_AUTO_TEST_CASE(a_number_or_an_empty_tensor_is_refused_with_the_line) {
  const auto f = [](const Tensor& a) { return a; };
  const auto rule = [](const Tensor& g, const Tensor&, const Tensor&) { return g; };
  const std::string s = sentence_of<ValueError>([&] { (void)custom_vjp(f, rule, 3); });
  BOOST_TEST(contains(s, place(__LINE__ - 1) + "custom_vjp: takes a tensor, not the number 3"), s);
  const std::string e = sentence_of<ValueError>([&] { (void)custom_vjp(f, rule, Tensor()); });
  BOOST_TEST(contains(e, place(__LINE__ - 1)), e);
}

BOOST_AUTO_TEST_CASE(a_gradient_of_a_wrong_shape_is_refused_with_the_line_of_the_call) {
  const Recording recording;
  const Tensor x = variable(Tensor{1, 2});
  const auto f = [](const Tensor& a) { return a; };
  const auto rule = [](const Tensor&, const Tensor&, const Tensor&) { return Tensor{1, 2, 3}; };
  const int line = __LINE__ + 1;
  const Tensor y = custom_vjp(f, rule, x);
  const std::string s = sentence_of<ShapeError>([&] { backward(sum(y)); });
  BOOST_TEST(contains(s, place(line)), s);
}

BOOST_AUTO_TEST_CASE(a_gradient_of_another_type_or_none_is_refused) {
  const Recording recording;
  const Tensor x = variable(Tensor{1, 2});
  const auto told = [&](auto rule) {
    const Tensor y = custom_vjp([](const Tensor& a) { return convert(a, f64); }, rule, x);
    return sentence_of<Error>([&] { backward(sum(y), {.retain_graph = true}); });
  };
  BOOST_TEST(contains(told([](const Tensor& g, const Tensor&, const Tensor&) { return g; }),
                      "custom_vjp: its rule gave a gradient of f64 for an input of f32: convert it, g.to(f32)"));
  BOOST_TEST(contains(told([](const Tensor&, const Tensor&, const Tensor&) { return Tensor(); }),
                      "custom_vjp: its rule gave a gradient that was never assigned"));
  const auto nothing = [&] {
    custom_vjp([](const Tensor&) { return Tensor(); }, [](const Tensor& g, const Tensor&, const Tensor&) { return g; },
               x);
  };
  BOOST_TEST(contains(sentence_of<ValueError>(nothing), "custom_vjp: the function returned a tensor that was never"));
}

BOOST_AUTO_TEST_SUITE_END()
