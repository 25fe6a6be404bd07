// Random tensors: functions of (seed, stream, index), in their ranges, and the sentences of their errors.
#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/random.hpp>
#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace cinta;

namespace {

std::string line(int n) { return std::string(__FILE__) + ":" + std::to_string(n) + ": "; }

}  // namespace

#define CHECK_THROWS(expression, type, sentence)              \
  BOOST_CHECK_EXCEPTION(expression, type, [](const type& e) { \
    BOOST_TEST(e.what() == line(__LINE__) + (sentence));      \
    return true;                                              \
  })

BOOST_AUTO_TEST_SUITE(random_ops)

BOOST_AUTO_TEST_CASE(values_are_the_sequences_scaled) {
  std::vector<float> u(35'000), z(35'000);
  random_uniform<float>(1, 2, 0, u);
  random_normal<float>(1, 2, 0, z);
  const Tensor x = uniform({7, 5000}, -2, 3, {.seed = 1, .stream = 2}),
               y = normal({7, 5000}, 1, 0.5, {.seed = 1, .stream = 2});
  bool same = true;
  for (std::size_t i = 0; i < u.size(); ++i)
    same = same && x.data<float>()[i] == -2 + 5 * u[i] && y.data<float>()[i] == 1 + 0.5f * z[i];
  BOOST_TEST(same);
}

BOOST_AUTO_TEST_CASE(seeds_and_streams_give_other_numbers_and_threads_do_not) {
  const int before = num_threads();
  const auto all = [](std::uint64_t seed, std::uint64_t stream) {
    const RandomOptions o{.seed = seed, .stream = stream};
    return std::vector<Tensor>{uniform({50'000}, 0, 1, o), normal({50'000}, 0, 1, o), bernoulli({50'000}, 0.3, o),
                               permutation(1000, o)};
  };
  set_num_threads(1);
  const auto first = all(1, 1);
  for (const int threads : {2, 3}) {
    set_num_threads(threads);
    const auto again = all(1, 1);
    for (std::size_t k = 0; k < first.size(); ++k) BOOST_TEST(equal_bytes(first[k], again[k]));
  }
  set_num_threads(before);
  const auto seed = all(2, 1), stream = all(1, 2);
  for (std::size_t k = 0; k < first.size(); ++k) {
    BOOST_TEST(!equal_bytes(first[k], seed[k]));
    BOOST_TEST(!equal_bytes(first[k], stream[k]));
  }
}

BOOST_AUTO_TEST_CASE(uniform_numbers_stay_below_the_upper_bound_however_they_round) {
  const double one = 1, next = std::nextafter(1.0f, 2.0f);
  const Tensor x = uniform({10'000}, one, next), y = uniform({10'000}, 1e8, 1e8 + 8);
  for (const float v : x.span<float>()) BOOST_TEST(v == 1.0f);
  for (const float v : y.span<float>()) BOOST_TEST(v < 1e8f + 8);
  BOOST_TEST(equal_bytes(uniform({3}, 2, 2), full({3}, 2)));
}

BOOST_AUTO_TEST_CASE(bernoulli_is_1_with_its_probability_in_any_type) {
  for (const double p : {0.0, 0.1, 0.5, 0.9, 1.0}) {
    const Tensor x = bernoulli({100'000}, p, {.seed = 3, .dtype = u8});
    const double share = sum(x).item<std::int32_t>() / 1e5;
    BOOST_TEST(std::fabs(share - p) <= 4 * std::sqrt(p * (1 - p) / 1e5));
    for (const Dtype dtype : {f32, f64, i32})
      BOOST_TEST(equal_bytes(bernoulli({100'000}, p, {.seed = 3, .dtype = dtype}).to(u8), x));
  }
}

BOOST_AUTO_TEST_CASE(permutation_is_the_loaders_shuffle) {
  const Tensor x = permutation(500, {.seed = 4, .stream = 5});
  const auto order = shuffled_indices(4, 5, 500);
  BOOST_TEST(std::equal(order.begin(), order.end(), x.data<std::int32_t>()));
  BOOST_TEST((permutation(0).shape() == Shape{0}));
}

BOOST_AUTO_TEST_CASE(empty_and_scalar_shapes) {
  BOOST_TEST((uniform({0, 3}, 0, 1).shape() == Shape{0, 3}));
  BOOST_TEST((normal({}, 0, 1).rank() == 0));
  BOOST_TEST((bernoulli({0}, 0.5).shape() == Shape{0}));
}

BOOST_AUTO_TEST_CASE(errors_name_the_op_and_the_line) {
  const double inf = std::numeric_limits<double>::infinity();
  CHECK_THROWS(uniform({2}, 1, 0), ValueError, "uniform: the lower bound 1 is above the upper one, 0");
  CHECK_THROWS(uniform({2}, 0, inf), ValueError, "uniform: inf is not a finite number");
  CHECK_THROWS(uniform({2}, 0, 1, {.dtype = i32}), DtypeError, "uniform: makes f32 or f64, not i32");
  CHECK_THROWS(normal({2}, 0, -1), ValueError, "normal: the standard deviation -1 is negative");
  CHECK_THROWS(normal({2}, -inf, 1), ValueError, "normal: -inf is not a finite number");
  CHECK_THROWS(normal({2}, 0, 1, {.dtype = u8}), DtypeError, "normal: makes f32 or f64, not u8");
  CHECK_THROWS(bernoulli({2}, 1.5), ValueError, "bernoulli: 1.5 is no probability");
  CHECK_THROWS(bernoulli({2}, std::nan("")), ValueError, "bernoulli: nan is no probability");
  CHECK_THROWS(permutation(-1), ValueError, "permutation: of -1 elements there is none in i32");
}

BOOST_AUTO_TEST_SUITE_END()
