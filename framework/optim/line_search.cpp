#include <cinta/framework/optim/line_search.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace cinta {
namespace {

struct Trial {
  double step;
  LinePoint at;
};

// The minimum of the cubic through both points' values and slopes, NaN when it has none (equation 3.59).
double cubic_minimum(const Trial& a, const Trial& b) {
  const double d1 = a.at.slope + b.at.slope - 3 * (a.at.value - b.at.value) / (a.step - b.step);
  const double d2 = std::copysign(std::sqrt(d1 * d1 - a.at.slope * b.at.slope), b.step - a.step);
  return b.step - (b.step - a.step) * (b.at.slope + d2 - d1) / (b.at.slope - a.at.slope + 2 * d2);
}

class Search {
 public:
  Search(FunctionRef<LinePoint(double)> phi, LinePoint start, const WolfeOptions& options)
      : phi_(phi), start_(start), options_(options) {}

  WolfeStep run() {
    Trial before{0, start_};
    double step = options_.first_step;
    while (evaluations_ < options_.max_evaluations) {
      const Trial now = trial(step);
      if (too_high(now) || (before.step > 0 && now.at.value >= before.at.value)) return zoom(before, now);
      if (flat(now)) return result(now, true);
      if (now.at.slope >= 0) return zoom(now, before);
      if (step >= options_.max_step) return result(now, false);
      step = std::min(wider(before, now), options_.max_step);
      before = now;
    }
    return result(before, false);
  }

 private:
  Trial trial(double step) {
    ++evaluations_;
    return {step, phi_(step)};
  }
  bool too_high(const Trial& t) const {
    return !std::isfinite(t.at.value) || !std::isfinite(t.at.slope) ||
           t.at.value > start_.value + options_.c1 * t.step * start_.slope;
  }
  bool flat(const Trial& t) const { return std::abs(t.at.slope) <= -options_.c2 * start_.slope; }
  WolfeStep result(const Trial& t, bool wolfe) const { return {t.step, t.at, evaluations_, wolfe}; }

  // Both points descend: on to the cubic's minimum if it lies ahead.
  static double wider(const Trial& before, const Trial& now) {
    const double ahead = cubic_minimum(before, now);
    return std::isfinite(ahead) ? std::clamp(ahead, 2 * now.step, 10 * now.step) : 2 * now.step;
  }

  // The interval between `low`, the best step with sufficient decrease, and `high` has steps that meet both conditions.
  WolfeStep zoom(Trial low, Trial high) {
    double width = std::abs(high.step - low.step);
    bool halve = false;
    while (evaluations_ < options_.max_evaluations) {
      const double step = inside(low, high, halve);
      if (step == low.step || step == high.step) break;
      const Trial now = trial(step);
      if (too_high(now) || now.at.value >= low.at.value) {
        high = now;
      } else {
        if (flat(now)) return result(now, true);
        if (now.at.slope * (high.step - low.step) >= 0) high = low;
        low = now;
      }
      const double left = std::abs(high.step - low.step);
      halve = left > 0.66 * width;  // interpolation that creeps is followed by a bisection
      width = left;
    }
    return result(low, false);
  }

  static double inside(const Trial& low, const Trial& high, bool halve) {
    const double middle = low.step + (high.step - low.step) / 2;
    if (halve || !std::isfinite(high.at.value) || !std::isfinite(high.at.slope)) return middle;
    const double step = cubic_minimum(low, high), margin = 0.1 * std::abs(high.step - low.step);
    const bool fits = step > std::min(low.step, high.step) + margin && step < std::max(low.step, high.step) - margin;
    return fits ? step : middle;
  }

  FunctionRef<LinePoint(double)> phi_;
  LinePoint start_;
  const WolfeOptions& options_;
  int evaluations_ = 0;
};

}  // namespace

WolfeStep strong_wolfe(FunctionRef<LinePoint(double)> phi, LinePoint start, const WolfeOptions& options, Where where) {
  if (!std::isfinite(start.value) || !std::isfinite(start.slope))
    throw ValueError(where, fmt::format("strong_wolfe: the value at the start is {} and the slope {}: both must be "
                                        "finite",
                                        start.value, start.slope));
  if (!(start.slope < 0))
    throw ValueError(where, fmt::format("strong_wolfe: this is no direction of descent: the slope is {}", start.slope));
  if (!(0 < options.c1 && options.c1 < options.c2 && options.c2 < 1))
    throw ValueError(where,
                     fmt::format("strong_wolfe: c1 is {} and c2 {}, not 0 < c1 < c2 < 1", options.c1, options.c2));
  if (!(0 < options.first_step && options.first_step <= options.max_step))
    throw ValueError(where, fmt::format("strong_wolfe: the first step is {}, not between 0 and the longest, {}",
                                        options.first_step, options.max_step));
  return Search(phi, start, options).run();
}

}  // namespace cinta
