#include <cinta/framework/train/fit.hpp>

#include <cinta/framework/train/interrupt.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <limits>

namespace cinta::detail {
namespace {

// The values of every parameter and buffer; copies share their buffers until the optimizer writes.
class Snapshot {
 public:
  void take(const std::vector<ModuleLeaf>& leaves) {
    values_.clear();
    for (const ModuleLeaf& leaf : leaves)
      values_.push_back(leaf.parameter != nullptr ? leaf.parameter->raw_value() : leaf.buffer->value());
  }
  void restore(const std::vector<ModuleLeaf>& leaves) const {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (leaves[i].parameter != nullptr) leaves[i].parameter->mutable_value() = values_[i];
      else leaves[i].buffer->mutable_value() = values_[i];
    }
  }
  bool taken() const { return !values_.empty(); }

 private:
  std::vector<Tensor> values_;
};

double learning_rate_of(const Optimizer* optimizer, std::int64_t epoch) {
  if (optimizer == nullptr) return std::numeric_limits<double>::quiet_NaN();
  try {
    return optimizer->hyper("learning_rate")
        .value({.t = static_cast<long>(optimizer->step_count()), .epoch = static_cast<long>(epoch)});
  } catch (const ValueError&) {
    return std::numeric_limits<double>::quiet_NaN();
  }
}

class Run {
 public:
  Run(const FitSettings& settings, const Optimizer* optimizer, const FitHooks& hooks)
      : settings_(settings),
        optimizer_(optimizer),
        hooks_(hooks),
        progress_({.mode = settings.progress, .epochs = settings.epochs, .batches = settings.batches_per_epoch}) {
    if (settings.interruptible) guard_.emplace();
  }

  History run() {
    try {
      for (std::int64_t epoch = 0; epoch < settings_.epochs && !history_.interrupted && !history_.stopped_early;
           ++epoch)
        train_epoch(epoch);
    } catch (...) {
      keep_best();
      throw;
    }
    keep_best();
    progress_.finish();
    return std::move(history_);
  }

 private:
  void train_epoch(std::int64_t epoch) {
    if (!hooks_.begin_epoch(epoch)) {
      history_.stopped_early = true;
      return;
    }
    progress_.begin_epoch(epoch + 1);
    LossSum total;
    std::int64_t batches = 0;
    while (!history_.interrupted && !history_.stopped_early && hooks_.next_batch()) {
      const LossSum sum = hooks_.forward_backward_step();
      if (!std::isfinite(sum.loss) || !(sum.weight > 0)) refuse(sum, epoch + 1, batches + 1);
      total += sum;
      ++batches;
      progress_.batch(batches, sum.mean());
      history_.stopped_early = !hooks_.end_batch(sum.mean());
      history_.interrupted = guard_ && guard_->interrupted();
    }
    hooks_.finish_update();
    if (batches == 0) {
      if (history_.interrupted) return;
      throw DataError(prefix(settings_.where) + fmt::format("fit: the source gave no batch in epoch {}", epoch + 1));
    }
    if ((history_.interrupted || history_.stopped_early) && snapshot_.taken())
      return;  // a part of an epoch is compared with nothing
    finish_epoch(epoch + 1, total.mean());
  }

  void finish_epoch(std::int64_t epoch, double loss) {
    EpochRecord record{epoch, loss, std::numeric_limits<double>::quiet_NaN(), learning_rate_of(optimizer_, epoch),
                       seconds()};
    if (settings_.validates) record.valid_loss = hooks_.validate();
    record.seconds = seconds();
    history_.epochs.push_back(record);
    progress_.end_epoch(epoch, record.loss, record.valid_loss);
    if (!settings_.validates) {
      history_.best_epoch = epoch;
    } else if (!snapshot_.taken() || std::isnan(best_) || record.valid_loss < best_ - settings_.min_delta) {
      best_ = record.valid_loss;
      history_.best_epoch = epoch;
      snapshot_.take(hooks_.leaves());
    } else if (settings_.patience > 0 && epoch - history_.best_epoch >= settings_.patience) {
      history_.stopped_early = true;
    }
    if (!hooks_.end_epoch(record)) history_.stopped_early = true;
  }

  void keep_best() {
    if (snapshot_.taken()) snapshot_.restore(hooks_.leaves());
  }

  [[noreturn]] void refuse(const LossSum& sum, std::int64_t epoch, std::int64_t batch) const {
    const std::string kept = history_.best_epoch > 0 && snapshot_.taken()
                                 ? fmt::format("; the model has its parameters of epoch {}", history_.best_epoch)
                                 : "";
    if (!(sum.weight > 0))
      throw Error(settings_.where, fmt::format("fit: the weights of batch {} of epoch {} sum to {}: nothing counts{}",
                                               batch, epoch, sum.weight, kept));
    throw Error(
        settings_.where,
        fmt::format(
            "fit: the loss became {} in batch {} of epoch {}: lower the learning rate, clip the gradients, or look for "
            "values in the data that are not finite{}",
            sum.loss, batch, epoch, kept));
  }

  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

  const FitSettings& settings_;
  const Optimizer* optimizer_;
  const FitHooks& hooks_;
  Progress progress_;
  std::optional<InterruptGuard> guard_;
  History history_;
  Snapshot snapshot_;
  double best_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

void check_options(std::int64_t epochs, std::int64_t patience, double min_delta, double l1, double l2, Where where) {
  if (epochs < 1) throw ValueError(where, fmt::format("fit: epochs is {}, not at least 1", epochs));
  if (patience < 0) throw ValueError(where, fmt::format("fit: patience is {}, not at least 0", patience));
  if (!(min_delta >= 0)) throw ValueError(where, fmt::format("fit: min_delta is {}, not at least 0", min_delta));
  if (!(l1 >= 0) || !(l2 >= 0))
    throw ValueError(where, fmt::format("fit: a penalty is negative: l1 = {}, l2 = {}", l1, l2));
}

void check_shards(std::int64_t shards, std::int64_t batch_size, Where where) {
  if (shards < 1) throw ValueError(where, fmt::format("fit: shards is {}, not at least 1", shards));
  if (shards > batch_size && batch_size > 0)
    throw ValueError(where,
                     fmt::format("fit: {} shards of batches of {} rows: some would have none", shards, batch_size));
}

void check_parts(const char* name, std::int64_t rows, std::int64_t batch_size, Where where) {
  if (batch_size < 1) throw ValueError(where, fmt::format("{}: batch_size is {}, not at least 1", name, batch_size));
  if (rows == 0) throw DataError(prefix(where) + fmt::format("{}: the data have no rows", name));
}

History run_fit(const FitSettings& settings, const Optimizer* optimizer, const FitHooks& hooks) {
  return Run(settings, optimizer, hooks).run();
}

}  // namespace cinta::detail
