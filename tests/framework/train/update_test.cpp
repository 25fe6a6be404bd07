// What fit does with a batch: gradient accumulation, and drivers in an optimizer's place.
#include "train_support.hpp"

#include <cinta/framework/nn/dropout.hpp>
#include <cinta/framework/nn/mlp.hpp>
#include <cinta/framework/optim/drivers.hpp>
#include <cinta/framework/optim/schedules.hpp>
#include <cinta/framework/train/fit.hpp>

#include <cmath>
#include <limits>

namespace {

using namespace train_support;

const MadeUp data = made_up(60, 3);
const Tensor x = data.x.to(f64), y = data.y.to(f64);

Mlp network() {
  Mlp net({.inputs = 3, .hidden = {8}, .outputs = 1, .dropout = 0.3});
  init(net, {.seed = 2, .dtype = f64});
  return net;
}

template <class Method> Mlp fitted(Method&& method, FitOptions<Batch> options, const Batch& on = {x, y}) {
  Mlp net = network();
  cinta::fit(net, MeanSquaredError{}, std::forward<Method>(method), on, options);
  return net;
}

double difference(const Mlp& a, const Mlp& b) { return max(abs(flatten(a) - flatten(b))).item<double>(); }

std::string after_place(const std::string& s) { return s.substr(s.find(": ") + 2); }

// Plain descent as a driver.
struct ByHand {
  double rate = 0.05;
  int steps = 0;
  void step(Problem& q) {
    const Evaluation evaluation;
    const auto [value, g] = q.value_and_grad();
    q.set_parameters(q.parameters() - rate * g);
    ++steps;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(update)

BOOST_AUTO_TEST_CASE(batches_accumulated_are_one_large_batch_but_for_rounding_dropout_included) {
  const Mlp large = fitted(adam(0.01), {.epochs = 4, .batch_size = 30, .seed = 5});
  for (const std::int64_t k : {2, 3, 5})
    for (const std::int64_t shards : {1, 2}) {
      const Mlp small =
          fitted(adam(0.01), {.epochs = 4, .batch_size = 30 / k, .seed = 5, .shards = shards, .accumulate = k});
      BOOST_TEST(difference(small, large) < 1e-12, k << " batches");
    }
  BOOST_TEST(difference(large, network()) > 0.01);
}

BOOST_AUTO_TEST_CASE(weights_and_penalties_count_once_an_update) {
  const Batch weighted{x, y, uniform({60}, 0, 3, {.seed = 8, .dtype = f64})};
  const Penalty penalty{.l1 = 0.01, .l2 = 0.1};
  const Mlp large = fitted(sgd(0.05), {.epochs = 3, .batch_size = 20, .seed = 5, .penalty = penalty}, weighted);
  const Mlp small =
      fitted(sgd(0.05), {.epochs = 3, .batch_size = 5, .seed = 5, .accumulate = 4, .penalty = penalty}, weighted);
  BOOST_TEST(difference(small, large) < 1e-12);
  const Mlp without = fitted(sgd(0.05), {.epochs = 3, .batch_size = 20, .seed = 5}, weighted);
  BOOST_TEST(difference(without, large) > 1e-3);
}

BOOST_AUTO_TEST_CASE(an_epoch_that_ends_within_an_update_steps_with_what_it_has) {
  Optimizer optimizer = sgd(0.05);
  const Mlp small = fitted(optimizer, {.epochs = 2, .batch_size = 8, .seed = 5, .accumulate = 3});
  BOOST_TEST(optimizer.step_count() == 2 * 3);  // 8 batches an epoch, in updates of 3, 3 and 2
  BOOST_TEST(difference(small, fitted(sgd(0.05), {.epochs = 2, .batch_size = 24, .seed = 5})) < 1e-12);
}

BOOST_AUTO_TEST_CASE(accumulation_of_one_has_the_bits_of_none) {
  const FitOptions<Batch> options{.epochs = 2, .batch_size = 16, .seed = 5};
  FitOptions<Batch> one = options;
  one.accumulate = 1;
  BOOST_TEST((bytes_of(fitted(adam(0.01), options)) == bytes_of(fitted(adam(0.01), one))));
}

BOOST_AUTO_TEST_CASE(a_loop_by_hand_accumulates_with_plus_equal) {
  Mlp by_hand = network();
  Training training({.seed = 5});
  Gradients g;
  double weight = 0;
  const auto gradients_of = [&](std::int64_t begin, std::int64_t end) {
    return backward(sum(square(by_hand.layers[0](slice(x, 0, begin, end)))));
  };
  for (std::int64_t at = 0; at < 60; at += 20) {
    if (at == 0) g = gradients_of(at, at + 20);
    else g += gradients_of(at, at + 20);
    weight += 20;
  }
  g *= 1 / weight;
  const Gradients whole = backward(sum(square(by_hand.layers[0](x))) / 60);
  visit_parameters(by_hand.layers[0], [&](const Name& name, const Parameter& p) {
    BOOST_TEST(max(abs(g[p] - whole[p])).item<double>() < 1e-14, name.str());
  });
}

BOOST_AUTO_TEST_CASE(a_driver_takes_an_optimizers_place_with_its_bits) {
  for (const std::int64_t shards : {1, 3}) {
    const Penalty penalty{.l1 = 0.01, .l2 = 0.1};
    const FitOptions<Batch> options{.epochs = 3, .batch_size = 16, .seed = 5, .shards = shards, .penalty = penalty};
    Sam sam{.rho = 0, .optimizer = adam(0.01)};
    BOOST_TEST((bytes_of(fitted(sam, options)) == bytes_of(fitted(adam(0.01), options))), shards << " shards");
    BOOST_TEST(sam.optimizer.step_count() == 12);
    ByHand by_hand;
    BOOST_TEST(difference(fitted(by_hand, options), fitted(sgd(0.05), options)) < 1e-14);
    BOOST_TEST(by_hand.steps == 12);
  }
}

BOOST_AUTO_TEST_CASE(a_drivers_evaluations_have_one_mask_and_its_bits_do_not_depend_on_threads) {
  struct Twice {
    void step(Problem& q) {
      const Tensor at = q.parameters();
      const double first = q.value();
      q.set_parameters(at * 2.0);
      (void)q.value();
      q.set_parameters(at);
      BOOST_TEST(q.value() == first);
      seen.push_back(first);
    }
    std::vector<double> seen;
  };
  Twice twice;
  (void)fitted(twice, {.epochs = 3, .batch_size = 60, .order = Order::fixed, .seed = 5, .shards = 2});
  BOOST_TEST(twice.seen.size() == 3u);
  BOOST_TEST(twice.seen[0] != twice.seen[1]);  // of another step's mask
}

BOOST_AUTO_TEST_CASE(value_gradient_and_hvp_in_fit_are_those_of_the_penalised_mean_in_any_number_of_shards) {
  struct Check {
    double value = 0;
    Tensor g, hv, v;
    double error = 0;
    void step(Problem& q) {
      const Evaluation evaluation;
      const Tensor at = q.parameters();
      v = uniform(at.shape(), -1, 1, {.seed = 3, .dtype = f64});
      value = q.value();
      g = q.value_and_grad().gradient;
      hv = q.hvp(v);
      const double h = 1e-5;
      q.set_parameters(at + h * v);
      const double plus_value = q.value();
      const Tensor plus = q.value_and_grad().gradient;
      q.set_parameters(at - h * v);
      const Tensor minus = q.value_and_grad().gradient;
      error = max(abs((plus - minus) / (2 * h) - hv)).item<double>();
      error = std::max(error, std::abs((plus_value - q.value()) / (2 * h) - sum(g * v).item<double>()));
      q.set_parameters(at);
    }
  };
  const Batch weighted{x, y, uniform({60}, 0, 3, {.seed = 8, .dtype = f64})};
  std::vector<Check> checks;
  for (const std::int64_t shards : {1, 2, 7}) {
    Check check;
    (void)fitted(check, {.batch_size = 60, .seed = 5, .shards = shards, .penalty = {.l1 = 0.1, .l2 = 0.3}}, weighted);
    BOOST_TEST(check.error < 1e-7, shards << " shards");
    checks.push_back(check);
  }
  for (const Check& c : checks) {
    BOOST_TEST(std::abs(c.value - checks[0].value) < 1e-13);
    BOOST_TEST(max(abs(c.g - checks[0].g)).item<double>() < 1e-13);
    BOOST_TEST(max(abs(c.hv - checks[0].hv)).item<double>() < 1e-13);
  }
}

BOOST_AUTO_TEST_CASE(a_line_search_in_fit_lowers_the_loss_of_every_epoch) {
  Net net = new_net();
  const History h =
      cinta::fit(net, BinaryCrossEntropy{}, LineSearch{}, {xor_x, xor_y}, {.epochs = 50, .batch_size = 4});
  for (std::size_t i = 1; i < h.epochs.size(); ++i) BOOST_TEST(h.epochs[i].loss < h.epochs[i - 1].loss);
  BOOST_TEST(h.epochs.size() == 50u);
  BOOST_TEST(std::isnan(h.epochs[0].learning_rate));
  Net other = new_net();
  const History of_sam = cinta::fit(other, BinaryCrossEntropy{}, Sam{.optimizer = sgd(0.25)}, {xor_x, xor_y}, {});
  BOOST_TEST(of_sam.epochs[0].learning_rate == 0.25);
}

BOOST_AUTO_TEST_CASE(options_that_do_not_fit_and_losses_that_are_not_finite_are_told) {
  Net net = new_net();
  const auto told = [&](auto method, FitOptions<Batch> options, const Tensor& on = xor_x) {
    return after_place(sentence<Error>([&] {
      cinta::fit(net, MeanSquaredError{}, std::move(method), Batch{on, xor_y}, options);
    }));
  };
  BOOST_TEST(told(sgd(0.1), {.accumulate = 0}) == "fit: accumulate is 0, not at least 1");
  BOOST_TEST(told(Sam{}, {.accumulate = 2}) ==
             "fit: accumulate is 2, but a driver evaluates its one batch again: use a larger batch_size");
  const std::string before = bytes_of(net);
  const Tensor broken = xor_x * std::numeric_limits<double>::quiet_NaN();
  BOOST_TEST(told(Sam{}, {}, broken).starts_with("fit: the loss became nan in batch 1 of epoch 1"));
  BOOST_TEST(told(LineSearch{}, {}, broken).starts_with("fit: the loss became nan in batch 1 of epoch 1"));
  BOOST_TEST(told(sgd(0.1), {}, broken).starts_with("fit: the loss became nan in batch 1 of epoch 1"));
  BOOST_TEST(told(sgd(0.1), {.batch_size = 2, .accumulate = 2}, broken).starts_with("fit: the loss became nan"));
  BOOST_TEST((bytes_of(net) == before));
}

BOOST_AUTO_TEST_SUITE_END()
