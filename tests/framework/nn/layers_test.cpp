// Layers: Linear, Flatten, activations, sequential and Mlp.
#include <cinta/framework/core/graph.hpp>
#include <cinta/framework/nn/layers.hpp>
#include <cinta/framework/nn/mlp.hpp>
#include <cinta/framework/nn/sequential.hpp>

#include "nn_support.hpp"

#include <cinta/ops/gradcheck.hpp>

namespace {

using namespace cinta;
using nn_support::check_close;
using nn_support::elements;

struct Doubling {  // a user's own layer, that takes a tensor
  Tensor operator()(const Tensor& x) const { return x * 2; }
};

template <class M> std::string names_of(const M& net) {
  std::string names;
  for (const auto& p : named_parameters(net)) names += p.name + ' ';
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(layers)

BOOST_AUTO_TEST_CASE(linear_is_x_times_w_plus_b) {
  Linear layer{2, 3};
  layer.weight = Tensor{{1, 2, 3}, {4, 5, 6}};
  layer.bias = Tensor{0.5, -1, 0};
  check_close(layer(Tensor{{1, 0}, {0, 1}, {2, -1}}), {1.5, 1, 3, 4.5, 4, 6, -1.5, -2, 0}, 0);
  BOOST_TEST((layer(zeros({4, 5, 2})).shape() == Shape{4, 5, 3}));
  Linear bare{2, 3, {.bias = false}};
  bare.weight = Tensor{{1, 2, 3}, {4, 5, 6}};
  check_close(bare(Tensor{{2, -1}}), {-2, -1, 0}, 0);
  BOOST_TEST(names_of(bare) == "weight ");
  BOOST_TEST(names_of(layer) == "weight bias ");
}

BOOST_AUTO_TEST_CASE(linear_gradients_agree_with_finite_differences) {
  const Tensor x = tensor({{0.3, -1.2}, {2, 0.7}, {-0.4, 1.1}}, f64),
               w = tensor({{0.9, 0.2, -1}, {0.1, 0.6, 0.4}}, f64), b = tensor({0.1, -0.2, 0.5}, f64);
  Linear layer{2, 3};
  layer.weight = w;
  layer.bias = b;
  const auto result = gradcheck(
      [&](const Tensor& xs, const Tensor& ws, const Tensor& bs) {
        return tanh(with_values(layer, {ws, bs})(xs));
      },
      {x, w, b}, {.order = 2});
  BOOST_TEST(result.passed, result.message);
}

BOOST_AUTO_TEST_CASE(linear_names_its_sizes_and_the_line_of_the_call) {
  Linear layer{2, 8};
  init(layer);
  const Tensor wide = zeros({4, 3}), narrow = zeros({4, 1}), number = scalar(1);
  CHECK_SENTENCE(ShapeError, layer(wide), "linear: Linear{2, 8} takes 2 features, not 3: x has shape [4, 3]");
  CHECK_SENTENCE(ShapeError, layer(narrow), "linear: Linear{2, 8} takes 2 features, not 1: x has shape [4, 1]");
  CHECK_SENTENCE(ShapeError, layer(number), "linear: Linear{2, 8} takes 2 features, not a scalar: x has shape []");
  CHECK_SENTENCE(ValueError, layer(Tensor()), "linear: this tensor is empty: it was never assigned");
  CHECK_SENTENCE(DtypeError, layer(zeros({4, 2}, f64)), "linear: f32 and f64 do not mix: convert one, x.to(f64)");
  CHECK_SENTENCE(ValueError, (Linear{0, 8}), "Linear{0, 8}: a layer has at least one input and one output");
}

BOOST_AUTO_TEST_CASE(linear_takes_bytes_as_they_are) {
  Linear layer{2, 8};
  init(layer, {.seed = 1});
  const Tensor bytes = tensor({{0, 255}, {7, 1}}, u8);
  BOOST_TEST(equal_bytes(layer(bytes), layer(convert(bytes, f32))));
}

BOOST_AUTO_TEST_CASE(sizes_are_any_integers) {
  const std::size_t in = 3;
  const int out = 2;
  const Linear layer{in, out};
  BOOST_TEST(layer.in() == 3);
  BOOST_TEST(layer.out() == 2);
  BOOST_CHECK_THROW(Size(~std::uint64_t{0}), ValueError);
}

BOOST_AUTO_TEST_CASE(flatten_keeps_the_examples) {
  BOOST_TEST((Flatten{}(zeros({4, 2, 3})).shape() == Shape{4, 6}));
  BOOST_TEST((Flatten{}(zeros({4})).shape() == Shape{4, 1}));
  BOOST_TEST((Flatten{}(zeros({0, 2, 3})).shape() == Shape{0, 6}));
  CHECK_SENTENCE(ShapeError, Flatten{}(scalar(1)), "flatten: x is a scalar: its first axis must be the examples");
}

BOOST_AUTO_TEST_CASE(activation_layers_are_their_functions) {
  const Tensor x = tensor({{-2, -0.5}, {0, 1.5}}, f64);
  BOOST_TEST(equal_bytes(Identity{}(x), x));
  BOOST_TEST(equal_bytes(Relu{}(x), relu(x)));
  BOOST_TEST(equal_bytes(LeakyRelu{0.2}(x), leaky_relu(x, 0.2)));
  BOOST_TEST(equal_bytes(Elu{0.5}(x), elu(x, 0.5)));
  BOOST_TEST(equal_bytes(Gelu{}(x), gelu(x)));
  BOOST_TEST(equal_bytes(Gelu{true}(x), gelu(x, {.tanh_approximation = true})));
  BOOST_TEST(equal_bytes(Silu{}(x), silu(x)));
  BOOST_TEST(equal_bytes(Sigmoid{}(x), sigmoid(x)));
  BOOST_TEST(equal_bytes(Tanh{}(x), tanh(x)));
  BOOST_TEST(equal_bytes(Softplus{}(x), softplus(x)));
  BOOST_TEST(equal_bytes(LogSigmoid{}(x), log_sigmoid(x)));
  BOOST_TEST(equal_bytes(Softmax{}(x), softmax(x)));
  BOOST_TEST(equal_bytes(Softmax{0}(x), softmax(x, 0)));
  BOOST_TEST(!equal_bytes(softmax(x), softmax(x, 0)));
  check_close(Relu{}(x), {0, 0, 0, 1.5}, 0);
  CHECK_SENTENCE(ValueError, Relu{}(Tensor()), "relu: this tensor is empty: it was never assigned");
}

BOOST_AUTO_TEST_CASE(activations_are_found_by_name) {
  const Tensor x = tensor({-2, 1.5}, f64);
  for (int i = 0; i <= static_cast<int>(Activation::softplus); ++i) {
    const auto a = static_cast<Activation>(i);
    BOOST_TEST((activation_named(to_string(a)) == a));
  }
  BOOST_TEST(equal_bytes(apply(Activation::identity, x), x));
  BOOST_TEST(equal_bytes(apply(Activation::relu, x), relu(x)));
  BOOST_TEST(equal_bytes(apply(Activation::leaky_relu, x), leaky_relu(x)));
  BOOST_TEST(equal_bytes(apply(Activation::elu, x), elu(x)));
  BOOST_TEST(equal_bytes(apply(Activation::gelu, x), gelu(x)));
  BOOST_TEST(equal_bytes(apply(Activation::silu, x), silu(x)));
  BOOST_TEST(equal_bytes(apply(Activation::sigmoid, x), sigmoid(x)));
  BOOST_TEST(equal_bytes(apply(Activation::tanh, x), tanh(x)));
  BOOST_TEST(equal_bytes(apply(activation_named("softplus"), x), softplus(x)));
  CHECK_SENTENCE(ValueError, activation_named("rellu"), "unknown activation \"rellu\"; did you mean \"relu\"?");
}

BOOST_AUTO_TEST_CASE(sequential_names_layers_by_number_and_calls_them_in_order) {
  auto net = sequential(Linear{2, 3}, Tanh{}, Linear{3, 1});
  BOOST_TEST(names_of(net) == "0.weight 0.bias 2.weight 2.bias ");
  init(net, {.seed = 1});
  const Tensor x{{1, 2}, {-1, 0.5}};
  BOOST_TEST(equal_bytes(net(x), net.layer<2>()(tanh(net.layer<0>()(x)))));
  Sequential braces{Linear{2, 3}, Tanh{}, Linear{3, 1}};
  static_assert(std::is_same_v<decltype(braces), decltype(net)>);
  init(braces, {.seed = 1});
  BOOST_TEST(equal_bytes(braces(x), net(x)));
  auto nested = sequential(sequential(Linear{2, 3}, Relu{}), Doubling{});
  BOOST_TEST(names_of(nested) == "0.0.weight 0.0.bias ");
  init(nested);
  BOOST_TEST(equal_bytes(nested(x), relu(nested.layer<0>().layer<0>()(x)) * 2));
  const Tensor wide = zeros({1, 5});
  CHECK_SENTENCE(ShapeError, net(wide), "linear: Linear{2, 3} takes 2 features, not 5: x has shape [1, 5]");
}

// The value of f(x) and the gradients of Σ f² for every parameter.
template <class M, class F> std::vector<Tensor> value_and_gradients(const M& net, const Tensor& x, const F& f) {
  const Recording recording;
  const Tensor y = f(x);
  std::vector<Tensor> all{y.detach()};
  const Gradients g = backward(sum(square(y)));
  for (const auto& p : named_parameters(net)) all.push_back(g[*p.parameter]);
  return all;
}

template <class M, class F> void check_as_by_hand(M& net, F by_hand) {
  init(net, {.seed = 3});
  const Tensor x = uniform({33, 7}, -1, 1);
  const auto one = value_and_gradients(net, x, net), two = value_and_gradients(net, x, by_hand);
  BOOST_REQUIRE(one.size() == two.size());
  for (std::size_t i = 0; i < one.size(); ++i) BOOST_TEST(equal_bytes(one[i], two[i]));
}

template <class A> void check_activation(Activation activation) {
  auto net = sequential(Linear{7, 20}, A{}, A{}, Linear{20, 9}, A{});
  check_as_by_hand(net, [&](const Tensor& x) {
    const A f;
    return f(net.template layer<3>()(f(f(net.template layer<0>()(x)))));
  });
  Mlp mlp({.inputs = 7, .hidden = {20, 9}, .outputs = 2, .activation = activation});
  check_as_by_hand(mlp, [&](const Tensor& x) {
    const A f;
    return mlp.layers[2](f(mlp.layers[1](f(mlp.layers[0](x)))));
  });
}

BOOST_AUTO_TEST_CASE(sequential_and_mlp_have_the_bytes_of_layers_called_one_by_one) {
  check_activation<Relu>(Activation::relu);
  check_activation<Sigmoid>(Activation::sigmoid);
  check_activation<Tanh>(Activation::tanh);
  check_activation<Gelu>(Activation::gelu);
  check_activation<LeakyRelu>(Activation::leaky_relu);
  check_activation<Identity>(Activation::identity);
}

struct OwnRelu : Relu {};  // not the library's: it is called itself
struct OwnLinear {
  Linear inner{7, 3};
  Tensor operator()(const Tensor& x) const { return inner(x); }
};

BOOST_AUTO_TEST_CASE(sequential_joins_a_linear_and_the_activation_behind_it_when_both_are_the_librarys) {
  const auto ops = [](auto net) {
    init(net, {.seed = 1});
    const Recording recording;
    (void)net(uniform({2, 7}, -1, 1));
    std::string names;
    for (const GraphNode& node : graph(net).nodes)
      if (node.op != "parameter") names += node.op + ' ';
    return names;
  };
  BOOST_TEST(ops(sequential(Linear{7, 3}, Relu{}, Linear{3, 2, {.bias = false}}, Tanh{})) ==
             "linear+relu linear+tanh ");
  BOOST_TEST(ops(sequential(Linear{7, 3}, OwnRelu{})) == "linear relu ");
  BOOST_TEST(ops(sequential(OwnLinear{}, Relu{})) == "linear relu ");
  BOOST_TEST(ops(sequential(Linear{7, 3}, Silu{}, Sigmoid{})) == "linear silu sigmoid ");
  BOOST_TEST(ops(Mlp({.inputs = 7, .hidden = {3}})) == "linear+relu linear ");
  BOOST_TEST(ops(Mlp({.inputs = 7, .hidden = {3}, .activation = Activation::elu})) == "linear elu linear ");
}

BOOST_AUTO_TEST_CASE(sequential_is_a_field_and_copies) {
  struct Net {
    Sequential<Linear, Relu, Linear> body = sequential(Linear{2, 4}, Relu{}, Linear{4, 2});
    Linear head{2, 1};
    Tensor operator()(const Tensor& x) const { return head(body(x)); }
  };
  Net net;
  init(net, {.seed = 1});
  const Net copy = net;
  BOOST_TEST(names_of(net) == "body.0.weight body.0.bias body.2.weight body.2.bias head.weight head.bias ");
  const Tensor x{{1, 2}};
  BOOST_TEST(equal_bytes(net(x), copy(x)));
}

BOOST_AUTO_TEST_CASE(mlp_has_the_layers_it_was_asked_for) {
  Mlp net({.inputs = 3, .hidden = {5, 4}, .outputs = 2, .activation = Activation::tanh});
  BOOST_TEST(names_of(net) ==
             "layers.0.weight layers.0.bias layers.1.weight layers.1.bias layers.2.weight layers.2.bias ");
  init(net, {.seed = 1});
  const Tensor x{{1, 2, 3}, {-1, 0.5, 0}};
  BOOST_TEST(equal_bytes(net(x), net.layers[2](tanh(net.layers[1](tanh(net.layers[0](x)))))));
  Mlp linear_model({.inputs = 3});
  init(linear_model, {.seed = 1});
  BOOST_TEST(names_of(linear_model) == "layers.0.weight layers.0.bias ");
  BOOST_TEST((linear_model(x).shape() == Shape{2, 1}));
}

BOOST_AUTO_TEST_CASE(mlp_draws_by_its_activation) {
  const Mlp relu_net({.inputs = 24, .hidden = {8}}),
      tanh_net({.inputs = 24, .hidden = {8}, .activation = Activation::tanh});
  BOOST_TEST(relu_net.layers[0].weight.initializer().scale == std::sqrt(6.0 / 24));
  BOOST_TEST(relu_net.layers[1].weight.initializer().scale == std::sqrt(6.0 / 9));
  BOOST_TEST(tanh_net.layers[0].weight.initializer().scale == std::sqrt(6.0 / 32));
}

BOOST_AUTO_TEST_CASE(mlp_drops_units_in_training_alone) {
  Mlp net({.inputs = 3, .hidden = {64}, .dropout = 0.5});
  init(net, {.seed = 1});
  const Tensor x{{1, 2, 3}}, calm = net(x);
  BOOST_TEST(equal_bytes(calm, net(x)));
  const Training training({.seed = 1});
  BOOST_TEST(!equal_bytes(net(x).detach(), calm));
}

BOOST_AUTO_TEST_CASE(mlp_refuses_what_makes_no_network) {
  CHECK_SENTENCE(ValueError, Mlp({.hidden = {4}}), "Mlp: a network has at least one input and one output, not 0 and 1");
  CHECK_SENTENCE(ValueError, (Mlp({.inputs = 2, .hidden = {4, 0}})),
                 "Mlp: hidden layer 1 has 0 units; it wants one at least");
  CHECK_SENTENCE(ValueError, (Mlp({.inputs = 2, .dropout = 1})), "dropout: p must lie in [0, 1), not be 1");
}

BOOST_AUTO_TEST_SUITE_END()
