// Elementwise ops: broadcasting, special values, and gradients at ties and corners.
#include "../framework/core/core_support.hpp"

#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace cinta;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity(), NaN = std::numeric_limits<double>::quiet_NaN();
using Unary = Tensor (*)(const Arg&);

Tensor numbers(const std::vector<double>& values, Dtype dtype) {
  return convert(tensor(std::span<const double>(values), {static_cast<std::int64_t>(values.size())}), dtype);
}

// Two or three shapes that broadcast together, of rank 0 to 4.
std::vector<Shape> shapes_that_fit(std::mt19937& random, int count) {
  const std::int64_t sizes[] = {0, 1, 1, 2, 3, 5, 17};
  std::vector<std::int64_t> whole(random() % 5);
  for (auto& n : whole) n = sizes[random() % (random() % 8 == 0 ? 6 : 5) + (random() % 16 != 0 ? 1 : 0)];
  std::vector<Shape> shapes;
  for (int i = 0; i < count; ++i) {
    Shape s;
    for (std::size_t a = whole.size() - random() % (whole.size() + 1); a < whole.size(); ++a)
      s.push_back(random() % 3 == 0 ? 1 : whole[a]);
    shapes.push_back(s);
  }
  return shapes;
}

// Small whole numbers, so that sums are exact in any order.
Tensor whole_numbers(std::mt19937& random, const Shape& shape, Dtype dtype) {
  Tensor x = empty(shape, f64);
  for (std::int64_t k = 0; k < x.size(); ++k) x.mutable_data<double>()[k] = static_cast<double>(random() % 19) - 9;
  return convert(x, dtype);
}

// Where broadcasting reads x for the flat index k of `shape`.
std::int64_t source(const Shape& x, const Shape& shape, std::int64_t k) {
  std::int64_t offset = 0, step = 1;
  for (int a = 1; a <= shape.rank(); ++a) {
    const std::int64_t at = k % shape.back(-a);
    k /= shape.back(-a);
    if (a > x.rank()) continue;
    if (x.back(-a) != 1) offset += at * step;
    step *= x.back(-a);
  }
  return offset;
}

double element(const Tensor& x, std::int64_t k) {
  return visit_dtype(x.dtype(), [&](auto zero) { return static_cast<double>(x.data<decltype(zero)>()[k]); });
}

Tensor gradient_at(Unary f, double x) {
  const Recording recording;
  const Tensor leaf = variable(numbers({x}, f64));
  return backward(sum(f(leaf)))[leaf];
}

bool same(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(elementwise)

BOOST_AUTO_TEST_CASE(broadcasting_is_the_scalar_definition_over_random_shapes) {
  std::mt19937 random(1);
  for (int repeat = 0; repeat < 600; ++repeat) {
    const auto shapes = shapes_that_fit(random, 2);
    const Dtype dtype = repeat % 3 == 0 ? f64 : repeat % 3 == 1 ? f32 : i32;
    const Tensor x = whole_numbers(random, shapes[0], dtype), y = whole_numbers(random, shapes[1], dtype);
    const Tensor z = x - y, less = x < y;
    const Shape shape = broadcast_shapes(x.shape(), y.shape(), "test", {});
    BOOST_REQUIRE((z.shape() == shape && less.shape() == shape));
    BOOST_REQUIRE((z.dtype() == dtype && less.dtype() == u8));
    for (std::int64_t k = 0; k < z.size(); ++k) {
      const double a = element(x, source(x.shape(), shape, k)), b = element(y, source(y.shape(), shape, k));
      BOOST_REQUIRE_MESSAGE(element(z, k) == a - b && element(less, k) == (a < b),
                            to_string(x.shape()) << " with " << to_string(y.shape()) << " at " << k);
    }
  }
}

BOOST_AUTO_TEST_CASE(three_operands_broadcast_together_and_their_gradients_are_summed_back) {
  std::mt19937 random(2);
  for (int repeat = 0; repeat < 300; ++repeat) {
    const auto shapes = shapes_that_fit(random, 3);
    const Tensor m = whole_numbers(random, shapes[0], f64) > 0;
    const Recording recording;
    const Tensor x = variable(whole_numbers(random, shapes[1], f64)),
                 y = variable(whole_numbers(random, shapes[2], f64));
    const Tensor z = select(m, x, y) * x;
    const Shape shape = z.shape();
    std::vector<double> gx(static_cast<std::size_t>(x.size())), gy(static_cast<std::size_t>(y.size()));
    for (std::int64_t k = 0; k < z.size(); ++k) {
      const std::int64_t i = source(x.shape(), shape, k), j = source(y.shape(), shape, k);
      const double a = element(x, i), b = element(y, j);
      const bool first = element(m, source(m.shape(), shape, k)) != 0;
      BOOST_REQUIRE(element(z, k) == (first ? a : b) * a);
      gx[static_cast<std::size_t>(i)] += first ? 2 * a : b;
      gy[static_cast<std::size_t>(j)] += first ? 0 : a;
    }
    const Gradients g = backward(sum(z));
    for (std::size_t i = 0; i < gx.size(); ++i) BOOST_REQUIRE(element(g[x], static_cast<std::int64_t>(i)) == gx[i]);
    for (std::size_t i = 0; i < gy.size(); ++i) BOOST_REQUIRE(element(g[y], static_cast<std::int64_t>(i)) == gy[i]);
  }
}

BOOST_AUTO_TEST_CASE(shapes_that_do_not_broadcast_are_named) {
  const Tensor x = zeros({2, 3}), y = zeros({2, 4});
  const std::string s = sentence_of<ShapeError>([&] { (void)(x + y); });
  const std::string wanted = "add: the shapes [2, 3] and [2, 4] do not broadcast: 3 against 4 in axis 1";
  BOOST_TEST(contains(s, place(__LINE__ - 2) + wanted), s);
}

BOOST_AUTO_TEST_CASE(large_operands_broadcast_as_small_ones_do) {
  const Tensor x = arange(0, 70000, 1, f64), y = tensor({{1}, {2}}, f64), z = x * y;  // several tasks a row
  for (const std::int64_t k : {0, 32767, 32768, 69999})
    BOOST_TEST((z(0, k) == static_cast<double>(k) && z(1, k) == 2.0 * static_cast<double>(k)));
  const Tensor tall = transpose(reshape(x, {1, 70000})) * tensor({{1, 2}}, f64);
  BOOST_TEST((tall(69999, 0) == 69999 && tall(69999, 1) == 139998));
}

// --- special values

struct Special {
  const char* name;
  Unary op;
  std::vector<double> x, y;
};
const Special specials[] = {
    {"neg", neg, {0, -0.0, inf, NaN}, {-0.0, 0, -inf, NaN}},
    {"abs", abs, {-0.0, -inf, NaN}, {0, inf, NaN}},
    {"sign", sign, {-inf, inf, 0, NaN}, {-1, 1, 0, NaN}},
    {"square", square, {-inf, -0.0, NaN}, {inf, 0, NaN}},
    {"sqrt", sqrt, {0, -0.0, inf, -1, NaN, -inf}, {0, -0.0, inf, NaN, NaN, NaN}},
    {"exp", exp, {-inf, inf, 0, NaN, 1000, -1000}, {0, inf, 1, NaN, inf, 0}},
    {"expm1", expm1, {-inf, inf, 0, -0.0, NaN, 1000, -1000}, {-1, inf, 0, -0.0, NaN, inf, -1}},
    {"log", log, {0, -0.0, inf, -1, NaN, 1}, {-inf, -inf, inf, NaN, NaN, 0}},
    {"log1p", log1p, {-1, inf, 0, -0.0, -2, NaN}, {-inf, inf, 0, -0.0, NaN, NaN}},
    {"sin", sin, {0, -0.0, inf, -inf, NaN}, {0, -0.0, NaN, NaN, NaN}},
    {"cos", cos, {0, inf, NaN}, {1, NaN, NaN}},
    {"erf", erf, {0, inf, -inf, NaN}, {0, 1, -1, NaN}},
    {"tanh", tanh, {0, -0.0, inf, -inf, NaN, 1000}, {0, -0.0, 1, -1, NaN, 1}},
    {"sigmoid", sigmoid, {0, inf, -inf, NaN, 1000, -1000}, {0.5, 1, 0, NaN, 1, 0}},
    {"log_sigmoid", log_sigmoid, {inf, -inf, NaN, -1000, 3e38}, {-0.0, -inf, NaN, -1000, -0.0}},
    {"softplus", softplus, {inf, -inf, NaN, 1000, -1000, 3e38}, {inf, 0, NaN, 1000, 0, static_cast<float>(3e38)}},
    {"relu", relu, {inf, -inf, NaN, 3, -3}, {inf, 0, NaN, 3, 0}},
    {"step", step, {inf, -inf, NaN, 0, -0.0, -1e-300}, {1, 0, 0, 1, 1, 0}},
};

BOOST_AUTO_TEST_CASE(special_values_are_those_of_the_definitions) {
  for (const Special& s : specials)
    for (const Dtype dtype : {f32, f64}) {
      const std::vector<double>& xs = s.x;
      const Tensor x = numbers(xs, dtype), y = s.op(x);
      for (std::size_t i = 0; i < xs.size(); ++i) {
        const double in = element(x, static_cast<std::int64_t>(i)), got = element(y, static_cast<std::int64_t>(i));
        if (in == 0 && xs[i] != 0) continue;  // it is no f32
        const double expected = xs[i] == 3e38 && s.y[i] > 0 ? in : s.y[i];
        BOOST_TEST(same(got, expected),
                   s.name << "(" << xs[i] << ") as " << to_string(dtype) << " is " << got << ", not " << expected);
      }
    }
}

BOOST_AUTO_TEST_CASE(nan_wins_maximum_minimum_and_clamp) {
  for (const Dtype d : {f32, f64}) {
    const Tensor x = numbers({NaN, 1, NaN, inf, -inf}, d), y = numbers({1, NaN, NaN, 2, 2}, d);
    for (int i = 0; i < 3; ++i) BOOST_TEST((std::isnan(maximum(x, y)(i)) && std::isnan(minimum(x, y)(i))));
    BOOST_TEST((maximum(x, y)(3) == inf && minimum(x, y)(3) == 2 && maximum(x, y)(4) == 2 && minimum(x, y)(4) == -inf));
    BOOST_TEST(std::isnan(clamp(x, 0, 1)(0)));
    BOOST_TEST((clamp(x, 0, 1)(3) == 1 && clamp(x, 0, 1)(4) == 0));
    BOOST_TEST(clamp(numbers({5}, d), 3, 2)(0) == 2);
  }
}

BOOST_AUTO_TEST_CASE(pow_is_one_at_exponent_zero_and_nan_off_its_domain) {
  const Tensor y = pow(numbers({0, NaN, inf, -8, -8, 0, 0, 2}, f64), numbers({0, 0, 0, 3, 0.5, -1, 2, -inf}, f64));
  const double expected[] = {1, 1, 1, -512, NaN, inf, 0, 0};
  for (int i = 0; i < 8; ++i) BOOST_TEST(same(y(i), expected[i]), i << ": " << y(i));
}

BOOST_AUTO_TEST_CASE(comparisons_with_nan_are_false_but_not_equal) {
  const Tensor x{NaN};
  for (const Tensor& m : {x<1, x <= 1, x> 1, x >= 1, x == x, isfinite(x)}) BOOST_TEST(m(0) == 0);
  BOOST_TEST((x != x)(0) == 1);
  BOOST_TEST(equal_bytes(isfinite(Tensor{inf, -inf, 3e38, 0}), tensor({0, 0, 1, 1}, u8)));
}

BOOST_AUTO_TEST_CASE(denormals_are_computed_as_ieee_says) {
  const Tensor tiny{1e-40f, -1e-44f}, twice = tiny * 2, half = tiny / 2;
  for (int i = 0; i < 2; ++i) {
    const float x = static_cast<float>(tiny(i));
    BOOST_TEST((twice(i) == x * 2.0f && half(i) == x / 2.0f && x != 0));
  }
  BOOST_TEST((sqrt(Tensor{1e-40f})(0) == std::sqrt(1e-40f)));
  BOOST_TEST((maximum(Tensor{1e-40f}, 0)(0) > 0));
  BOOST_TEST(equal_bytes(Tensor{1e-40f} > 0, tensor({1}, u8)));
}

BOOST_AUTO_TEST_CASE(what_is_not_selected_leaves_no_trace) {
  const Recording recording;
  const Tensor x = variable(tensor({-1, 4}, f64));
  const Tensor root = sqrt(x), y = select(x > 0, root, x / 0);
  BOOST_TEST((y(0) == -inf && y(1) == 2));
  BOOST_TEST(equal_bytes(select(x > 0, root, 0).detach(), tensor({0, 2}, f64)));
  BOOST_TEST(equal_bytes(grad(sum(y), {root})[0], tensor({0, 1}, f64)));
}

// --- ties and corners of gradients, as PyTorch's

BOOST_AUTO_TEST_CASE(a_tie_of_maximum_and_minimum_gives_half_to_each) {
  const auto gradients = [](Tensor (*f)(const Arg&, const Arg&)) {
    const Recording recording;
    const Tensor x = variable(Tensor{1, 2, 3}), y = variable(Tensor{2, 2, 2});
    const Gradients g = backward(sum(f(x, y)));
    return std::pair(g[x], g[y]);
  };
  BOOST_TEST(equal_bytes(gradients(maximum).first, Tensor{0, 0.5, 1}));
  BOOST_TEST(equal_bytes(gradients(maximum).second, Tensor{1, 0.5, 0}));
  BOOST_TEST(equal_bytes(gradients(minimum).first, Tensor{1, 0.5, 0}));
  BOOST_TEST(equal_bytes(gradients(minimum).second, Tensor{0, 0.5, 1}));
}

BOOST_AUTO_TEST_CASE(corners_have_the_derivatives_of_pytorch) {
  BOOST_TEST(gradient_at(relu, 0).item<double>() == 0);
  BOOST_TEST(gradient_at(abs, 0).item<double>() == 0);
  BOOST_TEST(gradient_at(sign, 0).item<double>() == 0);
  BOOST_TEST(gradient_at([](const Arg& x) { return leaky_relu(x); }, 0).item<double>() == 0.01);
  BOOST_TEST(gradient_at([](const Arg& x) { return elu(x, 2); }, 0).item<double>() == 2);
  BOOST_TEST(gradient_at([](const Arg& x) { return clamp(x, 0, 1); }, 0).item<double>() == 1);
  BOOST_TEST(gradient_at([](const Arg& x) { return clamp(x, 0, 1); }, 1).item<double>() == 1);
  BOOST_TEST(gradient_at([](const Arg& x) { return clamp(x, 0, 1); }, 1.5).item<double>() == 0);
  BOOST_TEST(gradient_at([](const Arg& x) { return pow(x, 0); }, 0).item<double>() == 0);
  BOOST_TEST(gradient_at([](const Arg& x) { return pow(0, x); }, 0).item<double>() == 0);
  BOOST_TEST(gradient_at([](const Arg& x) { return pow(x, 2); }, 0).item<double>() == 0);
  BOOST_TEST(gradient_at([](const Arg& x) { return pow(x, 1); }, 0).item<double>() == 1);
}

BOOST_AUTO_TEST_CASE(at_base_zero_the_exponents_gradient_is_zero_or_that_of_the_pole) {
  const Recording recording;
  const Tensor exponent = variable(tensor({2, 0, -1}, f64));
  BOOST_TEST(equal_bytes(backward(sum(pow(0, exponent)))[exponent], tensor({0, 0, -INFINITY}, f64)));
}

BOOST_AUTO_TEST_CASE(the_gradient_of_clamp_goes_to_one_operand_ties_and_crossed_bounds_included) {
  const Recording recording;
  const Tensor x = variable(tensor({0, 1, 2, 0, 1, 2, 0, 1.5, 2, 1, 3}, f64)),
               low = variable(tensor({1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2}, f64)),
               high = variable(tensor({2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1}, f64));
  const Gradients g = backward(sum(clamp(x, low, high)));
  BOOST_TEST(equal_bytes(g[x], tensor({0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0}, f64)));
  BOOST_TEST(equal_bytes(g[low], tensor({1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0}, f64)));
  BOOST_TEST(equal_bytes(g[high], tensor({0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1}, f64)));
}

BOOST_AUTO_TEST_CASE(saturated_activations_have_finite_gradients) {
  for (const Unary f : {Unary(tanh), Unary(sigmoid), Unary(log_sigmoid), Unary(softplus), Unary(silu), Unary(relu),
                        Unary([](const Arg& x) { return gelu(x); }),
                        Unary([](const Arg& x) { return gelu(x, {.tanh_approximation = true}); }),
                        Unary([](const Arg& x) { return elu(x); })})
    for (const double x : {-1000.0, -100.0, 100.0, 1000.0}) {
      const double g = gradient_at(f, x).item<double>();
      BOOST_TEST((g >= -1e-40 && g <= 1 + 1e-12), "at " << x << ": " << g);
    }
}

BOOST_AUTO_TEST_SUITE_END()
