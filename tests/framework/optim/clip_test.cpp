// Clipping by the global norm, and barriers in general.
#include <cinta/framework/optim/chain.hpp>
#include <cinta/framework/optim/optimizers.hpp>

#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "helpers.hpp"

using namespace cinta;
using namespace optim_test;
using Floats = boost::mpl::list<float, double>;

namespace {

/// The sum of squares as ClipByGlobalNorm documents it.
double tree(const std::vector<double>& x, std::size_t lo, std::size_t hi) {
  if (hi - lo == 1) return x[lo];
  const std::size_t mid = lo + (hi - lo + 1) / 2;
  return tree(x, lo, mid) + tree(x, mid, hi);
}
template <class T> double sum_of_squares(const std::vector<T>& x) {
  std::vector<double> chunks;
  for (std::size_t begin = 0; begin < x.size(); begin += 4096) {
    double partial[16] = {};
    for (std::size_t i = begin; i < std::min(begin + 4096, x.size()); ++i)
      partial[(i - begin) % 16] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    for (std::size_t half = 8; half > 0; half /= 2)
      for (std::size_t i = 0; i < half; ++i) partial[i] += partial[i + half];
    chunks.push_back(partial[0]);
  }
  return tree(chunks, 0, chunks.size());
}

template <class T> std::vector<T> zeros(std::int64_t n) { return std::vector<T>(static_cast<std::size_t>(n), T(0)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(clip)

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients_above_the_norm_are_scaled_down_to_it, T, Floats) {
  Dense net{Parameter(vector_of(zeros<T>(1))), Parameter(vector_of(zeros<T>(1)))};
  Gradients g;
  give(g, net.weight, vector_of(std::vector<T>{3}));
  give(g, net.bias, vector_of(std::vector<T>{4}));
  gradient_descent(1, {.clip_norm = 1}).step(net, g);
  BOOST_TEST(values<T>(net.weight)[0] == -(T(0.2) * T(3)));
  BOOST_TEST(values<T>(net.bias)[0] == -(T(0.2) * T(4)));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(at_the_threshold_nothing_changes, T, Floats) {
  for (double limit : {5.0, 5.5, 4.999}) {
    Dense net{Parameter(vector_of(zeros<T>(1))), Parameter(vector_of(zeros<T>(1)))};
    Gradients g;
    give(g, net.weight, vector_of(std::vector<T>{3}));
    give(g, net.bias, vector_of(std::vector<T>{4}));
    gradient_descent(1, {.clip_norm = limit}).step(net, g);
    BOOST_TEST((values<T>(net.weight)[0] == -3) == (limit >= 5));
    BOOST_TEST((values<T>(net.bias)[0] == -4) == (limit >= 5));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_norm_is_the_documented_sum_to_the_bit, T, Floats) {
  for (std::int64_t n : {1, 15, 17, 4095, 4096, 4097, 20'000, 300'003}) {
    Dense net{Parameter(vector_of(zeros<T>(n))), Parameter(vector_of(zeros<T>(33)))};
    const std::vector<T> w = noise<T>(n, 3), b = noise<T>(33, 4);
    Gradients g;
    give(g, net.weight, vector_of(w));
    give(g, net.bias, vector_of(b));
    gradient_descent(1, {.clip_norm = 0.125}).step(net, g);
    const T factor = static_cast<T>(0.125 / std::sqrt(sum_of_squares(w) + sum_of_squares(b)));
    std::vector<T> expected;
    for (T x : w) expected.push_back(T(0) + T(-1) * (factor * x));
    BOOST_TEST(same_bytes(values<T>(net.weight), expected), "length " << n);
  }
}

BOOST_AUTO_TEST_CASE(squares_of_floats_neither_overflow_nor_vanish) {
  for (float size : {1e30f, 1e-30f}) {
    One net{Parameter(vector_of(zeros<float>(2)))};
    gradient_descent(1, {.clip_norm = static_cast<double>(size)})
        .step(net, gradient_of(net.weight, std::vector<float>{3 * size, 4 * size}));
    BOOST_TEST(values<float>(net.weight)[0] == -0.6f * size, boost::test_tools::tolerance(1e-6f));
  }
}

BOOST_AUTO_TEST_CASE(frozen_and_unused_parameters_are_not_in_the_norm) {
  Net net = make_net<double>(1);
  net.hidden.weight.freeze();
  const std::vector<double> before = values<double>(net.out.bias);
  Gradients g;
  give(g, net.hidden.weight, vector_of(std::vector<double>(12, 1e6)));
  give(g, net.out.bias, vector_of(std::vector<double>{0.5}));
  gradient_descent(1, {.clip_norm = 1}).step(net, g, {.allow_unused = true});
  BOOST_TEST(values<double>(net.out.bias)[0] == before[0] - 0.5);
}

BOOST_AUTO_TEST_CASE(a_norm_that_is_nan_makes_every_update_nan) {
  Dense net{Parameter(vector_of(zeros<float>(1))), Parameter(vector_of(zeros<float>(1)))};
  Gradients g;
  give(g, net.weight, vector_of(std::vector<float>{NAN}));
  give(g, net.bias, vector_of(std::vector<float>{1}));
  gradient_descent(1, {.clip_norm = 1}).step(net, g);
  BOOST_TEST(std::isnan(values<float>(net.bias)[0]));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_barrier_in_the_middle_sees_the_update_so_far, T, Floats) {
  constexpr std::int64_t n = 70'001;
  Optimizer optimizer = cinta::chain(Trace{0.5}, ClipByGlobalNorm{2}, ScaleByLearningRate{0.5}, ClipByGlobalNorm{0.75});
  One net{Parameter(vector_of(zeros<T>(n)))};
  std::vector<T> p = zeros<T>(n), buffer = p;
  for (std::uint64_t t = 1; t <= 3; ++t) {
    const std::vector<T> g = noise<T>(n, t);
    Gradients gradients = gradient_of(net.weight, g);
    gradients.set_scale(0.25);
    optimizer.step(net, gradients);
    std::vector<T> u = g;
    for (std::size_t i = 0; i < u.size(); ++i) u[i] = buffer[i] = T(0.5) * buffer[i] + T(1) * (T(0.25) * g[i]);
    const T first = static_cast<T>(2 / std::sqrt(sum_of_squares(u)));
    for (T& x : u) x = T(-0.5) * (first * x);
    const T second = static_cast<T>(0.75 / std::sqrt(sum_of_squares(u)));
    for (std::size_t i = 0; i < u.size(); ++i) p[i] = p[i] + second * u[i];
    BOOST_TEST(same_bytes(values<T>(net.weight), p), "step " << t);
  }
}

BOOST_AUTO_TEST_SUITE_END()
