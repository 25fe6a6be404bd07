// LineSearch and Sam: their formulas written by hand, what they find, and that a failed step leaves the parameters.
#include "helpers.hpp"

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

std::string bytes_of(const Small& net) {
  const Tensor flat = flatten(net);
  return {static_cast<const char*>(flat.raw()), flat.bytes()};
}

// Rosenbrock's function of the two elements of one parameter.
struct Banana {
  Parameter p{tensor({-1.2, 1}, f64)};
};
Tensor banana(const Banana& m) {
  const Tensor a = slice(m.p, 0, 0, 1), b = slice(m.p, 0, 1, 2);
  return sum(100 * square(b - square(a)) + square(1 - a));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(drivers)

BOOST_AUTO_TEST_CASE(each_step_of_a_line_search_meets_the_wolfe_conditions_and_the_minimum_is_found) {
  Banana net;
  auto q = make_problem(net, banana);
  LineSearch search({.c2 = 0.1});
  for (int i = 0; i < 20000; ++i) {
    q.begin_step();
    const auto [before, g] = q.value_and_grad();
    const double slope = -sum(square(g)).item<double>();
    if (slope > -1e-16) break;
    search.step(q);
    const WolfeStep& s = search.last();
    BOOST_TEST(s.wolfe);
    BOOST_TEST(q.value() == s.at.value);
    BOOST_TEST(s.at.value <= before + 1e-4 * s.step * slope);
    BOOST_TEST(std::abs(sum(q.value_and_grad().gradient * g).item<double>()) <= -0.1 * slope * (1 + 1e-9));
  }
  BOOST_TEST(std::abs(net.p.value()(0) - 1) < 1e-6);
  BOOST_TEST(std::abs(net.p.value()(1) - 1) < 1e-6);
}

BOOST_AUTO_TEST_CASE(a_line_search_lowers_the_loss_of_a_network_in_every_step_in_f32_too) {
  for (const Dtype dtype : {f32, f64}) {
    Small net = small(dtype);
    const Tensor in = x.to(dtype), target = y.to(dtype);
    auto q = make_problem(net, [&](const Small& m) { return mean(square(m(in) - target)); });
    LineSearch search;
    const double start = q.value();
    double before = start;
    for (int i = 0; i < 100; ++i) {
      q.begin_step();
      search.step(q);
      BOOST_TEST(q.value() < before, "step " << i);
      before = q.value();
    }
    BOOST_TEST(before < 0.2 * start);
  }
}

BOOST_AUTO_TEST_CASE(at_a_minimum_a_line_search_stays) {
  Banana net{Parameter(tensor({1, 1}, f64))};
  auto q = make_problem(net, banana);
  LineSearch search;
  search.step(q);
  BOOST_TEST((net.p.value()(0) == 1 && net.p.value()(1) == 1));
  BOOST_TEST(search.last().step == 0);
}

BOOST_AUTO_TEST_CASE(without_a_step_that_is_lower_a_line_search_leaves_the_parameters) {
  Banana net;
  const Tensor before = net.p.value().detach();
  auto q = make_problem(net, banana);
  LineSearch search({.first_step = 1e6, .max_evaluations = 2});
  search.step(q);
  BOOST_TEST(!search.last().wolfe);
  BOOST_TEST(search.last().step == 0);
  BOOST_TEST(equal_bytes(net.p.value(), before));
}

BOOST_AUTO_TEST_CASE(sam_is_its_formula_bit_for_bit) {
  Small net = small(), by_hand = net;
  Sam sam{.rho = 0.1, .optimizer = sgd(0.3)};
  auto q = make_problem(net, loss);
  for (int i = 0; i < 5; ++i) {
    q.begin_step();
    sam.step(q);

    const auto gradient = [&](const Small& m) {
      const Recording recording;
      const std::vector<Tensor> g = grad(loss(m), parameters(m));
      std::vector<Tensor> flat;
      for (const Tensor& t : g) flat.push_back(reshape(t.detach(), {t.size()}));
      return concat(flat);
    };
    const Tensor theta = flatten(by_hand), g = gradient(by_hand);
    const double norm = std::sqrt(sum(g * g).item<double>());
    Small there = by_hand;
    unflatten(there, theta + 0.1 / norm * g);
    unflatten(by_hand, theta - 0.3 * gradient(there));
    BOOST_TEST((bytes_of(net) == bytes_of(by_hand)), "step " << i);
  }
}

BOOST_AUTO_TEST_CASE(sam_without_rho_is_its_optimizer) {
  Small net = small(), plain = net;
  Sam sam{.rho = 0, .optimizer = adam(0.05)};
  Optimizer optimizer = adam(0.05);
  auto q = make_problem(net, loss);
  for (int i = 0; i < 5; ++i) {
    q.begin_step();
    sam.step(q);
    BOOST_TEST(q.evaluations() == 1);
    const Recording recording;
    optimizer.step(plain, backward(loss(plain)));
    BOOST_TEST((bytes_of(net) == bytes_of(plain)));
  }
}

BOOST_AUTO_TEST_CASE(a_step_that_fails_leaves_the_parameters_and_says_why) {
  Small net = small();
  const std::string before = bytes_of(net);
  int calls = 0;
  const auto fails_later = [&](const Small& m) {
    if (++calls == 2) throw std::runtime_error("the disk is gone");
    return loss(m);
  };
  {
    auto q = make_problem(net, fails_later);
    Sam sam;
    BOOST_CHECK_THROW(sam.step(q), std::runtime_error);
    BOOST_TEST((bytes_of(net) == before));
    BOOST_TEST(sam.optimizer.step_count() == 0);
  }
  calls = 0;
  {
    auto q = make_problem(net, fails_later);
    LineSearch search;
    BOOST_CHECK_THROW(search.step(q), std::runtime_error);
    BOOST_TEST((bytes_of(net) == before));
  }
  calls = 0;
  const int line = __LINE__ + 1;
  auto q = make_problem(net, [&](const Small& m) { return ++calls == 2 ? sum(m.out.bias) / 0.0 : loss(m); });
  Sam sam;
  const std::string s = sentence<Error>([&] { sam.step(q); });
  BOOST_TEST(s.starts_with(prefix({__FILE__, line}) + "step: the loss is "), s);
  BOOST_TEST((bytes_of(net) == before));

  auto nan =
      make_problem(net, [](const Small& m) { return sum(m.out.weight) * std::numeric_limits<double>::quiet_NaN(); });
  LineSearch search;
  const std::string told = sentence<ValueError>([&] { search.step(nan); });
  BOOST_TEST(told.find("strong_wolfe: the value at the start is nan") != told.npos, told);
  Sam negative{.rho = -1};
  BOOST_CHECK_THROW(negative.step(nan), ValueError);
  BOOST_TEST((bytes_of(net) == before));
}

BOOST_AUTO_TEST_SUITE_END()
