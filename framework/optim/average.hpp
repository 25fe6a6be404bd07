// Averages of a model's weights over its updates: exponential moving averages, and the uniform one (Polyak–Ruppert,
// SWA). A light header, for everybody.
#pragma once

#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/nn/module.hpp>

#include <optional>

namespace cinta {

/// How an exponential moving average begins; its first value is always the first weights.
enum class EmaStart {
  corrected,  ///< the weights d ᵗ⁻ᵏ sum to 1: θ̄ = Σ dᵗ⁻ᵏ θₖ (1 − d) / (1 − dᵗ), Adam's correction of bias
  first,  ///< θ̄ₜ = d θ̄ₜ₋₁ + (1 − d) θₜ from the first weights on, which so keep the weight dᵗ⁻¹
  warm_up,  ///< the same with dₜ = min(d, (1 + t) / (10 + t)), t = 0 at the first, as TensorFlow's `num_updates`
};

/// How much each update counts.
class AverageRule {
 public:
  /// 1 − d of update t, from 1: θ̄ ← θ̄ + rate · (θ − θ̄).
  double rate(std::int64_t t) const;

 private:
  friend AverageRule ema(double decay, EmaStart start, Where where);
  friend AverageRule uniform_average();
  double decay_ = 0;
  EmaStart start_ = EmaStart::corrected;
  bool uniform_ = false;
};

/// An exponential moving average. Throws `ValueError` unless 0 ≤ decay < 1.
AverageRule ema(double decay = 0.999, EmaStart start = EmaStart::corrected, Where where = Where::here());
/// The mean of all weights seen. Polyak and Juditsky 1992; Izmailov et al. 2018, arXiv:1803.05407 (SWA).
AverageRule uniform_average();

namespace detail {

/// Averages in f64, in order of the parameters: in f32, steps of a slow average would round to nothing.
class Averages {
 public:
  explicit Averages(AverageRule rule) : rule_(rule) {}
  void update(Where where);
  void write_to(const std::vector<NamedParameter>& parameters) const;

  std::vector<const Parameter*> parameters;  // of the model, for an update
  std::int64_t updates = 0;

 private:
  AverageRule rule_;
  std::vector<Tensor> averages_;  // f64; a parameter that is no float keeps its newest value
};

}  // namespace detail

/// The average of the weights of models of type M, by a rule; buffers are those of the last update.
///
///     WeightAverage<Net> average(ema(0.999));
///     for (…) { optimizer.step(net, g); average.update(net); }
///     const Net smooth = average.model();
///
/// In `fit` it is a callback: `fit(net, loss, adamw(1e-3), data, options, average.after_updates(net))`.
template <class M> class WeightAverage {
 public:
  /// By a rule, `ema(…)` or `uniform_average()`.
  explicit WeightAverage(AverageRule rule) : averages_(rule) {}

  /// Takes the weights in; allocates nothing after the first. Throws `ValueError` for parameters without values, or
  /// other in number or shape than the first time; nothing has then changed.
  void update(const M& net, Where where = Where::here()) {
    averages_.parameters.clear();
    visit_parameters(net, [&](const Name&, const Parameter& p) { averages_.parameters.push_back(&p); });
    if (!model_) {
      std::optional<M> copy(net);
      averages_.update(where);
      model_ = std::move(copy);
      return;
    }
    averages_.update(where);
    buffers_.clear();
    visit(net, [&](const Name&, const auto& leaf) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(leaf)>, Buffer>) buffers_.push_back(&leaf);
    });
    std::size_t next = 0;
    visit(*model_, [&](const Name&, auto& leaf) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(leaf)>, Buffer>) {
        if (next < buffers_.size()) leaf.mutable_value() = buffers_[next++]->value();
      }
    });
  }

  /// A copy of the model with the averages as its parameters. Throws `ValueError` before the first update.
  M model(Where where = Where::here()) const {
    if (!model_) throw ValueError(where, "average: there is no average yet: update it with the model first");
    M copy = *model_;
    averages_.write_to(named_parameters(copy));
    return copy;
  }
  /// How often weights were taken in.
  std::int64_t updates() const { return averages_.updates; }

  /// A callback of `fit`: an update of the average after each of the optimizer.
  struct AfterUpdates {
    WeightAverage& average;  // what is updated
    const M& net;            // the model that is trained
    Where where;             // of the call that made it
    /// Takes the weights in.
    void on_update(std::int64_t) { average.update(net, where); }
  };
  /// A callback of `fit`: an update of the average at the end of epochs.
  struct AfterEpochs {
    WeightAverage& average;  // what is updated
    const M& net;            // the model that is trained
    std::int64_t first;      // the epoch that it begins with, from 1
    Where where;             // of the call that made it
    /// Takes the weights in, from the first epoch on.
    void on_epoch_end(const auto& record) {
      if (record.epoch >= first) average.update(net, where);
    }
  };
  /// Callbacks for `fit`, which refer to this and to the model that is trained: after each update of the optimizer, or
  /// at the end of each epoch from `first_epoch` (from 1) on.
  AfterUpdates after_updates(const M& net, Where where = Where::here()) { return {*this, net, where}; }
  /// The same at the end of epochs.
  AfterEpochs after_epochs(const M& net, std::int64_t first_epoch = 1, Where where = Where::here()) {
    return {*this, net, first_epoch, where};
  }

 private:
  detail::Averages averages_;
  std::optional<M> model_;  // for its structure, and for its buffers
  std::vector<const Buffer*> buffers_;
};

}  // namespace cinta
