// Anomaly mode: the first value or gradient that is not finite is named, with the line of its op.
#include "core_support.hpp"

#include <cinta/framework/core/anomaly.hpp>
#include <cinta/framework/nn/activations.hpp>
#include <cinta/framework/nn/init.hpp>
#include <cinta/framework/nn/layers.hpp>
#include <cinta/framework/nn/losses.hpp>
#include <cinta/framework/nn/mlp.hpp>
#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/framework/train/fit.hpp>

#include <boost/test/unit_test.hpp>

#include <limits>
#include <vector>

using namespace cinta;

namespace {

struct Twenty {
  std::vector<Linear> layers = std::vector<Linear>(20, Linear{4, 4});
  int broken = -1;
  static constexpr int line_of_break = __LINE__ + 4;
  Tensor operator()(const Tensor& x) const {
    Tensor h = x;
    for (int i = 0; i < 20; ++i) {
      if (i == broken) h = h / 0.0;
      h = tanh(layers[static_cast<std::size_t>(i)](h));
    }
    return h;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(anomaly)

BOOST_AUTO_TEST_CASE(an_infinity_put_into_one_of_twenty_layers_is_named_with_its_line) {
  Twenty net;
  init(net, {.seed = 1});
  const Tensor x = filled({2, 4}, 0.5);
  net.broken = 13;
  const Recording recording;
  (void)net(x);  // without the mode nothing is said: tanh hides it
  const AnomalyMode mode;
  const std::string s = sentence_of<AnomalyError>([&] { net(x); });
  BOOST_TEST(contains(s, place(Twenty::line_of_break)), s);
  BOOST_TEST(contains(s, "div: its value is not finite, though its inputs are:"), s);
  net.broken = -1;
  BOOST_CHECK_NO_THROW(net(x));
}

BOOST_AUTO_TEST_CASE(a_gradient_that_is_not_finite_is_named_though_every_value_was) {
  Twenty net;
  init(net, {.seed = 1});
  const Recording recording;
  const Tensor h = net(filled({2, 4}, 0.5));
  const int line = __LINE__ + 1;
  const Tensor root = sqrt(h * 0.0);
  const Tensor loss = sum(net(root));
  const AnomalyMode mode;
  const std::string s = sentence_of<AnomalyError>([&] { backward(loss); });
  BOOST_TEST(contains(s, place(line)), s);
  BOOST_TEST(contains(s, "sqrt: the gradient of its input 0 is not finite:"), s);
}

BOOST_AUTO_TEST_CASE(parameters_and_variables_that_are_not_finite_are_named_where_they_are_used) {
  Twenty net;
  init(net, {.seed = 1});
  const Recording recording;
  const AnomalyMode mode;
  const std::string v = sentence_of<AnomalyError>([&] {
    variable(Tensor{1, std::numeric_limits<double>::quiet_NaN()});
  });
  BOOST_TEST(contains(v, "variable: its value is not finite: nan at [1] (1 of 2 elements)"), v);
}

BOOST_AUTO_TEST_CASE(it_ends_with_its_scope) {
  const Recording recording;
  const Tensor x = variable(Tensor{0});
  {
    const AnomalyMode mode;
    BOOST_CHECK_THROW(1.0 / x, AnomalyError);
  }
  BOOST_CHECK_NO_THROW(1.0 / x);
}

BOOST_AUTO_TEST_CASE(fit_names_the_line_of_its_call) {
  Mlp net({.inputs = 2, .hidden = {3}, .outputs = 1});
  init(net, {.seed = 1});
  const Tensor x{{1, 2}, {3, std::numeric_limits<float>::infinity()}}, y{{0}, {1}};
  const AnomalyMode mode;
  const std::string s = sentence_of<AnomalyError>([&] { fit(net, MeanSquaredError{}, sgd(0.1), {x, y}, {}); });
  BOOST_TEST(s.starts_with(place(__LINE__ - 1)), s);
}

BOOST_AUTO_TEST_SUITE_END()
