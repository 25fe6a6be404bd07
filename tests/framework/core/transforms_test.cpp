// vjp, jvp, jacobian, hessian and hvp against closed forms and finite differences in f64.
#include "core_support.hpp"

#include <cinta/framework/core/transforms.hpp>
#include <cinta/framework/nn/init.hpp>
#include <cinta/framework/nn/losses.hpp>
#include <cinta/framework/nn/mlp.hpp>
#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/ops/gradcheck.hpp>
#include <cinta/ops/map.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace cinta;

namespace {

using Tensors = std::vector<Tensor>;

const Activation smooth[] = {Activation::sigmoid, Activation::tanh, Activation::softplus,
                             Activation::gelu,    Activation::silu, Activation::elu};

// A 3-5-4-1 network in f64 with its loss as a function of all its parameters in one vector.
struct Problem {
  Mlp net;
  Tensor x, y;

  explicit Problem(Activation activation)
      : net({.inputs = 3, .hidden = {5, 4}, .outputs = 1, .activation = activation}),
        x(normal({6, 3}, 0, 1, {.seed = 3, .dtype = f64})),
        y(normal({6, 1}, 0, 1, {.seed = 4, .dtype = f64})) {
    init(net, {.seed = 1, .dtype = f64});
    for (auto& p : named_parameters(net))
      *p.parameter = normal(p.parameter->shape(), 0, 0.5, {.seed = 5, .stream = p.name.size(), .dtype = f64});
  }
  Tensor loss(const Tensors& w) const { return mean(MeanSquaredError{}(with_values(net, w)(x), y)); }
  Tensors weights() const {
    Tensors w = parameters(net);
    for (Tensor& t : w) t = t.detach();
    return w;
  }
};

Tensors moved(const Tensors& w, const Tensors& v, double step) {
  Tensors out;
  for (std::size_t i = 0; i < w.size(); ++i) out.push_back(w[i] + v[i] * step);
  return out;
}

Tensors directions(const Tensors& w) {
  Tensors v;
  for (std::size_t i = 0; i < w.size(); ++i)
    v.push_back(normal(w[i].shape(), 0, 1, {.seed = 9, .stream = i, .dtype = f64}));
  return v;
}

Tensors gradient(const Problem& problem, const Tensors& w) {
  return vjp([&](const Tensors& p) { return problem.loss(p); }, w, scalar(1, f64)).second;
}

// |a − b| relative to 1 + |b|, the largest.
double distance(const Tensor& a, const Tensor& b) {
  BOOST_REQUIRE(a.shape() == b.shape());
  double worst = 0;
  for (std::int64_t i = 0; i < a.size(); ++i)
    worst = std::max(worst, std::abs(a.data<double>()[i] - b.data<double>()[i]) / (1 + std::abs(b.data<double>()[i])));
  return worst;
}

// (f(h) − f(−h)) / 2h with Richardson's correction: (4 D(h/2) − D(h)) / 3.
template <class F> Tensors five_point(F&& f, double h) {
  const Tensors a = f(h), b = f(-h), c = f(h / 2), d = f(-h / 2);
  Tensors out;
  for (std::size_t i = 0; i < a.size(); ++i) out.push_back(((c[i] - d[i]) / h * 4.0 - (a[i] - b[i]) / (2 * h)) / 3.0);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transforms)

BOOST_AUTO_TEST_CASE(hvp_of_a_network_agrees_with_differences_of_gradients_for_each_smooth_activation) {
  for (const Activation activation : smooth) {
    const Problem problem(activation);
    const Tensors w = problem.weights(), v = directions(w);
    const Tensors exact = hvp([&](const Tensors& p) { return problem.loss(p); }, w, v);
    const Tensors numeric = five_point([&](double h) { return gradient(problem, moved(w, v, h)); }, 1e-3);
    for (std::size_t i = 0; i < w.size(); ++i) BOOST_TEST(distance(exact[i], numeric[i]) < 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(jvp_of_a_network_agrees_with_differences_of_values_for_each_smooth_activation) {
  for (const Activation activation : smooth) {
    const Problem problem(activation);
    const Tensors w = problem.weights(), v = directions(w);
    const auto output = [&](const Tensors& p) { return with_values(problem.net, p)(problem.x); };
    const auto [value, exact] = jvp(output, w, v);
    BOOST_TEST(equal_bytes(value, output(w)));
    const Tensor numeric = five_point([&](double h) { return Tensors{output(moved(w, v, h))}; }, 1e-3)[0];
    BOOST_TEST(distance(exact, numeric) < 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(jacobian_of_a_network_agrees_with_differences_for_each_smooth_activation) {
  for (const Activation activation : smooth) {
    const Problem problem(activation);
    const auto f = [&](const Tensor& x) { return problem.net(x); };
    const Tensor j = jacobian(f, problem.x);
    BOOST_REQUIRE(j.shape() == Shape({6, 1, 6, 3}));
    for (std::int64_t row = 0; row < 6; ++row)
      for (std::int64_t column = 0; column < 3; ++column) {
        Tensor e = filled({6, 3}, 0, f64);
        e.set({row, column}, 1);
        const Tensor numeric = five_point([&](double h) { return Tensors{f(problem.x + e * h)}; }, 1e-3)[0];
        for (std::int64_t out = 0; out < 6; ++out)
          BOOST_TEST(std::abs(j(out, 0, row, column) - numeric(out, 0)) < 1e-6);
      }
  }
}

BOOST_AUTO_TEST_CASE(hessian_of_a_network_agrees_with_differences_and_is_symmetric_for_each_smooth_activation) {
  for (const Activation activation : smooth) {
    const Problem problem(activation);
    const auto f = [&](const Tensor& x) { return mean(MeanSquaredError{}(problem.net(x), problem.y)); };
    const Tensor h = reshape(hessian(f, problem.x), {18, 18});
    const auto slope = [&](const Tensor& x) { return vjp(f, x, scalar(1, f64)).second; };
    for (std::int64_t i = 0; i < 18; ++i) {
      Tensor e = filled({18}, 0, f64);
      e.set({i}, 1);
      const Tensor step = reshape(e, {6, 3});
      const Tensor numeric =
          reshape(five_point([&](double d) { return Tensors{slope(problem.x + step * d)}; }, 1e-3)[0], {18});
      for (std::int64_t k = 0; k < 18; ++k) {
        BOOST_TEST(std::abs(h(i, k) - numeric(k)) < 1e-6);
        BOOST_TEST(std::abs(h(i, k) - h(k, i)) < 1e-14);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(rosenbrocks_gradient_and_hessian_have_their_known_values) {
  const auto f = [](const Tensor& p) {
    const Tensor x = slice(p, 0, 0, 1), y = slice(p, 0, 1, 2);
    return sum(square(1.0 - x) + 100.0 * square(y - x * x));
  };
  const Tensor start = tensor({-1.2, 1}, f64);
  const auto [value, g] = vjp(f, start, scalar(1, f64));
  BOOST_TEST(value.item<double>() == 24.2, boost::test_tools::tolerance(1e-14));
  BOOST_TEST(g(0) == -215.6, boost::test_tools::tolerance(1e-14));
  BOOST_TEST(g(1) == -88.0, boost::test_tools::tolerance(1e-13));
  const Tensor h = hessian(f, start);
  BOOST_TEST(h(0, 0) == 1330.0, boost::test_tools::tolerance(1e-14));
  BOOST_TEST(h(0, 1) == 480.0, boost::test_tools::tolerance(1e-14));
  BOOST_TEST(h(1, 0) == 480.0, boost::test_tools::tolerance(1e-14));
  BOOST_TEST(h(1, 1) == 200.0, boost::test_tools::tolerance(1e-14));
  const Tensor product = hvp(f, start, tensor({1, 2}, f64));
  BOOST_TEST(product(0) == 1330.0 + 2 * 480, boost::test_tools::tolerance(1e-14));
  BOOST_TEST(product(1) == 480.0 + 2 * 200, boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(third_derivatives_of_map_agree_with_the_closed_form) {
  // y = x e^(2x): y''' = (12 + 8 x) e^(2x).
  const Tensor x = linspace(-1, 1, 37, f64);
  const Recording recording;
  const Tensor v = variable(x);
  const Tensor y = map([](auto a) { return a * exp(2 * a); }, v);
  const Tensor first = cinta::grad(sum(y), {v}, {.create_graph = true})[0];
  const Tensor second = cinta::grad(sum(first), {v}, {.create_graph = true})[0];
  const Tensor third = cinta::grad(sum(second), {v})[0];
  for (std::int64_t i = 0; i < x.size(); ++i)
    BOOST_TEST(third(i) == (12 + 8 * x(i)) * std::exp(2 * x(i)), boost::test_tools::tolerance(1e-13));
}

BOOST_AUTO_TEST_CASE(the_gradient_passes_through_three_unrolled_steps_of_gradient_descent) {
  const Problem problem(Activation::tanh);
  const Tensors w0 = problem.weights();
  // The loss after three steps, as a function of the learning rate and of the first parameters.
  const auto unrolled = [&](const Tensors& p) {
    Tensors w(p.begin() + 1, p.end());
    for (int step = 0; step < 3; ++step) {
      const Tensors g = cinta::grad(problem.loss(w), w, {.create_graph = true});
      for (std::size_t i = 0; i < w.size(); ++i) w[i] = w[i] - p[0] * g[i];
    }
    return problem.loss(w);
  };
  Tensors p{scalar(0.1, f64)};
  p.insert(p.end(), w0.begin(), w0.end());
  const Tensors exact = vjp(unrolled, p, scalar(1, f64)).second;
  const auto value = [&](const Tensors& q) {
    const Recording recording;
    Tensors leaves;
    for (const Tensor& t : q) leaves.push_back(variable(t));
    return unrolled(leaves).item<double>();
  };
  const auto along = [&](std::size_t i, std::int64_t k) {
    const auto at = [&](double h) {
      Tensors q = p;
      Tensor flat = reshape(q[i], {q[i].size()});
      flat.set({k}, flat(k) + h);
      q[i] = reshape(flat, q[i].shape());
      return value(q);
    };
    const double h = 1e-3;
    return (8 * (at(h / 2) - at(-h / 2)) - (at(h) - at(-h))) / (6 * h);
  };
  BOOST_TEST(std::abs(exact[0].item<double>() - along(0, 0)) < 1e-6);
  for (std::size_t i = 1; i < p.size(); ++i)
    BOOST_TEST(std::abs(reshape(exact[i], {p[i].size()})(0) - along(i, 0)) < 1e-6);
}

BOOST_AUTO_TEST_CASE(three_steps_written_by_hand_are_those_of_the_optimizer) {
  Problem problem(Activation::silu);
  Tensors w = problem.weights();
  for (int step = 0; step < 3; ++step) w = moved(w, gradient(problem, w), -0.1);
  Optimizer optimizer = sgd(0.1);
  for (int step = 0; step < 3; ++step) {
    Training training;
    optimizer.step(problem.net, backward(mean(MeanSquaredError{}(problem.net(problem.x), problem.y))));
  }
  const Tensors trained = problem.weights();
  for (std::size_t i = 0; i < w.size(); ++i) BOOST_TEST(distance(trained[i], w[i]) < 1e-14);
}

BOOST_AUTO_TEST_CASE(a_constant_function_has_zero_derivatives) {
  const Tensor x = tensor({1, 2}, f64), v = tensor({3, 4}, f64);
  const auto constant = [](const Tensor&) { return scalar(5, f64); };
  const auto linear = [](const Tensor& t) { return sum(t * 3.0); };
  BOOST_TEST(equal_bytes(jvp(constant, x, v).second, scalar(0, f64)));
  BOOST_TEST(equal_bytes(jacobian(constant, x), filled({2}, 0, f64)));
  BOOST_TEST(equal_bytes(hvp(linear, x, v), filled({2}, 0, f64)));
  BOOST_TEST(equal_bytes(hessian(linear, x), filled({2, 2}, 0, f64)));
}

BOOST_AUTO_TEST_CASE(directions_of_another_shape_are_told_with_the_line_of_the_call) {
  const Tensor x = tensor({1, 2}, f64);
  const auto f = [](const Tensor& t) { return sum(t * t); };
  const std::string h = sentence_of<ShapeError>([&] { hvp(f, x, tensor({1, 2, 3}, f64)); });
  BOOST_TEST(contains(h, place(__LINE__ - 1)), h);
  BOOST_TEST(contains(h, "hvp: the direction's shape [3] is not that of x, [2]"), h);
  const std::string j = sentence_of<ShapeError>([&] { jvp(f, x, scalar(1, f64)); });
  BOOST_TEST(contains(j, "jvp: the direction's shape [] is not that of x, [2]"), j);
  BOOST_CHECK_THROW(hessian([](const Tensor& t) { return t * t; }, x), ShapeError);
  BOOST_CHECK_THROW(vjp(f, x, x), ShapeError);
}

BOOST_AUTO_TEST_CASE(seeds_and_directions_of_another_type_or_none_are_refused) {
  const Tensor x = ones({3}, f64), v = ones({3});
  const auto f = [](const Tensor& p) { return sum(p * p * p); };
  const auto g = [](const Tensor& p) { return p * 2.0; };
  BOOST_TEST(contains(sentence_of<DtypeError>([&] { hvp(f, x, v); }),
                      "hvp: the direction is f32, and x is f64: convert it, v.to(f64)"));
  BOOST_TEST(contains(sentence_of<DtypeError>([&] { jvp(f, x, v); }), "jvp: the direction is f32, and x is f64"));
  BOOST_TEST(contains(sentence_of<DtypeError>([&] { vjp(g, x, v); }),
                      "grad: the seed is f32, and y is f64: convert it, v.to(f64)"));
  BOOST_TEST(contains(sentence_of<DtypeError>([&] { vjp(g, x, ones({3}, i32)); }), "grad: the seed is i32"));
  BOOST_TEST(contains(sentence_of<ValueError>([&] { jvp(f, scalar(1, f64), Tensor()); }),
                      "jvp: the direction is empty: it was never assigned"));
  BOOST_TEST(contains(sentence_of<ValueError>([&] { vjp(f, scalar(1, f64), Tensor()); }), "grad: the seed is empty"));
}

BOOST_AUTO_TEST_CASE(a_constant_function_has_derivatives_of_zero) {
  const Tensor x = ones({2}, f64);
  const auto f = [](const Tensor&) { return tensor({3, 4, 5}, f64); };
  const auto [y, g] = vjp(f, x, ones({3}, f64));
  BOOST_TEST(equal_bytes(y, tensor({3, 4, 5}, f64)));
  BOOST_TEST(equal_bytes(g, zeros({2}, f64)));
  BOOST_TEST(equal_bytes(jvp(f, x, x).second, zeros({3}, f64)));
}

BOOST_AUTO_TEST_SUITE_END()
