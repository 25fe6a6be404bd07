#include <cinta/framework/train/update.hpp>

#include <fmt/format.h>

#include <cmath>

namespace cinta::detail {

template <class F> void BatchProblem::each_penalty(F&& f) const {
  const auto& [l1, l2, pattern] = settings_.penalty;
  if (l1 != 0) f(penalty("l1", false, *parameters_, l1, pattern, where()));
  if (l2 != 0) f(penalty("l2", true, *parameters_, l2, pattern, where()));
}

LossSum BatchProblem::begin(std::int64_t rows, const LossOfRows& loss,
                            const std::vector<NamedConstParameter>& parameters, StepOptions options) {
  rows_ = rows;
  loss_ = &loss;
  parameters_ = &parameters;
  begin_step();
  (void)evaluated();
  const LossSum sum = sum_;
  options.loss = sum.mean();
  set_step_options(options);
  return sum;
}

Problem::Evaluated BatchProblem::evaluate() {
  BatchGradients result = differentiate(rows_, settings_.shards, *loss_, where());
  sum_ = result.sum;
  Evaluated e;
  e.value = result.sum.mean();
  each_penalty([&](const Tensor& p) {
    Evaluated of_penalty = differentiated(p);
    e.value += of_penalty.value;
    if (result.usable) result.gradients += of_penalty.gradients;
  });
  e.differentiated = result.usable && std::isfinite(e.value);
  if (e.differentiated) e.gradients = std::move(result.gradients);
  return e;
}

Tensor BatchProblem::multiply(const Tensor& v) {
  std::vector<Tensor> parts(static_cast<std::size_t>(settings_.shards));
  std::vector<LossSum> sums(parts.size());
  in_parts(rows_, settings_.shards, [&](std::int64_t i, std::int64_t begin, std::int64_t end) {
    const PerExample loss = (*loss_)(begin, end);
    sums[static_cast<std::size_t>(i)] = loss_sum(loss);
    parts[static_cast<std::size_t>(i)] = hessian_times(sum(loss, where()), v);
  });
  std::vector<Tensor> of_penalties;
  each_penalty([&](const Tensor& p) { of_penalties.push_back(hessian_times(p, v)); });
  const Evaluation evaluation(where().file, where().line);
  for (std::size_t step = 1; step < parts.size(); step *= 2)
    for (std::size_t i = 0; i + step < parts.size(); i += 2 * step) {
      sums[i] += sums[i + step];
      if (!parts[i].defined()) parts[i] = parts[i + step];
      else if (parts[i + step].defined()) parts[i] = parts[i] + parts[i + step];
    }
  Tensor product = parts[0] * (1 / sums[0].weight);
  for (const Tensor& p : of_penalties) product = product + p;
  return product;
}

Updates::Updates(OptimizerArg method, std::vector<NamedParameter> parameters, UpdateSettings settings,
                 FunctionRef<void(const Gradients&, const StepOptions&)> step)
    : method_(method), settings_(std::move(settings)), step_(step) {
  if (settings_.accumulate < 1)
    throw ValueError(settings_.where, fmt::format("fit: accumulate is {}, not at least 1", settings_.accumulate));
  if (method_.is_driver() && settings_.accumulate > 1)
    throw ValueError(settings_.where, fmt::format("fit: accumulate is {}, but a driver evaluates its one batch again: "
                                                  "use a larger batch_size",
                                                  settings_.accumulate));
  for (const NamedParameter& p : parameters) parameters_.push_back({p.name, p.parameter});
  if (method_.is_driver()) problem_.emplace(std::move(parameters), settings_);
}

LossSum Updates::batch(std::int64_t rows, LossOfRows loss, const StepOptions& options) {
  const Where where = settings_.where;
  const Training training({.seed = settings_.seed, .pass = pass_, .first_row = rows_}, where.file, where.line);
  if (problem_) {
    ++pass_;
    const LossSum sum = problem_->begin(rows, loss, parameters_, options);
    if (std::isfinite(sum.loss) && sum.weight > 0) method_.drive(*problem_);
    return sum;
  }
  BatchGradients result = differentiate(rows, settings_.shards, loss, where);
  if (!result.usable) return result.sum;
  result.gradients.set_scale(1);
  if (batches_ == 0) gradients_ = std::move(result.gradients);
  else gradients_ += result.gradients;
  sum_ += result.sum;
  rows_ += rows;
  if (++batches_ == settings_.accumulate) finish(options);
  return result.sum;
}

void Updates::finish(const StepOptions& options) {
  if (batches_ == 0) return;
  const Where where = settings_.where;
  gradients_.set_scale(1 / sum_.weight);
  const auto& [l1, l2, pattern] = settings_.penalty;
  if (l1 != 0 || l2 != 0) {
    const Recording recording(where.file, where.line);
    if (l1 != 0) gradients_ += backward(Arg(penalty("l1", false, parameters_, l1, pattern, where), where));
    if (l2 != 0) gradients_ += backward(Arg(penalty("l2", true, parameters_, l2, pattern, where), where));
  }
  StepOptions now = options;
  now.loss = sum_.mean();
  step_(gradients_, now);
  gradients_ = {};
  sum_ = {};
  batches_ = rows_ = 0;
  ++pass_;
}

}  // namespace cinta::detail
