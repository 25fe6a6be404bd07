// init: every parameter drawn from (seed, its name), by the scheme of its layer.
#include <cinta/framework/nn/init.hpp>
#include <cinta/framework/nn/layers.hpp>

#include "nn_support.hpp"

namespace {

using namespace cinta;
using nn_support::check_close;
using nn_support::elements;

struct Small {
  Linear hidden{4, 5};
  Linear out{5, 2};
};
struct Large {
  Linear out{5, 2};  // another order, and more
  Linear extra{3, 3};
  Linear hidden{4, 5};
};
struct Mixed {
  Parameter temperature{Tensor{1.5}};
  Parameter gain{Shape{3}, constant_value(0.25)};
  Buffer mean{Tensor{1, 2}};
  Buffer seen{tensor({3}, i32)};
  Linear layer{2, 2, {.bias_init = constant_value(0.1)}};
};

struct Spread {
  double mean, deviation, largest;
};
Spread spread_of(const Tensor& x) {
  double total = 0, squares = 0, largest = 0;
  for (const double v : elements(x)) {
    total += v;
    squares += v * v;
    largest = std::max(largest, std::abs(v));
  }
  const double n = static_cast<double>(x.size());
  return {total / n, std::sqrt(squares / n - total / n * total / n), largest};
}
Spread drawn(Scheme scheme) {
  Linear layer{300, 200, {.weight_init = scheme}};
  cinta::init(layer, {.seed = 9});
  return spread_of(layer.weight.value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(init)

BOOST_AUTO_TEST_CASE(a_parameter_depends_on_seed_and_name_alone) {
  Small small, again, other;
  Large large;
  cinta::init(small, {.seed = 1});
  cinta::init(again, {.seed = 1});
  cinta::init(other, {.seed = 2});
  cinta::init(large, {.seed = 1});
  BOOST_TEST(equal_bytes(small.hidden.weight.value(), again.hidden.weight.value()));
  BOOST_TEST(equal_bytes(small.hidden.weight.value(), large.hidden.weight.value()));
  BOOST_TEST(equal_bytes(small.out.weight.value(), large.out.weight.value()));
  BOOST_TEST(!equal_bytes(small.hidden.weight.value(), other.hidden.weight.value()));
  std::vector<Linear> same(2, Linear{3, 3});
  cinta::init(same, {.seed = 1});
  BOOST_TEST(!equal_bytes(same[0].weight.value(), same[1].weight.value()));
}

BOOST_AUTO_TEST_CASE(init_again_draws_anew) {
  Small net;
  cinta::init(net, {.seed = 1});
  const Tensor first = net.hidden.weight.value();
  net.hidden.weight = zeros({4, 5});
  cinta::init(net, {.seed = 1});
  BOOST_TEST(equal_bytes(net.hidden.weight.value(), first));
  cinta::init(net, {.seed = 2});
  BOOST_TEST(!equal_bytes(net.hidden.weight.value(), first));
}

BOOST_AUTO_TEST_CASE(linear_is_glorot_uniform_with_bias_zero) {
  Linear layer{300, 200};
  cinta::init(layer, {.seed = 4});
  const double bound = std::sqrt(6.0 / 500);
  const Spread s = spread_of(layer.weight.value());
  BOOST_TEST(s.largest <= bound);
  BOOST_TEST(s.largest > 0.999 * bound);
  BOOST_TEST(s.deviation == bound / std::sqrt(3.0), boost::test_tools::tolerance(0.01));
  BOOST_TEST(std::abs(s.mean) < 5 * s.deviation / std::sqrt(60000.0));
  check_close(layer.bias.value(), std::vector<double>(200, 0), 0);
}

BOOST_AUTO_TEST_CASE(schemes_have_their_spread) {
  const auto check = [](Scheme scheme, double deviation, double largest) {
    const Spread s = drawn(scheme);
    BOOST_TEST(s.deviation == deviation, boost::test_tools::tolerance(0.015));
    BOOST_TEST(s.largest <= largest * (1 + 1e-6));
    BOOST_TEST(s.largest > 0.5 * largest);
  };
  check(glorot_uniform, std::sqrt(2.0 / 500), std::sqrt(6.0 / 500));
  check(he_uniform, std::sqrt(2.0 / 300), std::sqrt(6.0 / 300));
  check(lecun_uniform, std::sqrt(1.0 / 300), std::sqrt(3.0 / 300));
  check(glorot_normal, std::sqrt(2.0 / 500), 6.66 * std::sqrt(2.0 / 500));
  check(he_normal, std::sqrt(2.0 / 300), 6.66 * std::sqrt(2.0 / 300));
  check(lecun_normal, std::sqrt(1.0 / 300), 6.66 * std::sqrt(1.0 / 300));
  check(truncated_normal(0.05), 0.05 * 0.87962566, 0.1);
  BOOST_TEST(drawn(constant_value(0.5)).mean == 0.5);
  BOOST_TEST(drawn(constant_value(0.5)).deviation == 0);
}

BOOST_AUTO_TEST_CASE(a_scheme_of_the_call_takes_the_matrices) {
  Mixed net;
  cinta::init(net, {.seed = 1, .scheme = constant_value(7)});
  check_close(net.layer.weight.value(), {7, 7, 7, 7}, 0);
  check_close(net.layer.bias.value(), {0.1, 0.1}, 1e-7);
  check_close(net.gain.value(), {0.25, 0.25, 0.25}, 0);
}

BOOST_AUTO_TEST_CASE(the_dtype_is_that_of_parameters_and_of_floating_buffers) {
  Mixed net;
  cinta::init(net, {.seed = 1, .dtype = f64});
  BOOST_TEST((net.layer.weight.value().dtype() == f64));
  BOOST_TEST((net.layer.bias.value().dtype() == f64));
  BOOST_TEST((net.temperature.value().dtype() == f64));
  BOOST_TEST((net.mean.value().dtype() == f64));
  BOOST_TEST((net.seen.value().dtype() == i32));
  check_close(net.layer.bias.value(), {0.1, 0.1}, 1e-15);
  CHECK_SENTENCE(DtypeError, (cinta::init(net, {.dtype = i32}), 0), "init: parameters are f32 or f64, not i32");
}

BOOST_AUTO_TEST_CASE(parameters_made_from_a_tensor_keep_its_values) {
  Mixed net;
  cinta::init(net, {.seed = 1});
  check_close(net.temperature.value(), {1.5}, 0);
  check_close(net.mean.value(), {1, 2}, 0);
}

BOOST_AUTO_TEST_SUITE_END()
