// grad: derivatives as values, of any recorded value and to any order, and value_and_grad.
#include "core_support.hpp"

#include <cinta/framework/core/op.hpp>
#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

using namespace cinta;

BOOST_AUTO_TEST_SUITE(grad)

using cinta::grad;

BOOST_AUTO_TEST_CASE(grad_leaves_the_tape_as_it_stands) {
  const Recording recording;
  const Tape& tape = *Scope::current()->tape();
  const Tensor x = variable(numbers({2}));
  const Tensor y = sum(x * x * x);
  const std::size_t nodes = tape.nodes.size(), saved = tape.saved.size();
  const Tensor g = grad(y, {x})[0];
  BOOST_TEST(tape.nodes.size() == nodes);
  BOOST_TEST(tape.saved.size() == saved);
  BOOST_TEST(!g.recorded());
  BOOST_TEST(equal_bytes(g, numbers({12})));
  BOOST_TEST(equal_bytes(grad(y, {x})[0], g));
  const Tensor recorded = grad(y, {x}, {.create_graph = true})[0];
  BOOST_TEST(recorded.recorded());
  BOOST_TEST(tape.nodes.size() > nodes);
  BOOST_TEST(equal_bytes(backward(y)[x], g));
}

BOOST_AUTO_TEST_CASE(grad_reaches_any_recorded_value) {
  const Parameter w = given({2});
  const Recording recording;
  const Tensor x = variable(numbers({3}));
  const Tensor h = w * x, y = sum(h * h);
  const std::vector<Tensor> g = grad(y, {h, x, w, h, y});
  BOOST_TEST(equal_bytes(g[0], numbers({12})));
  BOOST_TEST(equal_bytes(g[1], numbers({24})));
  BOOST_TEST(equal_bytes(g[2], numbers({36})));
  BOOST_TEST(equal_bytes(g[3], g[0]));
  BOOST_TEST(equal_bytes(g[4], scalar(1, f64)));
}

BOOST_AUTO_TEST_CASE(grad_of_what_y_does_not_depend_on_throws_or_is_zeros) {
  const Recording recording;
  const Tensor x = variable(numbers({3})), z = variable(numbers({1, 2}));
  const Tensor y = sum(x * x);
  const Tensor later = z * 2;
  const std::string s = sentence_of<TapeError>([&] { grad(y, {x, z}); });
  BOOST_TEST(contains(s, place(__LINE__ - 1)), s);
  BOOST_TEST(contains(s, "x number 1 of shape [2]"), s);
  BOOST_CHECK_THROW(grad(y, {later}), TapeError);
  const std::vector<Tensor> g = grad(y, {x, z, later}, {.allow_unused = true});
  BOOST_TEST(equal_bytes(g[0], numbers({6})));
  BOOST_TEST(equal_bytes(g[1], numbers({0, 0})));
  BOOST_TEST(equal_bytes(g[2], numbers({0, 0})));
}

BOOST_AUTO_TEST_CASE(a_seed_weighs_the_elements_of_y) {
  const Recording recording;
  const Tensor x = variable(numbers({2, 3}));
  const Tensor y = x * x;
  BOOST_TEST(equal_bytes(grad(y, {x}, numbers({10, 100}))[0], numbers({40, 600})));
  const std::string s = sentence_of<ShapeError>([&] { grad(y, {x}, numbers({1})); });
  BOOST_TEST(contains(s, place(__LINE__ - 1)), s);
  BOOST_TEST(contains(s, "[1]"), s);
}

BOOST_AUTO_TEST_CASE(create_graph_gives_derivatives_of_orders_1_to_3) {
  const Recording recording;
  const Tensor x = variable(numbers({0.5, 1.5}));
  Tensor y = x * x * exp(x);
  const auto at = [](double v, double a, double b) {
    return (v * v + a * v + b) * std::exp(v);
  };  // of (x² + ax + b) eˣ
  const double a[] = {2, 4, 6}, b[] = {0, 2, 6};
  for (int order = 0; order < 3; ++order) {
    y = grad(sum(y), {x}, {.create_graph = true})[0];
    for (const int i : {0, 1}) {
      const double expected = at(x(i), a[order], b[order]);
      BOOST_TEST(std::fabs(y(i) - expected) <= 1e-13 * expected,
                 "order " << order + 1 << ": " << y(i) << " against " << expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(backward_differentiates_what_grad_recorded) {
  const Parameter w = given({3});
  const Training training;
  const Tensor x = variable(numbers({2}));
  const Tensor g = grad(sum(w * x * x), {x}, {.create_graph = true})[0];  // 2 w x: a gradient penalty
  BOOST_TEST(equal_bytes(backward(sum(g * g))[w], numbers({2 * 3 * 16})));
}

BOOST_AUTO_TEST_CASE(value_and_grad_opens_a_recording_of_its_own) {
  const auto f = [](const Tensor& x) { return sum(x * x); };
  const auto [value, gradient] = value_and_grad(f, numbers({3, 4}));
  BOOST_TEST(value.item<double>() == 25);
  BOOST_TEST(equal_bytes(gradient, numbers({6, 8})));
  BOOST_TEST(!value.recorded());
  BOOST_TEST(!gradient.recorded());
  BOOST_TEST((Scope::current() == nullptr));
  const Training training;
  const Tensor x = variable(numbers({1}));
  BOOST_TEST(equal_bytes(value_and_grad(f, x).second, numbers({2})));
  BOOST_TEST(Scope::current()->tape()->nodes.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
