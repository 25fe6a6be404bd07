// fit, evaluate and predict: the training loop that users would write, with validation, early stopping and the best
// parameters kept. A light header, for everybody.
#pragma once

#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/random.hpp>
#include <cinta/framework/data/batches.hpp>
#include <cinta/framework/nn/losses.hpp>
#include <cinta/framework/nn/module.hpp>
#include <cinta/framework/train/history.hpp>
#include <cinta/framework/train/progress.hpp>
#include <cinta/framework/train/update.hpp>

#include <optional>

namespace cinta {

/// How `fit` trains on batches of type B.
template <class B> struct FitOptions {
  Size epochs = 1;                  ///< passes through the data
  Size batch_size = 32;             ///< `full_batch`: all examples; 1: one example an update
  Order order = Order::reshuffled;  ///< in which an epoch goes through the examples
  std::uint64_t seed = 0;           ///< of shuffling and dropout
  Size shards = 1;      ///< parts of a batch that are differentiated side by side: part of the result's bits
  Size accumulate = 1;  ///< batches an update, as one large batch but for rounding; an epoch's last has the rest
  std::optional<B> validation = {};  ///< its loss is taken after each epoch, and decides which parameters are the best
  Size patience = 0;                 ///< epochs without a better validation loss before training stops; 0: never stop
  double min_delta = 0;              ///< what counts as better: lower by more than this
  Penalty penalty = {};              ///< on weights
  ProgressMode progress = ProgressMode::none;  ///< what is shown on the way
  bool interruptible = false;           ///< Ctrl-C ends training after the batch, and the best parameters are kept
  const char* file = __builtin_FILE();  ///< of the call, for errors
  int line = __builtin_LINE();          ///< of the call
};

namespace detail {

// A loss struct takes prediction and target; anything else takes model and batch.
template <class T> struct FirstParameter;
template <class R, class C, class A, class... Rest> struct FirstParameter<R (C::*)(A, Rest...) const> {
  using type = std::remove_cvref_t<A>;
};
template <class R, class C, class A, class... Rest> struct FirstParameter<R (C::*)(A, Rest...)> {
  using type = std::remove_cvref_t<A>;
};
template <class R, class A, class... Rest> struct FirstParameter<R (*)(A, Rest...)> {
  using type = std::remove_cvref_t<A>;
};
template <class L> constexpr bool takes_prediction() {
  if constexpr (std::is_pointer_v<L>) return std::is_same_v<typename FirstParameter<L>::type, Tensor>;
  else if constexpr (requires { &L::operator(); }) {
    using First = typename FirstParameter<decltype(&L::operator())>::type;
    return std::is_same_v<First, Tensor> || std::is_same_v<First, Arg>;
  } else return requires {
      L::name;
    };
}

// A model of the library takes an Arg, and with it the place of the call; a user's own may take a tensor.
template <class M, class X> Tensor call_model(const M& net, const X& x, Where where) {
  if constexpr (std::is_same_v<X, Tensor> && std::is_invocable_v<const M&, const Arg&>) return net(Arg(x, where));
  else return net(x);
}

template <class L, class M, class B>
PerExample loss_of(const L& loss, const M& net, const B& batch, std::int64_t rows, Where where) {
  PerExample result;
  if constexpr (takes_prediction<L>()) {
    const Tensor prediction = call_model(net, batch.x, where);
    result = per_example(loss(Arg(prediction, where), Arg(batch.y, where)), rows, where);
  } else {
    result = per_example(loss(net, batch), rows, where);
  }
  if constexpr (requires {
                  { batch.weight } -> std::convertible_to<const Tensor&>;
                })
    if (batch.weight.defined()) result = weighted(result, Arg(batch.weight, where));
  return result;
}

/// What the loop, which is compiled once, asks of a model and its data.
struct FitHooks {
  FunctionRef<bool(std::int64_t epoch)> begin_epoch;  // callbacks: false ends training, here and below
  FunctionRef<bool()> next_batch;
  FunctionRef<LossSum()> forward_backward_step;
  FunctionRef<void()> finish_update;  // of the batches since the last
  FunctionRef<bool(double loss)> end_batch;
  FunctionRef<double()> validate;
  FunctionRef<std::vector<ModuleLeaf>()> leaves;
  FunctionRef<bool(const EpochRecord&)> end_epoch;
};
struct FitSettings {
  std::int64_t epochs, patience, batches_per_epoch;
  double min_delta;
  bool validates, interruptible;
  ProgressMode progress;
  Where where;
};
/// `optimizer` is whose learning rate the history has; it may be null.
History run_fit(const FitSettings& settings, const Optimizer* optimizer, const FitHooks& hooks);

void check_options(std::int64_t epochs, std::int64_t patience, double min_delta, double l1, double l2, Where where);
/// Throws `ValueError` unless each shard of a batch gets a row.
void check_shards(std::int64_t shards, std::int64_t batch_size, Where where);
/// Throws `ValueError` unless parts of `batch_size` rows can be cut, and `DataError` when there are no rows.
void check_parts(const char* name, std::int64_t rows, std::int64_t batch_size, Where where);

/// What a callback says: true for one that says nothing.
template <class Call> bool went_on(Call&& call) {
  if constexpr (std::is_same_v<decltype(call()), bool>) return call();
  else return call(), true;
}

// What a source's `next` takes, and the batches that it gives.
template <class S>
concept DrawingSource = requires(S& source, Rng& rng) {
  source.next(rng).has_value();
};
template <class S>
concept PlainSource = requires(S& source) {
  source.next().has_value();
};
template <class S>
concept Source = DrawingSource<S> || PlainSource<S>;
template <class S> auto next_of(S& source, Rng& rng) {
  if constexpr (DrawingSource<S>) return source.next(rng);
  else return source.next();
}
template <class S> struct BatchOfSource {};
template <Source S> struct BatchOfSource<S> {
  using type = typename decltype(next_of(std::declval<S&>(), std::declval<Rng&>()))::value_type;
};
template <class S> using BatchOf = typename BatchOfSource<S>::type;

}  // namespace detail

/// Options of `evaluate` and `predict`.
struct EvaluateOptions {
  Size batch_size = 1024;  ///< rows computed at a time
};

/// Σ w·l / Σ w over all rows of the data, in evaluation. Throws `DataError` when there are none.
template <class M, class L, class B>
double evaluate(const M& net, const L& loss, const B& data, EvaluateOptions options = {}, Where where = Where::here()) {
  const Evaluation evaluation(where.file, where.line);
  const std::int64_t n = rows_of(data, where);
  detail::check_parts("evaluate", n, options.batch_size, where);
  detail::LossSum total;
  for (std::int64_t begin = 0; begin < n; begin += options.batch_size) {
    const B part = rows(data, begin, std::min<std::int64_t>(n, begin + options.batch_size), where);
    total += detail::loss_sum(detail::loss_of(loss, net, part, rows_of(part, where), where));
  }
  return total.mean();
}
/// The same for a `Batch`, which may be written in braces.
template <class M, class L> double evaluate(const M& net, const L& loss, const Batch& data,
                                            EvaluateOptions options = {}, Where where = Where::here()) {
  return evaluate<M, L, Batch>(net, loss, data, options, where);
}

/// net(x) in evaluation, off the tape, computed in parts of `batch_size` rows: a row's bits are the same in any part.
template <class M>
Tensor predict(const M& net, const Tensor& x, EvaluateOptions options = {}, Where where = Where::here()) {
  const Evaluation evaluation(where.file, where.line);
  const std::int64_t n = x.size(0, where);
  detail::check_parts("predict", std::max<std::int64_t>(n, 1), options.batch_size, where);
  if (n <= options.batch_size) return net(x).detach();
  std::vector<Tensor> parts;
  for (std::int64_t begin = 0; begin < n; begin += options.batch_size)
    parts.push_back(net(rows_between(x, begin, std::min<std::int64_t>(n, begin + options.batch_size))));
  return concat(parts, 0, where);
}

/// Trains the model on batches from a source and returns what happened.
///
/// Each update differentiates Σ w·l of a batch (in `options.shards` parts), scales by 1 / Σ w, adds the penalty's
/// gradient and steps the optimizer; `options.accumulate` batches make one update, their sums taken together. A driver
/// (`LineSearch`, `Sam`, any type with `step(Problem&)`) takes the optimizer's place. With validation data, training
/// ends with the parameters of the epoch whose validation loss was the lowest, also when the epochs run out or Ctrl-C
/// comes; without, with the last ones. `loss` is a loss struct of prediction and target, or a function of model and
/// batch, of any number of tensors, that gives one value per example.
///
/// A source has `std::optional<B> next()`, or `next(Rng&)` with random numbers that are a function of seed and epoch;
/// an epoch ends with `nullopt`. It may have `begin_epoch(std::int64_t)`. Callbacks are objects with any of
/// `on_epoch_begin(std::int64_t epoch)` (from 0), `on_update(std::int64_t updates)`, `on_batch_end(double loss)`,
/// `on_epoch_end(const EpochRecord&)`; all are asked, and one that returns false ends training there. They and the
/// source run in `Evaluation`. Throws `ValueError` for options out of range and `Error` when the loss is not finite:
/// the best parameters so far are kept.
template <class M, class L, detail::Source S, class... Callbacks>
History fit(M& net, const L& loss, OptimizerArg optimizer, S& source,
            const FitOptions<detail::BatchOf<S>>& options = {}, Callbacks&&... callbacks) {
  using B = detail::BatchOf<S>;
  const Where where{options.file, options.line};
  detail::check_shards(options.shards, options.batch_size, where);
  detail::check_options(options.epochs, options.patience, options.min_delta, options.penalty.l1, options.penalty.l2,
                        where);
  std::optional<B> batch;
  std::int64_t epoch = 0;
  Rng rng(options.seed, 0);
  double last_valid = 0;
  bool goes_on = true;  // until a callback says otherwise after an update

  const auto step = [&](const Gradients& gradients, const StepOptions& o) {
    optimizer.optimizer()->step(net, gradients, o, where);
  };
  // Made once: an update allocates nothing.
  detail::Updates updates(optimizer, named_parameters(net),
                          {options.shards, options.accumulate, options.seed, options.penalty, where}, step);
  const auto step_options = [&] { return StepOptions{.epoch = epoch + 1, .metric = last_valid}; };

  const auto begin_epoch = [&](std::int64_t e) {
    const Evaluation evaluation(where.file, where.line);
    epoch = e;
    rng = Rng(options.seed, static_cast<std::uint64_t>(e));
    if constexpr (requires { source.begin_epoch(e); }) source.begin_epoch(e);
    bool go_on = true;
    (
        [&] {
          if constexpr (requires { callbacks.on_epoch_begin(e); })
            go_on &= detail::went_on([&] { return callbacks.on_epoch_begin(e); });
        }(),
        ...);
    return go_on;
  };
  const auto next_batch = [&] {
    const Evaluation evaluation(where.file, where.line);
    if constexpr (requires {
                    { source.next(*batch) } -> std::same_as<bool>;
                  }) {
      if (batch) return source.next(*batch);
    }
    std::optional<B> next = detail::next_of(source, rng);
    if (!next) return false;
    batch = std::move(next);
    return true;
  };
  const auto after_update = [&](std::int64_t before) {
    if (updates.count() == before) return;
    const Evaluation evaluation(where.file, where.line);
    (
        [&] {
          if constexpr (requires { callbacks.on_update(before); })
            goes_on &= detail::went_on([&] { return callbacks.on_update(updates.count()); });
        }(),
        ...);
  };
  const auto forward_backward_step = [&] {
    const std::int64_t n = rows_of(*batch, where);
    const std::int64_t before = updates.count();
    const detail::LossSum sum = updates.batch(
        n,
        [&](std::int64_t begin, std::int64_t end) {
          if (begin == 0 && end == n) return detail::loss_of(loss, net, *batch, n, where);
          return detail::loss_of(loss, net, rows(*batch, begin, end, where), end - begin, where);
        },
        step_options());
    after_update(before);
    return sum;
  };
  const auto finish_update = [&] {
    const std::int64_t before = updates.count();
    updates.finish(step_options());
    after_update(before);
  };
  const auto end_batch = [&](double batch_loss) {
    const Evaluation evaluation(where.file, where.line);
    bool go_on = goes_on;
    (
        [&] {
          if constexpr (requires { callbacks.on_batch_end(batch_loss); })
            go_on &= detail::went_on([&] { return callbacks.on_batch_end(batch_loss); });
        }(),
        ...);
    return go_on;
  };
  const auto validate = [&] {
    return last_valid = options.validation ? evaluate(net, loss, *options.validation, {}, where) : 0;
  };
  const auto leaves = [&] { return detail::leaves_of(net); };
  const auto end_epoch = [&](const EpochRecord& record) {
    const Evaluation evaluation(where.file, where.line);
    bool go_on = goes_on;
    (
        [&] {
          if constexpr (requires { callbacks.on_epoch_end(record); })
            go_on &= detail::went_on([&] { return callbacks.on_epoch_end(record); });
        }(),
        ...);
    return go_on;
  };
  std::int64_t batches = 0;
  if constexpr (requires { source.batches_per_epoch(); }) batches = source.batches_per_epoch();
  return detail::run_fit(
      {options.epochs, options.patience, batches, options.min_delta, options.validation.has_value(),
       options.interruptible, options.progress, where},
      optimizer.optimizer(),
      {begin_epoch, next_batch, forward_backward_step, finish_update, end_batch, validate, leaves, end_epoch});
}

/// The same on data in memory, cut into batches of `options.batch_size`: `fit(net, loss, adamw(0.05), {x, y}, {.epochs
/// = 500})`.
template <class M, class L, class B, class... Callbacks>
requires(!detail::Source<B>) History fit(M& net, const L& loss, OptimizerArg optimizer, const B& data,
                                         const FitOptions<B>& options = {}, Callbacks&&... callbacks) {
  BatchSource<B> source(data, {.size = options.batch_size, .seed = options.seed, .order = options.order},
                        {options.file, options.line});
  return fit(net, loss, optimizer, source, options, callbacks...);
}
/// The same for a `Batch`, which may be written in braces.
template <class M, class L, class... Callbacks> History fit(M& net, const L& loss, OptimizerArg optimizer,
                                                            const Batch& data, const FitOptions<Batch>& options = {},
                                                            Callbacks&&... callbacks) {
  return fit<M, L, Batch>(net, loss, optimizer, data, options, callbacks...);
}

}  // namespace cinta
