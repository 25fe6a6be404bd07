// Dropout: a function of seed, pass, ordinal, row and column.
#include <cinta/framework/nn/dropout.hpp>

#include "nn_support.hpp"

#include <cinta/framework/core/parallel.hpp>
#include <cinta/ops/ops.hpp>

#include <limits>

namespace {

using namespace cinta;
using nn_support::elements;

Tensor rows(const Tensor& x, std::int64_t begin, std::int64_t end) { return slice(x, 0, begin, end); }

Tensor drop(const Arg& x, double p) { return cinta::dropout(x, p); }  // the suite takes the name

// The mask of the first dropout of a training pass.
Tensor mask(const Shape& shape, TrainingOptions options, double p = 0.5, Dtype dtype = f32) {
  const Training training(options);
  return drop(ones(shape, dtype), p).detach();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dropout)

BOOST_AUTO_TEST_CASE(a_row_has_the_same_mask_alone_in_a_batch_and_in_a_shard) {
  const Tensor whole = mask({10, 37}, {.seed = 7});
  for (std::int64_t row = 0; row < 10; ++row)
    BOOST_TEST(equal_bytes(mask({1, 37}, {.seed = 7, .first_row = row}), rows(whole, row, row + 1)));
  BOOST_TEST(equal_bytes(mask({6, 37}, {.seed = 7, .first_row = 4}), rows(whole, 4, 10)));
  BOOST_TEST(!equal_bytes(mask({6, 37}, {.seed = 7, .first_row = 3}), rows(whole, 4, 10)));
  const Tensor images = mask({4, 3, 5, 2}, {.seed = 7});
  BOOST_TEST(equal_bytes(mask({2, 3, 5, 2}, {.seed = 7, .first_row = 2}), rows(images, 2, 4)));
}

BOOST_AUTO_TEST_CASE(seed_pass_and_ordinal_each_give_another_mask) {
  const Shape shape{8, 32};
  const Tensor first = mask(shape, {.seed = 1});
  BOOST_TEST(equal_bytes(mask(shape, {.seed = 1}), first));
  BOOST_TEST(!equal_bytes(mask(shape, {.seed = 2}), first));
  BOOST_TEST(!equal_bytes(mask(shape, {.seed = 1, .pass = 1}), first));
  const Training training({.seed = 1});
  const Tensor x = variable(ones(shape));
  const Tensor one = drop(x, 0.5), two = drop(x, 0.5);
  BOOST_TEST(equal_bytes(one.detach(), first));
  BOOST_TEST(!equal_bytes(two.detach(), first));
  (void)backward(sum(one));
  BOOST_TEST(equal_bytes(drop(ones(shape), 0.5).detach(), mask(shape, {.seed = 1, .pass = 1})));
}

BOOST_AUTO_TEST_CASE(p_of_another_layer_changes_no_mask) {
  const Shape shape{4, 16};
  const auto second = [&](double p) {
    const Training training({.seed = 3});
    (void)drop(ones(shape), p);
    return drop(ones(shape), 0.5).detach();
  };
  BOOST_TEST(equal_bytes(second(0), second(0.9)));
}

BOOST_AUTO_TEST_CASE(kept_elements_are_scaled_and_their_share_is_right) {
  for (const double p : {0.1, 0.5, 0.9}) {
    const std::int64_t n = 200000;
    const Tensor m = mask({1000, 200}, {.seed = 5}, p);
    std::int64_t dropped = 0;
    for (const double v : elements(m)) {
      if (v == 0) ++dropped;
      else BOOST_REQUIRE(v == static_cast<float>(1 / (1 - p)));
    }
    const double share = static_cast<double>(dropped) / n;
    BOOST_TEST(std::abs(share - p) < 5 * std::sqrt(p * (1 - p) / n));
    BOOST_TEST(std::abs(sum(m).item<double>() / n - 1) < 5 * std::sqrt(p / (1 - p) / n));
  }
}

BOOST_AUTO_TEST_CASE(f64_has_the_mask_of_f32) {
  const std::vector<double> narrow = elements(mask({5, 7}, {.seed = 5}, 0.5)),
                            wide = elements(mask({5, 7}, {.seed = 5}, 0.5, f64));
  BOOST_TEST(narrow == wide, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(threads_change_no_bit) {
  const int before = num_threads();
  set_num_threads(1);
  const Tensor alone = mask({500, 301}, {.seed = 5});
  set_num_threads(3);
  BOOST_TEST(equal_bytes(mask({500, 301}, {.seed = 5}), alone));
  set_num_threads(before);
}

BOOST_AUTO_TEST_CASE(the_gradient_has_the_mask_of_the_value) {
  const Training training({.seed = 1});
  const Tensor x = variable(full({6, 9}, 3));
  const Tensor y = drop(x, 0.3);
  BOOST_TEST(equal_bytes(backward(sum(y))[x] * 3, y.detach()));
}

BOOST_AUTO_TEST_CASE(the_second_derivative_has_it_too) {
  const Training training({.seed = 1});
  const Tensor x = variable(full({6, 9}, 3, f64));
  const Tensor y = drop(x, 0.5), m = y.detach() / 3;
  const Tensor g = grad(sum(y * y * y), {x}, {.create_graph = true})[0];
  BOOST_TEST(equal_bytes(g.detach(), 27 * m * m * m));
  BOOST_TEST(equal_bytes(grad(sum(g), {x})[0].detach(), 18 * m * m * m));
}

BOOST_AUTO_TEST_CASE(outside_training_it_is_the_identity) {
  const Tensor x{{1, 2}, {3, 4}};
  const Dropout layer{0.5};
  BOOST_TEST(equal_bytes(layer(x), x));
  {
    const Recording recording;
    const Tensor leaf = variable(x);
    const Tensor y = layer(leaf);
    BOOST_TEST(equal_bytes(y.detach(), x));
    BOOST_TEST(equal_bytes(backward(sum(y))[leaf], ones({2, 2})));
  }
  const Training training({.seed = 1});
  const Evaluation evaluation;
  BOOST_TEST(equal_bytes(layer(x), x));
}

BOOST_AUTO_TEST_CASE(a_p_outside_its_range_throws) {
  CHECK_SENTENCE(ValueError, Dropout(1), "dropout: p must lie in [0, 1), not be 1");
  CHECK_SENTENCE(ValueError, Dropout(-0.1), "dropout: p must lie in [0, 1), not be -0.1");
  CHECK_SENTENCE(ValueError, Dropout(std::numeric_limits<double>::quiet_NaN()),
                 "dropout: p must lie in [0, 1), not be nan");
  const Tensor x{1, 2};
  CHECK_SENTENCE(ValueError, cinta::dropout(x, 1.5), "dropout: p must lie in [0, 1), not be 1.5");
  const Training training;
  CHECK_SENTENCE(DtypeError, cinta::dropout(x.to(i32), 0.5),
                 "dropout: takes f32 or f64, not i32: convert it, x.to(f32)");
}

BOOST_AUTO_TEST_SUITE_END()
