// Updates: what `fit` does with a batch, apart from any model's type: differentiate it, in shards; sum the gradients of
// several; step the optimizer, or let a driver step. For fit.hpp; users see OptimizerArg and Penalty of it.
#pragma once

#include <cinta/framework/nn/penalties.hpp>
#include <cinta/framework/optim/driver.hpp>
#include <cinta/framework/train/shard.hpp>

namespace cinta {

/// λ₁ Σ |w| + λ₂ Σ w² over the parameters whose names fit the pattern, added to the mean loss.
struct Penalty {
  double l1 = 0;                    ///< λ₁
  double l2 = 0;                    ///< λ₂
  std::string pattern = "*weight";  ///< of parameters' names
};

/// An optimizer or a driver for the length of a call: a temporary, or one of the user's whose state goes on.
class OptimizerArg {
 public:
  /// One whose state goes on.
  OptimizerArg(Optimizer& optimizer) : optimizer_(&optimizer) {}
  /// A temporary.
  OptimizerArg(Optimizer&& optimizer) : optimizer_(&optimizer) {}
  /// A driver, of either kind.
  template <class D>
  requires(Driver<std::remove_reference_t<D>> && !std::is_const_v<std::remove_reference_t<D>>) OptimizerArg(D&& driver)
      : driver_(&driver),
        drive_([](void* d, Problem& problem) { static_cast<std::remove_reference_t<D>*>(d)->step(problem); }) {
    if constexpr (requires {
                    { driver.optimizer } -> std::same_as<Optimizer&>;
                  })
      optimizer_ = &driver.optimizer;
  }

  /// Whether it evaluates again within a step.
  bool is_driver() const { return drive_ != nullptr; }
  /// A step of the driver.
  void drive(Problem& problem) const { drive_(driver_, problem); }
  /// The optimizer, or a driver's field `optimizer`; null for a driver without one.
  Optimizer* optimizer() const { return optimizer_; }

 private:
  Optimizer* optimizer_ = nullptr;
  void* driver_ = nullptr;
  void (*drive_)(void*, Problem&) = nullptr;
};

namespace detail {

struct UpdateSettings {
  std::int64_t shards = 1, accumulate = 1;
  std::uint64_t seed = 0;
  Penalty penalty = {};
  Where where = {};
};

using LossOfRows = FunctionRef<PerExample(std::int64_t begin, std::int64_t end)>;

/// A batch's loss with its penalty, as a driver sees it.
class BatchProblem final : public Problem {
 public:
  BatchProblem(std::vector<NamedParameter> all, const UpdateSettings& settings)
      : Problem(std::move(all), settings.where), settings_(settings) {}
  /// Begins a step on these rows, whose loss must live through it, and evaluates it once.
  LossSum begin(std::int64_t rows, const LossOfRows& loss, const std::vector<NamedConstParameter>& parameters,
                StepOptions options);

 protected:
  Evaluated evaluate() override;
  Tensor multiply(const Tensor& v) override;

 private:
  template <class F> void each_penalty(F&& f) const;

  const UpdateSettings& settings_;
  std::int64_t rows_ = 0;
  const LossOfRows* loss_ = nullptr;
  const std::vector<NamedConstParameter>* parameters_ = nullptr;
  LossSum sum_;
};

/// The updates of one run.
class Updates {
 public:
  /// `step` is the optimizer's on the model; `parameters` are all of the model's. Throws `ValueError` for a driver with
  /// accumulation.
  Updates(OptimizerArg method, std::vector<NamedParameter> parameters, UpdateSettings settings,
          FunctionRef<void(const Gradients&, const StepOptions&)> step);

  /// Differentiates a batch of so many rows, and steps when it is the last of its update; a loss that can't be
  /// differentiated (not finite, or without weight) changes nothing.
  LossSum batch(std::int64_t rows, LossOfRows loss, const StepOptions& options);
  /// The epoch is over: steps with the batches since the last step, if any.
  void finish(const StepOptions& options);
  /// Updates so far.
  std::int64_t count() const { return pass_; }

 private:
  OptimizerArg method_;
  UpdateSettings settings_;
  FunctionRef<void(const Gradients&, const StepOptions&)> step_;
  std::vector<NamedConstParameter> parameters_;
  std::optional<BatchProblem> problem_;
  // Of the update under way:
  Gradients gradients_;
  LossSum sum_;
  std::int64_t batches_ = 0, rows_ = 0;
  std::int64_t pass_ = 0;  // updates so far: all batches of one share their dropout masks' numbers, as one batch would
};

}  // namespace detail
}  // namespace cinta
