// Metrics against closed forms, the examples of scikit-learn's documentation, and pairs counted one by one.
#include <cinta/framework/train/metrics.hpp>

#include "../nn/nn_support.hpp"

#include <cinta/framework/core/random.hpp>
#include <cinta/ops/ops.hpp>

#include <limits>
#include <sstream>

namespace {

using namespace cinta;
using nn_support::elements;

const double nan_value = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();

void check_equal(double found, double wanted, double tolerance = 1e-15) {
  BOOST_TEST(std::abs(found - wanted) <= tolerance * (1 + std::abs(wanted)), found << " is not " << wanted);
}

// Every pair of a positive and a negative row, one by one.
double auc_by_pairs(const std::vector<double>& scores, const std::vector<bool>& positive,
                    const std::vector<double>& weights) {
  double won = 0, all = 0;
  for (std::size_t i = 0; i < scores.size(); ++i)
    for (std::size_t j = 0; j < scores.size(); ++j) {
      if (!positive[i] || positive[j]) continue;
      all += weights[i] * weights[j];
      won += weights[i] * weights[j] * (scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0);
    }
  return won / all;
}

std::vector<bool> equal_to(const Tensor& targets, double label) {
  std::vector<bool> result;
  for (const double t : elements(targets)) result.push_back(t == label);
  return result;
}

std::vector<double> column(const Tensor& x, std::int64_t c) {
  std::vector<double> result;
  for (std::int64_t row = 0; row < x.shape()[0]; ++row) result.push_back(x(row, c));
  return result;
}

// Whole numbers in [0, below), scaled: few enough values for ties.
Tensor drawn(std::uint64_t seed, const Shape& shape, int below, double scale) {
  Rng rng(seed, 0);
  Tensor x = empty(shape, f64);
  for (double& v : x.mutable_span<double>()) v = std::floor(rng.uniform() * below) * scale;
  return x;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics)

BOOST_AUTO_TEST_CASE(a_probability_of_exactly_the_threshold_is_positive) {
  nn_support::check_close(predicted_classes(Tensor{0.5, 0.49999, 1, 0}), {1, 0, 1, 0}, 0);
  nn_support::check_close(predicted_classes(Tensor{{0.25}, {0.125}}, 0.25), {1, 0}, 0);
  BOOST_TEST((predicted_classes(Tensor{{0.25}, {0.125}}).shape() == Shape{2}));
  BOOST_TEST((predicted_classes(Tensor{0.25}).dtype() == i32));
}

BOOST_AUTO_TEST_CASE(of_equal_probabilities_the_first_class_is_predicted) {
  nn_support::check_close(predicted_classes(Tensor{{0.25, 0.5, 0.25}, {0.5, 0.5, 0}, {0, 0, 1}}), {1, 0, 2}, 0);
}

BOOST_AUTO_TEST_CASE(accuracy_is_the_share_of_hits) {
  check_equal(accuracy(Tensor{0, 2, 1, 3}, Tensor{0, 1, 2, 3}), 0.5);
  check_equal(accuracy(tensor({1, 0, 1}, i32), Tensor{{1}, {0}, {0}}), 2.0 / 3);
  check_equal(accuracy(Tensor{-1, 1}, Tensor{-1, -1}), 0.5);
  check_equal(accuracy(Tensor{1, 0, 1}, Tensor{1, 0, 0}, Tensor{1, 2, 5}), 3.0 / 8);
}

BOOST_AUTO_TEST_CASE(a_confusion_matrix_has_true_rows_and_predicted_columns) {
  const ConfusionMatrix m = confusion_matrix(tensor({0, 0, 2, 2, 0, 2}, i32), tensor({2, 0, 2, 2, 0, 1}, i32));
  BOOST_TEST(m.classes == 3);
  BOOST_TEST(m.counts == (std::vector<std::int64_t>{2, 0, 0, 0, 0, 1, 1, 0, 2}), boost::test_tools::per_element());
  BOOST_TEST(m(1, 2) == 1);
  BOOST_TEST(m(2, 1) == 0);
  BOOST_TEST(confusion_matrix(Tensor{1, 0}, Tensor{1, 1}, 4).counts.size() == 16u);
}

BOOST_AUTO_TEST_CASE(a_confusion_matrix_prints_as_a_table) {
  const ConfusionMatrix m = confusion_matrix(Tensor{0, 1, 1}, Tensor{0, 0, 1});
  std::ostringstream out;
  out << m;
  BOOST_TEST(out.str() ==
             "true \\ predicted  0  1\n"
             "0                 1  1\n"
             "1                 0  1\n");
  BOOST_TEST(to_string(m, {"no", "sí"}) ==
             "true \\ predicted  no  sí\n"
             "no                 1   1\n"
             "sí                 0   1\n");
  BOOST_TEST(nn_support::sentence<ValueError>([&] { to_string(m, {"no"}); }) ==
             "confusion_matrix: 1 names for 2 classes");
}

BOOST_AUTO_TEST_CASE(binary_precision_recall_and_f1_are_of_class_1) {
  const Tensor labels{1, 1, 1, 0, 0, 0, 1}, targets{1, 0, 1, 1, 0, 1, 1};  // TP 3, FP 1, FN 2
  check_equal(precision(labels, targets), 3.0 / 4);
  check_equal(recall(labels, targets), 3.0 / 5);
  check_equal(f1(labels, targets), 6.0 / 9);
}

BOOST_AUTO_TEST_CASE(precision_and_recall_of_nothing_are_0) {
  const Tensor none{0, 0}, some{0, 1};
  check_equal(precision(none, some), 0);
  check_equal(recall(some, none), 0);
  check_equal(f1(none, none), 0);
}

BOOST_AUTO_TEST_CASE(macro_and_weighted_averages_are_scikit_learns) {
  const Tensor targets{0, 1, 2, 0, 1, 2}, labels{0, 2, 1, 0, 0, 1};
  check_equal(precision(labels, targets, Average::macro), 2.0 / 9);
  check_equal(recall(labels, targets, Average::macro), 1.0 / 3);
  check_equal(f1(labels, targets, Average::macro), 0.8 / 3);
  // Unequal numbers of targets: class 0 has 4 (3 found, none else called so), class 1 has 1 (found, with 2 others),
  // class 2 has 1 (missed).
  const Tensor truth{0, 0, 0, 0, 1, 2}, called{0, 0, 0, 1, 1, 1};
  check_equal(precision(called, truth, Average::weighted), (4 * 1 + 1.0 / 3) / 6);
  check_equal(recall(called, truth, Average::weighted), (4 * 0.75 + 1) / 6);
  check_equal(f1(called, truth, Average::weighted), (4 * (6.0 / 7) + 0.5) / 6);
  check_equal(f1(called, truth, Average::macro), (6.0 / 7 + 0.5) / 3);
  // A class that is only predicted counts in the macro mean; one that occurs nowhere does not.
  check_equal(recall(Tensor{0, 7}, Tensor{0, 0}, Average::macro), 0.25);
}

BOOST_AUTO_TEST_CASE(roc_auc_of_the_documented_example) {
  check_equal(roc_auc(Tensor{0.1, 0.4, 0.35, 0.8}, Tensor{0, 0, 1, 1}), 0.75);
  check_equal(roc_auc(Tensor{-3, 2}, Tensor{0, 1}), 1);
  check_equal(roc_auc(Tensor{5, 2}, Tensor{0, 1}), 0);
  check_equal(roc_auc(Tensor{1, 1, 1}, Tensor{0, 1, 1}), 0.5);
}

BOOST_AUTO_TEST_CASE(roc_auc_is_the_share_of_pairs_won_with_ties_at_half) {
  for (const int values : {2, 7, 1000}) {
    const std::int64_t n = 200;
    const Tensor scores = drawn(1, {n}, values, 1.0), targets = drawn(2, {n}, 2, 1.0);
    const Tensor weights = drawn(3, {n}, 5, 0.5);
    const std::vector<double> ones(static_cast<std::size_t>(n), 1.0);
    check_equal(roc_auc(scores, targets), auc_by_pairs(elements(scores), equal_to(targets, 1), ones));
    check_equal(roc_auc(scores, targets, weights),
                auc_by_pairs(elements(scores), equal_to(targets, 1), elements(weights)), 1e-13);
  }
}

BOOST_AUTO_TEST_CASE(multiclass_roc_auc_is_the_mean_of_each_class_against_the_rest) {
  const std::int64_t n = 150;
  const Tensor scores = drawn(4, {n, 3}, 20, 0.05), targets = drawn(5, {n}, 3, 1.0);
  const std::vector<double> ones(static_cast<std::size_t>(n), 1.0);
  double sum = 0;
  for (int c = 0; c < 3; ++c) sum += auc_by_pairs(column(scores, c), equal_to(targets, c), ones);
  check_equal(roc_auc(scores, targets.to(i32)), sum / 3, 1e-14);
}

BOOST_AUTO_TEST_CASE(roc_auc_without_a_class_is_undefined) {
  BOOST_TEST(std::isnan(roc_auc(Tensor{0.5, 0.25}, Tensor{1, 1})));
  BOOST_TEST(std::isnan(roc_auc(Tensor{0.5, 0.25}, Tensor{0, 0})));
  BOOST_TEST(std::isnan(roc_auc(Tensor{{1, 0, 0}, {0, 1, 0}}, Tensor{0, 1})));
  BOOST_TEST(std::isnan(roc_auc(Tensor{0.5, 0.25}, Tensor{1, 0}, Tensor{1, 0})));  // a row of no weight is not there
}

BOOST_AUTO_TEST_CASE(log_loss_is_the_mean_of_minus_log_p) {
  const Tensor two = tensor({{0.1, 0.9}, {0.9, 0.1}, {0.8, 0.2}, {0.35, 0.65}}, f64);
  const double wanted = -(2 * std::log(0.9) + std::log(0.8) + std::log(0.65)) / 4;
  check_equal(wanted, 0.21616, 1e-5);  // as documented
  check_equal(log_loss(two, tensor({1, 0, 0, 1}, i32)), wanted, 1e-14);
  check_equal(log_loss(tensor({0.9, 0.1, 0.2, 0.65}, f64), Tensor{{1}, {0}, {0}, {1}}), wanted, 1e-14);
  check_equal(log_loss(tensor({0.9, 0.2}, f64), Tensor{1, 0}, Tensor{3, 1}), -(3 * std::log(0.9) + std::log(0.8)) / 4,
              1e-14);
}

BOOST_AUTO_TEST_CASE(log_loss_clips_at_the_epsilon_of_the_dtype) {
  check_equal(log_loss(tensor({0}, f64), Tensor{1}), 52 * std::log(2.0), 1e-14);
  check_equal(log_loss(Tensor{0}, Tensor{1}), 23 * std::log(2.0), 1e-14);
  check_equal(log_loss(Tensor{1}, Tensor{1}), -std::log1p(-0x1p-23), 1e-14);
  // Two columns of 1 and 0 become 1 − ε and ε, three are divided by their sum 1 + ε.
  check_equal(log_loss(Tensor{{1, 0, 0}}, Tensor{1}), 23 * std::log(2.0) + std::log1p(0x1p-23), 1e-14);
}

BOOST_AUTO_TEST_CASE(log_loss_divides_a_row_by_its_sum) {
  check_equal(log_loss(tensor({{0.5, 0.5009}}, f64), Tensor{0}), -std::log(0.5 / 1.0009), 1e-14);
}

BOOST_AUTO_TEST_CASE(brier_is_the_mean_squared_error_of_probabilities) {
  const Tensor p = tensor({0.1, 0.9, 0.8, 0.3}, f64), y{0, 1, 1, 0};
  check_equal(brier(p, y), 0.0375);
  check_equal(brier(tensor({{0.9, 0.1}, {0.1, 0.9}, {0.2, 0.8}, {0.7, 0.3}}, f64), y), 0.075);
  check_equal(brier(tensor({{0.5, 0.25, 0.25}}, f64), Tensor{2}), 0.25 + 0.0625 + 0.5625);
  check_equal(brier(Tensor{0.5, 1}, Tensor{0, 0}, Tensor{3, 1}), (3 * 0.25 + 1) / 4);
}

BOOST_AUTO_TEST_CASE(regression_metrics_of_the_documented_examples) {
  const Tensor p{2.5, 0, 2, 8}, y{3, -0.5, 2, 7};
  check_equal(mae(p, y), 0.5);
  check_equal(rmse(p, y), std::sqrt(0.375));
  check_equal(r2(p, y), 1 - 1.5 / 29.1875);
  check_equal(r2(p, y), 0.948, 1e-3);
  const Tensor p2{{0, 2}, {-1, 2}, {8, -5}}, y2{{0.5, 1}, {-1, 1}, {7, -6}};
  check_equal(mae(p2, y2), 0.75);
  check_equal(rmse(p2, y2), std::sqrt(4.25 / 6));
  check_equal(r2(p2, y2), 0.936, 1e-3);
}

BOOST_AUTO_TEST_CASE(a_weight_counts_a_row_so_often) {
  const Tensor p{1, 2, 5}, y{2, 2, 3}, w{2, 1, 3};
  const Tensor p_often{1, 1, 2, 5, 5, 5}, y_often{2, 2, 2, 3, 3, 3};
  check_equal(mae(p, y, w), mae(p_often, y_often));
  check_equal(rmse(p, y, w), rmse(p_often, y_often));
  check_equal(r2(p, y, w), r2(p_often, y_often));
  BOOST_TEST(r2(p, y, w) != r2(p, y));
}

BOOST_AUTO_TEST_CASE(a_row_and_a_column_are_compared_row_by_row) {
  check_equal(mae(Tensor{1, 2, 3}, Tensor{{1}, {2}, {3}}), 0);
  check_equal(rmse(Tensor{{1}, {2}}, Tensor{4, 5}), 3);
}

BOOST_AUTO_TEST_CASE(r2_is_0_at_the_mean_negative_beyond_and_undefined_for_a_constant) {
  check_equal(r2(Tensor{2, 2, 2}, Tensor{1, 2, 3}), 0);
  check_equal(r2(Tensor{3, 2, 1}, Tensor{1, 2, 3}), -3);
  check_equal(r2(Tensor{1, 2, 3}, Tensor{1, 2, 3}), 1);
  const Tensor tenth = filled({7}, 0.1, f64);  // the mean of seven 0.1 is not 0.1
  BOOST_TEST(std::isnan(r2(tenth, tenth)));
  BOOST_TEST(std::isnan(r2(Tensor{1, 2}, Tensor{5, 6}, Tensor{1, 0})));
  BOOST_TEST(std::isnan(r2(Tensor{{1, 2}, {2, 3}}, Tensor{{1, 5}, {2, 5}})));
}

BOOST_AUTO_TEST_CASE(metrics_keep_their_order_and_are_found_by_name) {
  const Metrics m = classification_metrics(Tensor{{0.9}, {0.2}, {0.5}}, Tensor{{1}, {0}, {0}});
  std::string names;
  for (const auto& [name, value] : m) names += name + " ";
  BOOST_TEST(names == "accuracy precision recall f1 roc_auc log_loss brier ");
  check_equal(m.at("accuracy"), 2.0 / 3);
  check_equal(m.at("precision"), 0.5);
  check_equal(m.at("recall"), 1);
  check_equal(m.at("f1"), 2.0 / 3);
  check_equal(m.at("roc_auc"), 1);
  check_equal(m.at("log_loss"), log_loss(Tensor{0.9, 0.2, 0.5}, Tensor{1, 0, 0}), 0);
  check_equal(m.at("brier"), brier(Tensor{0.9, 0.2, 0.5}, Tensor{1, 0, 0}), 0);
  CHECK_SENTENCE(ValueError, m.at("acuracy"),
                 "there is no metric \"acuracy\" among accuracy, precision, recall, f1, roc_auc, log_loss, brier; did "
                 "you mean \"accuracy\"?");
}

BOOST_AUTO_TEST_CASE(metrics_of_several_classes_and_of_numbers) {
  const Tensor p{{0.5, 0.25, 0.25}, {0.125, 0.75, 0.125}, {0.5, 0.25, 0.25}, {0.25, 0.25, 0.5}};
  const Tensor y = tensor({0, 1, 1, 2}, i32), labels{0, 1, 0, 2};
  const Metrics m = classification_metrics(p, y);
  BOOST_TEST(m.size() == 8u);
  check_equal(m.at("accuracy"), 0.75);
  check_equal(m.at("precision_macro"), precision(labels, y, Average::macro), 0);
  check_equal(m.at("recall_macro"), recall(labels, y, Average::macro), 0);
  check_equal(m.at("f1_macro"), f1(labels, y, Average::macro), 0);
  check_equal(m.at("f1_weighted"), f1(labels, y, Average::weighted), 0);
  check_equal(m.at("roc_auc_ovr"), roc_auc(p, y), 0);
  check_equal(m.at("log_loss"), log_loss(p, y), 0);
  check_equal(m.at("brier"), brier(p, y), 0);
  const Metrics r = regression_metrics(Tensor{{2.5}, {0}, {2}, {8}}, Tensor{{3}, {-0.5}, {2}, {7}});
  BOOST_TEST(to_string(r) == "rmse      0.6124\nmae       0.5000\nr2        0.9486\n");
  BOOST_TEST(to_string(regression_metrics(Tensor{1}, Tensor{1})) ==
             "rmse      0.0000\nmae       0.0000\nr2             -\n");
}

BOOST_AUTO_TEST_CASE(predictions_that_are_no_probabilities_are_refused) {
  const Tensor y{1, 0}, p{0.5, 1.5}, nan_p = tensor({nan_value, 0.5}), logits{{2, -1}, {0, 1}},
                                     sigmoids{{0.9, 0.1}, {0.9, 0.9}};
  CHECK_SENTENCE(ValueError, log_loss(p, y),
                 "log_loss: the probability in row 1 is 1.5, not in [0, 1]; take sigmoid of logits");
  CHECK_SENTENCE(ValueError, log_loss(Tensor{-0.25, 0.5}, y),
                 "log_loss: the probability in row 0 is -0.25, not in [0, 1]; take sigmoid of logits");
  CHECK_SENTENCE(ValueError, brier(nan_p, y), "brier: the probability in row 0 is nan");
  CHECK_SENTENCE(ValueError, predicted_classes(logits),
                 "predicted_classes: the probability in row 0 is 2, not in [0, 1]; take softmax of logits");
  CHECK_SENTENCE(ValueError, log_loss(sigmoids, y),
                 "log_loss: the probabilities of row 1 sum to 1.8, not 1; take softmax of logits");
  CHECK_SENTENCE(ValueError, classification_metrics(p, y),
                 "classification_metrics: the probability in row 1 is 1.5, not in [0, 1]; take sigmoid of logits");
  CHECK_SENTENCE(ValueError, roc_auc(nan_p, y), "roc_auc: the score in row 0 is nan");
  CHECK_SENTENCE(ValueError, accuracy(Tensor{0.75, 1}, y),
                 "accuracy: the label in row 0 is 0.75, not a whole number; take predicted_classes of probabilities");
  CHECK_SENTENCE(ValueError, rmse(nan_p, y), "rmse: the prediction in row 0 is nan, not finite");
  const Tensor wide = tensor({{0, 1}, {0, nan_value}});
  CHECK_SENTENCE(ValueError, roc_auc(wide, y), "roc_auc: the score in row 1 is nan");
  CHECK_SENTENCE(ValueError, mae(wide, zeros({2, 2})), "mae: the prediction in row 1 is nan, not finite");
  CHECK_SENTENCE(ValueError, predicted_classes(y, 1.5), "predicted_classes: the threshold is 1.5, not in [0, 1]");
}

BOOST_AUTO_TEST_CASE(targets_out_of_range_are_refused) {
  const Tensor p{0.5, 0.5}, three{{1, 0, 0}, {0, 1, 0}}, y{0, 2}, y3{0, 3}, nan_y = tensor({0, nan_value});
  CHECK_SENTENCE(InvalidTarget, log_loss(p, y), "log_loss: the target in row 1 is 2, not 0 or 1");
  CHECK_SENTENCE(InvalidTarget, roc_auc(three, y3), "roc_auc: the target in row 1 is 3, not in [0, 3)");
  CHECK_SENTENCE(InvalidTarget, brier(three, Tensor{-1, 0}), "brier: the target in row 0 is -1, not in [0, 3)");
  CHECK_SENTENCE(InvalidTarget, accuracy(y, nan_y), "accuracy: the target in row 1 is nan");
  CHECK_SENTENCE(InvalidTarget, roc_auc(p, Tensor{0.5, 1}), "roc_auc: the target in row 0 is 0.5, not a whole number");
  CHECK_SENTENCE(InvalidTarget, mae(p, nan_y), "mae: the target in row 1 is nan, not finite");
  CHECK_SENTENCE(
      InvalidTarget, f1(Tensor{0, 1}, y),
      "f1: the target in row 1 is 2, not 0 or 1; for several classes pass Average::macro or Average::weighted");
  CHECK_SENTENCE(
      ValueError, precision(y, Tensor{0, 1}),
      "precision: the label in row 1 is 2, not 0 or 1; for several classes pass Average::macro or Average::weighted");
  CHECK_SENTENCE(InvalidTarget, confusion_matrix(Tensor{0, 1}, y, 2),
                 "confusion_matrix: the target in row 1 is 2, not 0 or 1");
  CHECK_SENTENCE(ValueError, confusion_matrix(y, Tensor{0, 1}, 2),
                 "confusion_matrix: the label in row 1 is 2, not 0 or 1");
  CHECK_SENTENCE(InvalidTarget, accuracy(y, Tensor{0, infinity}),
                 "accuracy: the target in row 1 is inf, not a whole number");
  CHECK_SENTENCE(ValueError, confusion_matrix(Tensor{0, 1e9}, y),
                 "confusion_matrix: 1000000001 classes are asked for, not 1 to 10000");
}

BOOST_AUTO_TEST_CASE(shapes_that_do_not_fit_are_refused) {
  const Tensor two{0, 1}, three{0, 1, 1}, square{{0, 1}, {1, 0}}, none = empty({0});
  CHECK_SENTENCE(ShapeError, accuracy(two, three), "accuracy: 2 labels for 3 targets");
  CHECK_SENTENCE(ShapeError, accuracy(square, two), "accuracy: the labels have shape [2, 2], not [n] or [n, 1]");
  CHECK_SENTENCE(ShapeError, log_loss(two, three), "log_loss: 2 predictions for 3 targets");
  CHECK_SENTENCE(ShapeError, roc_auc(empty({2, 2, 2}), two),
                 "roc_auc: the predictions have shape [2, 2, 2], not [n] or [n, k]");
  CHECK_SENTENCE(ShapeError, rmse(two, three), "rmse: predictions [2] and targets [3] differ in shape");
  CHECK_SENTENCE(ShapeError, r2(square, two), "r2: predictions [2, 2] and targets [2] differ in shape");
  CHECK_SENTENCE(ShapeError, mae(scalar(1), two), "mae: the prediction is a scalar: its first axis must be the rows");
  CHECK_SENTENCE(ValueError, mae(none, none), "mae: there is no prediction: the shape is [0]");
}

BOOST_AUTO_TEST_CASE(weights_that_do_not_weigh_are_refused) {
  const Tensor y{0, 1};
  CHECK_SENTENCE(ShapeError, accuracy(y, y, Tensor{1, 1, 1}), "accuracy: 2 rows want weights of shape [2], not [3]");
  CHECK_SENTENCE(ValueError, mae(y, y, Tensor{1, -1}),
                 "mae: the weight of row 1 is -1: weights are finite and not negative");
  CHECK_SENTENCE(ValueError, mae(y, y, Tensor{1, infinity}),
                 "mae: the weight of row 1 is inf: weights are finite and not negative");
  CHECK_SENTENCE(ValueError, brier(y, y, tensor({nan_value, 1})),
                 "brier: the weight of row 0 is nan: weights are finite and not negative");
  CHECK_SENTENCE(ValueError, roc_auc(y, y, Tensor{0, 0}), "roc_auc: every weight is 0: nothing counts");
}

BOOST_AUTO_TEST_CASE(metrics_leave_no_trace_on_a_tape) {
  const Training training;
  const Tensor p = sigmoid(variable(Tensor{1, -1, 2}));
  check_equal(accuracy(predicted_classes(p), Tensor{1, 0, 1}), 1);
  BOOST_TEST(!predicted_classes(p).recorded());
  BOOST_TEST(log_loss(p, Tensor{1, 0, 1}) > 0);
}

BOOST_AUTO_TEST_SUITE_END()
