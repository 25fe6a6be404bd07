// Averages of weights against their closed forms, as callbacks of fit, and their errors.
#include "train_support.hpp"

#include <cinta/framework/optim/average.hpp>
#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/framework/train/fit.hpp>

#include <cmath>

namespace {

using namespace train_support;

struct Tiny {
  Parameter w;
  Buffer seen{tensor({0})};
};

// Weights 1, −2, 3, −4, … for n updates; what the average must be is Σ cₖ wₖ.
template <class Weight> void check(AverageRule rule, int n, Dtype dtype, double tolerance, Weight weight) {
  Tiny net{Parameter(tensor({0, 0}, dtype))};
  WeightAverage<Tiny> average(rule);
  std::vector<double> w;
  for (int t = 1; t <= n; ++t) {
    w.push_back(t % 2 == 1 ? t : -t);
    net.w = tensor({w.back(), 0.5 * w.back()}, dtype);
    average.update(net);
    double expected = 0, total = 0;
    for (int k = 1; k <= t; ++k) {
      expected += weight(k, t) * w[static_cast<std::size_t>(k - 1)];
      total += weight(k, t);
    }
    BOOST_TEST(std::abs(total - 1) < 1e-12);  // the test's own weights
    const Tiny model = average.model();
    BOOST_TEST((model.w.value().dtype() == dtype));
    BOOST_TEST(std::abs(model.w.value()(0) - expected) <= tolerance * (1 + std::abs(expected)), "update " << t);
    BOOST_TEST(std::abs(model.w.value()(1) - 0.5 * expected) <= tolerance * (1 + std::abs(expected)));
  }
  BOOST_TEST(average.updates() == n);
  BOOST_TEST(rule.rate(1) == 1);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(average)

BOOST_AUTO_TEST_CASE(a_corrected_ema_weighs_by_powers_of_the_decay_that_sum_to_1) {
  for (const double d : {0.9, 0.5, 0.0})
    check(ema(d), 40, f64, 1e-12, [d](int k, int t) { return std::pow(d, t - k) * (1 - d) / (1 - std::pow(d, t)); });
  check(ema(0.9999), 20, f64, 1e-9,
        [d = 0.9999](int k, int t) { return std::pow(d, t - k) * (1 - d) / (1 - std::pow(d, t)); });
}

BOOST_AUTO_TEST_CASE(an_ema_from_the_first_weights_keeps_their_weight) {
  check(ema(0.9, EmaStart::first), 40, f64, 1e-12,
        [](int k, int t) { return std::pow(0.9, t - k) * (k == 1 ? 1 : 0.1); });
}

BOOST_AUTO_TEST_CASE(a_warm_up_raises_the_decay_as_tensorflow_does) {
  const auto decay = [](int t) { return std::min(0.95, (1 + (t - 1.)) / (10 + (t - 1.))); };
  check(ema(0.95, EmaStart::warm_up), 250, f64, 1e-10, [&](int k, int t) {
    double weight = k == 1 ? 1 : 1 - decay(k);
    for (int i = k + 1; i <= t; ++i) weight *= decay(i);
    return weight;
  });
}

BOOST_AUTO_TEST_CASE(a_uniform_average_is_the_mean) {
  check(uniform_average(), 100, f64, 1e-12, [](int, int t) { return 1. / t; });
  check(uniform_average(), 100, f32, 1e-7, [](int, int t) { return 1. / t; });
}

BOOST_AUTO_TEST_CASE(a_slow_average_of_f32_weights_does_not_stall) {
  Tiny net{Parameter(tensor({1}))};
  WeightAverage<Tiny> average(ema(0.9999, EmaStart::first));
  average.update(net);
  net.w = tensor({1.0001});
  for (int i = 0; i < 50000; ++i) average.update(net);  // a step of f32 would be under half of its last place
  const double left = std::pow(0.9999, 50000);
  BOOST_TEST(std::abs(average.model().w.value()(0) - (1.0001 - 1e-4 * left)) < 1.2e-7);
}

BOOST_AUTO_TEST_CASE(buffers_are_the_newest_and_the_trained_model_is_left_alone) {
  Tiny net{Parameter(tensor({1, 2}))};
  WeightAverage<Tiny> average(ema(0.5));
  average.update(net);
  net.w = tensor({3, 4});
  net.seen = tensor({7});
  average.update(net);
  Tiny model = average.model();
  BOOST_TEST(model.seen.value()(0) == 7);
  BOOST_TEST(net.w.value()(0) == 3);
  model.w = tensor({9, 9});
  BOOST_TEST(std::abs(average.model().w.value()(0) - (0.5 * 1 + 3) / 1.5) < 1e-6);
}

BOOST_AUTO_TEST_CASE(in_fit_it_is_updated_after_each_update_or_at_the_end_of_epochs) {
  const MadeUp data = made_up(40);
  std::vector<Tensor> updates, epochs;
  Net net = new_net();
  WeightAverage<Net> after_updates(uniform_average()), after_epochs(uniform_average());
  struct Watch {
    const Net& net;
    std::vector<Tensor>&updates, &epochs;
    void on_update(std::int64_t n) {
      updates.push_back(flatten(net).to(f64));
      BOOST_TEST(n == static_cast<std::int64_t>(updates.size()));
    }
    void on_epoch_end(const EpochRecord&) { epochs.push_back(flatten(net).to(f64)); }
  };
  cinta::fit(net, MeanSquaredError{}, sgd(0.1), {data.x, data.y}, {.epochs = 4, .batch_size = 8, .accumulate = 2},
             after_updates.after_updates(net), after_epochs.after_epochs(net, 3), Watch{net, updates, epochs});
  BOOST_TEST(updates.size() == 4u * 3);  // 5 batches an epoch, in updates of 2, 2 and 1
  BOOST_TEST(after_updates.updates() == 12);
  BOOST_TEST(after_epochs.updates() == 2);
  const auto mean_of = [](const std::vector<Tensor>& all, std::size_t from) {
    Tensor sum = all[from];
    for (std::size_t i = from + 1; i < all.size(); ++i) sum = sum + all[i];
    return sum / static_cast<double>(all.size() - from);
  };
  BOOST_TEST(max(abs(flatten(after_updates.model()).to(f64) - mean_of(updates, 0))).item<double>() < 1e-6);
  BOOST_TEST(max(abs(flatten(after_epochs.model()).to(f64) - mean_of(epochs, 2))).item<double>() < 1e-6);
}

BOOST_AUTO_TEST_CASE(a_callback_that_returns_false_after_an_update_ends_training_there) {
  struct Stop {
    int seen = 0;
    bool on_update(std::int64_t n) { return ++seen, n < 3; }
  };
  Stop stop;
  Net net = new_net();
  const History h = cinta::fit(net, MeanSquaredError{}, sgd(0.1), {xor_x, xor_y}, {.epochs = 9, .batch_size = 2}, stop);
  BOOST_TEST(stop.seen == 3);
  BOOST_TEST(h.stopped_early);
  BOOST_TEST(h.epochs.size() == 2u);
}

BOOST_AUTO_TEST_CASE(each_mistake_is_told) {
  CHECK_SENTENCE(ValueError, ema(1), "ema: the decay is 1, not at least 0 and below 1");
  CHECK_SENTENCE(ValueError, ema(-0.5), "ema: the decay is -0.5, not at least 0 and below 1");
  using Layers = std::vector<Linear>;
  struct Deep {
    Layers layers;
  };
  WeightAverage<Deep> average(uniform_average());
  CHECK_SENTENCE(ValueError, average.model(), "average: there is no average yet: update it with the model first");
  Deep net{Layers(2, Linear{2, 3})};
  CHECK_SENTENCE(ValueError, average.update(net),
                 "average: a parameter was never initialised: call init(net, {.seed = 1}), or load it");
  BOOST_TEST(average.updates() == 0);
  init(net, {.seed = 1});
  average.update(net);
  net.layers.push_back(Linear{2, 3});
  CHECK_SENTENCE(ValueError, average.update(net), "average: the model has 6 parameters, its average 4");
  Deep other{Layers(2, Linear{2, 4})};
  init(other, {.seed = 1});
  CHECK_SENTENCE(ValueError, average.update(other),
                 "average: parameter 0 of the model has shape [2, 4], in its average [2, 3]");
  BOOST_TEST(average.updates() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
