#include <cinta/framework/optim/drivers.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace cinta {
namespace {

double dot(const Tensor& a, const Tensor& b) { return sum(a.to(f64) * b.to(f64)).item<double>(); }

// Runs f, and puts the parameters back where they were if it throws.
template <class F> void returning(Problem& q, const Tensor& theta, F f) {
  try {
    f();
  } catch (...) {
    q.set_parameters(theta);
    throw;
  }
}

}  // namespace

void LineSearch::step(Problem& q) {
  const Evaluation evaluation(q.where().file, q.where().line);  // the arithmetic here is no part of the loss
  const Tensor theta = q.parameters();
  const Problem::Point start = q.value_and_grad();
  const double value = start.value;
  const Tensor& g = start.gradient;
  const double square = dot(g, g);
  last_ = {0, {value, -square}, q.evaluations(), false};
  if (square == 0) return;
  WolfeOptions options = options_;
  const double guess =
      decrease_ > 0 ? decrease_ / square : std::min(1.0, 1 / sum(abs(g.to(f64))).item<double>()) * options_.first_step;
  if (guess > 0) options.first_step = std::min(guess, options.max_step);
  double tried = 0;
  const auto phi = [&](double step) -> LinePoint {
    q.set_parameters(theta - step * g);
    tried = step;
    const auto [there, slope] = q.value_and_grad();
    return {there, -dot(slope, g)};
  };
  returning(q, theta, [&] {
    last_ = strong_wolfe(phi, {value, -square}, options, q.where());
    if (last_.step != tried) q.set_parameters(last_.step == 0 ? theta : theta - last_.step * g);
  });
  decrease_ = last_.step * square;
}

void Sam::step(Problem& q) {
  if (!(rho >= 0)) throw ValueError(q.where(), fmt::format("sam: rho is {}, not at least 0", rho));
  const Evaluation evaluation(q.where().file, q.where().line);
  (void)q.gradients();  // finite, or told
  const Tensor g = q.value_and_grad().gradient;
  const double norm = std::sqrt(dot(g, g));
  if (rho == 0 || norm == 0) {
    const Gradients here = q.gradients();
    q.apply(optimizer, here);
    return;
  }
  const Tensor theta = q.parameters();
  Gradients there;
  returning(q, theta, [&] {
    q.set_parameters(theta + rho / norm * g);
    there = q.gradients();
    q.set_parameters(theta);
    q.apply(optimizer, there);
  });
}

}  // namespace cinta
