// Shards: their bits for any number of threads, in fit and in a loop by hand; threads that train and predict at once.
#include "train_support.hpp"

#include <cinta/framework/nn/dropout.hpp>
#include <cinta/framework/nn/mlp.hpp>
#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/framework/train/fit.hpp>
#include <cinta/framework/train/shard.hpp>

#include <cmath>
#include <limits>
#include <thread>

namespace {

using namespace train_support;

Batch classes(std::int64_t rows, std::int64_t features) {
  Batch data{empty({rows, features}), empty({rows}, i32)};
  Rng rng(4, 0);
  for (float& v : data.x.mutable_span<float>()) v = static_cast<float>(rng.uniform());
  for (std::int32_t& v : data.y.mutable_span<std::int32_t>()) v = static_cast<std::int32_t>(rng.below(3));
  return data;
}

Mlp network(std::int64_t features, std::uint64_t seed = 2) {
  Mlp net({.inputs = features, .hidden = {32, 16}, .outputs = 3, .dropout = 0.2});
  init(net, {.seed = seed});
  return net;
}

std::string fitted(const Batch& data, std::int64_t shards, std::uint64_t seed = 3, double rate = 0.01) {
  Mlp net = network(data.x.shape()[1]);
  cinta::fit(net, CrossEntropy{}, adamw(rate), data, {.epochs = 3, .batch_size = 64, .seed = seed, .shards = shards});
  return bytes_of(net);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(shard)

using cinta::shard;

BOOST_AUTO_TEST_CASE(four_shards_have_equal_bytes_for_1_2_and_3_threads) {
  const Batch data = classes(250, 20);  // the last batch has 58 rows, in parts of 14, 15, 14 and 15
  std::string bytes[3];
  for (int n = 1; n <= 3; ++n) {
    const Threads threads(n);
    bytes[n - 1] = fitted(data, 4);
  }
  BOOST_TEST((bytes[0] == bytes[1]));
  BOOST_TEST((bytes[0] == bytes[2]));
}

BOOST_AUTO_TEST_CASE(a_loop_by_hand_has_the_bits_of_fit) {
  const Batch data = classes(250, 20);
  for (const std::int64_t shards : {1, 3, 4}) {
    Mlp net = network(20);
    Optimizer optimizer = adamw(0.01);
    Training training({.seed = 3});
    for (const Batch& b : batches(data, {.size = 64, .seed = 3, .epochs = 3})) {
      const auto result =
          shard(b, {.shards = shards}, [&](const Batch& part) { return CrossEntropy{}(net(part.x), part.y); });
      optimizer.step(net, result.gradients);
    }
    BOOST_TEST((bytes_of(net) == fitted(data, shards)), shards << " shards");
  }
}

BOOST_AUTO_TEST_CASE(shards_agree_with_the_whole_batch_but_for_rounding_dropout_included) {
  const Batch data = classes(61, 20);
  Mlp net = network(20);
  init(net, {.seed = 2, .dtype = f64});
  const Batch wide{data.x.to(f64), data.y, uniform({61}, 0, 2, {.seed = 8, .dtype = f64})};
  const auto of = [&](std::int64_t shards) {
    const Training training({.seed = 5});
    return shard(wide, {.shards = shards},
                 [&](const Batch& part) { return weighted(CrossEntropy{}(net(part.x), part.y), part.weight); });
  };
  const ShardedLoss whole = of(1);
  for (const std::int64_t shards : {2, 5, 61, 100}) {
    const ShardedLoss parts = of(shards);
    BOOST_TEST(parts.loss == whole.loss, boost::test_tools::tolerance(1e-12));
    visit_parameters(net, [&](const Name& name, const Parameter& p) {
      const Tensor a = whole.gradients[p], b = parts.gradients[p];
      for (std::int64_t i = 0; i < a.size(); ++i)
        BOOST_TEST(std::abs(a.data<double>()[i] - b.data<double>()[i]) < 1e-12, name.str() << " with " << shards);
    });
  }
}

BOOST_AUTO_TEST_CASE(an_exception_or_a_nan_in_one_shard_is_told_and_the_model_is_as_it_was) {
  const Batch data = classes(40, 20);
  Mlp net = network(20);
  const std::string before = bytes_of(net);
  const Threads threads(3);
  const Training training;
  BOOST_CHECK_THROW(shard(data, {.shards = 4},
                          [&](const Batch& part) {
                            if (part.first_row == 20) throw std::runtime_error("the third");
                            return CrossEntropy{}(net(part.x), part.y);
                          }),
                    std::runtime_error);
  const auto broken = [&](const Batch& part) {
    const double factor = part.first_row == 20 ? std::numeric_limits<double>::quiet_NaN() : 1;
    return CrossEntropy{}(net(part.x), part.y) * factor;
  };
  const int line = __LINE__ + 1;
  const std::string s = sentence<Error>([&] { shard(data, {.shards = 4}, broken); });
  BOOST_TEST(s.starts_with(std::string(__FILE__) + ":" + std::to_string(line) + ": shard: the loss is nan"), s);
  BOOST_TEST((bytes_of(net) == before));
  BOOST_TEST(std::isfinite(
      shard(data, {.shards = 4}, [&](const Batch& part) { return CrossEntropy{}(net(part.x), part.y); }).loss));
}

BOOST_AUTO_TEST_CASE(more_shards_than_rows_of_a_batch_are_refused) {
  const Batch data = classes(40, 20);
  Mlp net = network(20);
  const auto told = [&](FitOptions<Batch> options) {
    return sentence<Error>([&] { cinta::fit(net, CrossEntropy{}, adamw(0.01), data, options); });
  };
  BOOST_TEST(
      told({.batch_size = 8, .shards = 9}).ends_with("fit: 9 shards of batches of 8 rows: some would have none"));
  BOOST_TEST(told({.batch_size = 8, .shards = 0}).ends_with("fit: shards is 0, not at least 1"));
  const Training training;
  for (const Size shards : {Size(0), Size(65537), Size(std::int64_t{1} << 60)})
    BOOST_CHECK_THROW(shard(data, {.shards = shards}, [&](const Batch& b) { return CrossEntropy{}(net(b.x), b.y); }),
                      ValueError);
}

BOOST_AUTO_TEST_CASE(outside_a_scope_nothing_is_sharded) {
  const Batch data = classes(8, 20);
  const Mlp net = network(20);
  BOOST_CHECK_THROW(shard(data, {}, [&](const Batch& b) { return CrossEntropy{}(net(b.x), b.y); }), TapeError);
}

BOOST_AUTO_TEST_CASE(two_models_trained_at_once_in_two_threads_have_the_bytes_of_each_alone) {
  const Batch data = classes(250, 20);
  const std::string one = fitted(data, 1, 3, 0.01), other = fitted(data, 2, 4, 0.02);
  std::string together[2];
  {
    std::jthread first([&] { together[0] = fitted(data, 1, 3, 0.01); });
    std::jthread second([&] { together[1] = fitted(data, 2, 4, 0.02); });
  }
  BOOST_TEST((together[0] == one));
  BOOST_TEST((together[1] == other));
}

BOOST_AUTO_TEST_CASE(one_model_evaluated_by_four_threads_gives_each_the_same_bytes) {
  const Mlp net = network(20);
  const Tensor x = classes(500, 20).x, expected = predict(net, x);
  Tensor seen[4];
  {
    std::vector<std::jthread> threads;
    for (Tensor& to : seen)
      threads.emplace_back([&] {
        for (int i = 0; i < 20; ++i) to = predict(net, x);
      });
  }
  for (const Tensor& y : seen) BOOST_TEST(equal_bytes(y, expected));
}

BOOST_AUTO_TEST_SUITE_END()
