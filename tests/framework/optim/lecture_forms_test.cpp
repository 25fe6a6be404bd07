// Momentum and Adagrad as lectures (and Keras) write them, beside PyTorch's forms: where they agree and where not.
#include <cinta/framework/optim/optimizers.hpp>

#include <cinta/framework/core/tape.hpp>
#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

using namespace cinta;

namespace {

struct Point {
  Parameter theta{tensor({3, -2}, f64)};
};

const double curvature[] = {1, 10};

// θ after each of n steps on ½ Σ cᵢ θᵢ², whose gradient is cᵢ θᵢ.
std::vector<std::array<double, 2>> path(Optimizer optimizer, int n) {
  Point p;
  std::vector<std::array<double, 2>> points;
  for (int i = 0; i < n; ++i) {
    const Training training;
    optimizer.step(p, backward(sum(square(p.theta) * tensor({0.5, 5}, f64))));
    points.push_back({p.theta.value()(0), p.theta.value()(1)});
  }
  return points;
}

double apart(const std::vector<std::array<double, 2>>& a, const std::vector<std::array<double, 2>>& b) {
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < 2; ++j) worst = std::max(worst, std::abs(a[i][j] - b[i][j]));
  return worst;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lecture_forms)

BOOST_AUTO_TEST_CASE(the_lectures_momentum_is_nu_gamma_nu_plus_alpha_g) {
  const double alpha = 0.02, gamma = 0.9;
  double theta[] = {3, -2}, nu[] = {0, 0};
  const auto points = path(momentum(alpha, gamma, {.dialect = Dialect::keras}), 50);
  for (const auto& point : points)
    for (int j = 0; j < 2; ++j) {
      nu[j] = gamma * nu[j] + alpha * (curvature[j] * theta[j]);
      theta[j] -= nu[j];
      BOOST_TEST(std::abs(point[static_cast<std::size_t>(j)] - theta[j]) < 1e-14);
    }
}

BOOST_AUTO_TEST_CASE(at_a_constant_rate_both_forms_of_momentum_agree) {
  BOOST_TEST(apart(path(momentum(0.02, 0.9, {.dialect = Dialect::keras}), 100), path(momentum(0.02, 0.9), 100)) <
             1e-13);
}

BOOST_AUTO_TEST_CASE(under_a_schedule_they_differ_because_the_rate_is_inside_the_velocity) {
  const Hyper rate = step_decay(0.02, 10, 0.1);
  const auto inside = path(momentum(rate, 0.9, {.dialect = Dialect::keras}), 30),
             outside = path(momentum(rate, 0.9), 30);
  BOOST_TEST(apart({inside.begin(), inside.begin() + 10}, {outside.begin(), outside.begin() + 10}) < 1e-13);
  BOOST_TEST(apart(inside, outside) > 1e-2);
}

BOOST_AUTO_TEST_CASE(the_lectures_adagrad_has_epsilon_inside_the_root) {
  const double alpha = 0.5, epsilon = 1e-3;
  double theta[] = {3, -2}, g2[] = {0, 0};
  const auto points = path(adagrad(alpha, {.epsilon = epsilon, .dialect = Dialect::keras}), 50);
  for (const auto& point : points)
    for (int j = 0; j < 2; ++j) {
      const double g = curvature[j] * theta[j];
      g2[j] += g * g;
      theta[j] -= alpha / std::sqrt(epsilon + g2[j]) * g;
      BOOST_TEST(std::abs(point[static_cast<std::size_t>(j)] - theta[j]) < 1e-13);
    }
}

BOOST_AUTO_TEST_CASE(both_forms_of_adagrad_meet_as_epsilon_vanishes) {
  const auto both = [](double epsilon) {
    return apart(path(adagrad(0.5, {.epsilon = epsilon, .dialect = Dialect::keras}), 50),
                 path(adagrad(0.5, {.epsilon = epsilon}), 50));
  };
  BOOST_TEST(both(1e-2) > 1e-4);
  BOOST_TEST(both(1e-12) < 1e-10);
}

BOOST_AUTO_TEST_CASE(both_have_names) {
  const Hyper rate = step_decay(0.02, 10, 0.1);
  const auto named = [&](const char* name) { return path(optimizer_by_name(name, rate), 30); };
  BOOST_TEST((named("lecture_momentum") == path(momentum(rate, 0.9, {.dialect = Dialect::keras}), 30)));
  BOOST_TEST((named("lecture_adagrad") == path(adagrad(rate, {.dialect = Dialect::keras}), 30)));
  BOOST_TEST((named("lecture_momentum") != named("momentum")));
  BOOST_TEST(optimizer_by_name("lecture_adagrad", 1).text().find("dialect = keras") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(kerass_momentum_has_no_dampening) {
  BOOST_CHECK_THROW(momentum(0.1, 0.9, {.dialect = Dialect::keras, .dampening = 0.5}), ValueError);
}

BOOST_AUTO_TEST_SUITE_END()
