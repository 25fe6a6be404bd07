// Each optimizer against an independent scalar implementation of PyTorch's documented update.
#include <cinta/framework/optim/optimizers.hpp>

#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>

#include "helpers.hpp"

using namespace cinta;
using namespace optim_test;
using Floats = boost::mpl::list<float, double>;

namespace {

/// One element's update: p and g of step t (from 1), in double.
using Reference = std::function<double(double p, double g, long t)>;

/// Runs 100 steps of both on gradients that differ in each element by magnitude, sign and time.
template <class T> void compare(Optimizer optimizer, const std::function<Reference()>& make_reference) {
  constexpr std::int64_t n = 37;
  One net{Parameter(vector_of(noise<T>(n, 1)))};
  std::vector<Reference> references;
  std::vector<double> expected;
  for (T p : values<T>(net.weight)) {
    references.push_back(make_reference());
    expected.push_back(p);
  }
  for (long t = 1; t <= 100; ++t) {
    std::vector<T> g = noise<T>(n, 1000 + static_cast<std::uint64_t>(t));
    for (std::size_t i = 0; i < g.size(); ++i) g[i] *= static_cast<T>(std::pow(10.0, static_cast<double>(i % 7) - 4));
    optimizer.step(net, gradient_of(net.weight, g));
    const std::vector<T> p = values<T>(net.weight);
    const double tolerance = sizeof(T) == 4 ? 1e-5 : 1e-13;
    for (std::size_t i = 0; i < g.size(); ++i) {
      expected[i] = references[i](expected[i], static_cast<double>(g[i]), t);
      if (std::abs(static_cast<double>(p[i]) - expected[i]) > tolerance * std::max(1.0, std::abs(expected[i])))
        BOOST_FAIL("step " << t << ", element " << i << ": " << p[i] << " for " << expected[i]);
    }
  }
}

Reference torch_sgd(double lr, double mu, double dampening, bool nesterov, double decay) {
  return [=, buffer = 0.0](double p, double g, long t) mutable {
    g += decay * p;
    if (mu != 0) {
      buffer = t == 1 ? g : mu * buffer + (1 - dampening) * g;
      g = nesterov ? g + mu * buffer : buffer;
    }
    return p - lr * g;
  };
}

Reference torch_adam(double lr, double b1, double b2, double eps, double coupled, double decoupled, bool amsgrad) {
  return [=, m = 0.0, v = 0.0, largest = 0.0](double p, double g, long t) mutable {
    p *= 1 - lr * decoupled;
    g += coupled * p;
    m = b1 * m + (1 - b1) * g;
    v = b2 * v + (1 - b2) * g * g;
    largest = std::max(largest, v);
    const double c1 = 1 - std::pow(b1, t), c2 = 1 - std::pow(b2, t);
    return p - (lr / c1) * m / (std::sqrt(amsgrad ? largest : v) / std::sqrt(c2) + eps);
  };
}

Reference torch_rmsprop(double lr, double alpha, double eps, bool centred, double mu, double decay) {
  return [=, square = 0.0, mean = 0.0, buffer = 0.0](double p, double g, long) mutable {
    g += decay * p;
    square = alpha * square + (1 - alpha) * g * g;
    mean = alpha * mean + (1 - alpha) * g;
    const double u = g / (std::sqrt(centred ? square - mean * mean : square) + eps);
    buffer = mu * buffer + u;
    return p - lr * (mu != 0 ? buffer : u);
  };
}

Reference torch_adagrad(double lr, double lr_decay, double initial, double eps, double decay) {
  return [=, sum = initial](double p, double g, long t) mutable {
    g += decay * p;
    sum += g * g;
    return p - lr / (1 + static_cast<double>(t - 1) * lr_decay) * g / (std::sqrt(sum) + eps);
  };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optimizers)

BOOST_AUTO_TEST_CASE_TEMPLATE(gradient_descent_is_pytorchs, T, Floats) {
  compare<T>(gradient_descent(0.1), [] { return torch_sgd(0.1, 0, 0, false, 0); });
  compare<T>(sgd(0.1, {.weight_decay = 0.02}), [] { return torch_sgd(0.1, 0, 0, false, 0.02); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(momentum_and_nesterov_are_pytorchs, T, Floats) {
  compare<T>(momentum(0.01), [] { return torch_sgd(0.01, 0.9, 0, false, 0); });
  compare<T>(momentum(0.01, 0.8, {.dampening = 0.5, .weight_decay = 0.03}),
             [] { return torch_sgd(0.01, 0.8, 0.5, false, 0.03); });
  compare<T>(nesterov(0.01, 0.9), [] { return torch_sgd(0.01, 0.9, 0, true, 0); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(adam_is_pytorchs, T, Floats) {
  compare<T>(adam(1e-2), [] { return torch_adam(1e-2, 0.9, 0.999, 1e-8, 0, 0, false); });
  compare<T>(adam(1e-2, {.beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-4, .weight_decay = 0.1}),
             [] { return torch_adam(1e-2, 0.8, 0.95, 1e-4, 0.1, 0, false); });
  compare<T>(adam(1e-2, {.beta2 = 0.9, .amsgrad = true}), [] { return torch_adam(1e-2, 0.9, 0.9, 1e-8, 0, 0, true); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(adamw_is_pytorchs, T, Floats) {
  compare<T>(adamw(1e-2), [] { return torch_adam(1e-2, 0.9, 0.999, 1e-8, 0, 0.01, false); });
  compare<T>(adamw(1e-2, 0.3), [] { return torch_adam(1e-2, 0.9, 0.999, 1e-8, 0, 0.3, false); });
  compare<T>(adamw(1e-2, 0.3, {.beta2 = 0.9, .amsgrad = true}),
             [] { return torch_adam(1e-2, 0.9, 0.9, 1e-8, 0, 0.3, true); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(rmsprop_is_pytorchs, T, Floats) {
  compare<T>(rmsprop(1e-3), [] { return torch_rmsprop(1e-3, 0.99, 1e-8, false, 0, 0); });
  compare<T>(rmsprop(1e-3, {.decay = 0.9, .epsilon = 1e-3, .momentum = 0.7, .weight_decay = 0.1}),
             [] { return torch_rmsprop(1e-3, 0.9, 1e-3, false, 0.7, 0.1); });
  compare<T>(rmsprop(1e-3, {.decay = 0.9, .epsilon = 1e-3, .centred = true}),
             [] { return torch_rmsprop(1e-3, 0.9, 1e-3, true, 0, 0); });
  compare<T>(rmsprop(1e-3, {.decay = 0.9, .epsilon = 1e-3, .centred = true, .momentum = 0.5}),
             [] { return torch_rmsprop(1e-3, 0.9, 1e-3, true, 0.5, 0); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(adagrad_is_pytorchs, T, Floats) {
  compare<T>(adagrad(), [] { return torch_adagrad(0.01, 0, 0, 1e-10, 0); });
  compare<T>(adagrad(0.1, {.learning_rate_decay = 0.05, .initial = 0.5, .epsilon = 1e-3, .weight_decay = 0.1}),
             [] { return torch_adagrad(0.1, 0.05, 0.5, 1e-3, 0.1); });
}

BOOST_AUTO_TEST_CASE(a_schedule_is_followed_step_by_step) {
  compare<double>(momentum(step_decay(0.1, 10, 0.5)), [] {
    return Reference([buffer = 0.0](double p, double g, long t) mutable {
      buffer = 0.9 * buffer + g;
      return p - 0.1 * std::pow(0.5, (t - 1) / 10) * buffer;
    });
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(all_find_the_minimum_of_a_quadratic, T, Floats) {
  for (const std::string& name : optimizer_names()) {
    const double lr = name.ends_with("adagrad")           ? 1
                      : name == "adam" || name == "adamw" ? 0.05
                      : name == "rmsprop"                 ? 0.01
                                                          : 0.02;
    Optimizer optimizer = optimizer_by_name(name, linear_warmup(1, cosine(lr, 3000)));
    One net{Parameter(vector_of(std::vector<T>{3, -2, 0.5}))};
    for (int t = 0; t < 3000; ++t) {
      std::vector<T> g = values<T>(net.weight);
      for (std::size_t i = 0; i < 3; ++i) g[i] = (g[i] - T(1)) * static_cast<T>(i + 1);  // minimum at 1
      optimizer.step(net, gradient_of(net.weight, g));
    }
    for (T p : values<T>(net.weight))
      BOOST_TEST(std::abs(static_cast<double>(p) - 1) < (name == "adamw" ? 2e-2 : 1e-3), name << ": " << p);
  }
}

BOOST_AUTO_TEST_CASE(names_are_looked_up_with_a_hint) {
  for (const std::string& name : optimizer_names()) BOOST_TEST(optimizer_by_name(name, 0.1).name() == name);
  BOOST_TEST(sentence<ValueError>([] { optimizer_by_name("adm", 0.1, {}); }) ==
             "unknown optimizer \"adm\"; did you mean \"adam\"?");
}

BOOST_AUTO_TEST_CASE(numbers_outside_their_range_are_refused) {
  BOOST_TEST(sentence<ValueError>([] { adam(-0.1, {}, {}); }) ==
             "adam: the learning rate is -0.1, not a finite number from 0 on");
  BOOST_TEST(sentence<ValueError>([] { adam(NAN, {}, {}); }) ==
             "adam: the learning rate is nan, not a finite number from 0 on");
  BOOST_TEST(sentence<ValueError>([] { adam(0.1, {.beta2 = 1}, {}); }) == "adam: beta2 is 1, outside [0, 1)");
  BOOST_TEST(sentence<ValueError>([] { momentum(0.1, 1.5, {}, {}); }) == "momentum: mu is 1.5, outside [0, 1)");
  BOOST_TEST(sentence<ValueError>([] { sgd(0.1, {.clip_norm = -1}, {}); }) ==
             "sgd: clip_norm is -1, not a finite number from 0 on");
  BOOST_TEST(sentence<ValueError>([] { rmsprop(0.1, {.epsilon = -1}, {}); }) ==
             "rmsprop: epsilon is -1, not a finite number from 0 on");
}

BOOST_AUTO_TEST_SUITE_END()
