// The drivers to start from: LineSearch, steepest descent with strong Wolfe steps, and Sam. They go where an optimizer
// goes in `fit`, and step problems in loops by hand (driver.hpp). A light header, for everybody.
#pragma once

#include <cinta/framework/optim/driver.hpp>
#include <cinta/framework/optim/line_search.hpp>
#include <cinta/framework/optim/optimizers.hpp>

namespace cinta {

/// Steepest descent, p ← p − α ∇f, with α found by `strong_wolfe`. For full batches: the steps of small ones follow
/// their noise. The first α tried is the last step's times ∇fₖ₋₁² / ∇fₖ², at the very first min(1, 1 / Σ|∇f|)
/// (Nocedal and Wright 2006, section 3.5). A step without a lower value (∇f = 0, or rounding) leaves the parameters.
/// Throws `ValueError` for a loss that is not finite.
class LineSearch {
 public:
  /// With the conditions and limits of the search.
  explicit LineSearch(WolfeOptions options = {}) : options_(options) {}
  /// One search along −∇f.
  void step(Problem& problem);
  /// What the last step did.
  const WolfeStep& last() const { return last_; }

 private:
  WolfeOptions options_;
  WolfeStep last_;
  double decrease_ = 0;  // α ∇f² of the last step
};

/// Sharpness-aware minimization: the optimizer's step at θ with the gradient at θ + ρ g / ‖g‖₂, g that at θ, the norm
/// over all trainable parameters. ρ = 0 is the optimizer itself. Twice the optimizer's evaluations. Throws `ValueError`
/// for ρ < 0, `Error` for a loss that is not finite at either point; the parameters are then as they were.
/// Foret et al. 2021, arXiv:2010.01412.
struct Sam {
  double rho = 0.05;               // how far the gradient is taken
  Optimizer optimizer = sgd(0.1);  // which makes the step

  /// Two evaluations, and a step of the optimizer.
  void step(Problem& problem);
};

}  // namespace cinta
