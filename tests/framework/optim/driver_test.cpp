// Problem: values, gradients and Hessian products against their formulas, one pass for a step, and its errors.
#include "helpers.hpp"

#include <cinta/framework/core/transforms.hpp>
#include <cinta/framework/nn/dropout.hpp>
#include <cinta/framework/nn/layers.hpp>
#include <cinta/framework/optim/drivers.hpp>
#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <limits>

namespace {

using namespace optim_test;

struct Small {
  Linear hidden{3, 5};
  Linear out{5, 2};
  Tensor operator()(const Tensor& x) const { return out(tanh(hidden(x))); }
};

Small small(Dtype dtype = f64) {
  Small net;
  init(net, {.seed = 3, .dtype = dtype});
  return net;
}

const Tensor x = uniform({7, 3}, -1, 1, {.seed = 1, .dtype = f64});
const Tensor y = uniform({7, 2}, -1, 1, {.seed = 2, .dtype = f64});

const auto loss = [](const Small& m) { return mean(square(m(x) - y)); };

struct Dropping {
  Linear layer{3, 1};
  Dropout drop{0.5};
  Tensor operator()(const Tensor& in) const { return layer(drop(in)); }
};

std::string after_place(const std::string& s) { return s.substr(s.find(": ") + 2); }

}  // namespace

BOOST_AUTO_TEST_SUITE(driver)

BOOST_AUTO_TEST_CASE(value_and_gradient_have_the_bits_of_backward_as_one_vector) {
  Small net = small();
  auto q = make_problem(net, loss);
  const auto [value, g] = q.value_and_grad();
  const Recording recording;
  const Tensor l = loss(net);
  BOOST_TEST(value == l.item<double>());
  const Gradients expected = backward(l);
  Small as_model = net;
  unflatten(as_model, g);
  const auto ours = named_parameters(as_model), theirs = named_parameters(net);
  for (std::size_t i = 0; i < ours.size(); ++i)
    BOOST_TEST(equal_bytes(ours[i].parameter->value(), expected[*theirs[i].parameter]), ours[i].name);
  BOOST_TEST(g.shape() == (Shape{3 * 5 + 5 + 5 * 2 + 2}));
}

BOOST_AUTO_TEST_CASE(a_per_example_loss_is_its_mean_and_f32_stays_f32) {
  Small net = small(f32);
  auto q = make_problem(net, [](const Small& m) { return MeanSquaredError{}(m(x.to(f32)), y.to(f32)); });
  const auto [value, g] = q.value_and_grad();
  BOOST_TEST(value == mean(square(net(x.to(f32)) - y.to(f32))).item(), boost::test_tools::tolerance(1e-6));
  BOOST_TEST((g.dtype() == f32));
}

BOOST_AUTO_TEST_CASE(hvp_is_the_hessian_times_v) {
  Small net = small();
  auto q = make_problem(net, loss);
  const Tensor at = q.parameters(), v = uniform(at.shape(), -1, 1, {.seed = 9, .dtype = f64});
  const Tensor hv = q.hvp(v);
  const double h = 1e-5;
  q.set_parameters(at + h * v);
  const Tensor plus = q.value_and_grad().gradient;
  q.set_parameters(at - h * v);
  const Tensor minus = q.value_and_grad().gradient;
  for (std::int64_t i = 0; i < at.size(); ++i)
    BOOST_TEST(std::abs((plus(i) - minus(i)) / (2 * h) - hv(i)) < 1e-8, "element " << i);
}

BOOST_AUTO_TEST_CASE(hvp_of_a_linear_loss_is_zero) {
  Small net = small();
  auto q = make_problem(net, [](const Small& m) { return sum(m.hidden.weight) + sum(m.out.bias); });
  const Tensor hv = q.hvp(filled(q.parameters().shape(), 1, f64));
  for (std::int64_t i = 0; i < hv.size(); ++i) BOOST_TEST(hv(i) == 0);
}

BOOST_AUTO_TEST_CASE(nothing_is_evaluated_twice_until_the_parameters_or_the_data_change) {
  Small net = small();
  int calls = 0;
  auto q = make_problem(net, [&](const Small& m) { return ++calls, loss(m); });
  (void)q.value_and_grad();
  (void)q.value();
  (void)q.gradients();
  BOOST_TEST(calls == 1);
  q.set_parameters(0.5 * q.parameters());
  (void)q.value();
  BOOST_TEST(calls == 2);
  BOOST_TEST(q.evaluations() == 2);
  q.begin_step();
  BOOST_TEST(q.evaluations() == 0);
  (void)q.value();
  BOOST_TEST(calls == 3);
}

BOOST_AUTO_TEST_CASE(a_step_has_one_dropout_mask_and_the_next_step_another) {
  Dropping net;
  init(net, {.seed = 1, .dtype = f64});
  const Tensor in = uniform({64, 3}, 1, 2, {.seed = 4, .dtype = f64});
  const auto f = [&](const Dropping& m) { return mean(m(in)); };
  const Training training({.seed = 8});
  auto q = make_problem(net, f);
  const double first = q.value();
  const Tensor at = q.parameters();
  q.set_parameters(2.0 * at);
  (void)q.value();
  q.set_parameters(at);
  BOOST_TEST(q.value() == first);
  BOOST_TEST(q.evaluations() == 3);
  q.begin_step();
  const double second = q.value();
  BOOST_TEST(second != first);
  // The masks are those of a loop by hand with as many backwards.
  const Training by_hand({.seed = 8});
  for (const double expected : {first, second}) {
    const Tensor l = f(net);
    BOOST_TEST(l.item<double>() == expected);
    (void)backward(l);
  }
}

BOOST_AUTO_TEST_CASE(outside_a_scope_layers_behave_as_in_evaluation) {
  Dropping net;
  init(net, {.seed = 1, .dtype = f64});
  const Tensor in = uniform({64, 3}, 1, 2, {.seed = 4, .dtype = f64});
  auto q = make_problem(net, [&](const Dropping& m) { return mean(m(in)); });
  BOOST_TEST(q.value() == mean(net.layer(in)).item<double>());
}

BOOST_AUTO_TEST_CASE(frozen_parameters_are_no_part_of_the_vector_and_stay) {
  Small net = small();
  freeze(net, "hidden.*");
  const Tensor frozen = net.hidden.weight.value();
  auto q = make_problem(net, loss);
  BOOST_TEST(q.parameters().shape() == (Shape{12}));
  BOOST_TEST(q.value_and_grad().gradient.shape() == (Shape{12}));
  Optimizer optimizer = sgd(0.1);
  const Gradients g = q.gradients();
  const Tensor before = net.out.bias.value();
  q.apply(optimizer, g);
  BOOST_TEST(equal_bytes(net.hidden.weight.value(), frozen));
  BOOST_TEST(!equal_bytes(net.out.bias.value(), before));
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_not_finite_has_a_nan_gradient_and_no_gradients_for_an_optimizer) {
  Small net = small();
  auto q =
      make_problem(net, [](const Small& m) { return sum(m.out.weight) * std::numeric_limits<double>::infinity(); });
  const auto [value, g] = q.value_and_grad();
  BOOST_TEST(!std::isfinite(value));
  for (std::int64_t i = 0; i < g.size(); ++i) BOOST_TEST(std::isnan(g(i)));
  const std::string s = after_place(sentence<Error>([&] { (void)q.gradients(); }));
  BOOST_TEST(s.starts_with("step: the loss is "), s);
}

BOOST_AUTO_TEST_CASE(each_mistake_is_told_under_the_line_that_made_the_problem) {
  Small net = small();
  const int line = __LINE__ + 1;
  auto q = make_problem(net, [](const Small& m) { return sum(square(m.out.bias)); });
  const std::string place = prefix({__FILE__, line});
  const auto told = [&](auto f) { return sentence<Error>(f); };
  BOOST_TEST(told([&] { (void)q.value_and_grad(); }) ==
             place +
                 "step: the parameter \"hidden.weight\" has no gradient: nothing that the loss was computed from "
                 "used it; freeze it");
  BOOST_TEST(told([&] { (void)q.hvp(filled({2}, 1, f64)); }) ==
             place + "hvp: the direction's shape [2] is not that of the parameters, [32]");
  BOOST_TEST(told([&] { (void)q.hvp(filled({32}, 1, f32)); }) ==
             place + "hvp: the direction is f32, the parameters f64");
  BOOST_CHECK_THROW(q.set_parameters(filled({3}, 1, f64)), ShapeError);
  auto rows = make_problem(net, [](const Small& m) { return m(x); });
  BOOST_CHECK_THROW((void)rows.value(), ShapeError);
  freeze(net);
  BOOST_CHECK_THROW(make_problem(net, loss), ValueError);
}

BOOST_AUTO_TEST_SUITE_END()
