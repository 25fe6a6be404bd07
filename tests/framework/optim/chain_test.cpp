// Chains: fused is the same bits as one link after the other, whatever the length, threads and object that compiled it.
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

template <class T> T flushed(T x) { return std::abs(x) < std::numeric_limits<T>::min() ? T(0) : x; }

/// One link over a whole array: u is read and written back, slots too, an element at a time.
template <class T, class Link> void apply(const Link& link, const Step& step, std::vector<T>& u,
                                          const std::vector<T>& g, const std::vector<T>& p,
                                          std::vector<std::vector<T>>& slots, std::size_t first) {
  const auto c = optim::scalars_of(link);
  auto scalars = c;
  if constexpr (requires { link.prepare(step); }) scalars = link.prepare(step);
  for (std::size_t i = 0; i < u.size(); ++i) [&]<std::size_t... S>(std::index_sequence<S...>) {
      Pack<T> slot[Link::slots == 0 ? 1 : Link::slots];
      ((slot[S] = Pack<T>(slots[first + S][i])), ...);
      u[i] = link(scalars, Pack<T>(u[i]), Pack<T>(g[i]), Pack<T>(p[i]), slot[S]...).lane(0);
      ((slots[first + S][i] = flushed(slot[S].lane(0))), ...);
    }
  (std::make_index_sequence<static_cast<std::size_t>(Link::slots)>{});
}

template <class T, class... L> void unfused_step(const Chain<L...>& chain, long t, std::vector<T>& p,
                                                 const std::vector<T>& gradient, double scale,
                                                 std::vector<std::vector<T>>& slots) {
  std::vector<T> g = gradient;
  for (T& x : g) x = flushed(flushed(x) * static_cast<T>(scale));
  std::vector<T> u = g;
  std::size_t first = 0;
  std::apply(
      [&](const L&... l) {
        ((apply(l, {.t = t, .updates = t}, u, g, p, slots, first), first += static_cast<std::size_t>(L::slots)), ...);
      },
      chain.links);
  for (std::size_t i = 0; i < p.size(); ++i) p[i] = p[i] + u[i];
}

template <class T, class... L> void compare_fused(const Chain<L...>& chain) {
  for (std::int64_t n : {1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 1000})
    for (double scale : {1.0, 0.37}) {
      One net{Parameter(vector_of(noise<T>(n, 5)))};
      std::vector<T> p = values<T>(net.weight);
      std::vector<std::vector<T>> slots(8, std::vector<T>(p.size(), T(0)));
      Optimizer optimizer = chain;
      for (long t = 1; t <= 5; ++t) {
        std::vector<T> g = noise<T>(n, 70 + static_cast<std::uint64_t>(t));
        for (std::size_t i = 3; i < g.size(); i += 5) g[i] *= std::numeric_limits<T>::min();  // subnormal
        Gradients gradients = gradient_of(net.weight, g);
        gradients.set_scale(scale);
        optimizer.step(net, gradients);
        unfused_step(chain, t, p, g, scale, slots);
        BOOST_REQUIRE_MESSAGE(same_bytes(values<T>(net.weight), p),
                              "length " << n << ", scale " << scale << ", step " << t);
      }
    }
}

/// A link of a user's own: Lion's direction. No slot names, no `name`.
struct ScaleByLion {
  Hyper beta1 = 0.9, beta2 = 0.99;
  static constexpr int slots = 1;
  struct Scalars {
    double beta1, beta2;
  };
  Scalars prepare(const Step& t) const { return {beta1.value(t), beta2.value(t)}; }
  auto operator()(const Scalars& c, auto u, auto, auto, auto& m) const {
    auto direction = sign(c.beta1 * m + (1 - c.beta1) * u);
    m = c.beta2 * m + (1 - c.beta2) * u;
    return direction;
  }
};
/// Without settings, scalars or slots.
struct Halve {
  static constexpr int slots = 0;
  auto operator()(const NoScalars&, auto u, auto, auto) const { return u * 0.5; }
};

template <class T> std::vector<T> run(Optimizer optimizer, std::int64_t n, int steps = 5) {
  One net{Parameter(vector_of(noise<T>(n, 9)))};
  for (int t = 0; t < steps; ++t)
    optimizer.step(net, gradient_of(net.weight, noise<T>(n, 90 + static_cast<std::uint64_t>(t))));
  return values<T>(net.weight);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(chain)

BOOST_AUTO_TEST_CASE_TEMPLATE(fused_and_unfused_have_the_same_bits_at_any_length, T, Floats) {
  compare_fused<T>(links::adamw(1e-2, 0.1));
  compare_fused<T>(links::nesterov(0.1));
  compare_fused<T>(links::rmsprop());
  compare_fused<T>(links::adagrad());
  compare_fused<T>(
      cinta::chain(AddDecay{0.01}, ScaleByCentredRms{.epsilon = 0.1}, Trace{0.5}, ScaleByLearningRate{0.1}));
  compare_fused<T>(cinta::chain(ScaleByAmsgrad{}, ClipByValue{0.5}, ScaleByLearningRate{cosine(0.1, 4)}));
  compare_fused<T>(cinta::chain(ScaleByLion{}, Halve{}, DecayedWeights{0.1}, ScaleByLearningRate{1e-2}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_librarys_and_this_objects_loops_have_the_same_bits, T, Floats) {
  BOOST_TEST(same_bytes(run<T>(adamw(1e-2, 0.1), 101), run<T>(links::adamw(1e-2, 0.1), 101)));
  BOOST_TEST(same_bytes(run<T>(adam(1e-2), 101), run<T>(links::adam(1e-2), 101)));
  BOOST_TEST(same_bytes(run<T>(sgd(1e-2), 101), run<T>(links::sgd(1e-2), 101)));
  BOOST_TEST(same_bytes(run<T>(momentum(1e-2), 101), run<T>(links::momentum(1e-2), 101)));
  BOOST_TEST(same_bytes(run<T>(nesterov(1e-2), 101), run<T>(links::nesterov(1e-2), 101)));
  BOOST_TEST(same_bytes(run<T>(rmsprop(1e-2), 101), run<T>(links::rmsprop(1e-2), 101)));
  BOOST_TEST(same_bytes(run<T>(adagrad(1e-2), 101), run<T>(links::adagrad(1e-2), 101)));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(parameters_have_equal_bytes_for_1_2_and_3_threads, T, Floats) {
  const int before = num_threads();
  std::vector<std::vector<T>> results;
  for (int threads : {1, 2, 3}) {
    set_num_threads(threads);
    results.push_back(run<T>(adamw(1e-2, 0.1, {.clip_norm = 0.5}), 300'001, 3));
  }
  set_num_threads(before);
  BOOST_TEST(same_bytes(results[0], results[1]));
  BOOST_TEST(same_bytes(results[0], results[2]));
}

BOOST_AUTO_TEST_CASE(many_parameters_in_blocks_are_as_each_alone) {
  struct Many {
    std::vector<Parameter> all;
  };
  Many net;
  std::vector<std::vector<float>> expected;
  std::vector<std::int64_t> sizes;
  for (int i = 0; i < 60; ++i) sizes.push_back(i % 3 == 0 ? 5 + i : i % 3 == 1 ? 4096 + i : 9000 - i);
  sizes.push_back(100'003);
  for (std::int64_t n : sizes) {
    net.all.emplace_back(vector_of(noise<float>(n, static_cast<std::uint64_t>(n))));
    One one{Parameter(vector_of(noise<float>(n, static_cast<std::uint64_t>(n))))};
    Optimizer alone = adam(0.1);
    for (int t = 0; t < 2; ++t) alone.step(one, gradient_of(one.weight, noise<float>(n, 7)));
    expected.push_back(values<float>(one.weight));
  }
  Optimizer optimizer = adam(0.1);
  for (int t = 0; t < 2; ++t) {
    Gradients g;
    for (Parameter& p : net.all) give(g, p, vector_of(noise<float>(p.size(), 7)));
    optimizer.step(net, g);
  }
  for (std::size_t i = 0; i < expected.size(); ++i)
    BOOST_TEST(same_bytes(values<float>(net.all[i]), expected[i]), "parameter " << i);
}

BOOST_AUTO_TEST_CASE(a_chain_within_a_chain_stands_for_its_links) {
  const auto nested = cinta::chain(ClipByValue{0.2}, links::adamw(1e-2));
  static_assert(std::is_same_v<std::remove_const_t<decltype(nested)>,
                               Chain<ClipByValue, ScaleByAdam, DecayedWeights, ScaleByLearningRate>>);
  const auto flat = cinta::chain(ClipByValue{0.2}, ScaleByAdam{}, DecayedWeights{0.01}, ScaleByLearningRate{1e-2});
  BOOST_TEST(same_bytes(run<float>(nested, 20), run<float>(flat, 20)));
}

BOOST_AUTO_TEST_CASE(faded_state_and_subnormal_gradients_are_exact_zeros) {
  One net{Parameter(vector_of(std::vector<float>{1, 1, 1}))};
  Optimizer optimizer = adam(1e-3);
  optimizer.step(net, gradient_of(net.weight, std::vector<float>{1, -1, 1e-21f}));
  for (int t = 0; t < 1500; ++t) optimizer.step(net, gradient_of(net.weight, std::vector<float>{0, 0, 1e-21f}));
  for (const auto& [name, tensor] : optimizer.state()) {
    if (name == "weight/m") {
      BOOST_TEST(tensor(0) == 0);  // 0.9¹⁵⁰⁰; would stay at the smallest subnormal
      BOOST_TEST(tensor(1) == 0);
      BOOST_TEST(tensor(2) == 1e-21, boost::test_tools::tolerance(1e-6));
    }
    if (name == "weight/v") BOOST_TEST(tensor(2) == 0);  // 1e-45 would be subnormal
  }
  One still{Parameter(vector_of(std::vector<float>{1}))};
  Optimizer huge = cinta::chain(ScaleByLearningRate{1e38});
  huge.step(still, gradient_of(still.weight, std::vector<float>{1e-39f}));
  BOOST_TEST(values<float>(still.weight)[0] == 1);
  Gradients small = gradient_of(still.weight, std::vector<float>{1e-30f});
  small.set_scale(1e-9);  // subnormal once scaled
  huge.step(still, small);
  BOOST_TEST(values<float>(still.weight)[0] == 1);
}

BOOST_AUTO_TEST_CASE(gradients_that_are_not_finite_are_applied_as_they_are) {
  One net{Parameter(vector_of(std::vector<float>{1, 1, 1}))};
  gradient_descent(1).step(net, gradient_of(net.weight, std::vector<float>{NAN, INFINITY, 0}));
  const auto p = values<float>(net.weight);
  BOOST_TEST(std::isnan(p[0]));
  BOOST_TEST(p[1] == -INFINITY);
  BOOST_TEST(p[2] == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(kerass_dialect_is_the_form_before_section_2_1, T, Floats) {
  const double lr = 1e-2, eps = 1e-2, b1 = 0.9, b2 = 0.999;
  Optimizer optimizer = cinta::chain(ScaleByAdam{.epsilon = eps, .dialect = Dialect::keras}, ScaleByLearningRate{lr});
  One net{Parameter(vector_of(std::vector<T>{T(0.5)}))};
  double p = 0.5, m = 0, v = 0;
  for (int t = 1; t <= 50; ++t) {
    const T g = noise<T>(1, static_cast<std::uint64_t>(t))[0];
    optimizer.step(net, gradient_of(net.weight, std::vector<T>{g}));
    m = b1 * m + (1 - b1) * static_cast<double>(g);
    v = b2 * v + (1 - b2) * static_cast<double>(g) * static_cast<double>(g);
    p -= lr * std::sqrt(1 - std::pow(b2, t)) / (1 - std::pow(b1, t)) * m / (std::sqrt(v) + eps);
    BOOST_TEST(std::abs(static_cast<double>(values<T>(net.weight)[0]) - p) < (sizeof(T) == 4 ? 1e-6 : 1e-14));
  }
}

BOOST_AUTO_TEST_SUITE_END()
