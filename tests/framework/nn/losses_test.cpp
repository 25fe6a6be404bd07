// Regression losses, binary cross-entropy, and what PerExample does, against formulas in scalars.
#include <cinta/framework/nn/losses.hpp>

#include "nn_support.hpp"

#include <cinta/ops/gradcheck.hpp>

#include <limits>

namespace {

using namespace cinta;
using nn_support::check_close;
using nn_support::elements;

const double not_a_number = std::numeric_limits<double>::quiet_NaN();

// −(c y log p + (1 − y) log(1 − p)) in long double, p = σ(u).
double bce(double u, double y, double c = 1) {
  const long double x = u, positive = std::log1p(std::exp(-x)), negative = std::log1p(std::exp(x));
  return static_cast<double>(c * y * positive + (1 - y) * negative);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(losses)

BOOST_AUTO_TEST_CASE(squared_and_absolute_errors_are_means_over_the_outputs_of_an_example) {
  const Tensor p = tensor({{1, 2}, {3, -1}, {0.5, 0}}, f64), t = tensor({{0, 4}, {3, 1}, {0.25, 8}}, f64);
  check_close(MeanSquaredError{}(p, t).value, {2.5, 2, (0.0625 + 64) / 2}, 1e-15);
  check_close(MeanAbsoluteError{}(p, t).value, {1.5, 1, (0.25 + 8) / 2}, 1e-15);
  BOOST_TEST((MeanSquaredError{}(p, t).value.shape() == Shape{3}));
  BOOST_TEST((MeanSquaredError{}(tensor({{1}, {2}}), tensor({{3}, {5}})).value.shape() == Shape{2}));
  check_close(MeanSquaredError{}(Tensor{1, 2}, Tensor{3, 5}).value, {4, 9}, 0);
  const Tensor cube = reshape(arange(0, 12, 1, f64), {3, 2, 2});
  check_close(MeanSquaredError{}(cube, zeros({3, 2, 2}, f64)).value, {14.0 / 4, 126.0 / 4, 366.0 / 4}, 1e-15);
}

BOOST_AUTO_TEST_CASE(huber_is_quadratic_to_delta_and_linear_beyond) {
  const Tensor d = tensor({-3, -2, -0.5, 0, 1, 2, 2.5, 10}, f64), zero = zeros({8}, f64);
  check_close(Huber{.delta = 2}(d, zero).value, {2 * (3 - 1), 2, 0.125, 0, 0.5, 2, 2 * 1.5, 2 * 9}, 1e-15);
  check_close(Huber{}(d, zero).value, {2.5, 1.5, 0.125, 0, 0.5, 1.5, 2, 9.5}, 1e-15);
  const auto [value, g] = value_and_grad([&](const Tensor& x) { return sum(Huber{.delta = 2}(x, zero)); }, d);
  check_close(g, {-2, -2, -0.5, 0, 1, 2, 2, 2}, 1e-15);  // δ at the joint from both sides
}

BOOST_AUTO_TEST_CASE(targets_of_integers_rise_to_the_prediction) {
  const Tensor p = tensor({1.5, 2}, f64);
  check_close(MeanSquaredError{}(p, tensor({1, 4}, i32)).value, {0.25, 4}, 1e-15);
  check_close(BinaryCrossEntropy{.label_smoothing = 0.2}(p, tensor({1, 0}, u8)).value, {bce(1.5, 0.9), bce(2, 0.1)},
              1e-12);
}

BOOST_AUTO_TEST_CASE(binary_cross_entropy_is_its_formula) {
  const Tensor u = tensor({{-2}, {0.5}, {3}}, f64), t = tensor({{1}, {0.25}, {0}}, f64);
  check_close(BinaryCrossEntropy{}(u, t).value, {bce(-2, 1), bce(0.5, 0.25), bce(3, 0)}, 1e-14);
  check_close(BinaryCrossEntropy{.label_smoothing = 0.1}(u, t).value, {bce(-2, 0.95), bce(0.5, 0.275), bce(3, 0.05)},
              1e-14);
  check_close(BinaryCrossEntropy{.positive_weight = 3}(u, t).value, {bce(-2, 1, 3), bce(0.5, 0.25, 3), bce(3, 0, 3)},
              1e-14);
  BOOST_TEST(!BinaryCrossEntropy{}(u, t).weight.defined());
  BOOST_TEST((BinaryCrossEntropy{}(u, t).value.shape() == Shape{3}));
}

BOOST_AUTO_TEST_CASE(binary_class_weights_divide_the_mean) {
  const Tensor u = tensor({{-2}, {0.5}, {3}}, f64), t = tensor({{1}, {1}, {0}}, f64);
  const PerExample loss = BinaryCrossEntropy{.class_weights = Tensor{0.5, 2}}(u, t);
  check_close(loss.weight, {2, 2, 0.5}, 0);
  check_close(mean(loss), {(2 * bce(-2, 1) + 2 * bce(0.5, 1) + 0.5 * bce(3, 0)) / 4.5}, 1e-14);
  check_close(sum(loss), {2 * bce(-2, 1) + 2 * bce(0.5, 1) + 0.5 * bce(3, 0)}, 1e-14);
}

BOOST_AUTO_TEST_CASE(several_answers_an_example_are_averaged) {
  const Tensor u = tensor({{-2, 1}, {0.5, 4}}, f64), t = tensor({{1, 0}, {0, 1}}, f64);
  check_close(BinaryCrossEntropy{}(u, t).value, {(bce(-2, 1) + bce(1, 0)) / 2, (bce(0.5, 0) + bce(4, 1)) / 2}, 1e-14);
}

BOOST_AUTO_TEST_CASE(binary_cross_entropy_is_finite_and_exact_at_extremes) {
  for (const Dtype dtype : {f32, f64}) {
    const Tensor u = tensor({-1000, 1000, -1000, 1000, -1e30, 1e30}, dtype), t = tensor({1, 1, 0, 0, 1, 0}, dtype);
    check_close(BinaryCrossEntropy{}(u, t).value, {1000, 0, 0, 1000, 1e30, 1e30}, dtype == f32 ? 1e-6 : 1e-14);
    const auto [value, g] = value_and_grad([&](const Tensor& x) { return sum(BinaryCrossEntropy{}(x, t)); }, u);
    check_close(g, {-1, 0, 0, 1, -1, 1}, 0);
  }
  // Where the prediction is right, no digit is lost: e⁻²⁰ in f32.
  const Tensor right = BinaryCrossEntropy{}(Tensor{20, -20}, Tensor{1, 0}).value;
  for (const double l : elements(right)) BOOST_TEST(std::abs(l / 2.0611536181902037e-9 - 1) < 1e-6);
}

BOOST_AUTO_TEST_CASE(gradients_agree_with_finite_differences) {
  const Tensor p = tensor({{0.3, -1.2}, {2, 0.7}, {-0.4, 1.1}}, f64),
               t = tensor({{0.9, 0.2}, {0.1, 0.6}, {0.5, 0.3}}, f64);
  const auto check = [&](auto loss, int order) {
    const auto result =
        gradcheck([&](const Tensor& a, const Tensor& b) { return loss(a, b).value; }, {p, t}, {.order = order});
    BOOST_TEST(result.passed, result.message);
  };
  check(MeanSquaredError{}, 2);
  check(MeanAbsoluteError{}, 1);
  check(Huber{.delta = 0.75}, 2);
  check(BinaryCrossEntropy{.label_smoothing = 0.1, .positive_weight = 2.5}, 2);
  const Tensor y = tensor({{0.9}, {0.1}, {0.5}}, f64);
  const auto result = gradcheck(
      [&](const Tensor& u) {
        return mean(BinaryCrossEntropy{.class_weights = Tensor{1, 3}}(u, y));
      },
      {tensor({{0.3}, {2}, {-0.4}}, f64)}, {.order = 2});
  BOOST_TEST(result.passed, result.message);
}

BOOST_AUTO_TEST_CASE(mean_and_sum_weigh_examples) {
  const PerExample loss{tensor({1, 2, 4}, f64), tensor({1, 0, 3}, f64)};
  check_close(sum(loss), {13}, 0);
  check_close(mean(loss), {13.0 / 4}, 1e-15);
  check_close(mean(PerExample{tensor({1, 2, 4}, f64), {}}), {7.0 / 3}, 1e-15);
  BOOST_TEST(std::isnan(mean(PerExample{Tensor{1, 2}, Tensor{0, 0}}).item()));
}

BOOST_AUTO_TEST_CASE(a_scalar_adds_to_every_value) {
  const PerExample loss{tensor({1, 2}, f64), tensor({1, 3}, f64)};
  check_close((loss + 0.5).value, {1.5, 2.5}, 0);
  check_close(mean(loss + scalar(0.5, f64)), {(1.5 + 3 * 2.5) / 4}, 1e-15);
  check_close((loss * 2).value, {2, 4}, 0);
  check_close((loss * 2).weight, {1, 3}, 0);
  CHECK_SENTENCE(ShapeError, loss + Tensor{1},
                 "a scalar is what can be added to every example's loss, not a tensor of shape [1]");
}

BOOST_AUTO_TEST_CASE(weighted_multiplies_the_weights) {
  const PerExample plain{tensor({1, 2}, f64), {}}, loss{tensor({1, 2}, f64), tensor({1, 3}, f64)};
  check_close(weighted(plain, tensor({2, 5}, i32)).weight, {2, 5}, 0);
  check_close(weighted(loss, tensor({{2}, {0.5}}, f64)).weight, {2, 1.5}, 0);
  CHECK_SENTENCE(ShapeError, weighted(loss, Tensor{1, 2, 3}),
                 "weighted: 2 examples want weights of shape [2], not [3]");
  CHECK_SENTENCE(ValueError, weighted(loss, tensor({1, -2}, f64)),
                 "weighted: the weight in row 1 is -2: weights are not negative");
  CHECK_SENTENCE(ValueError, weighted(loss, tensor({not_a_number, 2}, f64)),
                 "weighted: the weight in row 0 is nan: weights are not negative");
}

BOOST_AUTO_TEST_CASE(mistakes_are_told_in_one_sentence) {
  const Tensor p{{1}, {2}}, flat{1, 0}, bad{{0}, {2}}, missing = tensor({{not_a_number}, {1}});
  CHECK_SENTENCE(ShapeError, MeanSquaredError{}(p, flat),
                 "mean_squared_error: prediction [2, 1] and target [2] differ in shape; reshape the target to [2, 1]");
  CHECK_SENTENCE(ShapeError, MeanAbsoluteError{}(p, Tensor{{1}}),
                 "mean_absolute_error: prediction [2, 1] and target [1, 1] differ in shape");
  CHECK_SENTENCE(ShapeError, MeanSquaredError{}(scalar(1), scalar(1)),
                 "mean_squared_error: the prediction is a scalar: its first axis must be the examples");
  CHECK_SENTENCE(ValueError, Huber{.delta = 0}(p, p), "huber: delta must be above 0, not 0");
  CHECK_SENTENCE(ShapeError, BinaryCrossEntropy{}(p, flat),
                 "binary_cross_entropy: logits [2, 1] and target [2] differ in shape; reshape the target to [2, 1]");
  CHECK_SENTENCE(InvalidTarget, BinaryCrossEntropy{}(p, bad),
                 "binary_cross_entropy: the target in row 1 is 2, not in [0, 1]");
  CHECK_SENTENCE(InvalidTarget, BinaryCrossEntropy{}(p, missing),
                 "binary_cross_entropy: the target in row 0 is nan, not in [0, 1]");
  CHECK_SENTENCE(ValueError, BinaryCrossEntropy{.label_smoothing = 1.5}(p, p),
                 "binary_cross_entropy: label_smoothing must lie in [0, 1], not be 1.5");
  CHECK_SENTENCE(ValueError, BinaryCrossEntropy{.positive_weight = -1}(p, p),
                 "binary_cross_entropy: positive_weight must be a number from 0, not -1");
  CHECK_SENTENCE(ShapeError, BinaryCrossEntropy{.class_weights = Tensor{1}}(p, ones({2, 1})),
                 "binary_cross_entropy: 2 classes want class_weights of shape [2], not [1]");
  CHECK_SENTENCE(ValueError, MeanSquaredError{}(p, 3), "mean_squared_error: takes a tensor, not the number 3");
  CHECK_SENTENCE(DtypeError, MeanSquaredError{}(p, ones({2, 1}, f64)),
                 "squared_difference: f32 and f64 do not mix: convert one, x.to(f64)");
}

BOOST_AUTO_TEST_SUITE_END()
