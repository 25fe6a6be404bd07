// CrossEntropy against PyTorch's documented formulas, written here in scalars, one element at a time.
#include <cinta/framework/nn/losses.hpp>

#include "nn_support.hpp"

#include <cinta/ops/gradcheck.hpp>

#include <limits>

namespace {

using namespace cinta;
using nn_support::check_close;

constexpr std::int64_t n = 4, k = 3;
const double logits_rows[n][k] = {{0.2, -1.3, 2.1}, {1.7, 0.4, -0.6}, {-0.5, 0.9, 0.3}, {3.0, -2.0, 1.0}};
const Tensor logits = tensor({{0.2, -1.3, 2.1}, {1.7, 0.4, -0.6}, {-0.5, 0.9, 0.3}, {3.0, -2.0, 1.0}}, f64);
const double not_a_number = std::numeric_limits<double>::quiet_NaN(),
             infinity = std::numeric_limits<double>::infinity();

double log_p(std::int64_t row, std::int64_t c) {
  long double total = 0;
  for (const double u : logits_rows[row]) total += std::exp(static_cast<long double>(u));
  return static_cast<double>(logits_rows[row][c] - std::log(total));
}

// torch.nn.functional.cross_entropy(…, reduction='mean') for class indices: the negative log-likelihood and the smooth
// part are both divided by the sum of the targets' weights.
double torch_mean(const std::vector<int>& y, const std::vector<double>& w, double smoothing, int ignored = -100) {
  double nll = 0, smooth = 0, total = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const int t = y[static_cast<std::size_t>(i)];
    if (t == ignored) continue;
    nll -= w[static_cast<std::size_t>(t)] * log_p(i, t);
    total += w[static_cast<std::size_t>(t)];
    for (std::int64_t c = 0; c < k; ++c) smooth -= w[static_cast<std::size_t>(c)] * log_p(i, c);
  }
  return (1 - smoothing) * nll / total + smoothing / k * smooth / total;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cross_entropy)

BOOST_AUTO_TEST_CASE(class_indices_give_minus_the_log_probability) {
  const Tensor y = tensor({2, 0, 1, 1}, i32);
  const PerExample loss = CrossEntropy{}(logits, y);
  check_close(loss.value, {-log_p(0, 2), -log_p(1, 0), -log_p(2, 1), -log_p(3, 1)}, 1e-14);
  BOOST_TEST(!loss.weight.defined());
  check_close(CrossEntropy{}(logits, tensor({{2}, {0}, {1}, {1}}, i32)).value, nn_support::elements(loss.value), 0);
  check_close(CrossEntropy{}(logits, tensor({2, 0, 1, 1}, u8)).value, nn_support::elements(loss.value), 0);
}

BOOST_AUTO_TEST_CASE(weights_smoothing_and_ignored_targets_are_as_torch_has_them_under_mean) {
  const std::vector<int> y{2, 0, 1, 0}, ignoring{2, -100, 1, -100}, ignoring_class{2, 0, 1, 0};
  const Tensor ty = tensor({2, 0, 1, 0}, i32), tignoring = tensor({2, -100, 1, -100}, i32), weights{0.5, 2, 1.25};
  const std::vector<double> one{1, 1, 1}, w{0.5, 2, 1.25};
  for (const double smoothing : {0.0, 0.1, 1.0}) {
    check_close(mean(CrossEntropy{.label_smoothing = smoothing}(logits, ty)), {torch_mean(y, one, smoothing)}, 1e-13);
    check_close(mean(CrossEntropy{.label_smoothing = smoothing, .class_weights = weights}(logits, ty)),
                {torch_mean(y, w, smoothing)}, 1e-13);
    check_close(mean(CrossEntropy{.label_smoothing = smoothing}(logits, tignoring)),
                {torch_mean(ignoring, one, smoothing)}, 1e-13);
    check_close(mean(CrossEntropy{.label_smoothing = smoothing, .class_weights = weights}(logits, tignoring)),
                {torch_mean(ignoring, w, smoothing)}, 1e-13);
    check_close(mean(CrossEntropy{.label_smoothing = smoothing, .ignore_index = 0}(logits, ty)),
                {torch_mean(ignoring_class, one, smoothing, 0)}, 1e-13);
  }
}

BOOST_AUTO_TEST_CASE(a_class_of_weight_zero_is_as_torch_has_it_with_smoothing) {
  const std::vector<int> y{2, 0, 1, 0};
  const std::vector<double> w{0, 2, 1.25};
  const Tensor ty = tensor({2, 0, 1, 0}, i32), weights{0, 2, 1.25};
  check_close(mean(CrossEntropy{.class_weights = weights}(logits, ty)), {torch_mean(y, w, 0)}, 1e-13);
  check_close(mean(CrossEntropy{.label_smoothing = 0.1, .class_weights = weights}(logits, ty)), {torch_mean(y, w, 0.1)},
              1e-13);
}

BOOST_AUTO_TEST_CASE(ignored_rows_leave_no_trace) {
  const Tensor y = tensor({-100, 1}, i32), u = tensor({{not_a_number, -infinity, 3}, {0, 0, 0}}, f64);
  const PerExample loss = CrossEntropy{}(u, y);
  check_close(loss.value, {0, std::log(3.0)}, 1e-15);
  check_close(loss.weight, {0, 1}, 0);
  check_close(mean(loss), {std::log(3.0)}, 1e-15);
  BOOST_TEST(std::isnan(mean(CrossEntropy{}(logits, tensor({-100, -100, -100, -100}, i32))).item<double>()));
}

BOOST_AUTO_TEST_CASE(probabilities_are_as_torch_has_them) {
  const double t[n][k] = {{0.2, 0.3, 0.5}, {1, 0, 0}, {0.25, 0.5, 0.25}, {0, 0.9, 0.1}};
  const Tensor target = tensor({{0.2, 0.3, 0.5}, {1, 0, 0}, {0.25, 0.5, 0.25}, {0, 0.9, 0.1}}, f64),
               weights{0.5, 2, 1.25};
  const double w[k] = {0.5, 2, 1.25};
  for (const double smoothing : {0.0, 0.1}) {
    double plain = 0, weighted_total = 0;
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t c = 0; c < k; ++c) {
        const double part = -(t[i][c] * (1 - smoothing) + smoothing / k) * log_p(i, c);
        plain += part / n;
        weighted_total += w[c] * part / n;
      }
    check_close(mean(CrossEntropy{.label_smoothing = smoothing}(logits, target)), {plain}, 1e-13);
    check_close(mean(CrossEntropy{.label_smoothing = smoothing, .class_weights = weights}(logits, target)),
                {weighted_total}, 1e-13);
  }
}

BOOST_AUTO_TEST_CASE(finite_logits_give_finite_losses) {
  for (const Dtype dtype : {f32, f64}) {
    const Tensor u = tensor({{1e4, 0}, {1e20, 1e20}, {-1e30, 1e30}}, dtype), y = tensor({1, 0, 0}, i32);
    check_close(CrossEntropy{}(u, y).value, {1e4, std::log(2.0), 2e30}, dtype == f32 ? 1e-6 : 1e-14);
    const auto [value, g] = value_and_grad([&](const Tensor& x) { return sum(CrossEntropy{}(x, y)); }, u);
    check_close(g, {1, -1, -0.5, 0.5, -1, 1}, 1e-7);
  }
}

BOOST_AUTO_TEST_CASE(gradients_agree_with_finite_differences) {
  const Tensor y = tensor({2, -100, 1, 0}, i32),
               p = tensor({{0.2, 0.3, 0.5}, {0.9, 0.05, 0.05}, {0.25, 0.5, 0.25}, {0.1, 0.8, 0.1}}, f64);
  const CrossEntropy plain, full{.label_smoothing = 0.1, .class_weights = Tensor{0.5, 2, 1.25}};
  for (const CrossEntropy& loss : {plain, full}) {
    const auto classes = gradcheck([&](const Tensor& u) { return mean(loss(u, y)); }, {logits}, {.order = 2});
    BOOST_TEST(classes.passed, classes.message);
    const auto both =
        gradcheck([&](const Tensor& u, const Tensor& t) { return loss(u, t).value; }, {logits, p}, {.order = 2});
    BOOST_TEST(both.passed, both.message);
  }
}

BOOST_AUTO_TEST_CASE(mistakes_are_told_in_one_sentence) {
  const Tensor u = zeros({4, 3}), y5 = tensor({0, 1, 2, 0, 1}, i32), high = tensor({0, 1, 3, 0}, i32),
               low = tensor({0, -1, 1, 0}, i32);
  const Tensor y = tensor({0, 1, 2, 0}, i32), floats{0, 1, 2, 0}, wide = zeros({4, 2}), off = full({4, 3}, 1.5);
  CHECK_SENTENCE(ShapeError, CrossEntropy{}(u, y5),
                 "cross_entropy: logits [4, 3] want one class for each row, targets [4], not [5]");
  CHECK_SENTENCE(ShapeError, CrossEntropy{}(u, floats),
                 "cross_entropy: targets of f32 are probabilities, of the shape of the logits, [4, 3]; classes are "
                 "i32: target.to(i32)");
  CHECK_SENTENCE(ShapeError, CrossEntropy{}(u, wide), "cross_entropy: logits [4, 3] want targets [4, 3], not [4, 2]");
  CHECK_SENTENCE(ShapeError, CrossEntropy{}(floats, y), "cross_entropy: the logits have shape [4], not [n, classes]");
  CHECK_SENTENCE(InvalidTarget, CrossEntropy{}(u, high),
                 "cross_entropy: the target in row 2 is 3, but the logits have 3 classes (0 to 2)");
  CHECK_SENTENCE(InvalidTarget, CrossEntropy{}(u, low),
                 "cross_entropy: the target in row 1 is -1, but the logits have 3 classes (0 to 2)");
  CHECK_SENTENCE(InvalidTarget, CrossEntropy{}(u, off),
                 "cross_entropy: the probability in row 0 is 1.5, not in [0, 1]");
  CHECK_SENTENCE(ValueError, CrossEntropy{.label_smoothing = -0.1}(u, y),
                 "cross_entropy: label_smoothing must lie in [0, 1], not be -0.1");
  CHECK_SENTENCE(ShapeError, (CrossEntropy{.class_weights = Tensor{1, 2}}(u, y)),
                 "cross_entropy: 3 classes want class_weights of shape [3], not [2]");
  CHECK_SENTENCE(ValueError, (CrossEntropy{.class_weights = Tensor{1, -2, 1}}(u, y)),
                 "cross_entropy: the weight of class 1 is -2: weights are finite and not negative");
}

BOOST_AUTO_TEST_SUITE_END()
