// recompute: the bits of plain training, less memory, and what it refuses.
#include "core_support.hpp"

#include <cinta/framework/core/op.hpp>
#include <cinta/framework/core/recompute.hpp>
#include <cinta/framework/core/transforms.hpp>
#include <cinta/framework/nn/activations.hpp>
#include <cinta/framework/nn/dropout.hpp>
#include <cinta/framework/nn/init.hpp>
#include <cinta/framework/nn/layers.hpp>
#include <cinta/framework/nn/losses.hpp>
#include <cinta/framework/nn/mlp.hpp>
#include <cinta/framework/nn/module.hpp>
#include <cinta/framework/nn/sequential.hpp>
#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/ops/gradcheck.hpp>

#include <boost/test/unit_test.hpp>

using namespace cinta;

namespace {

struct Block {
  Linear first{16, 32};
  Dropout drop{0.3};
  Linear second{32, 16};
  Tensor operator()(const Tensor& x) const { return x + second(drop(silu(first(x)))); }
};

struct Deep {
  Linear in{4, 16};
  std::vector<Block> blocks = std::vector<Block>(3);
  Linear out{16, 1};
  bool checkpointed = false;
  Tensor operator()(const Tensor& x) const {
    Tensor h = in(x);
    for (const Block& b : blocks) h = checkpointed ? recompute(b, h) : b(h);
    return out(h);
  }
};

Tensor trained(bool checkpointed, int steps) {
  Deep net;
  net.checkpointed = checkpointed;
  init(net, {.seed = 2});
  const Tensor x = normal({64, 4}, 0, 1, {.seed = 3}), y = normal({64, 1}, 0, 1, {.seed = 4});
  Optimizer optimizer = adam(1e-2);
  Training training({.seed = 7});
  for (int i = 0; i < steps; ++i) optimizer.step(net, backward(mean(MeanSquaredError{}(net(x), y))));
  return flatten(net);
}

struct Scaled {
  Linear layer{3, 3};
  Parameter scale{Tensor{2}};
  Tensor operator()(const Tensor& x) const { return tanh(layer(x)) * scale; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(recompute)

using cinta::recompute;

BOOST_AUTO_TEST_CASE(checkpointed_and_plain_training_are_equal_in_bytes_dropout_included) {
  BOOST_TEST(equal_bytes(trained(true, 20), trained(false, 20)));
}

BOOST_AUTO_TEST_CASE(what_was_saved_inside_is_freed_until_backward) {
  const Tensor x = normal({1024, 16}, 0, 1, {.seed = 3});
  Block block;
  init(block, {.seed = 1});
  const auto held = [&](bool checkpointed) {
    Training training;
    Tensor h = variable(x);
    const std::size_t before = memory_use().in_use;
    for (int i = 0; i < 8; ++i) h = checkpointed ? recompute(block, h) : block(h);
    const std::size_t after = memory_use().in_use;
    backward(sum(h));
    return after - before;
  };
  const std::size_t plain = held(false), less = held(true);
  BOOST_TEST_MESSAGE("held for backward: " << plain << " bytes plain, " << less << " checkpointed");
  BOOST_TEST(less * 4 < plain);
}

BOOST_AUTO_TEST_CASE(gradients_reach_captured_values_shared_parameters_and_both_arguments) {
  Scaled net;
  init(net, {.seed = 1});
  const Tensor a = normal({5, 3}, 0, 1, {.seed = 5}), b = normal({5, 3}, 0, 1, {.seed = 6});
  const auto gradients = [&](bool checkpointed) {
    Recording recording;
    const Tensor x = variable(a), z = variable(b);
    const Tensor c = x * z;  // recorded, captured
    const auto f = [&net, c](const Tensor& u, const Tensor& v) { return net(u) * net.scale + c * v + net(c); };
    const Tensor h = net(x);
    const Tensor y = checkpointed ? recompute(f, h, z) : f(h, z);
    const Gradients g = backward(sum(net(y) * c));
    return std::vector<Tensor>{g[x], g[z], g[net.layer.weight], g[net.layer.bias], g[net.scale]};
  };
  const auto plain = gradients(false), again = gradients(true);
  for (std::size_t i = 0; i < plain.size(); ++i) BOOST_TEST(equal_bytes(plain[i], again[i]));
}

BOOST_AUTO_TEST_CASE(it_nests) {
  Scaled net;
  init(net, {.seed = 1});
  const Tensor a = normal({5, 3}, 0, 1, {.seed = 5});
  const auto gradients = [&](bool checkpointed) {
    Recording recording;
    const Tensor x = variable(a);
    const Tensor c = exp(x);
    const auto inner = [&net, c](const Tensor& u) { return net(u) * c; };
    const auto outer = [&](const Tensor& u) { return checkpointed ? net(recompute(inner, u) + u) : net(inner(u) + u); };
    const Gradients g = backward(sum(checkpointed ? recompute(outer, x) : outer(x)));
    return std::vector<Tensor>{g[x], g[net.layer.weight], g[net.scale]};
  };
  const auto plain = gradients(false), again = gradients(true);
  for (std::size_t i = 0; i < plain.size(); ++i) BOOST_TEST(equal_bytes(plain[i], again[i]));
}

BOOST_AUTO_TEST_CASE(it_passes_gradcheck_of_order_2) {
  Scaled net;
  init(net, {.seed = 1, .dtype = f64});
  net.scale = Parameter(tensor({2}, f64));
  const auto f = [&](const Tensor& x) {
    const Tensor h = x * x;
    return recompute([&net, h](const Tensor& u) { return net(u) * h; }, tanh(x)) * h;
  };
  const auto result = gradcheck(f, {normal({2, 3}, 0, 1, {.seed = 1, .dtype = f64})}, {.order = 2});
  BOOST_TEST(result.passed, result.message);
}

BOOST_AUTO_TEST_CASE(hvp_through_a_parameter_used_inside_and_before_counts_each_path_once) {
  const Tensor w = tensor({0.3, -0.7}, f64), v = tensor({1, 2}, f64);
  const auto plain = [](const Tensor& p) { return sum(sin(p * sin(p)) * p); };
  const auto again = [](const Tensor& p) {
    return sum(recompute([p](const Tensor& u) { return sin(p * u) * p; }, sin(p)));
  };
  const Tensor a = hvp(plain, w, v), b = hvp(again, w, v);
  for (int i = 0; i < 2; ++i) BOOST_TEST(a(i) == b(i), boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(outside_a_recording_and_for_constants_it_is_the_function_itself) {
  const Tensor x{1, 2};
  const auto f = [](const Tensor& t) { return t * 2; };
  BOOST_TEST(equal_bytes(recompute(f, x), Tensor({2, 4})));
  const Recording recording;
  BOOST_TEST(!recompute(f, x).recorded());
  const Tensor v = variable(x);
  BOOST_TEST(recompute(f, v).recorded());
  const Evaluation evaluation;
  BOOST_TEST(!recompute(f, v).recorded());
}

BOOST_AUTO_TEST_CASE(a_function_that_throws_leaves_the_recording_as_it_was) {
  const Recording recording;
  const Tensor v = variable(Tensor{1, 2});
  BOOST_CHECK_THROW(
      recompute([](const Tensor& t) -> Tensor { throw std::runtime_error("no " + std::to_string(t.size())); }, v),
      std::runtime_error);
  BOOST_TEST(equal_bytes(backward(sum(v * 3))[v], Tensor({3, 3})));
}

BOOST_AUTO_TEST_CASE(a_function_that_throws_when_it_runs_again_ends_the_backward_and_the_next_step_works) {
  int runs = 0;
  const Recording recording;
  const Tensor v = variable(Tensor{1, 2});
  const auto f = [&runs](const Tensor& t) {
    if (++runs == 2) throw std::runtime_error("second run");
    return t * t;
  };
  BOOST_CHECK_THROW(backward(sum(recompute(f, v))), std::runtime_error);
  const Tensor w = variable(Tensor{3});
  BOOST_TEST(equal_bytes(backward(sum(recompute(f, w)))[w], Tensor({6})));
}

BOOST_AUTO_TEST_CASE(a_parameter_written_in_between_is_told) {
  Scaled net;
  init(net, {.seed = 1});
  const Recording recording;
  const Tensor y = sum(recompute(net, variable(filled({2, 3}, 0.5))));
  net.scale = Tensor{3};
  const std::string s = sentence_of<TapeError>([&] { backward(y); });
  BOOST_TEST(contains(s, "one of its parameters was written in between"), s);
}

// The gradients of a layer of the library, run plainly and again.
template <class Layer> void check_layer(const Layer& layer) {
  const Tensor x = normal({5, 3}, 0, 1, {.seed = 5});
  const auto gradients = [&](bool checkpointed) {
    Training training;
    std::vector<Tensor> all;
    const Gradients g = backward(sum(exp(checkpointed ? recompute(layer, x) : layer(x))));
    for (const auto& p : named_parameters(layer)) all.push_back(g[*p.parameter]);
    return all;
  };
  const auto plain = gradients(false), again = gradients(true);
  for (std::size_t i = 0; i < plain.size(); ++i) BOOST_TEST(equal_bytes(plain[i], again[i]));
}

BOOST_AUTO_TEST_CASE(layers_of_the_library_are_trained_themselves_and_no_copies) {
  Linear linear(3, 2);
  Mlp mlp({.inputs = 3, .hidden = {4}, .outputs = 2});
  auto layers = sequential(Linear{3, 4}, Tanh{}, Linear{4, 2});
  init(linear, {.seed = 1});
  init(mlp, {.seed = 2});
  init(layers, {.seed = 3});
  check_layer(linear);
  check_layer(mlp);
  check_layer(layers);
}

BOOST_AUTO_TEST_CASE(another_result_of_the_second_run_is_told) {
  const auto told = [](auto&& second) {
    int runs = 0;
    const Recording recording;
    const Tensor v = variable(Tensor{1, 2});
    return sentence_of<TapeError>(
        [&] { backward(recompute([&](const Tensor& t) { return ++runs == 1 ? sum(t) : second(t); }, v)); });
  };
  BOOST_TEST(contains(told([](const Tensor& t) { return t * 2; }),
                      "recompute: the function returned f32 [2] when it ran again, and f32 [] at first"));
  BOOST_TEST(contains(told([](const Tensor& t) { return sum(t).to(f64); }), "returned f64 [] when it ran again"));
  BOOST_TEST(contains(told([](const Tensor&) { return Tensor(); }), "returned nothing when it ran again"));
  const Recording recording;
  const Tensor v = variable(Tensor{1, 2});
  BOOST_TEST(contains(sentence_of<ValueError>([&] { recompute([](const Tensor&) { return Tensor(); }, v); }),
                      "recompute: the function returned a tensor that was never assigned"));
}

BOOST_AUTO_TEST_SUITE_END()
