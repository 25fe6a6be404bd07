// Dual numbers over packs: every derivative against central differences, and the subgradients that are a choice.
#include <boost/test/unit_test.hpp>
#include <cinta/ops/dual.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

using cinta::Dual;
using cinta::Pack;
using P = Pack<double>;
using D = Dual<P>;

BOOST_AUTO_TEST_SUITE(dual)

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

D along(double x) { return {P(x), P(1)}; }
double derivative(D y) { return y.d.lane(0); }

// f at each of the points: the dual's value is f's own, bit by bit, and its derivative is the difference quotient's.
template <class F> void check(const std::string& name, F f, const std::vector<double>& points) {
  for (double x : points) {
    const double h = 1e-5 * std::max(1.0, std::fabs(x));
    const auto at = [&](double t) { return f(P(t)).lane(0); };
    const double slope = (8 * (at(x + h) - at(x - h)) - (at(x + 2 * h) - at(x - 2 * h))) / (12 * h);
    const D y = f(along(x));
    BOOST_TEST(y.v.lane(0) == at(x), name << " at " << x);
    for (int i = 0; i < P::size; ++i)
      BOOST_TEST(std::fabs(y.d.lane(i) - slope) <= 1e-8 * std::max({1.0, std::fabs(slope), std::fabs(at(x))}),
                 name << " at " << x << ": derivative " << y.d.lane(i) << ", difference quotient " << slope);
  }
}

const std::vector<double> anywhere = {-3.3, -1.2, -0.4, 0.3, 0.9, 2.6};
const std::vector<double> positive = {0.05, 0.4, 1.3, 4.2, 30.1};
const std::vector<double> inside = {-0.9, -0.45, 0.1, 0.55, 0.8};

}  // namespace

#define CHECK(f, points) \
  check(                 \
      #f, [](auto x) { return f(x); }, points)
#define CHECK_EXPRESSION(expression, points) \
  check(                                     \
      #expression, [](auto x) { return expression; }, points)

BOOST_AUTO_TEST_CASE(functions_of_one_argument_have_the_derivative_of_their_difference_quotient) {
  using namespace cinta;
  CHECK(abs, anywhere);
  CHECK(squared, anywhere);
  CHECK(sqrt, positive);
  CHECK(cbrt, anywhere);
  CHECK(exp, anywhere);
  CHECK(expm1, anywhere);
  CHECK(log, positive);
  CHECK(log2, positive);
  CHECK(log1p, positive);
  CHECK(sin, anywhere);
  CHECK(cos, anywhere);
  CHECK(tan, anywhere);
  CHECK(asin, inside);
  CHECK(acos, inside);
  CHECK(atan, anywhere);
  CHECK(sinh, anywhere);
  CHECK(cosh, anywhere);
  CHECK(tanh, anywhere);
  CHECK(asinh, anywhere);
  CHECK(acosh, (std::vector<double>{1.2, 2.5, 40}));
  CHECK(atanh, inside);
  CHECK(erf, anywhere);
  CHECK(lgamma, (std::vector<double>{-2.4, -0.3, 0.2, 1.7, 5.5, 60}));
  CHECK(sigmoid, anywhere);
  CHECK(softplus, anywhere);
  CHECK(log_sigmoid, anywhere);
  CHECK(relu, anywhere);
  CHECK(floor, anywhere);
  CHECK(ceil, anywhere);
  CHECK(round, anywhere);
  CHECK(trunc, anywhere);
  CHECK(sign, anywhere);
  CHECK(step, anywhere);
}

BOOST_AUTO_TEST_CASE(arithmetic_has_the_derivative_of_its_difference_quotient_with_duals_packs_and_numbers) {
  using namespace cinta;
  CHECK_EXPRESSION(x + x, anywhere);
  CHECK_EXPRESSION(x + 2, anywhere);
  CHECK_EXPRESSION(2.5f + x, anywhere);
  CHECK_EXPRESSION(x + P(3), anywhere);
  CHECK_EXPRESSION(x * x - x, anywhere);
  CHECK_EXPRESSION(x - 2, anywhere);
  CHECK_EXPRESSION(2 - x, anywhere);
  CHECK_EXPRESSION(P(2) - x, anywhere);
  CHECK_EXPRESSION((x * x) * (x + 1), anywhere);
  CHECK_EXPRESSION(x * 3, anywhere);
  CHECK_EXPRESSION(-3 * x, anywhere);
  CHECK_EXPRESSION(P(4) * x, anywhere);
  CHECK_EXPRESSION((x + 1) / (x * x + 2), anywhere);
  CHECK_EXPRESSION(x / 7, anywhere);
  CHECK_EXPRESSION(7 / x, anywhere);
  CHECK_EXPRESSION(x / P(7), anywhere);
  CHECK_EXPRESSION(-x, anywhere);
  CHECK_EXPRESSION(+x, anywhere);
  CHECK_EXPRESSION(fma(x, x, x), anywhere);
  CHECK_EXPRESSION(fma(x, 2, 1), anywhere);
  CHECK_EXPRESSION(fma(2, x, x), anywhere);
  CHECK_EXPRESSION(fma(2, 3, x), anywhere);
  CHECK_EXPRESSION(fma(x, x, 1), anywhere);
  CHECK_EXPRESSION(fms(x, x, x + 1), anywhere);
  CHECK_EXPRESSION(fms(2, x, 1), anywhere);
  CHECK_EXPRESSION(fnma(x, x, x + 1), anywhere);
  CHECK_EXPRESSION(fnma(x, 3, 1), anywhere);
  CHECK_EXPRESSION(select(x > 0.5, x * x, -x), anywhere);
  CHECK_EXPRESSION(select(x <= 0.5, 1, x), anywhere);
  CHECK_EXPRESSION(select(0.5 <= x, x, 2), anywhere);
  CHECK_EXPRESSION(select((x < 0) | (x * x >= x + 1), x, x * 3), anywhere);
  CHECK_EXPRESSION(select((x == x) & isfinite(x), x, 2), anywhere);
  CHECK_EXPRESSION(select((x != x) ^ isnan(x), x, 2 * x), anywhere);
  CHECK_EXPRESSION(x / (1 + exp(-1.7 * x)), anywhere);
  check(
      "compound assignment",
      [](auto x) {
        auto y = x;
        y += x * x;
        y -= 3;
        y *= x;
        y /= x + 9;
        return y;
      },
      anywhere);
}

BOOST_AUTO_TEST_CASE(functions_of_two_arguments_have_the_derivative_of_their_difference_quotient) {
  using namespace cinta;
  CHECK_EXPRESSION(pow(x, x + 1), positive);
  CHECK_EXPRESSION(pow(x, 3), anywhere);
  CHECK_EXPRESSION(pow(x, -1.5), positive);
  CHECK_EXPRESSION(pow(2.5, x), anywhere);
  CHECK_EXPRESSION(pow(P(0.5), x), anywhere);
  CHECK_EXPRESSION(hypot(x, x + 2), anywhere);
  CHECK_EXPRESSION(hypot(x, 2), anywhere);
  CHECK_EXPRESSION(hypot(2, x), anywhere);
  CHECK_EXPRESSION(atan2(x, x * x - 3), anywhere);
  CHECK_EXPRESSION(atan2(x, 2), anywhere);
  CHECK_EXPRESSION(atan2(2, x), anywhere);
  CHECK_EXPRESSION(mod(x, 1.7), anywhere);
  CHECK_EXPRESSION(mod(9.7, x), anywhere);
  CHECK_EXPRESSION(mod(5 * x, x * x + 1), anywhere);
  CHECK_EXPRESSION(maximum(x, x * x), anywhere);
  CHECK_EXPRESSION(maximum(x, 0.5), anywhere);
  CHECK_EXPRESSION(maximum(0.5, x), anywhere);
  CHECK_EXPRESSION(minimum(x, x * x), anywhere);
  CHECK_EXPRESSION(minimum(x, P(0.5)), anywhere);
  CHECK_EXPRESSION(minimum(-0.5, x), anywhere);
  CHECK_EXPRESSION(clamp(x, -1, 1), anywhere);
}

BOOST_AUTO_TEST_CASE(a_tie_of_maximum_or_minimum_gives_half_to_each_side) {
  const D a{P(2), P(3)}, b{P(2), P(5)};
  BOOST_TEST(derivative(maximum(a, b)) == 4);
  BOOST_TEST(derivative(minimum(a, b)) == 4);
  BOOST_TEST(derivative(maximum(a, 2)) == 1.5);
  BOOST_TEST(derivative(maximum(2, b)) == 2.5);
  BOOST_TEST(derivative(minimum(a, 2)) == 1.5);
  BOOST_TEST(derivative(minimum(2, b)) == 2.5);
  BOOST_TEST(derivative(clamp(a, 2, 4)) == 3);
  BOOST_TEST(derivative(clamp(a, 0, 2)) == 3);
}

BOOST_AUTO_TEST_CASE(kinks_and_steps_have_the_subgradients_of_pytorch) {
  BOOST_TEST(derivative(abs(along(0))) == 0);
  BOOST_TEST(derivative(relu(along(0))) == 0);
  BOOST_TEST(derivative(sign(along(0))) == 0);
  BOOST_TEST(derivative(step(along(0))) == 0);
  BOOST_TEST(derivative(floor(along(2))) == 0);
  BOOST_TEST(derivative(ceil(along(2))) == 0);
  BOOST_TEST(derivative(round(along(2.5))) == 0);
  BOOST_TEST(derivative(trunc(along(2))) == 0);
  BOOST_TEST(derivative(sqrt(along(0))) == inf);
  BOOST_TEST(derivative(cbrt(along(0))) == inf);
  BOOST_TEST(derivative(log(along(0))) == inf);
  BOOST_TEST(derivative(hypot(along(0), 0)) == 0);
}

BOOST_AUTO_TEST_CASE(powers_at_zero_and_of_negative_bases_have_finite_derivatives) {
  BOOST_TEST(derivative(pow(along(0), 0)) == 0);
  BOOST_TEST(derivative(pow(along(0), 1)) == 1);
  BOOST_TEST(derivative(pow(along(0), 2)) == 0);
  BOOST_TEST(derivative(pow(along(-2), 3)) == 12);
  BOOST_TEST(derivative(pow(along(5), 0)) == 0);
  BOOST_TEST(derivative(pow(0, along(2))) == 0);
  BOOST_TEST(derivative(pow(0, along(0))) == 0);
  BOOST_TEST(derivative(pow(D{P(-2), P(1)}, D{P(3), P(0)})) == 12);  // ln(−2) is not asked for
  BOOST_TEST(derivative(pow(along(1e-30), 2)) == 2e-30);
}

BOOST_AUTO_TEST_CASE(large_and_small_arguments_overflow_in_no_derivative) {
  BOOST_TEST(derivative(asinh(along(1e200))) == 1e-200, boost::test_tools::tolerance(1e-14));
  BOOST_TEST(derivative(acosh(along(1e200))) == 1e-200, boost::test_tools::tolerance(1e-14));
  BOOST_TEST(derivative(hypot(along(3e200), 4e200)) == 0.6, boost::test_tools::tolerance(1e-14));
  BOOST_TEST(derivative(atan2(along(1e-200), 1e-200)) == 0.5e200, boost::test_tools::tolerance(1e-14));
  BOOST_TEST(derivative(sigmoid(along(-800))) == 0);
  BOOST_TEST(derivative(softplus(along(800))) == 1);
  BOOST_TEST(derivative(log_sigmoid(along(-800))) == 1);
}

BOOST_AUTO_TEST_CASE(the_branch_that_select_leaves_cannot_spoil_the_derivative) {
  const D x = along(0);
  BOOST_TEST(derivative(select(x > 0, sqrt(x), 3 * x)) == 3);
  BOOST_TEST(derivative(select(x <= 0, 3 * x, log(x))) == 3);
}

BOOST_AUTO_TEST_CASE(floats_and_lanes_of_their_own) {
  float in[16], out[16];
  for (int i = 0; i < 16; ++i) in[i] = 0.25f * static_cast<float>(i) - 2;
  const auto x = Dual<Pack<float>>{Pack<float>::load(in), Pack<float>(1)};
  (x / (1 + exp(-x))).d.store(out);
  for (int i = 0; i < 16; ++i) {
    const double s = 1 / (1 + std::exp(-static_cast<double>(in[i])));
    BOOST_TEST(std::fabs(out[i] - s * (1 + in[i] * (1 - s))) < 4e-7);
  }
}

BOOST_AUTO_TEST_SUITE_END()
