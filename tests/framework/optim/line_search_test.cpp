// strong_wolfe: its conditions on functions with known minima, what it does when there is no such step, its errors.
#include "helpers.hpp"

#include <cinta/framework/optim/line_search.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <limits>

namespace {

using namespace optim_test;

using Point = std::array<double, 2>;

struct Function {
  const char* name;
  double (*value)(Point);
  Point (*gradient)(Point);
  Point start, minimum;
};

const Function functions[] = {
    {"Rosenbrock",
     [](Point p) { return 100 * std::pow(p[1] - p[0] * p[0], 2) + std::pow(1 - p[0], 2); },
     [](Point p) -> Point {
       return {-400 * p[0] * (p[1] - p[0] * p[0]) - 2 * (1 - p[0]), 200 * (p[1] - p[0] * p[0])};
     },
     {-1.2, 1},
     {1, 1}},
    {"Beale",
     [](Point p) {
       return std::pow(1.5 - p[0] + p[0] * p[1], 2) + std::pow(2.25 - p[0] + p[0] * p[1] * p[1], 2) +
              std::pow(2.625 - p[0] + p[0] * std::pow(p[1], 3), 2);
     },
     [](Point p) -> Point {
       const double y = p[1], a = 1.5 - p[0] + p[0] * y, b = 2.25 - p[0] + p[0] * y * y,
                    c = 2.625 - p[0] + p[0] * y * y * y;
       return {2 * a * (y - 1) + 2 * b * (y * y - 1) + 2 * c * (y * y * y - 1),
               2 * a * p[0] + 4 * b * p[0] * y + 6 * c * p[0] * y * y};
     },
     {1, 1},
     {3, 0.5}},
    {"Booth",
     [](Point p) { return std::pow(p[0] + 2 * p[1] - 7, 2) + std::pow(2 * p[0] + p[1] - 5, 2); },
     [](Point p) -> Point {
       return {10 * p[0] + 8 * p[1] - 34, 8 * p[0] + 10 * p[1] - 38};
     },
     {-4, 6},
     {1, 3}},
    {"Himmelblau",
     [](Point p) { return std::pow(p[0] * p[0] + p[1] - 11, 2) + std::pow(p[0] + p[1] * p[1] - 7, 2); },
     [](Point p) -> Point {
       const double a = p[0] * p[0] + p[1] - 11, b = p[0] + p[1] * p[1] - 7;
       return {4 * p[0] * a + 2 * b, 2 * a + 4 * p[1] * b};
     },
     {2, 1},
     {3, 2}},
};

double dot(Point a, Point b) { return a[0] * b[0] + a[1] * b[1]; }

// φ(α) along −∇f from p.
auto along(const Function& f, Point p) {
  return [&f, p, g = f.gradient(p)](double a) -> LinePoint {
    const Point at{p[0] - a * g[0], p[1] - a * g[1]};
    return {f.value(at), -dot(f.gradient(at), g)};
  };
}

bool holds(const WolfeStep& s, LinePoint start, const WolfeOptions& o) {
  return s.step > 0 && s.at.value <= start.value + o.c1 * s.step * start.slope &&
         std::abs(s.at.slope) <= -o.c2 * start.slope;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(line_search)

BOOST_AUTO_TEST_CASE(both_wolfe_conditions_hold_from_any_first_step_and_for_a_tight_c2) {
  for (const Function& f : functions)
    for (const double c2 : {0.9, 0.1, 0.01})
      for (double first = 1e-8; first < 1e9; first *= 100) {
        const auto phi = along(f, f.start);
        const WolfeOptions options{.c2 = c2, .first_step = first, .max_evaluations = 60};
        const WolfeStep s = strong_wolfe(phi, phi(0), options);
        BOOST_TEST((s.wolfe && holds(s, phi(0), options)),
                   f.name << " from " << first << ", c2 = " << c2 << ": step " << s.step);
        BOOST_TEST(s.at.value == phi(s.step).value);
      }
}

BOOST_AUTO_TEST_CASE(steepest_descent_with_it_finds_the_minimum) {
  for (const Function& f : functions) {
    Point p = f.start;
    double step = 1e-3;
    for (int i = 0; i < 20000 && dot(f.gradient(p), f.gradient(p)) > 1e-20; ++i) {
      const auto phi = along(f, p);
      const WolfeStep s = strong_wolfe(phi, phi(0), {.c2 = 0.1, .first_step = step});
      if (s.step == 0) break;
      const Point g = f.gradient(p);
      p = {p[0] - s.step * g[0], p[1] - s.step * g[1]};
      step = s.step;
    }
    BOOST_TEST(std::abs(p[0] - f.minimum[0]) < 1e-6, f.name << " ends at " << p[0]);
    BOOST_TEST(std::abs(p[1] - f.minimum[1]) < 1e-6, f.name << " ends at " << p[1]);
  }
}

BOOST_AUTO_TEST_CASE(few_evaluations_are_needed_on_a_quadratic) {
  const auto phi = [](double a) { return LinePoint{(a - 3) * (a - 3), 2 * (a - 3)}; };
  const WolfeStep s = strong_wolfe(phi, phi(0), {.c2 = 0.01, .first_step = 10});
  BOOST_TEST(s.wolfe);
  BOOST_TEST(s.evaluations == 2);  // the cubic through two points of a parabola is the parabola
  BOOST_TEST(std::abs(s.step - 3) < 1e-9);
}

BOOST_AUTO_TEST_CASE(a_step_where_the_function_is_not_finite_is_too_long) {
  const auto phi = [](double a) {
    return a < 2 ? LinePoint{-std::log(2 - a) - 2 * a, 1 / (2 - a) - 2}
                 : LinePoint{std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
  };
  for (const double first : {2., 50., 1e6}) {
    const WolfeStep s = strong_wolfe(phi, phi(0), {.c2 = 0.1, .first_step = first, .max_evaluations = 60});
    BOOST_TEST((s.wolfe && s.step < 2 && holds(s, phi(0), {.c2 = 0.1})), "from " << first << ": " << s.step);
  }
}

BOOST_AUTO_TEST_CASE(without_an_end_the_longest_step_is_taken_and_it_says_that_the_conditions_do_not_hold) {
  const auto phi = [](double a) { return LinePoint{-a, -1}; };
  const WolfeStep s = strong_wolfe(phi, phi(0), {.max_step = 1000});
  BOOST_TEST(!s.wolfe);
  BOOST_TEST(s.step == 1000);
  BOOST_TEST(s.evaluations == 11);  // 1, 2, 4, … 512, 1000
  const WolfeStep few = strong_wolfe(phi, phi(0), {.max_evaluations = 3});
  BOOST_TEST((!few.wolfe && few.evaluations == 3 && few.at.value < 0));
}

BOOST_AUTO_TEST_CASE(where_every_step_is_higher_the_step_is_0) {
  const auto phi = [](double a) { return LinePoint{a == 0 ? 0. : 1., -1}; };  // a slope that lies
  const WolfeStep s = strong_wolfe(phi, phi(0), {.max_evaluations = 2000});
  BOOST_TEST((s.step == 0 && !s.wolfe && s.at.value == 0));
  BOOST_TEST(s.evaluations < 2000);  // it ends when no number lies between
}

BOOST_AUTO_TEST_CASE(what_is_no_descent_and_what_is_not_finite_is_told) {
  const auto phi = [](double a) { return LinePoint{a, 1}; };
  const auto told = [&](LinePoint start, WolfeOptions options = {}) {
    const std::string s = sentence<ValueError>([&] { strong_wolfe(phi, start, options); });
    return s.substr(s.find(": ") + 2);
  };
  const double inf = std::numeric_limits<double>::infinity();
  BOOST_TEST(told({0, 0.5}) == "strong_wolfe: this is no direction of descent: the slope is 0.5");
  BOOST_TEST(told({0, 0}) == "strong_wolfe: this is no direction of descent: the slope is 0");
  BOOST_TEST(told({inf, -1}) == "strong_wolfe: the value at the start is inf and the slope -1: both must be finite");
  BOOST_TEST(told({0, -1}, {.c1 = 0.9, .c2 = 0.1}) == "strong_wolfe: c1 is 0.9 and c2 0.1, not 0 < c1 < c2 < 1");
  BOOST_TEST(told({0, -1}, {.first_step = 0}) ==
             "strong_wolfe: the first step is 0, not between 0 and the longest, 10000000000");
}

BOOST_AUTO_TEST_SUITE_END()
