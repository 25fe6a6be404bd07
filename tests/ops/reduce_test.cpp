// Reductions: values against plain loops, gradients, extremes, and the sentences of their errors.
#include <cinta/ops/gradcheck.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace cinta;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
const double nan_value = std::numeric_limits<double>::quiet_NaN();

Tensor drawn(const Shape& shape, std::uint64_t stream = 0, Dtype dtype = f64) {
  return normal(shape, 0, 1, {.seed = 3, .stream = stream, .dtype = dtype});
}

// f(the elements of each cell) over the axes in `axes`, in the order of the result without them.
template <class F> std::vector<double> by_loops(const Tensor& x, unsigned axes, F f) {
  std::int64_t cells = 1;
  for (int a = 0; a < x.rank(); ++a)
    if ((axes >> a & 1) == 0) cells *= x.shape()[a];
  std::vector<std::vector<double>> members(static_cast<std::size_t>(cells));
  for (std::int64_t k = 0; k < x.size(); ++k) {
    std::int64_t rest = k, cell = 0, step = 1;
    for (int a = x.rank() - 1; a >= 0; --a) {
      const std::int64_t at = rest % x.shape()[a];
      rest /= x.shape()[a];
      if ((axes >> a & 1) != 0) continue;
      cell += at * step;
      step *= x.shape()[a];
    }
    members[static_cast<std::size_t>(cell)].push_back(x.data<double>()[k]);
  }
  std::vector<double> result;
  for (const auto& m : members) result.push_back(f(m));
  return result;
}

double error_of(const Tensor& y, const std::vector<double>& expected) {
  if (y.size() != static_cast<std::int64_t>(expected.size())) return inf;
  double worst = 0;
  for (std::int64_t i = 0; i < y.size(); ++i)
    worst = std::max(worst, std::fabs(y.data<double>()[i] - expected[static_cast<std::size_t>(i)]));
  return worst;
}

Tensor gradient_of(Tensor (*f)(const Tensor&), const Tensor& x) {
  return value_and_grad([&](const Tensor& v) { return sum(f(v)); }, x).second;
}

std::string line(int n) { return std::string(__FILE__) + ":" + std::to_string(n) + ": "; }

}  // namespace

#define CHECK_THROWS(expression, type, sentence)              \
  BOOST_CHECK_EXCEPTION(expression, type, [](const type& e) { \
    BOOST_TEST(e.what() == line(__LINE__) + (sentence));      \
    return true;                                              \
  })

BOOST_AUTO_TEST_SUITE(reduce)

BOOST_AUTO_TEST_CASE(values_are_those_of_plain_loops_over_any_axes) {
  const Tensor x = drawn({3, 1, 5, 20});
  for (unsigned bits = 1; bits < 16; ++bits) {
    const auto over = [&](auto f) {  // each set of axes under its name as Axes
      switch (bits) {
        case 1:
          return f(Axes(0));
        case 2:
          return f(Axes(1));
        case 4:
          return f(Axes(-2));
        case 8:
          return f(Axes{3});
        case 3:
          return f(Axes{0, 1});
        case 5:
          return f(Axes{2, 0});
        case 9:
          return f(Axes{-1, 0});
        case 6:
          return f(Axes{1, 2});
        case 10:
          return f(Axes{1, 3});
        case 12:
          return f(Axes{2, 3});
        case 7:
          return f(Axes{0, 1, 2});
        case 11:
          return f(Axes{0, 1, 3});
        case 13:
          return f(Axes{0, 2, 3});
        case 14:
          return f(Axes{-1, -2, -3});
        default:
          return f(Axes{});
      }
    };
    const auto total = [](const std::vector<double>& m) {
      double s = 0;
      for (const double v : m) s += v;
      return s;
    };
    const auto average = [&](const std::vector<double>& m) { return total(m) / static_cast<double>(m.size()); };
    const auto largest = [](const std::vector<double>& m) { return *std::max_element(m.begin(), m.end()); };
    const auto least = [](const std::vector<double>& m) { return *std::min_element(m.begin(), m.end()); };
    const auto squares = [&](const std::vector<double>& m) {
      double s = 0;
      for (const double v : m) s += (v - average(m)) * (v - average(m));
      return s;
    };
    BOOST_TEST(error_of(over([&](Axes a) { return sum(x, a); }), by_loops(x, bits, total)) < 1e-13);
    BOOST_TEST(error_of(over([&](Axes a) { return mean(x, a); }), by_loops(x, bits, average)) < 1e-14);
    BOOST_TEST(error_of(over([&](Axes a) { return max(x, a); }), by_loops(x, bits, largest)) == 0);
    BOOST_TEST(error_of(over([&](Axes a) { return min(x, a); }), by_loops(x, bits, least)) == 0);
    BOOST_TEST(error_of(over([&](Axes a) { return var(x, a, {.correction = 0}); }),
                        by_loops(x, bits, [&](const auto& m) { return squares(m) / static_cast<double>(m.size()); })) <
               1e-13);
    if (bits != 2)
      BOOST_TEST(error_of(over([&](Axes a) { return var(x, a); }), by_loops(x, bits, [&](const auto& m) {
                            return squares(m) / static_cast<double>(m.size() - 1);
                          })) < 1e-13);
    BOOST_TEST(error_of(over([&](Axes a) { return logsumexp(x, a); }), by_loops(x, bits, [](const auto& m) {
                          double s = 0;
                          for (const double v : m) s += std::exp(v);
                          return std::log(s);
                        })) < 1e-13);
    const Tensor kept = over([&](Axes a) { return sum(x, a, {.keepdims = true}); });
    for (int a = 0; a < 4; ++a) BOOST_TEST(kept.shape()[a] == ((bits >> a & 1) != 0 ? 1 : x.shape()[a]));
  }
}

BOOST_AUTO_TEST_CASE(shapes_of_results) {
  const Tensor x = drawn({2, 3, 4});
  BOOST_TEST((sum(x).shape() == Shape()));
  BOOST_TEST((sum(x, {}, {.keepdims = true}).shape() == Shape{1, 1, 1}));
  BOOST_TEST((mean(x, 1).shape() == Shape{2, 4}));
  BOOST_TEST((max(x, {0, -1}).shape() == Shape{3}));
  BOOST_TEST((var(x, {0, -1}, {.keepdims = true}).shape() == Shape{1, 3, 1}));
  BOOST_TEST((argmax(x).shape() == Shape{2, 3}));
  BOOST_TEST((argmax(x, 0, {.keepdims = true}).shape() == Shape{1, 3, 4}));
  const Tensor s = scalar(2.5, f64);
  for (const Tensor& y : {sum(s), mean(s), max(s), min(s), logsumexp(s)})
    BOOST_TEST((y.rank() == 0 && y.item<double>() == 2.5));
}

BOOST_AUTO_TEST_CASE(gradients_of_orders_1_and_2) {
  const Tensor x = drawn({3, 2, 4}, 1);
  for (const Axes axes : {Axes{}, Axes{0}, Axes{1}, Axes{-1}, Axes{0, 2}})
    for (const bool keep : {false, true}) {
      const auto check = [&](const char* name, auto f, int order = 2) {
        const GradcheckResult r = gradcheck([&](const Tensor& v) { return f(v); }, {x}, {.order = order});
        BOOST_TEST(r.passed, name << ": " << r.message);
      };
      check("sum", [&](const Tensor& v) { return sum(v * v, axes, {.keepdims = keep}); });
      check("mean", [&](const Tensor& v) { return mean(v * v, axes, {.keepdims = keep}); });
      check("max", [&](const Tensor& v) { return max(v * v, axes, {.keepdims = keep}); });
      check("min", [&](const Tensor& v) { return min(v * v * v, axes, {.keepdims = keep}); });
      check("var", [&](const Tensor& v) { return var(v, axes, {.keepdims = keep}); });
      check("logsumexp", [&](const Tensor& v) { return logsumexp(v, axes, {.keepdims = keep}); });
    }
}

BOOST_AUTO_TEST_CASE(equal_extremes_share_the_gradient_evenly) {
  const Tensor x = tensor({{1, 5, 5, 5, 0}, {2, 2, 2, 2, 2}}, f64);
  const Tensor g = gradient_of([](const Tensor& v) { return max(v, 1); }, x);
  BOOST_TEST(equal_bytes(g, tensor({{0, 1 / 3.0, 1 / 3.0, 1 / 3.0, 0}, {0.2, 0.2, 0.2, 0.2, 0.2}}, f64)));
  const Tensor h = gradient_of([](const Tensor& v) { return min(v); }, x);
  BOOST_TEST(equal_bytes(h, tensor({{0, 0, 0, 0, 1}, {0, 0, 0, 0, 0}}, f64)));
}

BOOST_AUTO_TEST_CASE(nan_wins_and_takes_the_gradient) {
  const Tensor x = tensor({1, nan_value, 3, nan_value}, f64);
  BOOST_TEST(std::isnan(max(x).item<double>()));
  BOOST_TEST(std::isnan(min(x).item<double>()));
  BOOST_TEST(equal_bytes(gradient_of([](const Tensor& v) { return max(v); }, x), tensor({0, 0.5, 0, 0.5}, f64)));
  BOOST_TEST(argmax(x, 0).item<std::int32_t>() == 1);
  BOOST_TEST(argmin(x, 0).item<std::int32_t>() == 1);
}

BOOST_AUTO_TEST_CASE(logsumexp_at_its_extremes) {
  BOOST_TEST(logsumexp(tensor({1000, 1000}, f64)).item<double>() == 1000.6931471805599);
  BOOST_TEST(logsumexp(tensor({-1000, -1000}, f64)).item<double>() == -999.3068528194401);
  BOOST_TEST(logsumexp(tensor({-inf, -inf}, f64)).item<double>() == -inf);
  BOOST_TEST(logsumexp(tensor({-inf, 2}, f64)).item<double>() == 2);
  BOOST_TEST(logsumexp(tensor({inf, 2, -inf}, f64)).item<double>() == inf);
  BOOST_TEST(std::isnan(logsumexp(tensor({nan_value, 2}, f64)).item<double>()));
  BOOST_TEST(logsumexp(zeros({0}, f64)).item<double>() == -inf);
  const auto f = [](const Tensor& v) { return logsumexp(v, 1); };
  BOOST_TEST(equal_bytes(gradient_of(f, tensor({{-inf, -inf}, {-inf, 3}}, f64)), tensor({{0, 0}, {0, 1}}, f64)));
  const Tensor half = gradient_of(f, tensor({{1000, 1000}}, f64));
  BOOST_TEST(std::fabs(half(0, 0) - 0.5) < 1e-12);
}

BOOST_AUTO_TEST_CASE(over_nothing) {
  const Tensor x = zeros({0, 3}, f64);
  BOOST_TEST(equal_bytes(sum(x, 0), zeros({3}, f64)));
  for (const double v : {mean(x).item<double>(), var(x).item<double>(), var(ones({1}, f64)).item<double>()})
    BOOST_TEST(std::isnan(v));
  BOOST_TEST((sum(x, 1).shape() == Shape{0}));
  BOOST_TEST((max(x, 1).shape() == Shape{0}));
  BOOST_TEST((argmax(x, 1).shape() == Shape{0}));
  BOOST_TEST(equal_bytes(gradient_of([](const Tensor& v) { return mean(v); }, x), x));
}

BOOST_AUTO_TEST_CASE(var_keeps_its_digits_far_from_zero) {
  const Tensor x = tensor({1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 4}, f64);
  BOOST_TEST(var(x).item<double>() == 5.0 / 3);
  BOOST_TEST(var(x, {}, {.correction = 0}).item<double>() == 1.25);
}

BOOST_AUTO_TEST_CASE(integers) {
  const Tensor x = tensor({{1, -2, 3}, {4, 5, -6}}, i32), bytes = tensor({{1, 200}, {100, 7}}, u8);
  BOOST_TEST(equal_bytes(sum(x, 1), tensor({2, 3}, i32)));
  BOOST_TEST(equal_bytes(max(x, 0), tensor({4, 5, 3}, i32)));
  BOOST_TEST(equal_bytes(min(x), with_shape(tensor({-6}, i32), {})));
  BOOST_TEST(equal_bytes(sum(bytes, 0), tensor({101, 207}, i32)));
  BOOST_TEST(equal_bytes(max(bytes, 1), tensor({200, 100}, i32)));
  BOOST_TEST(equal_bytes(argmax(x, 0), tensor({1, 1, 0}, i32)));
  BOOST_TEST(equal_bytes(argmin(bytes, 1), tensor({0, 1}, i32)));
}

BOOST_AUTO_TEST_CASE(the_first_of_equal_extremes_is_the_index) {
  const Tensor x = tensor({{3, 1, 3, 1}, {0, 0, 0, 0}});
  BOOST_TEST(equal_bytes(argmax(x), tensor({0, 0}, i32)));
  BOOST_TEST(equal_bytes(argmin(x), tensor({1, 0}, i32)));
  BOOST_TEST(equal_bytes(argmax(transpose(x), 0), tensor({0, 0}, i32)));
  BOOST_TEST(equal_bytes(argmin(transpose(x), 0), tensor({1, 0}, i32)));
}

BOOST_AUTO_TEST_CASE(f32_sums_are_the_definitions_bits_and_gradients_are_exact) {
  const Tensor x = drawn({37, 300}, 2, f32);
  BOOST_TEST(equal_bytes(mean(x, 1), sum(x, 1) / 300));
  BOOST_TEST(equal_bytes(gradient_of([](const Tensor& v) { return mean(v, 0); }, x),
                         full({37, 300}, static_cast<double>(1.0f / 37))));
}

BOOST_AUTO_TEST_CASE(errors_name_the_op_and_the_line) {
  const Tensor x = drawn({2, 3}), n = tensor({1, 2}, i32), none = zeros({0, 3});
  CHECK_THROWS(sum(x, 2), ShapeError, "sum: there is no axis 2 in a tensor of rank 2");
  CHECK_THROWS(mean(x, {0, -2}), ShapeError, "mean: axis 0 is named twice");
  CHECK_THROWS(max(x, {0, 1, -1}), ShapeError, "max: axis 1 is named twice");
  CHECK_THROWS(sum(ones({1, 1, 1, 1, 1, 1, 1, 1}), {0, 1, 2, 3, 4, 5, 6, 7, 0}), ShapeError,
               "sum: 9 axes of a tensor of rank 8");
  CHECK_THROWS(min(none, 0), ShapeError, "min: of nothing there is none: the shape is [0, 3]");
  CHECK_THROWS(max(none), ShapeError, "max: of nothing there is none: the shape is [0, 3]");
  CHECK_THROWS(mean(n), DtypeError, "mean: takes f32 or f64, not i32: convert it, x.to(f32)");
  CHECK_THROWS(var(n), DtypeError, "var: takes f32 or f64, not i32: convert it, x.to(f32)");
  CHECK_THROWS(logsumexp(n), DtypeError, "logsumexp: takes f32 or f64, not i32: convert it, x.to(f32)");
  CHECK_THROWS(argmax(x, -3), ShapeError, "argmax: there is no axis -3 in a tensor of rank 2");
  CHECK_THROWS(argmin(none, 0), ShapeError, "argmin: axis 0 of the shape [0, 3] is empty");
  CHECK_THROWS(sum(Tensor()), ValueError, "sum: this tensor is empty: it was never assigned");
}

BOOST_AUTO_TEST_SUITE_END()
