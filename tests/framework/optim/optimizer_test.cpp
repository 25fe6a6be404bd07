#include <cinta/framework/optim/optimizer.hpp>

#include <cinta/framework/optim/chain.hpp>
#include <cinta/framework/optim/optimizers.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "helpers.hpp"

using namespace cinta;
using namespace optim_test;

namespace {

Where here{"train.cpp", 40};

Tensor find(const Optimizer& o, const std::string& name) {
  for (const auto& [n, t] : o.state())
    if (n == name) return t;
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optimizer)

BOOST_AUTO_TEST_CASE(a_parameter_without_a_gradient_is_named_and_nothing_is_written) {
  Net net = make_net<float>(1);
  Net before = net;
  Gradients g;
  give(g, net.hidden.weight, vector_of(noise<float>(12, 1)));
  give(g, net.hidden.bias, vector_of(noise<float>(6, 1)));
  give(g, net.out.weight, vector_of(noise<float>(6, 1)));
  Optimizer optimizer = adam(0.1);
  BOOST_TEST(sentence<TapeError>([&] { optimizer.step(net, g, {}, here); }) ==
             "train.cpp:40: step: the parameter \"out.bias\" has no gradient: nothing that the loss was computed from "
             "used it; "
             "freeze it, or pass {.allow_unused = true}");
  BOOST_TEST(same_bytes(net, before));
  BOOST_TEST(optimizer.step_count() == 0);
  optimizer.step(net, g, {.allow_unused = true});
  BOOST_TEST(equal_bytes(net.out.bias.raw_value(), before.out.bias.raw_value()));
  BOOST_TEST(!equal_bytes(net.out.weight.raw_value(), before.out.weight.raw_value()));
  net.out.bias.freeze();
  optimizer.step(net, g);
  BOOST_TEST(equal_bytes(net.out.bias.raw_value(), before.out.bias.raw_value()));
  BOOST_TEST(!find(optimizer, "out.bias/m").defined());
}

BOOST_AUTO_TEST_CASE(the_line_is_the_users) {
  Net net = make_net<float>(1);
  Optimizer optimizer = sgd(0.1);
  const int line = __LINE__ + 1;
  const std::string told = sentence<TapeError>([&] { optimizer.step(net, Gradients()); });
  BOOST_TEST(told.find("optimizer_test.cpp:" + std::to_string(line) + ": step:") != told.npos, told);
}

BOOST_AUTO_TEST_CASE(gradients_of_other_models_are_ignored) {
  Net net = make_net<float>(1), same = make_net<float>(1), other = make_net<float>(5);
  Gradients g = noisy_gradients<float>(net, 2), more = noisy_gradients<float>(other, 9);
  more += noisy_gradients<float>(same, 2);
  Optimizer a = sgd(0.1), b = sgd(0.1);
  a.step(net, g);
  b.step(same, more);
  BOOST_TEST(same_bytes(net, same));
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_one_sentence) {
  One net{Parameter(vector_of(noise<float>(3, 1)))};
  Optimizer optimizer = adam(0.1);
  BOOST_TEST(sentence<ShapeError>([&] {
               optimizer.step(net, gradient_of(net.weight, noise<float>(4, 1)), {}, here);
             }) == "train.cpp:40: step: the gradient of \"weight\" has shape [4], the parameter [3]");
  BOOST_TEST(sentence<DtypeError>([&] {
               optimizer.step(net, gradient_of(net.weight, noise<double>(3, 1)), {}, here);
             }) == "train.cpp:40: step: the gradient of \"weight\" is f64, the parameter f32");
  One bare{Parameter(Shape{2, 3})};
  BOOST_TEST(
      sentence<ValueError>([&] { sgd(0.1).step(bare, Gradients(), {}, here); }) ==
      "train.cpp:40: step: the parameter \"weight\" was never initialised: call init(net, {.seed = 1}), or load it");
  One whole{Parameter(filled({2}, 1, i32))};
  BOOST_TEST(sentence<DtypeError>([&] { sgd(0.1).step(whole, Gradients(), {}, here); }) ==
             "train.cpp:40: step: the parameter \"weight\" is i32, and only f32 and f64 can be trained; freeze it");
  struct Nothing {};
  Nothing nothing;
  BOOST_TEST(sentence<ValueError>([&] { sgd(0.1).step(nothing, Gradients(), {}, here); }) ==
             "train.cpp:40: step: the model has no parameters");
  optimizer.step(net, gradient_of(net.weight, noise<float>(3, 1)));
  net.weight.mutable_value() = convert(net.weight.raw_value(), f64);
  BOOST_TEST(sentence<DtypeError>([&] {
               optimizer.step(net, gradient_of(net.weight, noise<double>(3, 1)), {}, here);
             }) == "train.cpp:40: step: the parameter \"weight\" is f64, but its state is f32");
}

BOOST_AUTO_TEST_CASE(a_second_model_beside_the_first_is_refused_and_a_copy_of_the_optimizer_takes_it) {
  Net first = make_net<float>(1), second = make_net<float>(2);
  const auto gradients = [](Net& net) {
    Gradients g;
    give(g, net.hidden.weight, vector_of(noise<float>(12, 1)));
    give(g, net.hidden.bias, vector_of(noise<float>(6, 1)));
    give(g, net.out.weight, vector_of(noise<float>(6, 1)));
    give(g, net.out.bias, vector_of(noise<float>(static_cast<int>(net.out.bias.size()), 1)));
    return g;
  };
  Optimizer optimizer = momentum(0.1);
  optimizer.step(first, gradients(first));
  Net before = second;
  BOOST_TEST(sentence<ValueError>([&] { optimizer.step(second, gradients(second), {}, here); }) ==
             "train.cpp:40: step: this optimizer's state is of another model: the \"hidden.weight\" that it stepped "
             "before lives on; take a copy of the optimizer for each model");
  BOOST_TEST(same_bytes(second, before));
  Optimizer other = optimizer;
  other.step(second, gradients(second));
  optimizer.step(first, gradients(first));
  Net moved = std::move(first);
  optimizer.step(moved, gradients(moved));
}

BOOST_AUTO_TEST_CASE(another_model_is_refused_and_a_copy_goes_on) {
  Net net = make_net<float>(1);
  Optimizer optimizer = momentum(0.1);
  optimizer.step(net, noisy_gradients<float>(net, 1));
  One one{Parameter(vector_of(noise<float>(3, 1)))};
  BOOST_TEST(sentence<ValueError>([&] { optimizer.step(one, Gradients(), {}, here); }) ==
             "train.cpp:40: step: this optimizer's state is of another model: it has no parameter \"weight\"");
  struct Half {
    Dense hidden;
  } half{net.hidden};
  BOOST_TEST(
      sentence<ValueError>([&] { optimizer.step(half, Gradients(), {}, here); }) ==
      "train.cpp:40: step: this optimizer's state is of another model: this one has no parameter \"out.weight\"");
  Net wide = make_net<float>(1, 7);
  BOOST_TEST(sentence<ValueError>([&] { optimizer.step(wide, Gradients(), {}, here); }) ==
             "train.cpp:40: step: this optimizer's state is of another model: \"hidden.weight\" was [12] and is [14]");
  Net copy = net;
  Optimizer of_copy = optimizer;
  optimizer.step(net, noisy_gradients<float>(net, 2));
  of_copy.step(copy, noisy_gradients<float>(copy, 2));
  BOOST_TEST(same_bytes(net, copy));
}

BOOST_AUTO_TEST_CASE(values_that_others_hold_are_not_written) {
  One net{Parameter(vector_of(noise<float>(3, 1)))};
  const Tensor held = net.weight.raw_value();
  const Tensor copy = vector_of(noise<float>(3, 1));
  Optimizer optimizer = momentum(0.1);
  optimizer.step(net, gradient_of(net.weight, noise<float>(3, 2)));
  BOOST_TEST(equal_bytes(held, copy));
  const Optimizer saved = optimizer;
  const Tensor state = find(saved, "weight/momentum");
  const std::vector<float> before(state.span<float>().begin(), state.span<float>().end());
  optimizer.step(net, gradient_of(net.weight, noise<float>(3, 3)));
  const Tensor later = find(saved, "weight/momentum");
  BOOST_TEST(same_bytes(before, std::vector<float>(later.span<float>().begin(), later.span<float>().end())));
  const void* place = net.weight.raw_value().raw();
  optimizer.step(net, gradient_of(net.weight, noise<float>(3, 4)));
  BOOST_TEST(net.weight.raw_value().raw() == place);  // in place, once it is alone
}

BOOST_AUTO_TEST_CASE(a_parameter_that_joins_late_is_corrected_by_its_own_count) {
  Dense net{Parameter(vector_of(noise<float>(3, 1))), Parameter(vector_of(noise<float>(3, 2)))};
  One fresh{Parameter(vector_of(noise<float>(3, 2)))};
  Optimizer optimizer = adam(0.1), first = adam(0.1);
  net.bias.freeze();
  const auto both = [&] {
    Gradients g;
    give(g, net.weight, vector_of(noise<float>(3, 8)));
    give(g, net.bias, vector_of(noise<float>(3, 9)));
    return g;
  };
  for (int t = 0; t < 20; ++t) optimizer.step(net, both());
  net.bias.freeze(false);
  optimizer.step(net, both());
  first.step(fresh, gradient_of(fresh.weight, noise<float>(3, 9)));
  BOOST_TEST(equal_bytes(net.bias.raw_value(), fresh.weight.raw_value()));
  BOOST_TEST(find(optimizer, "bias/updates")() == 1);
  BOOST_TEST(find(optimizer, "step")() == 21);
}

BOOST_AUTO_TEST_CASE(training_goes_on_from_a_state_as_if_never_interrupted) {
  for (bool reversed : {false, true}) {
    Net net = make_net<float>(1);
    Optimizer optimizer = adamw(linear_warmup(10, 0.1));
    for (std::uint64_t t = 0; t < 7; ++t) optimizer.step(net, noisy_gradients<float>(net, 10 * t));
    auto state = optimizer.state();
    BOOST_TEST(state.size() == 13u);
    BOOST_TEST(state[0].first == "step");
    BOOST_TEST(state[2].first == "hidden.weight/m");
    if (reversed) std::reverse(state.begin(), state.end());
    Net resumed = net;
    Optimizer again = adamw(linear_warmup(10, 0.1));
    again.set_state(state);
    BOOST_TEST(again.step_count() == 7);
    for (std::uint64_t t = 7; t < 12; ++t) {
      optimizer.step(net, noisy_gradients<float>(net, 10 * t));
      again.step(resumed, noisy_gradients<float>(resumed, 10 * t));
    }
    BOOST_TEST(same_bytes(net, resumed));
  }
}

BOOST_AUTO_TEST_CASE(a_state_that_does_not_fit_is_refused) {
  const Tensor two = vector_of(noise<float>(2, 1));
  const auto told = [&](std::vector<std::pair<std::string, Tensor>> state) {
    Optimizer optimizer = adam(0.1);
    return sentence<Error>([&] { optimizer.set_state(state, {}); });
  };
  const Tensor one = scalar(1, f64);
  BOOST_TEST(told({{"w/updates", one}, {"w/m", two}, {"w/v", two}}) == "set_state: \"step\" is missing");
  BOOST_TEST(told({{"step", one}, {"w/updates", one}, {"w/m", two}}) == "set_state: \"w/v\" is missing");
  BOOST_TEST(told({{"step", one}, {"w/updates", one}}) == "set_state: \"w/m\" is missing");
  BOOST_TEST(told({{"step", one}, {"w/update", one}}) ==
             "set_state: adam has no use for \"w/update\"; did you mean \"updates\"?");
  BOOST_TEST(told({{"step", scalar(0.5, f64)}}) == "set_state: \"step\" is no count");
  BOOST_TEST(told({{"step", one}, {"w/m", two}, {"w/v", vector_of(noise<float>(3, 1))}}) ==
             "set_state: \"w/v\" has shape [3] where its parameter has [2]");
  BOOST_TEST(told({{"step", one}, {"w/m", two}, {"w/v", vector_of(noise<double>(2, 1))}}) ==
             "set_state: \"w/v\" is f64, \"w/m\" f32");
  BOOST_TEST(told({{"step", one}, {"w/m", filled({2}, 1, i32)}}) == "set_state: \"w/m\" is neither f32 nor f64");
  Optimizer optimizer = adam(0.1);
  optimizer.set_state({{"step", one}, {"weight/updates", one}, {"weight/m", two}, {"weight/v", two}});
  One net{Parameter(vector_of(noise<float>(3, 1)))};
  BOOST_TEST(sentence<ValueError>([&] { optimizer.step(net, Gradients(), {}, here); }) ==
             "train.cpp:40: step: this optimizer's state is of another model: \"weight\" was [2] and is [3]");
}

BOOST_AUTO_TEST_CASE(settings_are_read_written_and_printed) {
  Optimizer optimizer = adamw(cosine(0.1, 100), 0.02);
  BOOST_TEST(optimizer.text() ==
             "adamw(beta1 = 0.9, beta2 = 0.999, epsilon = 1e-08, dialect = torch, weight_decay = 0.02, "
             "learning_rate = cosine(0.1, 100, 0))");
  BOOST_TEST(optimizer.hyper("weight_decay").value({}) == 0.02);
  BOOST_TEST(optimizer.hyper("learning_rate").text() == "cosine(0.1, 100, 0)");
  optimizer.set_learning_rate(0.5);
  optimizer.set_hyper("epsilon", 1e-3);
  BOOST_TEST(optimizer.hyper("learning_rate").value({}) == 0.5);
  BOOST_TEST(optimizer.hyper("epsilon").value({}) == 1e-3);
  BOOST_TEST(sentence<ValueError>([&] { optimizer.hyper("learningrate", {}); }) ==
             "the optimizer adamw has no setting \"learningrate\"; did you mean \"learning_rate\"?");
  BOOST_TEST(sentence<ValueError>([&] { optimizer.set_hyper("epsilon", cosine(1, 2), {}); }) ==
             "epsilon of adamw can't be cosine(1, 2, 0): it takes a number");
  Optimizer two = chain(Trace{0.5}, Trace{0.25}, ScaleByLearningRate{1}).named("two_traces");
  BOOST_TEST(two.name() == "two_traces");
  BOOST_TEST(two.hyper("momentum").value({}) == 0.5);
  BOOST_TEST(two.hyper("momentum_2").value({}) == 0.25);
  One net{Parameter(vector_of(noise<float>(3, 1)))};
  two.step(net, gradient_of(net.weight, noise<float>(3, 1)));
  BOOST_TEST(find(two, "weight/momentum_2").defined());
}

BOOST_AUTO_TEST_CASE(a_new_learning_rate_is_used_from_the_next_step_on) {
  One net{Parameter(vector_of(std::vector<double>{0}))};
  Optimizer optimizer = sgd(1);
  optimizer.step(net, gradient_of(net.weight, std::vector<double>{1}));
  optimizer.set_learning_rate(0.25);
  optimizer.step(net, gradient_of(net.weight, std::vector<double>{1}));
  BOOST_TEST(values<double>(net.weight)[0] == -1.25);
}

BOOST_AUTO_TEST_CASE(schedules_and_functions_hear_of_epoch_loss_and_metric) {
  One net{Parameter(vector_of(std::vector<double>{0}))};
  Optimizer optimizer =
      sgd([](const Step& s) { return static_cast<double>(s.epoch) + s.loss * s.metric + static_cast<double>(s.t); });
  optimizer.step(net, gradient_of(net.weight, std::vector<double>{1}), {.epoch = 10, .loss = 2, .metric = 3});
  BOOST_TEST(values<double>(net.weight)[0] == -17);
}

BOOST_AUTO_TEST_CASE(groups_have_settings_of_their_own) {
  Net net = make_net<double>(1);
  Net start = net;
  Optimizer optimizer =
      groups(sgd(0.5, {.weight_decay = 0.1}), {{"*.bias", {.weight_decay = 0}}, {"out.*", {.learning_rate = 0.25}}});
  optimizer.step(net, noisy_gradients<double>(net, 3));
  const Gradients g = noisy_gradients<double>(net, 3);
  const auto expect = [&](const Parameter& p, const Parameter& before, double lr, double decay) {
    const Tensor gradient = g[p];
    for (std::int64_t i = 0; i < p.size(); ++i)
      BOOST_TEST(p.raw_value()(i) == before.raw_value()(i) - lr * (gradient(i) + decay * before.raw_value()(i)),
                 boost::test_tools::tolerance(1e-14));
  };
  expect(net.hidden.weight, start.hidden.weight, 0.5, 0.1);
  expect(net.hidden.bias, start.hidden.bias, 0.5, 0);
  expect(net.out.weight, start.out.weight, 0.25, 0.1);
  expect(net.out.bias, start.out.bias, 0.5, 0);  // the first group that fits
  optimizer.set_learning_rate(0);
  Net then = net;
  optimizer.step(net, noisy_gradients<double>(net, 4));
  BOOST_TEST(equal_bytes(net.hidden.weight.raw_value(), then.hidden.weight.raw_value()));
  BOOST_TEST(!equal_bytes(net.out.weight.raw_value(), then.out.weight.raw_value()));  // keeps its own
  BOOST_TEST(optimizer.text() ==
             "sgd(weight_decay = 0.1, learning_rate = 0, *.bias: weight_decay = 0, out.*: learning_rate = 0.25)");
}

BOOST_AUTO_TEST_CASE(a_frozen_group_needs_no_gradient) {
  Net net = make_net<float>(1);
  Net start = net;
  Gradients g;
  give(g, net.out.weight, vector_of(noise<float>(6, 1)));
  give(g, net.out.bias, vector_of(noise<float>(1, 1)));
  Optimizer optimizer = groups(adam(0.1), {{"hidden.*", {.freeze = true}}});
  optimizer.step(net, g);
  BOOST_TEST(equal_bytes(net.hidden.weight.raw_value(), start.hidden.weight.raw_value()));
  BOOST_TEST(!equal_bytes(net.out.weight.raw_value(), start.out.weight.raw_value()));
}

BOOST_AUTO_TEST_CASE(a_group_that_no_parameter_fits_is_an_error) {
  Net net = make_net<float>(1);
  Optimizer optimizer = groups(adam(0.1), {{"hiden.bias", {.learning_rate = 0}}});
  BOOST_TEST(sentence<ValueError>([&] { optimizer.step(net, Gradients(), {}, here); }) ==
             "train.cpp:40: step: no parameter's name fits the group \"hiden.bias\"; the nearest is \"hidden.bias\"");
  BOOST_TEST(sentence<ValueError>([] {
               groups(sgd(0.1), {{"*", {.momentum = 0.5}}}, {});
             }) == "the optimizer sgd has no setting \"momentum\"");
}

BOOST_AUTO_TEST_CASE(patterns_fit_whole_names) {
  const auto touched = [](const std::string& pattern) {
    Net net = make_net<double>(1);
    Net start = net;
    groups(sgd(0.5), {{pattern, {.freeze = true}}}).step(net, noisy_gradients<double>(net, 3));
    std::string frozen;
    for (auto [a, b, c] :
         {std::tuple(&net.hidden.weight, &start.hidden.weight, "hw "),
          std::tuple(&net.hidden.bias, &start.hidden.bias, "hb "),
          std::tuple(&net.out.weight, &start.out.weight, "ow "), std::tuple(&net.out.bias, &start.out.bias, "ob ")})
      if (equal_bytes(a->raw_value(), b->raw_value())) frozen += c;
    return frozen;
  };
  BOOST_TEST(touched("*") == "hw hb ow ob ");
  BOOST_TEST(touched("*.bias") == "hb ob ");
  BOOST_TEST(touched("h*.*t") == "hw ");
  BOOST_TEST(touched("???.*s") == "ob ");
  BOOST_TEST(touched("*i*a*") == "hb ob ");
  BOOST_TEST(touched("out.weight") == "ow ");
}

BOOST_AUTO_TEST_SUITE_END()
