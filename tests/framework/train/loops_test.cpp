// Loops by hand: adversarial models, truncated backpropagation, two losses on one graph, descent by grad, and models
// that are moved, swapped and held in a growing vector while they train.
#include "train_support.hpp"

#include <cinta/framework/core/tape.hpp>
#include <cinta/framework/nn/losses.hpp>
#include <cinta/framework/optim/optimizers.hpp>

#include <utility>

namespace {

using namespace train_support;

const MadeUp data = made_up(32);

Tensor loss_of(const Net& net) { return mean(MeanSquaredError{}(net(data.x), data.y)); }

void train(Net& net, Optimizer& optimizer, int steps = 1) {
  const Training training;
  for (int i = 0; i < steps; ++i) optimizer.step(net, backward(loss_of(net)));
}

// A recurrent cell: h ← tanh(x W + h U).
struct Cell {
  Linear in{2, 4};
  Parameter recurrent{
      tensor({{0.1, 0.2, -0.3, 0.1}, {0.5, -0.1, 0.2, 0.3}, {-0.2, 0.4, 0.1, 0.1}, {0.3, 0.1, 0.2, -0.5}})};
  Linear out{4, 1};
  Tensor next(const Tensor& x, const Tensor& h) const { return tanh(in(x) + matmul(h, recurrent)); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(loops)

BOOST_AUTO_TEST_CASE(two_models_with_two_optimizers_play_against_each_other_and_each_moves_alone) {
  Net generator = new_net(1);
  struct Judge {
    Linear hidden{1, 8};
    Linear out{8, 1};
    Tensor operator()(const Tensor& x) const { return out(tanh(hidden(x))); }
  };
  Judge judge;
  init(judge, {.seed = 2});
  Optimizer of_generator = sgd(0.1), of_judge = adam(0.01);
  const Tensor noise = uniform({32, 2}, -1, 1, {.seed = 5}), real = ones({32, 1}), fake = zeros({32, 1});
  Training training({.seed = 1});
  double first = 0, last = 0;
  for (int i = 0; i < 20; ++i) {
    const std::string generator_before = bytes_of(generator);
    const Tensor made = generator(noise);
    const Tensor judged =
        mean(BinaryCrossEntropy{}(judge(data.y), real)) + mean(BinaryCrossEntropy{}(judge(made.detach()), fake));
    of_judge.step(judge, backward(judged));
    BOOST_TEST((bytes_of(generator) == generator_before));

    const std::string judge_before = bytes_of(judge);
    const Tensor fooled = mean(BinaryCrossEntropy{}(judge(generator(noise)), real));
    const std::vector<Tensor> g = grad(fooled, parameters(generator));  // of the generator alone, through the judge
    Net expected = generator;
    const auto to = named_parameters(expected);
    for (std::size_t k = 0; k < g.size(); ++k) *to[k].parameter = to[k].parameter->value() - 0.1 * g[k].detach();
    const Gradients both = backward(fooled);
    BOOST_TEST(both.contains(judge.out.weight));  // there, and ignored
    of_generator.step(generator, both);
    BOOST_TEST((bytes_of(judge) == judge_before));
    BOOST_TEST((bytes_of(generator) == bytes_of(expected)), "step " << i);
    (i == 0 ? first : last) = fooled.item();
  }
  BOOST_TEST(first != last);
}

BOOST_AUTO_TEST_CASE(truncated_backpropagation_takes_the_state_as_a_constant_of_each_window) {
  Cell cell;
  init(cell, {.seed = 3});
  const Tensor xs = uniform({6, 5, 2}, -1, 1, {.seed = 4});  // 6 times, 5 sequences
  const auto x_at = [&](std::int64_t t) { return reshape(slice(xs, 0, t, t + 1), {5, 2}); };
  const auto window = [&](std::int64_t from, Tensor& h) {
    Tensor loss;
    for (std::int64_t t = from; t < from + 3; ++t) {
      h = cell.next(x_at(t), h);
      const Tensor l = mean(square(cell.out(h) - 0.5));
      loss = loss.defined() ? loss + l : l;
    }
    return loss;
  };
  Tensor h = zeros({5, 4});
  Training training;
  (void)backward(window(0, h));
  const Tensor carried = h.detach();
  Tensor stale = h;
  BOOST_CHECK_THROW((void)window(3, stale), TapeError);
  h = carried;
  const Gradients truncated = backward(window(3, h));

  const Training alone;
  Tensor constant = tensor(carried.span<float>(), {5, 4});
  const Gradients expected = backward(window(3, constant));
  visit_parameters(cell, [&](const Name& name, const Parameter& p) {
    BOOST_TEST(equal_bytes(truncated[p], expected[p]), name.str());
  });
  // Through all six steps the gradient is another.
  Tensor whole = zeros({5, 4});
  const Tensor first = window(0, whole), second = window(3, whole);
  const Gradients full = backward(second);
  BOOST_TEST(!equal_bytes(full[cell.recurrent], expected[cell.recurrent]));
}

BOOST_AUTO_TEST_CASE(two_losses_on_one_graph_add_up_to_the_gradients_of_their_sum) {
  const Net net = new_net();
  const Training training;
  const auto losses = [&] {
    const Tensor h = net(data.x);
    return std::pair{mean(square(h - data.y)), mean(abs(h))};
  };
  const auto [a, b] = losses();
  Gradients both = backward(a, {.retain_graph = true});
  both += backward(b);
  const auto [c, d] = losses();
  const Gradients sum_of_both = backward(c + d);
  visit_parameters(net, [&](const Name& name, const Parameter& p) {
    BOOST_TEST(max(abs(both[p] - sum_of_both[p])).item() < 1e-6, name.str());
  });
}

BOOST_AUTO_TEST_CASE(descent_written_by_hand_with_grad_is_sgd_bit_for_bit) {
  Net by_hand = new_net(), net = new_net();
  Optimizer optimizer = sgd(0.05);
  train(net, optimizer, 5);
  for (int i = 0; i < 5; ++i) {
    const Recording recording;
    const std::vector<Tensor> g = grad(loss_of(by_hand), parameters(by_hand));
    const auto to = named_parameters(by_hand);
    for (std::size_t k = 0; k < g.size(); ++k) *to[k].parameter = to[k].parameter->value() - 0.05 * g[k].detach();
  }
  BOOST_TEST((bytes_of(by_hand) == bytes_of(net)));
}

BOOST_AUTO_TEST_CASE(a_model_that_is_moved_trains_on_with_its_optimizers_state) {
  Net stays = new_net(), moves = new_net();
  Optimizer a = adam(0.01), b = adam(0.01);
  train(stays, a, 6);
  train(moves, b, 3);
  Net here = std::move(moves);
  train(here, b, 2);
  BOOST_TEST(!moves.hidden.weight.initialized());  // NOLINT: what a move leaves
  moves = std::move(here);
  train(moves, b);
  BOOST_TEST((bytes_of(moves) == bytes_of(stays)));
  BOOST_TEST(b.step_count() == 6);
  // Between forward and backward.
  const Training training;
  const Tensor loss = loss_of(stays);
  const Net moved = std::move(stays);
  BOOST_TEST(backward(loss).contains(moved.out.weight));
}

BOOST_AUTO_TEST_CASE(swapped_models_keep_their_weights_gradients_and_state) {
  Net a = new_net(1), b = new_net(2), alone_a = new_net(1), alone_b = new_net(2);
  Optimizer of_a = adam(0.01), of_b = adam(0.02), of_alone_a = adam(0.01), of_alone_b = adam(0.02);
  train(alone_a, of_alone_a, 4);
  train(alone_b, of_alone_b, 4);
  train(a, of_a, 2);
  train(b, of_b, 2);
  {
    const Training training;
    const Gradients g = backward(loss_of(a) + loss_of(b));
    std::swap(a, b);
    of_a.step(b, g);  // what was a is b now
    of_b.step(a, g);
  }
  train(b, of_a);
  train(a, of_b);
  BOOST_TEST((bytes_of(b) == bytes_of(alone_a)));
  BOOST_TEST((bytes_of(a) == bytes_of(alone_b)));
}

BOOST_AUTO_TEST_CASE(models_in_a_vector_that_grows_train_as_each_would_alone) {
  std::vector<Net> nets;
  std::vector<Optimizer> optimizers;
  for (std::uint64_t k = 0; k < 9; ++k) {
    nets.push_back(new_net(k));  // moves those before it, now and then
    optimizers.push_back(adam(0.01));
    for (std::size_t i = 0; i < nets.size(); ++i) train(nets[i], optimizers[i]);
  }
  for (std::uint64_t k = 0; k < 9; ++k) {
    Net alone = new_net(k);
    Optimizer optimizer = adam(0.01);
    train(alone, optimizer, static_cast<int>(9 - k));
    BOOST_TEST((bytes_of(nets[k]) == bytes_of(alone)), "model " << k);
  }
  // A vector that grows between forward and backward.
  const Training training;
  const Tensor loss = loss_of(nets[0]);
  nets.reserve(4 * nets.capacity());
  BOOST_TEST(backward(loss).contains(nets[0].out.weight));
}

BOOST_AUTO_TEST_SUITE_END()
