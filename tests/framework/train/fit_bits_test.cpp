// fit gives the same bytes with any number of threads, and a row's prediction has the same bits in any company.
#include "train_support.hpp"

#include <cinta/framework/data/encoder.hpp>
#include <cinta/framework/nn/mlp.hpp>
#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/framework/train/fit.hpp>

#include <cstring>

namespace {

using namespace train_support;

template <class Train> void check_threads(Train&& train) {
  std::string bytes[3];
  for (int n = 1; n <= 3; ++n) {
    const Threads threads(n);
    bytes[n - 1] = train();
  }
  BOOST_TEST((bytes[0] == bytes[1]), "1 and 2 threads give other parameters");
  BOOST_TEST((bytes[0] == bytes[2]), "1 and 3 threads give other parameters");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fit_bits)

BOOST_AUTO_TEST_CASE(parameters_have_equal_bytes_for_1_2_and_3_threads_on_a_large_network) {
  Batch data{empty({256, 784}), empty({256}, i32)};
  Rng rng(4, 0);
  for (float& v : data.x.mutable_span<float>()) v = static_cast<float>(rng.uniform());
  for (std::int32_t& v : data.y.mutable_span<std::int32_t>()) v = static_cast<std::int32_t>(rng.below(10));
  check_threads([&] {
    Mlp net({.inputs = 784, .hidden = {512}, .outputs = 10, .dropout = 0.2});
    init(net, {.seed = 2});
    const std::string before = bytes_of(net);
    cinta::fit(net, CrossEntropy{}, adamw(0.001), data, {.epochs = 15, .batch_size = 128, .seed = 3});  // 30 steps
    BOOST_TEST((bytes_of(net) != before));
    return bytes_of(net);
  });
}

BOOST_AUTO_TEST_CASE(parameters_have_equal_bytes_for_1_2_and_3_threads_on_telco_churn) {
  const Table table = read_csv(CINTA_SOURCE_DIR "/datasets/telco_churn.csv");
  const Batch data = Encoder::fit(table, "churn").encode(table);
  check_threads([&] {
    Mlp net({.inputs = data.x.shape()[1], .hidden = {64, 32}, .dropout = 0.2});
    init(net, {.seed = 2});
    cinta::fit(net, BinaryCrossEntropy{}, adamw(0.005), data,
               {.epochs = 2, .seed = 3, .validation = data, .penalty = {.l2 = 1e-4}});
    return bytes_of(net);
  });
}

BOOST_AUTO_TEST_CASE(another_seed_gives_other_bytes) {
  const MadeUp data = made_up(64);
  const auto train = [&](std::uint64_t seed) {
    Net net = new_net();
    cinta::fit(net, MeanSquaredError{}, sgd(0.1), {data.x, data.y}, {.epochs = 2, .batch_size = 8, .seed = seed});
    return bytes_of(net);
  };
  BOOST_TEST((train(1) == train(1)));
  BOOST_TEST((train(1) != train(2)));
}

BOOST_AUTO_TEST_CASE(a_row_is_predicted_with_the_same_bits_alone_and_among_7_and_1000) {
  const MadeUp data = made_up(1000, 41);
  for (const Dtype dtype : {f32, f64}) {
    Mlp net({.inputs = 41, .hidden = {64, 32}, .outputs = 3, .activation = Activation::tanh});
    init(net, {.seed = 1, .dtype = dtype});
    const Tensor x = data.x.to(dtype), all = predict(net, x), by_7 = predict(net, x, {.batch_size = 7});
    BOOST_TEST(equal_bytes(all, by_7));
    for (const std::int64_t row : {0, 1, 6, 7, 500, 993, 999})
      BOOST_TEST(equal_bytes(predict(net, rows_between(x, row, row + 1)), rows_between(all, row, row + 1)),
                 "row " << row);
  }
}

BOOST_AUTO_TEST_CASE(evaluate_does_not_depend_on_how_the_rows_are_cut_but_for_rounding) {
  const MadeUp data = made_up(1000);
  const Net net = new_net(1, f64);
  const Batch batch{data.x.to(f64), data.y.to(f64)};
  const double whole = evaluate(net, MeanSquaredError{}, batch, {.batch_size = 1000});
  for (const int size : {1, 7, 999})
    BOOST_TEST(evaluate(net, MeanSquaredError{}, batch, {.batch_size = size}) == whole,
               boost::test_tools::tolerance(1e-13));
}

BOOST_AUTO_TEST_SUITE_END()
