// Gradient descent as the lesson writes it: choose θ, repeat θ ← θ − α ∇L(θ) until it converges. Used by the
// regressions beside it, and for any model and loss of one's own.
#pragma once

#include <cinta/framework/data/batches.hpp>
#include <cinta/framework/nn/losses.hpp>
#include <cinta/framework/nn/module.hpp>
#include <cinta/framework/optim/optimizers.hpp>

#include <cmath>
#include <functional>

namespace cinta::models {

/// The three variants are sizes of a batch: `full_batch` (all examples per update), b (a mini-batch), and 1
/// (stochastic: one example drawn at random).
struct DescentSettings {
  Size batch_size = full_batch;   // examples an update
  Size epochs = 1000;             // at most
  double gradient_tolerance = 0;  // stop when ‖∇L‖ over all rows is not above this
  double loss_tolerance = 0;      // stop when an epoch changed L over all rows by no more than this; 0: never
  std::uint64_t seed = 0;         // of the order of the examples
};

/// Why descent ended: the gradient was small, the loss changed no more, or the epochs were over.
enum class Stopped { gradient, loss, epochs };

/// What `descend` did.
struct DescentResult {
  Stopped stopped = Stopped::epochs;  // why it ended
  std::int64_t epochs = 0;            // passes over the rows
  std::int64_t updates = 0;           // of the parameters
  double loss = 0;                    // over all rows, at the end
  double gradient_norm = 0;           // of that
};

namespace detail {

[[noreturn]] void refuse_divergence(double loss, std::int64_t updates, Where where);

// The mean loss over all rows, and the Euclidean norm of its gradient.
template <class M, class L> std::pair<double, double> loss_and_slope(const M& model, const L& loss, const Batch& data) {
  const Training training;
  const Tensor value = mean(loss(model(data.x), data.y));
  const Gradients g = backward(value);
  double squares = 0;
  visit_parameters(model, [&](const Name&, const Parameter& p) {
    if (!p.frozen()) squares += convert(sum(square(g[p])), f64).template item<double>();
  });
  return {convert(value.detach(), f64).template item<double>(), std::sqrt(squares)};
}

}  // namespace detail

/// Minimises the mean of `loss` over the rows of `data`; `optimizer` makes the updates (`gradient_descent(α)`,
/// `momentum(α, γ)`, …). After every update `watch` is called with its number, from 1. Throws `Error`
/// when the loss is no longer finite (the rate is too high), and as the loss and the optimizer do.
template <class M, class L>
DescentResult descend(M& model, const L& loss, Optimizer optimizer, const Batch& data, const DescentSettings& settings,
                      const std::function<void(std::int64_t update)>& watch = {}, Where where = Where::here()) {
  const bool stochastic = settings.batch_size == 1;
  const bool checks = settings.gradient_tolerance > 0 || settings.loss_tolerance > 0;
  BatchSource<Batch> source(data, {.size = settings.batch_size,
                                   .seed = settings.seed,
                                   .order = stochastic ? Order::with_replacement : Order::reshuffled});
  DescentResult result;
  double before = INFINITY;
  for (; result.epochs < settings.epochs; ++result.epochs) {
    if (checks) {
      const auto [value, slope] = detail::loss_and_slope(model, loss, data);
      if (!std::isfinite(value)) detail::refuse_divergence(value, result.updates, where);
      if (slope <= settings.gradient_tolerance) result.stopped = Stopped::gradient;
      else if (std::abs(before - value) <= settings.loss_tolerance && settings.loss_tolerance > 0)
        result.stopped = Stopped::loss;
      if (result.stopped != Stopped::epochs) break;
      before = value;
    }
    source.begin_epoch(result.epochs);
    while (const std::optional<Batch> batch = source.next()) {
      const Training training({.seed = settings.seed, .pass = result.updates});
      optimizer.step(model, backward(mean(loss(model(batch->x), batch->y))));
      ++result.updates;
      if (watch) watch(result.updates);
    }
  }
  std::tie(result.loss, result.gradient_norm) = detail::loss_and_slope(model, loss, data);
  if (!std::isfinite(result.loss)) detail::refuse_divergence(result.loss, result.updates, where);
  return result;
}

}  // namespace cinta::models
