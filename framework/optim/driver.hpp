// Problem: what a driver works on, a method that evaluates again within one step (a line search, SAM, L-BFGS).
// A light header, for those who write drivers; drivers.hpp has the ones to start from.
//
// A driver is any type with `void step(Problem& q)`. It reads and writes the trainable parameters as one vector, in
// order of the fields, and all its evaluations see one batch and one pass: dropout draws the same masks in each.
#pragma once

#include <cinta/framework/nn/losses.hpp>
#include <cinta/framework/nn/module.hpp>
#include <cinta/framework/optim/optimizer.hpp>

#include <concepts>
#include <optional>

namespace cinta {

/// A loss as a function of a model's trainable parameters, on one batch.
class Problem {
 public:
  /// The loss at a point, and its gradient.
  struct Point {
    double value;     // the loss
    Tensor gradient;  // of the parameters' type, shape [n]
  };

  Problem(const Problem&) = delete;
  Problem& operator=(const Problem&) = delete;
  virtual ~Problem();

  /// The loss and its gradient at the current parameters; asked again, it is not computed again. The gradient of a loss
  /// that is not finite is NaN. Throws `TapeError`, naming it, for a trainable parameter that the loss does not use.
  Point value_and_grad();
  /// The loss alone.
  double value() { return evaluated().value; }
  /// The same gradient as an optimizer takes it. Throws `Error` for a loss that is not finite.
  const Gradients& gradients();
  /// The Hessian of the loss at the current parameters times v, which has the parameters' type and shape [n].
  Tensor hvp(const Tensor& v);

  /// The trainable parameters as one vector, off the tape.
  Tensor parameters() const;
  /// Writes them. Throws `ShapeError` or `DtypeError` for a vector that is not like `parameters()`.
  void set_parameters(const Tensor& flat);
  /// A step of the optimizer from the current parameters with these gradients, which may be those of another point.
  void apply(Optimizer& optimizer, const Gradients& gradients);

  /// The data have changed: forgets what was evaluated, and takes the next pass of the recording scope around it, if
  /// any (without one, layers behave as in evaluation). A new Problem has begun its first step.
  void begin_step();
  /// How often the loss was evaluated in this step; an `hvp` counts as one.
  int evaluations() const { return evaluations_; }
  /// The line of the call that made it.
  Where where() const { return where_; }

 protected:
  /// What an evaluation gives.
  struct Evaluated {
    double value = 0;             // the loss
    Gradients gradients;          // of it
    bool differentiated = false;  // not when the value is not finite
  };

  /// Of a model with these parameters.
  Problem(std::vector<NamedParameter> all, Where where);
  /// The loss at the current parameters and its gradients, inside a recording scope.
  virtual Evaluated evaluate() = 0;
  /// The Hessian times v, of the right shape and type, inside a recording scope.
  virtual Tensor multiply(const Tensor& v) = 0;

  /// For a scalar loss that was recorded in this scope: what `evaluate` and `multiply` are to give.
  Evaluated differentiated(const Tensor& loss) const;
  /// The Hessian of such a loss times v.
  Tensor hessian_times(const Tensor& loss, const Tensor& v) const;
  /// What the optimizer's schedules may know.
  void set_step_options(const StepOptions& options) { step_options_ = options; }
  /// The last evaluation, made anew when parameters changed.
  Evaluated& evaluated();

 private:
  std::vector<NamedParameter> all_, trainable_;
  std::vector<NamedConstParameter> readable_;
  std::vector<Parameter*> pointers_;
  std::optional<Evaluated> evaluated_;
  StepOptions step_options_;
  bool training_ = false;  // of the scope around the step, with its seed, pass and first row
  std::uint64_t seed_ = 0;
  std::int64_t pass_ = 0, first_row_ = 0;
  int evaluations_ = 0;
  Where where_;
};

/// Whether D is a method that evaluates again.
template <class D>
concept Driver = requires(D& driver, Problem& problem) {
  driver.step(problem);
};

namespace detail {

inline Tensor scalar_loss(const PerExample& loss, Where where) { return mean(loss, where); }
inline Tensor scalar_loss(const Tensor& loss, Where) { return loss; }

template <class M, class F> class ProblemOf final : public Problem {
 public:
  ProblemOf(M& net, F f, Where where) : Problem(named_parameters(net), where), net_(net), f_(std::move(f)) {}

 protected:
  Evaluated evaluate() override { return differentiated(loss()); }
  Tensor multiply(const Tensor& v) override { return hessian_times(loss(), v); }

 private:
  Tensor loss() { return scalar_loss(f_(std::as_const(net_)), where()); }

  M& net_;
  F f_;
};

}  // namespace detail

/// The loss `f(net)`, a scalar or a `PerExample` (of which the mean is taken), as a function of the model's trainable
/// parameters, for a loop by hand inside `Training`:
///
///     LineSearch search;
///     for (const Batch& b : batches(data, {.size = 64, .seed = 1})) {
///       auto problem = make_problem(net, [&](const Net& m) { return CrossEntropy{}(m(b.x), b.y); });
///       search.step(problem);
///     }
///
/// The model must outlive the problem, which keeps a reference to it and f by value. Throws `ShapeError` on evaluation
/// for a loss that is no scalar.
template <class M, class F>
requires(!std::is_const_v<M>) auto make_problem(M& net, F f, Where where = Where::here()) {
  return detail::ProblemOf<M, F>(net, std::move(f), where);
}

}  // namespace cinta
