// Named schedules: hyperparameters that change with the step. A light header, for everybody.
//
// The clock is the optimizer's, Step::t, which counts from 1. Formulas are written in k = t − 1, the updates done
// before, which is what PyTorch's schedulers count when `scheduler.step()` follows each `optimizer.step()`; so the
// first update takes the value at k = 0. All are the same bits on every machine. In text, any value may itself be a
// schedule.
#pragma once

#include <cinta/framework/optim/hyper.hpp>

#include <span>
#include <vector>

namespace cinta {

/// The same value in every step: the name of a plain number.
Hyper constant(double value);

/// Half a wave from `start` at k = 0 to `end` at k = steps, where it stays (PyTorch's turns up again):
/// end + (start − end)(1 + cos(π k / steps)) / 2. CosineAnnealingLR(T_max = steps, eta_min = end); Loshchilov and
/// Hutter 2017, arXiv:1608.03983.
Hyper cosine(double start, long steps, double end = 0);

/// A straight line from `start` at k = 0 to `end` at k = steps, where it stays. LinearLR, in values instead of factors.
Hyper linear_decay(double start, long steps, double end = 0);

/// start · factor^⌊k / every⌋: the update every + 1 is the first that takes start · factor. StepLR(step_size, gamma).
Hyper step_decay(double start, long every, double factor = 0.1);

/// start · factorᵏ. ExponentialLR(gamma = factor).
Hyper exponential_decay(double start, double factor);

/// values[i], where i is the number of boundaries ≤ k: `piecewise({100, 200}, {0.1, 0.01, 0.001})` takes 0.01 from k =
/// 100 on, its update 101. MultiStepLR's milestones (Keras' PiecewiseConstantDecay changes one update later).
Hyper piecewise(const std::vector<long>& boundaries, const std::vector<double>& values);

/// Rises in equal parts during `steps` updates, the first of which takes peak / steps and the last the peak, which is
/// the first value of `after`; then `after`, on a clock that starts anew. SequentialLR of LinearLR(1 / steps,
/// total_iters = steps − 1) and `after` at milestone `steps`.
Hyper linear_warmup(long steps, Hyper after);

/// linear_warmup(warmup, cosine(peak, steps − warmup, end)): `steps` updates in all.
Hyper warmup_cosine(double peak, long warmup, long steps, double end = 0);

/// `schedule` on the clock of epochs: k = epoch − 1. `fit` tells the epoch; a loop passes `{.epoch = e}` to `step`.
Hyper per_epoch(Hyper schedule);

/// A schedule by its name and arguments, as `Hyper::text` writes them: cosine(start, steps, end), …,
/// piecewise(value, boundary, value, …), linear_warmup(steps, after), per_epoch(schedule).
/// Throws `ValueError` for an unknown name, or arguments that it does not take; so do the functions above.
Hyper make_schedule(std::string_view name, std::vector<Hyper> arguments, Where where = Where::here());

}  // namespace cinta
