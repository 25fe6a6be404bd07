// Shards: a batch cut into parts, each differentiated on a tape of its own, side by side when there are threads. The
// bits depend on the number of shards, not on the number of threads. A light header, for everybody.
#pragma once

#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/tape.hpp>
#include <cinta/framework/data/batches.hpp>
#include <cinta/framework/nn/losses.hpp>

namespace cinta {

namespace detail {

/// Σ w·l and Σ w of some examples.
struct LossSum {
  double loss = 0, weight = 0;
  LossSum& operator+=(const LossSum& other) {
    loss += other.loss;
    weight += other.weight;
    return *this;
  }
  double mean() const { return loss / weight; }
};
LossSum loss_sum(const PerExample& loss);

/// One value per example, or one for all, as a PerExample of the batch's rows.
PerExample per_example(PerExample loss, std::int64_t rows, Where where);
PerExample per_example(Tensor loss, std::int64_t rows, Where where);

/// Σ w·l differentiated, with the scale 1 / Σ w; nothing is differentiated unless it is finite and Σ w > 0.
struct BatchGradients {
  Gradients gradients;
  LossSum sum;
  bool usable = false;  // finite, and of some weight
};

/// The same of rows [0, rows) in `shards` parts, `loss(begin, end)` the losses of one: part i has the rows from
/// ⌊i·rows/shards⌋, parts without rows are left out, and sums are taken in a fixed binary tree. Inside a recording
/// scope, whose seed and pass every part has, and which then begins its next pass.
BatchGradients differentiate(std::int64_t rows, std::int64_t shards,
                             FunctionRef<PerExample(std::int64_t begin, std::int64_t end)> loss, Where where);

/// f(i, begin, end) for each part that has rows, side by side, each inside a scope like this one with a tape of its
/// own.
void in_parts(std::int64_t rows, std::int64_t shards,
              FunctionRef<void(std::int64_t i, std::int64_t begin, std::int64_t end)> f);

[[noreturn]] void refuse_loss(const LossSum& sum, Where where);

}  // namespace detail

/// Options of `shard`.
struct ShardOptions {
  Size shards = 1;  ///< parts of a batch
};
/// What `shard` gives.
struct ShardedLoss {
  double loss = 0;      ///< Σ w·l / Σ w
  Gradients gradients;  ///< of that
};

/// The loss and gradients of a batch in parts, `f(part)` giving one value per example of a part (a `PerExample`, or a
/// tensor), for a loop by hand inside `Training`:
///
///     const auto [loss, gradients] = shard(b, {.shards = 4}, [&](const Batch& part) { return
///     CrossEntropy{}(net(part.x), part.y); }); optimizer.step(net, gradients);
///
/// With the bits of `fit` with as many shards. f runs on several threads at once. Throws `TapeError` outside a
/// recording scope, `ValueError` for no shards, and `Error` for a loss that is not finite or examples without weight;
/// of several exceptions in f, that of the first part is thrown.
template <class B, class F>
ShardedLoss shard(const B& batch, const ShardOptions& options, F&& f, Where where = Where::here()) {
  auto result = detail::differentiate(
      rows_of(batch, where), options.shards,
      [&](std::int64_t begin, std::int64_t end) {
        return detail::per_example(f(rows(batch, begin, end, where)), end - begin, where);
      },
      where);
  if (!result.usable) detail::refuse_loss(result.sum, where);
  return {result.sum.mean(), std::move(result.gradients)};
}

}  // namespace cinta
