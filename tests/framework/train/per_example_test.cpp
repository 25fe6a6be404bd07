// Gradients of each example: against single backwards, their mean, dropout masks, threads, and errors.
#include "train_support.hpp"

#include <cinta/framework/nn/dropout.hpp>
#include <cinta/framework/nn/mlp.hpp>
#include <cinta/framework/train/per_example.hpp>

#include <cmath>

namespace {

using namespace train_support;

Mlp network(double dropout = 0) {
  Mlp net({.inputs = 3, .hidden = {6, 5}, .outputs = 4, .activation = Activation::tanh, .dropout = dropout});
  init(net, {.seed = 2, .dtype = f64});
  return net;
}

Batch classes(std::int64_t n) {
  Batch data{uniform({n, 3}, -1, 1, {.seed = 1, .dtype = f64}), empty({n}, i32)};
  Rng rng(4, 0);
  for (std::int32_t& v : data.y.mutable_span<std::int32_t>()) v = static_cast<std::int32_t>(rng.below(4));
  return data;
}

const CrossEntropy loss{.class_weights = tensor({0.5, 1, 2, 3}, f64)};

}  // namespace

BOOST_AUTO_TEST_SUITE(per_example)

BOOST_AUTO_TEST_CASE(each_row_has_the_bits_of_a_backward_of_that_row_alone) {
  const Batch data = classes(9);
  const Mlp net = network();
  const PerExampleGradients all = per_example_gradients(net, loss, data);
  for (std::int64_t i = 0; i < 9; ++i) {
    const Recording recording;
    const PerExample l = loss(net(slice(data.x, 0, i, i + 1)), slice(data.y, 0, i, i + 1));
    BOOST_TEST(all.loss.value(i) == l.value(0));
    BOOST_TEST(all.loss.weight(i) == l.weight(0));
    const Gradients g = backward(sum(l));
    visit_parameters(net, [&](const Name& name, const Parameter& p) {
      const Tensor row = reshape(slice(all[p], 0, i, i + 1), p.shape());
      BOOST_TEST(equal_bytes(row, g[p]), name.str() << ", example " << i);
    });
  }
}

BOOST_AUTO_TEST_CASE(their_sum_over_the_weights_is_the_gradient_of_the_mean_dropout_included) {
  const Batch data = classes(33);
  for (const double dropout : {0.0, 0.4}) {
    const Mlp net = network(dropout);
    const auto whole = [&] {
      const Training training({.seed = 5});
      return backward(mean(loss(net(data.x), data.y)));
    }();
    const Training training({.seed = 5});
    const PerExampleGradients all = per_example_gradients(net, loss, data);
    const double weight = sum(all.loss.weight).item<double>();
    visit_parameters(net, [&](const Name& name, const Parameter& p) {
      const Tensor mean_of_rows = sum(all[p], {0}) / weight;
      BOOST_TEST(max(abs(mean_of_rows - whole[p])).item<double>() < 1e-14, name.str());
    });
    BOOST_TEST(training.pass() == 1);
  }
}

BOOST_AUTO_TEST_CASE(bits_do_not_depend_on_the_number_of_threads) {
  const Batch data = classes(40);
  const Mlp net = network(0.3);
  const int before = num_threads();
  std::vector<PerExampleGradients> seen;
  for (const int threads : {1, 3}) {
    set_num_threads(threads);
    const Training training({.seed = 5});
    seen.push_back(per_example_gradients(net, loss, data));
  }
  set_num_threads(before);
  visit_parameters(net, [&](const Name&, const Parameter& p) { BOOST_TEST(equal_bytes(seen[0][p], seen[1][p])); });
}

BOOST_AUTO_TEST_CASE(a_function_of_model_and_batch_serves_and_frozen_parameters_have_none) {
  const Batch data = classes(5);
  Mlp net = network();
  freeze(net, "layers.0.*");
  const auto of_model = [](const Mlp& m, const Batch& b) { return sum(square(m(b.x)), {1}); };
  const PerExampleGradients all = per_example_gradients(net, of_model, data);
  BOOST_TEST((all[net.layers[2].bias].shape() == Shape{5, 4}));
  for (std::int64_t i = 0; i < 5; ++i) {
    const Tensor out = net(slice(data.x, 0, i, i + 1));
    for (std::int64_t k = 0; k < 4; ++k) BOOST_TEST(std::abs(all[net.layers[2].bias](i, k) - 2 * out(0, k)) < 1e-14);
  }
  BOOST_CHECK_THROW((void)all[net.layers[0].weight], TapeError);
}

BOOST_AUTO_TEST_CASE(a_parameter_that_some_examples_use_is_zero_for_the_others_and_one_that_none_uses_is_told) {
  struct Two {
    Parameter odd{tensor({2}, f64)}, even{tensor({3}, f64)}, never{tensor({4}, f64)};
  };
  const Two net;
  const auto of_row = [](const Two& m, const Batch& b) {
    const bool odd = static_cast<int>(b.x(0, 0)) % 2 == 1;
    return odd ? m.odd * reshape(b.x, {1}) : m.even * reshape(b.x, {1});
  };
  const PerExampleGradients all = per_example_gradients(net, of_row, Batch{tensor({{1}, {2}, {3}}, f64), zeros({3})});
  BOOST_TEST((equal_bytes(all[net.odd], tensor({{1}, {0}, {3}}, f64))));
  BOOST_TEST((equal_bytes(all[net.even], tensor({{0}, {2}, {0}}, f64))));
  BOOST_CHECK_THROW((void)all[net.never], TapeError);
}

BOOST_AUTO_TEST_CASE(each_mistake_is_told) {
  const Mlp net = network();
  const Batch none{empty({0, 3}, f64), empty({0}, i32)};
  BOOST_CHECK_THROW(per_example_gradients(net, loss, none), DataError);
  Mlp empty_net({.inputs = 3, .outputs = 4});
  BOOST_CHECK_THROW(per_example_gradients(empty_net, loss, classes(3)), ValueError);
  const auto two = [](const Mlp& m, const Batch& b) { return reshape(m(b.x), {4}); };
  BOOST_CHECK_THROW(per_example_gradients(net, two, classes(3)), ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()
