#include <cinta/framework/train/shard.hpp>

#include <fmt/format.h>

#include <cmath>

namespace cinta::detail {
namespace {

double as_double(const Tensor& scalar_tensor) {
  return scalar_tensor.dtype() == f64 ? scalar_tensor.item<double>() : scalar_tensor.item<float>();
}

constexpr std::int64_t max_shards = 65536;

// A part's forward pass: as the scope around all parts, on a tape of this thread.
struct PartScope : Scope {
  PartScope(const Scope& whole, std::int64_t first_row)
      : Scope(true, whole.training(), whole.seed(), whole.pass(), whole.first_row() + first_row, whole.where()) {}
  ~PartScope() = default;
};

// Of examples whose weights are all 0 nothing is differentiated, nor of losses that are not finite.
BatchGradients differentiate(const PerExample& loss, Where where) {
  const Tensor total = sum(loss, where);
  BatchGradients result;
  result.sum.weight =
      loss.weight.defined() ? as_double(sum(loss.weight.detach())) : static_cast<double>(loss.value.size());
  result.sum.loss = as_double(total);
  if (std::isfinite(result.sum.loss) && result.sum.weight > 0) result.gradients = backward(Arg(total, where));
  return result;
}

}  // namespace

PerExample per_example(PerExample loss, std::int64_t rows, Where where) {
  if (loss.value.size() != rows)
    throw ShapeError(where,
                     fmt::format("fit: the loss has shape {} for a batch of {} examples: give one value per example",
                                 to_string(loss.value.shape()), rows));
  return loss;
}

PerExample per_example(Tensor loss, std::int64_t rows, Where where) {
  if (loss.rank() == 0) loss = broadcast_to(Arg(loss, where), {rows});  // a mean over the batch
  return per_example(PerExample{std::move(loss)}, rows, where);
}

LossSum loss_sum(const PerExample& loss) {
  const double weight = loss.weight.defined() ? as_double(sum(loss.weight)) : static_cast<double>(loss.value.size());
  return {as_double(sum(loss)), weight};
}

void in_parts(std::int64_t rows, std::int64_t shards,
              FunctionRef<void(std::int64_t i, std::int64_t begin, std::int64_t end)> f) {
  const Scope& scope = *Scope::current();
  parallel_for(shards, [&](std::int64_t i) {
    const std::int64_t begin = i * rows / shards, end = (i + 1) * rows / shards;
    if (begin == end) return;
    const PartScope inside(scope, begin);
    f(i, begin, end);
  });
}

BatchGradients differentiate(std::int64_t rows, std::int64_t shards,
                             FunctionRef<PerExample(std::int64_t begin, std::int64_t end)> loss, Where where) {
  Scope* scope = Scope::current();
  if (scope == nullptr || !scope->records())
    throw TapeError(where, "shard: nothing is recorded here: open a scope first, Training training;");
  if (shards < 1 || shards > max_shards)
    throw ValueError(where, fmt::format("shard: shards is {}, not from 1 to {}", shards, max_shards));
  BatchGradients total;
  if (shards == 1) {
    in_parts(rows, 1, [&](std::int64_t, std::int64_t begin, std::int64_t end) {
      total = differentiate(loss(begin, end), where);
    });
  } else {
    std::vector<BatchGradients> parts(static_cast<std::size_t>(shards));
    in_parts(rows, shards, [&](std::int64_t i, std::int64_t begin, std::int64_t end) {
      parts[static_cast<std::size_t>(i)] = differentiate(loss(begin, end), where);
    });
    const Evaluation evaluation(where.file, where.line);  // sums of gradients are not recorded
    for (std::size_t step = 1; step < parts.size(); step *= 2)
      for (std::size_t i = 0; i + step < parts.size(); i += 2 * step) {
        parts[i].gradients += parts[i + step].gradients;
        parts[i].sum += parts[i + step].sum;
        parts[i + step].gradients = {};
      }
    total = std::move(parts[0]);
  }
  total.usable = std::isfinite(total.sum.loss) && total.sum.weight > 0;
  if (total.usable) total.gradients.set_scale(1 / total.sum.weight);
  scope->begin_next_pass();
  return total;
}

void refuse_loss(const LossSum& sum, Where where) {
  if (!(sum.weight > 0))
    throw Error(where, fmt::format("shard: the weights of the batch sum to {}: nothing counts", sum.weight));
  throw Error(where,
              fmt::format("shard: the loss is {}: lower the learning rate, clip the gradients, or look for values "
                          "in the data that are not finite",
                          sum.loss));
}

}  // namespace cinta::detail
