// What an optimizer keeps from one step to the next must fit the next: parameters that are frozen, refused, given
// another shape or another type between steps.
#include <cinta/framework/optim/chain.hpp>
#include <cinta/framework/optim/optimizers.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <stdexcept>

#include "helpers.hpp"

using namespace cinta;
using namespace optim_test;

namespace {

Where here{"train.cpp", 40};

bool same_state(const Optimizer& a, const Optimizer& b) {
  const auto x = a.state(), y = b.state();
  return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](const auto& one, const auto& other) {
    return one.first == other.first && equal_bytes(one.second, other.second);
  });
}

// Large enough for several threads, or all in one block.
constexpr std::int64_t sizes[]{6, 50000};

}  // namespace

BOOST_AUTO_TEST_SUITE(step)

BOOST_AUTO_TEST_CASE(parameters_frozen_between_steps_have_the_bits_of_steps_without_them) {
  for (const std::int64_t hidden : sizes) {
    Net net = make_net<float>(1, hidden), expected = net;
    Optimizer optimizer = adam(0.1, {.clip_norm = 1}), other = optimizer;
    for (int t = 0; t < 6; ++t) {
      Gradients all = noisy_gradients<float>(net, 3), some;
      net.hidden.weight.freeze(t % 3 == 1);
      net.out.bias.freeze(t % 2 == 1);
      visit(expected, [&, seed = std::uint64_t{3}](const Name& name, Parameter& p) mutable {
        ++seed;
        if (!(t % 3 == 1 && name.str() == "hidden.weight") && !(t % 2 == 1 && name.str() == "out.bias"))
          give(some, p, vector_of(noise<float>(p.size(), seed)));
      });
      optimizer.step(net, all);
      Optimizer fresh = other;  // has kept nothing but the state
      fresh.step(expected, some, {.allow_unused = true});
      other = fresh;
    }
    BOOST_TEST(same_bytes(net, expected));
    BOOST_TEST(same_state(optimizer, other));
  }
}

BOOST_AUTO_TEST_CASE(a_refused_step_leaves_the_next_one_right) {
  for (const std::int64_t hidden : sizes) {
    Net net = make_net<float>(1, hidden), expected = net;
    Optimizer optimizer = momentum(0.1);
    optimizer.step(net, noisy_gradients<float>(net, 3));
    Optimizer plain = momentum(0.1);
    plain.step(expected, noisy_gradients<float>(expected, 3));
    net.hidden.weight.freeze();
    expected.hidden.weight.freeze();
    Gradients without;
    give(without, net.hidden.bias, vector_of(noise<float>(hidden, 1)));
    BOOST_TEST(!sentence<TapeError>([&] { optimizer.step(net, without); }).empty());
    optimizer.step(net, noisy_gradients<float>(net, 5));
    plain.step(expected, noisy_gradients<float>(expected, 5));
    BOOST_TEST(same_bytes(net, expected));
    BOOST_TEST(same_state(optimizer, plain));
  }
}

BOOST_AUTO_TEST_CASE(a_schedule_that_throws_leaves_the_optimizer_as_it_was) {
  One net{Parameter(vector_of(noise<float>(3, 1)))};
  const Tensor before = vector_of(noise<float>(3, 1));
  bool fails = true;
  Optimizer optimizer = momentum([&](const Step& s) {
    if (fails) throw std::runtime_error("no rate");
    return 0.1 * static_cast<double>(s.t);
  });
  BOOST_TEST(sentence<std::runtime_error>([&] { optimizer.step(net, gradient_of(net.weight, noise<float>(3, 2))); }) ==
             "no rate");
  BOOST_TEST(equal_bytes(net.weight.raw_value(), before));
  BOOST_TEST(optimizer.step_count() == 0);
  fails = false;
  optimizer.step(net, gradient_of(net.weight, noise<float>(3, 2)));
  One same{Parameter(before)};
  momentum(0.1).step(same, gradient_of(same.weight, noise<float>(3, 2)));
  BOOST_TEST(equal_bytes(net.weight.raw_value(), same.weight.raw_value()));
}

BOOST_AUTO_TEST_CASE(a_model_assigned_another_shape_is_refused_where_there_is_state_of_the_old_one) {
  One net{Parameter(vector_of(noise<float>(2, 1)))}, wide{Parameter(vector_of(noise<float>(300, 2)))}, same = wide;
  Optimizer with_state = adam(0.1), without = sgd(0.1, {.clip_norm = 0.5});
  with_state.step(net, gradient_of(net.weight, noise<float>(2, 3)));
  without.step(net, gradient_of(net.weight, noise<float>(2, 3)));
  net = wide;
  BOOST_TEST(sentence<ValueError>([&] {
               with_state.step(net, gradient_of(net.weight, noise<float>(300, 3)), {}, here);
             }) == "train.cpp:40: step: this optimizer's state is of another model: \"weight\" was [2] and is [300]");
  BOOST_TEST(equal_bytes(net.weight.raw_value(), wide.weight.raw_value()));
  BOOST_TEST(with_state.step_count() == 1);
  without.step(net, gradient_of(net.weight, noise<float>(300, 3)));
  sgd(0.1, {.clip_norm = 0.5}).step(same, gradient_of(same.weight, noise<float>(300, 3)));
  BOOST_TEST(equal_bytes(net.weight.raw_value(), same.weight.raw_value()));
}

BOOST_AUTO_TEST_CASE(a_parameter_may_change_its_type_where_there_is_no_state) {
  One net{Parameter(vector_of(noise<float>(300, 1)))}, wide{Parameter(vector_of(noise<double>(300, 1)))};
  const auto method = [] { return chain(ScaleByLearningRate{0.5}, ClipByGlobalNorm{0.5}).named("scaled"); };
  Optimizer optimizer = method(), other = method();
  optimizer.step(net, gradient_of(net.weight, noise<float>(300, 3)));
  net.weight.mutable_value() = wide.weight.raw_value();
  optimizer.step(net, gradient_of(net.weight, noise<double>(300, 3)));
  other.step(wide, gradient_of(wide.weight, noise<double>(300, 3)));
  BOOST_TEST(equal_bytes(net.weight.raw_value(), wide.weight.raw_value()));
}

BOOST_AUTO_TEST_SUITE_END()
