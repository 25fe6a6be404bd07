// Tensors made from numbers: values, ends of ranges, and the sentences of their errors.
#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <new>

using namespace cinta;

namespace {

std::string line(int n) { return std::string(__FILE__) + ":" + std::to_string(n) + ": "; }

}  // namespace

#define CHECK_THROWS(expression, type, sentence)              \
  BOOST_CHECK_EXCEPTION(expression, type, [](const type& e) { \
    BOOST_TEST(e.what() == line(__LINE__) + (sentence));      \
    return true;                                              \
  })

BOOST_AUTO_TEST_SUITE(creation)

BOOST_AUTO_TEST_CASE(constants) {
  BOOST_TEST(equal_bytes(zeros({2, 1}), tensor({{0}, {0}})));
  BOOST_TEST(equal_bytes(ones({2}, i32), tensor({1, 1}, i32)));
  BOOST_TEST(equal_bytes(full({2}, 0.1, f64), tensor({0.1, 0.1}, f64)));
  BOOST_TEST(equal_bytes(full({1}, 255, u8), tensor({255}, u8)));
  BOOST_TEST(std::isnan(full({}, std::nan("")).item()));
  BOOST_TEST(equal_bytes(zeros_like(ones({3}, u8)), zeros({3}, u8)));
  BOOST_TEST(equal_bytes(ones_like(zeros({0, 3}, f64)), ones({0, 3}, f64)));
  BOOST_TEST(equal_bytes(eye(2, f64), tensor({{1, 0}, {0, 1}}, f64)));
  BOOST_TEST((eye(0).shape() == Shape{0, 0}));
}

BOOST_AUTO_TEST_CASE(arange_stops_below_its_bound) {
  BOOST_TEST(equal_bytes(arange(0, 3), tensor({0, 1, 2})));
  BOOST_TEST(equal_bytes(arange(0, 5, 2, i32), tensor({0, 2, 4}, i32)));
  BOOST_TEST(equal_bytes(arange(3, 0, -1, f64), tensor({3, 2, 1}, f64)));
  BOOST_TEST(equal_bytes(arange(1, 1.3, 0.1, f64),
                         tensor({1, 1 + 0.1, 1 + 2 * 0.1}, f64)));  // (1.3 − 1) / 0.1 is 3.0000000000000004
  BOOST_TEST(arange(0, 1, 0.1, f64).size() == 10);
  for (const Tensor& none : {arange(0, 0), arange(2, 1), arange(1, 2, -1)}) BOOST_TEST((none.shape() == Shape{0}));
}

BOOST_AUTO_TEST_CASE(linspace_includes_both_ends_exactly) {
  BOOST_TEST(equal_bytes(linspace(0, 1, 5, f64), tensor({0, 0.25, 0.5, 0.75, 1}, f64)));
  const Tensor x = linspace(-0.3, 0.7, 50, f64);
  BOOST_TEST(x(0) == -0.3);
  BOOST_TEST(x(-1) == 0.7);
  for (int i = 0; i < 50; ++i) BOOST_TEST(std::fabs(x(i) - (-0.3 + i / 49.0)) < 1e-15);
  BOOST_TEST(equal_bytes(linspace(2, 9, 1), tensor({2})));
  BOOST_TEST((linspace(2, 9, 0).shape() == Shape{0}));
  const double big = std::numeric_limits<double>::max();
  BOOST_TEST(linspace(-big, big, 3, f64)(1) == 0);
}

BOOST_AUTO_TEST_CASE(errors_name_the_op_and_the_line) {
  const double inf = std::numeric_limits<double>::infinity();
  CHECK_THROWS(full({2}, 0.5, i32), ValueError, "full: 0.5 is not a value of i32");
  CHECK_THROWS(full({2}, 256, u8), ValueError, "full: 256 is not a value of u8");
  CHECK_THROWS(full({2}, inf, i32), ValueError, "full: inf is not a value of i32");
  CHECK_THROWS(arange(0, 1, 0), ValueError, "arange: the step is 0");
  CHECK_THROWS(arange(0, inf), ValueError, "arange: inf is not a finite number");
  CHECK_THROWS(arange(0, 1e300), ValueError, "arange: from 0 to 1e+300 by 1 are too many numbers");
  CHECK_THROWS(arange(0, 2, 0.5, i32), ValueError, "arange: 1.5 is not a value of i32");
  CHECK_THROWS(arange(-1, 3, 1, u8), ValueError, "arange: -1 is not a value of u8");
  CHECK_THROWS(linspace(0, 1, -1), ValueError, "linspace: -1 numbers are asked for");
  CHECK_THROWS(linspace(0, inf, 3), ValueError, "linspace: inf is not a finite number");
  CHECK_THROWS(linspace(0, 1, 3, i32), DtypeError, "linspace: makes f32 or f64, not i32");
  CHECK_THROWS(eye(-1), ShapeError, "a size of an axis is negative: -1");
  CHECK_THROWS(zeros({2, -3}), ShapeError, "a size of an axis is negative: -3");
  CHECK_THROWS(ones({1, 1, 1, 1, 1, 1, 1, 1, 1}), ShapeError, "a shape has at most 8 axes, not 9");
  CHECK_THROWS(zeros_like(Tensor()), ValueError, "zeros_like: this tensor is empty: it was never assigned");
}

BOOST_AUTO_TEST_CASE(a_size_that_no_machine_has_is_told_with_the_line) {
  constexpr std::int64_t huge = std::int64_t{1} << 42, half = std::int64_t{1} << 31, most = std::int64_t{1} << 62;
#define CHECK_HUGE(expression, start)                                     \
  BOOST_CHECK_EXCEPTION(expression, ShapeError, [](const ShapeError& e) { \
    const std::string what = e.what();                                    \
    BOOST_TEST(what.starts_with(line(__LINE__) + (start)), what);         \
    return what.find(" GB, and this machine has ") != std::string::npos;  \
  })
  CHECK_HUGE(zeros({huge}), "zeros: [4398046511104] elements of f32 take 17592 GB");
  CHECK_HUGE(zeros({half, half}), "zeros: [2147483648, 2147483648] elements of f32 take 18446744074 GB");
  CHECK_HUGE(ones({huge}, u8), "ones: [4398046511104] elements of u8 take 4398 GB");
  CHECK_HUGE(full({huge}, 7, f64), "full: [4398046511104] elements of f64 take 35184 GB");
  CHECK_HUGE(eye(half, f64), "eye: [2147483648, 2147483648] elements of f64 take 36893488147 GB");
  CHECK_HUGE(arange(0, 1e13), "arange: [10000000000000] elements of f32 take 40000 GB");
  CHECK_HUGE(linspace(0, 1, huge), "linspace: [4398046511104] elements of f32 take 17592 GB");
  CHECK_HUGE(linspace(0, 1, most), "linspace: [4611686018427387904] elements of f32 take 18446744074 GB");
  CHECK_HUGE(uniform({huge}, 0, 1), "uniform: [4398046511104] elements of f32 take 17592 GB");
  CHECK_HUGE(normal({huge}, 0, 1), "normal: [4398046511104] elements of f32 take 17592 GB");
  CHECK_HUGE(bernoulli({huge}, 0.5), "bernoulli: [4398046511104] elements of f32 take 17592 GB");
  CHECK_THROWS(eye(most), ShapeError, "a shape of [4611686018427387904, 4611686018427387904] has too many elements");
  CHECK_THROWS(linspace(0, 1, most + 1), ShapeError, "a shape of [4611686018427387905] has too many elements");
  BOOST_CHECK_THROW(empty({most}), std::bad_alloc);  // what an op asks for on its way
}

BOOST_AUTO_TEST_SUITE_END()
