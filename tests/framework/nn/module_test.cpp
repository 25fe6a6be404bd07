// Modules: names, counting, freezing, values as tensors and as a vector, and that models are values.
#include <cinta/framework/nn/layers.hpp>
#include <cinta/framework/nn/losses.hpp>

#include "nn_support.hpp"

#include <memory>

namespace {

using namespace cinta;
using nn_support::at;
using nn_support::check_close;
using nn_support::elements;
using nn_support::sentence;

struct Net {
  Linear hidden{2, 3};
  Linear out{3, 1};
  Tensor operator()(const Tensor& x) const { return out(tanh(hidden(x))); }
};
struct Normalised {
  Buffer mean{Tensor{0, 0}};
  Parameter scale{Tensor{2, 4}};
  Net net;
};

template <class M> std::string names_of(M& net) {
  std::string names;
  for (const auto& p : named_parameters(net)) names += p.name + ' ';
  return names;
}

const Tensor x4{{0, 0}, {0, 1}, {1, 0}, {1, 1}}, y4{{0}, {1}, {1}, {0}};

// One step of gradient descent.
template <class M> void descend(M& net) {
  const Recording recording;
  const Gradients g = backward(mean(MeanSquaredError{}(net(x4), y4)));
  visit_parameters(net, [&](const Name&, Parameter& p) { p = p.value() - 0.1 * g[p]; });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(module)

BOOST_AUTO_TEST_CASE(parameters_are_named_by_their_fields) {
  Normalised net;
  BOOST_TEST(names_of(net) == "scale net.hidden.weight net.hidden.bias net.out.weight net.out.bias ");
  const Normalised& constant = net;
  BOOST_TEST(names_of(constant) == names_of(net));
  static_assert(std::is_same_v<decltype(named_parameters(constant)), std::vector<NamedConstParameter>>);
  BOOST_TEST(named_parameters(net)[1].parameter == &net.net.hidden.weight);
  BOOST_TEST(count(net) == 2 + 6 + 3 + 3 + 1);
  std::vector<std::unique_ptr<Net>> nets;
  nets.push_back(std::make_unique<Net>());
  BOOST_TEST(count(nets) == 13);
}

BOOST_AUTO_TEST_CASE(patterns_take_stars_and_question_marks) {
  BOOST_TEST(fits_pattern("hidden.weight", "*"));
  BOOST_TEST(fits_pattern("hidden.weight", "*weight"));
  BOOST_TEST(fits_pattern("hidden.weight", "hidden.*"));
  BOOST_TEST(fits_pattern("a.b.a.b.c", "a*b.c"));
  BOOST_TEST(fits_pattern("blocks.3.bias", "blocks.?.b*s"));
  BOOST_TEST(fits_pattern("", "*"));
  BOOST_TEST(!fits_pattern("hidden.weight", "weight"));
  BOOST_TEST(!fits_pattern("hidden.weight", "hidden"));
  BOOST_TEST(!fits_pattern("hidden.bias", "*weight"));
  BOOST_TEST(!fits_pattern("blocks.12.bias", "blocks.?.bias"));
  BOOST_TEST(!fits_pattern("a", ""));
}

BOOST_AUTO_TEST_CASE(frozen_parameters_are_constants) {
  Net net;
  init(net, {.seed = 1});
  freeze(net, "hidden.*");
  BOOST_TEST(net.hidden.weight.frozen());
  BOOST_TEST(net.hidden.bias.frozen());
  BOOST_TEST(!net.out.weight.frozen());
  {
    const Recording recording;
    const Gradients g = backward(mean(MeanSquaredError{}(net(x4), y4)));
    BOOST_TEST(g.size() == 2u);
    BOOST_TEST(!g.contains(net.hidden.weight));
    BOOST_TEST(g.contains(net.out.bias));
  }
  BOOST_TEST(parameters(net).size() == 2u);
  BOOST_TEST(count(net) == 13);
  unfreeze(net, "*bias");
  BOOST_TEST(parameters(net).size() == 3u);
  unfreeze(net);
  BOOST_TEST(parameters(net).size() == 4u);
  CHECK_SENTENCE(ValueError, (freeze(net, "hiden.weight"), 0),
                 "freeze: no parameter's name fits \"hiden.weight\"; did you mean \"hidden.weight\"?");
}

BOOST_AUTO_TEST_CASE(parameters_are_leaves_that_grad_takes) {
  Net net;
  init(net, {.seed = 3});
  const Recording recording;
  const Tensor loss = mean(MeanSquaredError{}(net(x4), y4));
  const std::vector<Tensor> g = grad(loss, parameters(net));
  const Gradients swept = backward(loss);
  BOOST_REQUIRE(g.size() == 4u);
  BOOST_TEST(equal_bytes(g[0].detach(), swept[net.hidden.weight]));
  BOOST_TEST(equal_bytes(g[3].detach(), swept[net.out.bias]));
}

BOOST_AUTO_TEST_CASE(with_values_lets_gradients_through) {
  // One unrolled step w' = w − η ∇L(w), and the derivative of the loss at w' with respect to η, against a difference.
  Net net;
  init(net, {.seed = 3, .dtype = f64});
  const Tensor x = x4.to(f64), y = y4.to(f64);
  const auto after_step = [&](const Tensor& rate) {
    const std::vector<Tensor> w = parameters(net),
                              g = grad(mean(MeanSquaredError{}(net(x), y)), w, {.create_graph = true});
    std::vector<Tensor> stepped;
    for (std::size_t i = 0; i < w.size(); ++i) stepped.push_back(w[i] - rate * g[i]);
    return mean(MeanSquaredError{}(with_values(net, stepped)(x), y));
  };
  const auto [value, slope] = value_and_grad(after_step, scalar(0.1, f64));
  const auto at_rate = [&](double rate) { return value_and_grad(after_step, scalar(rate, f64)).first.item<double>(); };
  BOOST_TEST(slope.item<double>() == (at_rate(0.1 + 1e-5) - at_rate(0.1 - 1e-5)) / 2e-5,
             boost::test_tools::tolerance(1e-6));
  BOOST_TEST(std::abs(slope.item<double>()) > 1e-3);
}

BOOST_AUTO_TEST_CASE(with_values_checks_number_and_shapes) {
  Net net;
  init(net);
  std::vector<Tensor> w = parameters(net);
  w.pop_back();
  CHECK_SENTENCE(ShapeError, with_values(net, w), "with_values: 3 tensors for 4 trainable parameters");
  w.push_back(Tensor{1, 2});
  CHECK_SENTENCE(ShapeError, with_values(net, w),
                 "with_values: the parameter \"out.bias\" has shape [1], its value [2]");
}

BOOST_AUTO_TEST_CASE(flatten_and_unflatten_are_inverse) {
  Net net, other;
  init(net, {.seed = 1});
  init(other, {.seed = 2});
  const Tensor flat = flatten(net);
  BOOST_TEST((flat.shape() == Shape{13}));
  BOOST_TEST(flat(0) == net.hidden.weight.value()(0, 0));
  BOOST_TEST(flat(12) == net.out.bias.value()(0));
  unflatten(other, flat);
  BOOST_TEST(equal_bytes(flatten(other), flat));
  BOOST_TEST(equal_bytes(other(x4), net(x4)));
  freeze(net, "hidden.*");
  BOOST_TEST((flatten(net).shape() == Shape{4}));
  unfreeze(net);
  CHECK_SENTENCE(ShapeError, (unflatten(net, Tensor{1, 2}), 0),
                 "unflatten: the trainable parameters have 13 elements, the vector has shape [2]");
  CHECK_SENTENCE(DtypeError, (unflatten(net, flat.to(f64)), 0),
                 "unflatten: the parameter \"hidden.weight\" is f32, the vector f64");
  BOOST_TEST(equal_bytes(flatten(net), flat));
}

BOOST_AUTO_TEST_CASE(unflatten_disturbs_neither_a_copy_nor_a_recording) {
  Net net;
  init(net, {.seed = 1});
  const Net before = net;
  const Recording recording;
  const Tensor loss = mean(MeanSquaredError{}(net(x4), y4));
  unflatten(net, zeros({13}));
  BOOST_TEST(count(before) == 13);
  BOOST_TEST(elements(before.hidden.weight.value())[0] != 0);
  const std::vector<double> g = elements(backward(loss)[net.out.bias]);
  BOOST_TEST(g[0] != 0);
}

BOOST_AUTO_TEST_CASE(a_copy_stays_as_it_was_while_the_model_trains) {
  Net net;
  init(net, {.seed = 1});
  const Net best = net;
  const Tensor values = flatten(net), predictions = net(x4);
  for (int i = 0; i < 3; ++i) descend(net);
  BOOST_TEST(equal_bytes(flatten(best), values));
  BOOST_TEST(equal_bytes(best(x4), predictions));
  BOOST_TEST(!equal_bytes(flatten(net), values));
  net = best;
  BOOST_TEST(equal_bytes(net(x4), predictions));
  descend(net);
  BOOST_TEST(equal_bytes(flatten(best), values));
}

BOOST_AUTO_TEST_CASE(a_vector_of_copies_is_as_many_layers) {
  std::vector<Linear> layers(4, Linear{8, 8});
  init(layers, {.seed = 1});
  BOOST_TEST(names_of(layers) == "0.weight 0.bias 1.weight 1.bias 2.weight 2.bias 3.weight 3.bias ");
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      BOOST_TEST(layers[i].weight.slot().index() != layers[j].weight.slot().index());
      BOOST_TEST(!equal_bytes(layers[i].weight.value(), layers[j].weight.value()));
    }
}

BOOST_AUTO_TEST_CASE(a_copied_layer_is_told_at_backward) {
  std::vector<Linear> layers(2, Linear{2, 2});
  init(layers, {.seed = 1});
  const Recording recording;
  Tensor h = x4;
  int line = 0;
  for (auto l : layers) {
    line = __LINE__ + 1;
    h = l(h);
  }
  const std::string told = sentence<TapeError>([&] { backward(sum(h)); });
  BOOST_TEST(told.find("copied") != std::string::npos, told);
  BOOST_TEST(told.find(std::to_string(line)) != std::string::npos, told);
}

BOOST_AUTO_TEST_CASE(a_layer_used_twice_sums_its_gradients) {
  Linear shared{2, 2};
  init(shared, {.seed = 1, .dtype = f64});
  const Tensor x = tensor({{1, 2}}, f64);
  Linear first = shared, second = shared;
  Tensor once, twice;
  {
    const Recording recording;
    const Gradients g = backward(sum(shared(shared(x))));
    once = g[shared.weight];
  }
  {
    const Recording recording;
    const Gradients g = backward(sum(second(first(x))));
    twice = g[first.weight] + g[second.weight];
  }
  check_close(once, elements(twice), 1e-15);
}

BOOST_AUTO_TEST_CASE(an_uninitialised_parameter_says_so_at_the_first_pass) {
  const Net net;
  const Linear layer{2, 8};
  const Tensor x{{1, 2}};
  CHECK_SENTENCE(ValueError, layer(x),
                 "a parameter of shape [2, 8] was never initialised: call init(net, {.seed = 1}), or load it");
  CHECK_SENTENCE(
      ValueError, parameters(net),
      "parameters: the parameter \"hidden.weight\" was never initialised: call init(net, {.seed = 1}), or load it");
  CHECK_SENTENCE(
      ValueError, flatten(net),
      "flatten: the parameter \"hidden.weight\" was never initialised: call init(net, {.seed = 1}), or load it");
}

BOOST_AUTO_TEST_SUITE_END()
