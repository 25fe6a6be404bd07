// fit: that it learns, what it takes as loss and as data, penalties, weights, and refusals of options.
#include "train_support.hpp"

#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/framework/train/fit.hpp>

#include <cmath>

namespace {

using namespace train_support;

// Two inputs that are combined, as a user would write them: an aggregate of tensors is a batch.
struct Pair {
  Tensor left, right, y;
};
struct PairNet {
  Linear left{2, 4}, right{3, 4}, out{4, 1};
  Tensor operator()(const Tensor& a, const Tensor& b) const { return out(tanh(left(a) + right(b))); }
};

// A source of one's own, with and without random numbers.
struct PlainSource {
  Batch data;
  int batches_left = 3, epochs = 0;
  void begin_epoch(std::int64_t) { batches_left = 3, ++epochs; }
  std::optional<Batch> next() {
    if (batches_left-- == 0) return {};
    return data;
  }
};
struct DrawingSource {
  MadeUp data = made_up(64);
  int drawn = 0;
  std::vector<std::int64_t> rows = {};
  std::optional<Batch> next(Rng& rng) {
    if (drawn == 4) return drawn = 0, std::nullopt;
    ++drawn;
    rows.push_back(rng.below(60));
    return Batch{rows_between(data.x, rows.back(), rows.back() + 4),
                 rows_between(data.y, rows.back(), rows.back() + 4)};
  }
};

struct Losses {
  std::vector<double> all;
  void on_batch_end(double loss) { all.push_back(loss); }
};

const double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

BOOST_AUTO_TEST_SUITE(fit)

BOOST_AUTO_TEST_CASE(learns_xor_from_each_of_20_seeds) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Net net = new_net(seed);
    cinta::fit(net, BinaryCrossEntropy{}, adamw(0.05), {xor_x, xor_y}, {.epochs = 500});
    const Tensor p = sigmoid(net(xor_x));
    for (int i = 0; i < 4; ++i)
      BOOST_TEST(std::abs(p(i, 0) - xor_y(i, 0)) < 0.1, "seed " << seed << ", row " << i << ": " << p(i, 0));
  }
}

BOOST_AUTO_TEST_CASE(gives_the_bytes_of_a_loop_by_hand) {
  const MadeUp data = made_up(128);
  struct DropoutNet {
    Linear hidden{2, 8};
    Dropout dropout{0.25};
    Linear out{8, 1};
    Tensor operator()(const Tensor& x) const { return out(dropout(tanh(hidden(x)))); }
  };
  DropoutNet by_fit, by_hand;
  init(by_fit, {.seed = 3});
  init(by_hand, {.seed = 3});
  cinta::fit(by_fit, MeanSquaredError{}, adamw(0.01), {data.x, data.y}, {.epochs = 3, .batch_size = 32, .seed = 5});

  Optimizer optimizer = adamw(0.01);
  Training training({.seed = 5});
  // 32 rows a batch: dividing the sum's gradient by a power of two is exact, so mean and fit agree in every bit.
  for (const Batch& b : batches({data.x, data.y}, {.size = 32, .seed = 5, .epochs = 3}))
    optimizer.step(by_hand, backward(mean(MeanSquaredError{}(by_hand(b.x), b.y))));
  BOOST_TEST((bytes_of(by_fit) == bytes_of(by_hand)));
}

BOOST_AUTO_TEST_CASE(takes_a_function_of_model_and_batch_as_loss) {
  const MadeUp data = made_up(64);
  Net by_struct = new_net(), by_function = new_net(), by_mean = new_net();
  const FitOptions<Batch> options{.epochs = 2, .batch_size = 16};
  cinta::fit(by_struct, MeanSquaredError{}, sgd(0.1), {data.x, data.y}, options);
  cinta::fit(
      by_function, [](const Net& net, const Batch& b) { return MeanSquaredError{}(net(b.x), b.y); }, sgd(0.1),
      {data.x, data.y}, options);
  cinta::fit(
      by_mean, [](const auto& net, const auto& b) { return mean(square(net(b.x) - b.y), 1); }, sgd(0.1),
      {data.x, data.y}, options);
  BOOST_TEST((bytes_of(by_struct) == bytes_of(by_function)));
  BOOST_TEST((bytes_of(by_struct) == bytes_of(by_mean)));
}

BOOST_AUTO_TEST_CASE(takes_a_batch_of_two_inputs) {
  const MadeUp left = made_up(60), right = made_up(60, 3, 8);
  PairNet net;
  init(net, {.seed = 1});
  const Pair data{left.x, right.x, left.y};
  const auto loss = [](const PairNet& m, const Pair& b) { return MeanSquaredError{}(m(b.left, b.right), b.y); };
  const double before = evaluate(net, loss, data);
  const History history = cinta::fit(net, loss, adam(0.02), data, FitOptions<Pair>{.epochs = 40, .batch_size = 20});
  BOOST_TEST(history.epochs.size() == 40u);
  BOOST_TEST(evaluate(net, loss, data) < 0.5 * before);
}

BOOST_AUTO_TEST_CASE(trains_on_a_source_of_ones_own) {
  Net net = new_net();
  PlainSource source{{xor_x, xor_y}};
  Losses losses;
  const History history = cinta::fit(net, BinaryCrossEntropy{}, adam(0.05), source, {.epochs = 4}, losses);
  BOOST_TEST(history.epochs.size() == 4u);
  BOOST_TEST(source.epochs == 4);
  BOOST_TEST(losses.all.size() == 12u);
  BOOST_TEST(losses.all.back() < losses.all.front());
  BOOST_TEST(history.epochs[3].loss == (losses.all[9] + losses.all[10] + losses.all[11]) / 3,
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(gives_a_drawing_source_numbers_of_seed_and_epoch) {
  const auto rows_drawn = [](std::uint64_t seed) {
    Net net = new_net();
    DrawingSource source;
    cinta::fit(net, MeanSquaredError{}, sgd(0.01), source, {.epochs = 2, .seed = seed});
    return source.rows;
  };
  const auto first = rows_drawn(1);
  BOOST_TEST(first.size() == 8u);
  BOOST_TEST(first == rows_drawn(1));
  BOOST_TEST(first != rows_drawn(2));
  BOOST_TEST(std::vector(first.begin(), first.begin() + 4) != std::vector(first.begin() + 4, first.end()));
}

BOOST_AUTO_TEST_CASE(weights_count_a_row_as_often) {
  const Tensor twice{{0, 0}, {0, 1}, {0, 1}, {1, 0}, {1, 1}, {1, 1}, {1, 1}}, y{{0}, {1}, {1}, {1}, {0}, {0}, {0}};
  Net weighted_net = new_net(1, f64), repeated = new_net(1, f64);
  const Batch data{xor_x.to(f64), xor_y.to(f64), tensor({1, 2, 1, 3}, f64)};
  cinta::fit(weighted_net, BinaryCrossEntropy{}, sgd(0.5), data, {.epochs = 20, .order = Order::fixed});
  cinta::fit(repeated, BinaryCrossEntropy{}, sgd(0.5), {twice.to(f64), y.to(f64)},
             {.epochs = 20, .order = Order::fixed});
  const Tensor a = flatten(weighted_net), b = flatten(repeated);
  for (std::int64_t i = 0; i < a.size(); ++i) BOOST_TEST(std::abs(a(i) - b(i)) < 1e-12);
  BOOST_TEST(evaluate(weighted_net, BinaryCrossEntropy{}, data) ==
                 evaluate(repeated, BinaryCrossEntropy{}, {twice.to(f64), y.to(f64)}),
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(penalties_are_those_added_by_hand) {
  const Batch data{xor_x.to(f64), xor_y.to(f64)};
  Net by_option = new_net(1, f64), by_hand = new_net(1, f64), without = new_net(1, f64);
  FitOptions<Batch> options{.epochs = 30, .order = Order::fixed};
  cinta::fit(without, BinaryCrossEntropy{}, sgd(0.1), data, options);
  cinta::fit(
      by_hand,
      [](const Net& net, const Batch& b) {
        return BinaryCrossEntropy{}(net(b.x), b.y) + (l1(net, 0.01) + l2(net, 0.03));
      },
      sgd(0.1), data, options);
  options.penalty = {.l1 = 0.01, .l2 = 0.03};
  const History history = cinta::fit(by_option, BinaryCrossEntropy{}, sgd(0.1), data, options);
  const Tensor a = flatten(by_option), b = flatten(by_hand), c = flatten(without);
  double apart = 0;
  for (std::int64_t i = 0; i < a.size(); ++i) {
    BOOST_TEST(std::abs(a(i) - b(i)) < 1e-13);
    apart = std::max(apart, std::abs(a(i) - c(i)));
  }
  BOOST_TEST(apart > 1e-3);
  BOOST_TEST(history.epochs[0].loss == evaluate(new_net(1, f64), BinaryCrossEntropy{}, data),
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(weights_that_a_penalty_shrinks_end_as_exact_zeros) {
  struct Scale {
    Parameter weight{Tensor{1e-23, 1}};
    Tensor operator()(const Tensor& x) const { return x * weight; }
  } net;
  const Batch data{Tensor{{0, 0}}, Tensor{{0, 0}}};
  const FitOptions<Batch> halving{.epochs = 3, .penalty = {.l2 = 0.25}};
  cinta::fit(net, MeanSquaredError{}, sgd(1), data, halving);
  BOOST_TEST(net.weight.value()(0) == 1e-23 / 8, boost::test_tools::tolerance(1e-6));
  cinta::fit(net, MeanSquaredError{}, sgd(1), data, halving);
  BOOST_TEST(net.weight.value()(0) == 0);  // below 2⁻⁸⁰
  BOOST_TEST(net.weight.value()(1) == 1.0 / 64);
}

BOOST_AUTO_TEST_CASE(trains_in_f64) {
  Net net = new_net(1, f64);
  const History history =
      cinta::fit(net, BinaryCrossEntropy{}, adamw(0.05), {xor_x.to(f64), xor_y.to(f64)}, {.epochs = 300});
  BOOST_TEST((net.out.weight.value().dtype() == f64));
  BOOST_TEST(history.epochs.back().loss < 0.1);
  BOOST_TEST((predict(net, xor_x.to(f64)).dtype() == f64));
}

BOOST_AUTO_TEST_CASE(an_optimizer_of_the_users_goes_on) {
  Net once = new_net(), twice = new_net();
  Optimizer one = adam(0.05), two = adam(0.05);
  cinta::fit(once, BinaryCrossEntropy{}, one, {xor_x, xor_y}, {.epochs = 6, .order = Order::fixed});
  for (int i = 0; i < 2; ++i)
    cinta::fit(twice, BinaryCrossEntropy{}, two, {xor_x, xor_y}, {.epochs = 3, .order = Order::fixed});
  BOOST_TEST(one.step_count() == 6);
  BOOST_TEST((bytes_of(once) == bytes_of(twice)));
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused_under_the_line_of_the_call) {
  Net net = new_net();
  const std::string before = bytes_of(net);
  const Batch xor_data{xor_x, xor_y};
  const BinaryCrossEntropy loss;
  CHECK_SENTENCE(ValueError, cinta::fit(net, loss, sgd(0.1), xor_data, {.epochs = 0}),
                 "fit: epochs is 0, not at least 1");
  CHECK_SENTENCE(ValueError, cinta::fit(net, loss, sgd(0.1), xor_data, {.patience = -1}),
                 "fit: patience is -1, not at least 0");
  CHECK_SENTENCE(ValueError, cinta::fit(net, loss, sgd(0.1), xor_data, {.min_delta = -0.5}),
                 "fit: min_delta is -0.5, not at least 0");
  CHECK_SENTENCE(ValueError, cinta::fit(net, loss, sgd(0.1), xor_data, {.min_delta = not_a_number}),
                 "fit: min_delta is nan, not at least 0");
  CHECK_SENTENCE(ValueError, cinta::fit(net, loss, sgd(0.1), xor_data, {.penalty = {.l1 = -1}}),
                 "fit: a penalty is negative: l1 = -1, l2 = 0");
  CHECK_SENTENCE(ValueError, evaluate(net, loss, xor_data, {.batch_size = 0}),
                 "evaluate: batch_size is 0, not at least 1");
  CHECK_SENTENCE(ValueError, predict(net, xor_x, {.batch_size = -4}), "predict: batch_size is -4, not at least 1");
  BOOST_CHECK_THROW(cinta::fit(net, loss, sgd(0.1), xor_data, {.batch_size = 0}), ValueError);
  BOOST_TEST((bytes_of(net) == before));
}

BOOST_AUTO_TEST_CASE(a_source_without_batches_and_data_without_rows_are_refused) {
  struct Empty {
    std::optional<Batch> next() { return {}; }
  } source;
  Net net = new_net();
  const Batch none{empty({0, 2}), empty({0, 1})};
  CHECK_SENTENCE(DataError, cinta::fit(net, BinaryCrossEntropy{}, sgd(0.1), source, {.epochs = 2}),
                 "fit: the source gave no batch in epoch 1");
  BOOST_CHECK_THROW(cinta::fit(net, BinaryCrossEntropy{}, sgd(0.1), none, {.epochs = 2}), DataError);
  CHECK_SENTENCE(DataError, evaluate(net, BinaryCrossEntropy{}, none), "evaluate: the data have no rows");
  BOOST_TEST(predict(net, none.x).shape()[0] == 0);
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_not_one_value_an_example_is_told) {
  Net net = new_net();
  const auto loss = [](const Net& m, const Batch& b) { return concat({m(b.x), m(b.x)}, 0); };
  CHECK_SENTENCE(ShapeError, cinta::fit(net, loss, sgd(0.1), {xor_x, xor_y}, {.epochs = 1}),
                 "fit: the loss has shape [8, 1] for a batch of 4 examples: give one value per example");
}

BOOST_AUTO_TEST_SUITE_END()
