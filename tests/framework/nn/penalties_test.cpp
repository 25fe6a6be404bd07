// Penalties on weights, as scalars on the tape.
#include <cinta/framework/nn/layers.hpp>
#include <cinta/framework/nn/losses.hpp>
#include <cinta/framework/nn/penalties.hpp>

#include "nn_support.hpp"

namespace {

using namespace cinta;
using nn_support::check_close;

struct Model {
  Linear hidden{2, 2};
  Linear out{2, 1};
};
Model model() {
  Model m;
  m.hidden.weight = tensor({{1, -2}, {3, 0}}, f64);
  m.hidden.bias = tensor({10, 10}, f64);
  m.out.weight = tensor({{-0.5}, {4}}, f64);
  m.out.bias = tensor({10}, f64);
  return m;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(penalties)

BOOST_AUTO_TEST_CASE(they_sum_over_weights_and_not_biases) {
  const Model m = model();
  check_close(l1(m, 0.1), {0.1 * 10.5}, 1e-15);
  check_close(l2(m, 0.1), {0.1 * (14 + 16.25)}, 1e-15);
  check_close(l2(m, 0.1, "out.*"), {0.1 * (16.25 + 100)}, 1e-15);
  check_close(l2(m, 0), {0}, 0);
}

BOOST_AUTO_TEST_CASE(their_gradients_are_those_of_the_formulas) {
  Model m = model();
  freeze(m, "out.weight");
  const Recording recording;
  const Gradients first = backward(l1(m, 0.1));
  check_close(first[m.hidden.weight], {0.1, -0.1, 0.1, 0}, 1e-15);
  const Gradients second = backward(l2(m, 0.1));
  check_close(second[m.hidden.weight], {0.2, -0.4, 0.6, 0}, 1e-15);
  BOOST_TEST(!second.contains(m.hidden.bias));
  BOOST_TEST(!second.contains(m.out.weight));
}

BOOST_AUTO_TEST_CASE(they_add_to_the_loss_of_each_example) {
  const Model m = model();
  const PerExample loss{tensor({1, 2}, f64), tensor({1, 3}, f64)};
  check_close(mean(loss + l2(m, 0.1)), {(1 + 6) / 4.0 + 3.025}, 1e-15);
}

BOOST_AUTO_TEST_CASE(a_pattern_that_no_name_fits_is_told) {
  const Model m = model();
  CHECK_SENTENCE(ValueError, l2(m, 0.1, "out.wieght"),
                 "l2: no parameter's name fits \"out.wieght\"; did you mean \"out.weight\"?");
  CHECK_SENTENCE(ValueError, l1(m, -1), "l1: lambda must not be negative, but is -1");
}

BOOST_AUTO_TEST_SUITE_END()
