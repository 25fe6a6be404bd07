// map: a lambda is an op, its derivatives follow to any order.
#include "../framework/core/core_support.hpp"

#include <cinta/ops/gradcheck.hpp>
#include <cinta/ops/map.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace cinta;

namespace {

Tensor drawn(const Shape& shape, std::uint64_t seed) { return uniform(shape, 0.3, 2, {.seed = seed, .dtype = f64}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(map)

using cinta::map;

BOOST_AUTO_TEST_CASE(one_to_six_arguments_have_values_and_gradients) {
  const auto x = [](std::uint64_t seed) { return drawn({3, 5}, seed); };
  const auto passes = [](const GradcheckResult& r) { BOOST_TEST(r.passed, r.message); };
  passes(gradcheck([](const Tensor& a) { return map([](auto p) { return p * sin(p); }, a); }, {x(1)}, {.order = 2}));
  passes(gradcheck([](const Tensor& a, const Tensor& b) { return map([](auto p, auto q) { return p * p / q; }, a, b); },
                   {x(1), x(2)}, {.order = 2}));
  passes(
      gradcheck([](const Tensor& a, const Tensor& b,
                   const Tensor& c) { return map([](auto p, auto q, auto r) { return pow(p, q) * log(r); }, a, b, c); },
                {x(1), x(2), x(3)}, {.order = 2}));
  passes(gradcheck(
      [](const Tensor& a, const Tensor& b, const Tensor& c, const Tensor& d) {
        return map([](auto p, auto q, auto r, auto s) { return tanh(p * q) + r / s; }, a, b, c, d);
      },
      {x(1), x(2), x(3), x(4)}, {.order = 2}));
  passes(gradcheck(
      [](const std::vector<Tensor>& t) {
        return map([](auto p, auto q, auto r, auto s, auto u) { return p * q + exp(-r * s) * sqrt(u); }, t[0], t[1],
                   t[2], t[3], t[4]);
      },
      {x(1), x(2), x(3), x(4), x(5)}, {.order = 2}));
  passes(gradcheck(
      [](const std::vector<Tensor>& t) {
        return map([](auto p, auto q, auto r, auto s, auto u, auto v) { return p * q * r - s * u / v; }, t[0], t[1],
                   t[2], t[3], t[4], t[5]);
      },
      {x(1), x(2), x(3), x(4), x(5), x(6)}, {.order = 2}));
}

BOOST_AUTO_TEST_CASE(a_value_is_that_of_the_ops_it_is_written_with) {
  const Tensor x = uniform({1000}, -3, 3, {.seed = 1}), y = uniform({1000}, 0.5, 3, {.seed = 2});
  BOOST_TEST(equal_bytes(map([](auto a) { return tanh(a) * 2; }, x), tanh(x) * 2));
  BOOST_TEST(equal_bytes(map([](auto a, auto b) { return a / b + exp(a); }, x, y), x / y + exp(x)));
}

BOOST_AUTO_TEST_CASE(derivatives_of_order_3_are_the_closed_form) {
  const Recording recording;
  const Tensor x = variable(tensor({-0.7, 0.2, 1.3}, f64));
  Tensor y = map([](auto a) { return a * a * exp(a); }, x);
  for (int order = 1; order <= 3; ++order) y = grad(sum(y), {x}, {.create_graph = true})[0];
  for (const int i : {0, 1, 2}) {
    const double v = x(i), expected = (v * v + 6 * v + 6) * std::exp(v);
    BOOST_TEST(std::fabs(y(i) - expected) <= 1e-13 * (1 + std::fabs(expected)), y(i) << " against " << expected);
  }
}

BOOST_AUTO_TEST_CASE(mixed_derivatives_of_order_2_are_the_closed_form) {
  const Recording recording;
  const Tensor x = variable(tensor({2}, f64)), y = variable(tensor({3}, f64));
  const Tensor z = map([](auto a, auto b) { return a * a * a * b * b; }, x, y);
  const Tensor gx = grad(z, {x}, {.create_graph = true})[0];  // 3x²y²
  const auto second = grad(gx, {x, y});
  BOOST_TEST(gx(0) == 108);
  BOOST_TEST(second[0](0) == 108);  // 6xy²
  BOOST_TEST(second[1](0) == 72);   // 6x²y
}

BOOST_AUTO_TEST_CASE(a_tensor_passed_twice_gets_both_partial_derivatives) {
  const auto product = [](auto a, auto b) { return a * a * b; };
  const Recording recording;
  const Tensor x = variable(tensor({2, 3}, f64));
  BOOST_TEST(equal_bytes(backward(sum(map(product, x, x)), {.retain_graph = true})[x], tensor({12, 27}, f64)));
  const Tensor g = grad(sum(map(product, x, x)), {x}, {.create_graph = true})[0];
  BOOST_TEST(equal_bytes(g.detach(), tensor({12, 27}, f64)));
  BOOST_TEST(equal_bytes(grad(sum(g), {x})[0], tensor({12, 18}, f64)));
}

BOOST_AUTO_TEST_CASE(a_parameter_is_its_leaf) {
  const Parameter slope(Tensor{0.5});
  const Training training;
  const Tensor x{2, -4};
  const Gradients g = backward(sum(map([](auto a, auto s) { return select(a > 0, a, s * a); }, x, slope)));
  BOOST_TEST(equal_bytes(g[slope], Tensor{-4}));
}

BOOST_AUTO_TEST_CASE(numbers_are_arguments_of_the_tensors_type) {
  const Tensor x = tensor({0.3, -1.2}, f64);
  const Tensor y = map([](auto a, auto b) { return a / (1 + exp(-b * a)); }, x, 1.7);
  for (const int i : {0, 1}) BOOST_TEST(std::fabs(y(i) - x(i) / (1 + std::exp(-1.7 * x(i)))) <= 1e-15);
  BOOST_TEST((map([](auto a, auto b) { return a * b; }, Tensor{1}, 0.1).dtype() == f32));
}

BOOST_AUTO_TEST_CASE(arguments_broadcast_and_their_gradients_are_summed_back) {
  const Recording recording;
  const Tensor column = variable(tensor({{1}, {2}}, f64)), row = variable(tensor({3, 4, 5}, f64));
  const Tensor y = map([](auto a, auto b) { return a * b; }, column, row);
  BOOST_TEST(equal_bytes(y.detach(), tensor({{3, 4, 5}, {6, 8, 10}}, f64)));
  const Gradients g = backward(sum(y));
  BOOST_TEST(equal_bytes(g[column], tensor({{12}, {12}}, f64)));
  BOOST_TEST(equal_bytes(g[row], tensor({3, 3, 3}, f64)));
}

BOOST_AUTO_TEST_CASE(a_constant_has_gradient_zero) {
  const Recording recording;
  const Tensor x = variable(tensor({2, 3}, f64));
  const Tensor y = map([](auto) { return 7; }, x);
  BOOST_TEST(equal_bytes(y.detach(), tensor({7, 7}, f64)));
  BOOST_TEST(
      equal_bytes(grad(sum(y), {x}, {.create_graph = true, .allow_unused = true})[0].detach(), tensor({0, 0}, f64)));
  BOOST_TEST(equal_bytes(backward(sum(y))[x], tensor({0, 0}, f64)));
}

BOOST_AUTO_TEST_CASE(an_argument_that_is_not_used_has_gradient_zero) {
  const Recording recording;
  const Tensor x = variable(tensor({2}, f64)), y = variable(tensor({3}, f64));
  const Tensor z = map([](auto a, auto) { return a * a; }, x, y);
  BOOST_TEST(equal_bytes(grad(z, {y}, {.create_graph = true, .allow_unused = true})[0].detach(), tensor({0}, f64)));
  const Gradients g = backward(z);
  BOOST_TEST(equal_bytes(g[x], tensor({4}, f64)));
  BOOST_TEST(equal_bytes(g[y], tensor({0}, f64)));
}

BOOST_AUTO_TEST_CASE(branches_are_selects) {
  const auto huber = [](auto a) { return select(abs(a) < 1, 0.5 * a * a, abs(a) - 0.5); };
  const Recording recording;
  const Tensor x = variable(Tensor{-3, -0.5, 0, 0.5, 3});
  const Tensor y = map(huber, x);
  BOOST_TEST(equal_bytes(y.detach(), Tensor{2.5, 0.125, 0, 0.125, 2.5}));
  BOOST_TEST(equal_bytes(backward(sum(y))[x], Tensor{-1, -0.5, 0, 0.5, 1}));
}

BOOST_AUTO_TEST_CASE(errors_name_the_line_of_the_call) {
  const auto f = [](auto a, auto b) { return a * b; };
  const Tensor x{1, 2}, y{1, 2, 3}, n = tensor({1, 2}, i32), wide = tensor({1, 2}, f64);
  std::string s = sentence_of<ShapeError>([&] { (void)map(f, x, y); });
  BOOST_TEST(contains(s, place(__LINE__ - 1) + "map: "), s);
  s = sentence_of<DtypeError>([&] { (void)map(f, n, n); });
  BOOST_TEST(contains(s, place(__LINE__ - 1) + "map: takes f32 or f64, not i32"), s);
  s = sentence_of<DtypeError>([&] { (void)map(f, x, wide); });
  BOOST_TEST(contains(s, place(__LINE__ - 1)), s);
  const Parameter none(Shape{2});
  BOOST_CHECK_THROW(map(f, x, none), ValueError);
}

BOOST_AUTO_TEST_CASE(large_maps_have_the_bits_of_small_ones) {
  const auto f = [](auto a, auto b) { return tanh(a) / (1 + exp(-b)); };
  const Tensor x = uniform({70001}, -3, 3, {.seed = 1}), y = uniform({70001}, -3, 3, {.seed = 2}), whole = map(f, x, y);
  for (const std::int64_t at : {0, 1, 32767, 32768, 69999})
    BOOST_TEST(equal_bytes(map(f, slice(x, 0, at, at + 1), slice(y, 0, at, at + 1)), slice(whole, 0, at, at + 1)));
}

BOOST_AUTO_TEST_SUITE_END()
