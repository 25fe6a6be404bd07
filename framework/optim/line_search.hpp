// strong_wolfe: how far to go along a direction of descent. A function of a function of one number; drivers use it
// (framework/optim/drivers.hpp), and so may anybody. A light header, for everybody.
#pragma once

#include <cinta/framework/core/error.hpp>
#include <cinta/framework/core/parallel.hpp>

namespace cinta {

/// How a step is searched.
struct WolfeOptions {
  double c1 = 1e-4;          // of sufficient decrease, φ(α) ≤ φ(0) + c₁ α φ'(0)
  double c2 = 0.9;           // of curvature, |φ'(α)| ≤ c₂ |φ'(0)|
  double first_step = 1;     // the first α that is tried
  double max_step = 1e10;    // none is longer
  int max_evaluations = 25;  // of φ
};

/// φ(α) and φ'(α).
struct LinePoint {
  double value = 0;  // φ(α)
  double slope = 0;  // φ'(α)
};

/// The step that was found.
struct WolfeStep {
  double step = 0;      // α
  LinePoint at;         // φ and φ' there
  int evaluations = 0;  // of φ
  bool wolfe = false;   // whether both conditions hold; if not, no tried α with sufficient decrease had a lower value
};

/// A step α > 0 that meets the strong Wolfe conditions for `phi(α)`, which gives a `LinePoint`; `start` is that of α =
/// 0. The interval is widened by at most ten times, then narrowed, by cubic interpolation, and by halves where that
/// leaves it or does not shrink it; a value that is not finite counts as too high. When the evaluations run out, or
/// rounding leaves no room, the step is the best found with sufficient decrease, 0 if there is none. Throws
/// `ValueError` unless φ(0) and φ'(0) are finite, φ'(0) < 0, 0 < c₁ < c₂ < 1 and 0 < first_step ≤ max_step.
/// Nocedal and Wright, Numerical Optimization (2006), algorithms 3.5 and 3.6.
WolfeStep strong_wolfe(FunctionRef<LinePoint(double step)> phi, LinePoint start, const WolfeOptions& options = {},
                       Where where = Where::here());

}  // namespace cinta
