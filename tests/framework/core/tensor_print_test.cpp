// The expected texts are numpy 1.24's: print(np.array(…, dtype)).
#include <boost/test/unit_test.hpp>

#include <cinta/framework/core/tensor.hpp>

#include <array>
#include <limits>
#include <sstream>

using namespace cinta;

namespace {

constexpr double qnan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();

/// 0, step, 2 step, …, each modulo `modulus`.
Tensor counting(const Shape& shape, Dtype dtype, int step = 1, int modulus = 1 << 30) {
  Tensor t = empty(shape, dtype);
  visit_dtype(dtype, [&](auto zero) {
    auto* out = t.mutable_data<decltype(zero)>();
    for (int i = 0; i < t.size(); ++i) out[i] = static_cast<decltype(zero)>(i * step % modulus);
  });
  return t;
}

std::string print(const Literal& literal, Dtype dtype = f32) { return to_string(tensor(literal, dtype)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(tensor_print)

BOOST_AUTO_TEST_CASE(columns_are_aligned_at_the_point) {
  BOOST_TEST(print({{1, -2.5}, {0.125, 100}}) == "[[  1.     -2.5  ]\n [  0.125 100.   ]]");
  BOOST_TEST(print({-0.0, 0}) == "[-0.  0.]");
  BOOST_TEST(print({0.001, 1}, f64) == "[0.001 1.   ]");
  BOOST_TEST(print({9}) == "[9.]");
}

BOOST_AUTO_TEST_CASE(digits_are_the_fewest_that_tell_elements_apart_up_to_eight_places) {
  BOOST_TEST(print({1.0 / 3, 0.1, 2}) == "[0.33333334 0.1        2.        ]");
  BOOST_TEST(print({1.0 / 3, 0.1, 2}, f64) == "[0.33333333 0.1        2.        ]");
  BOOST_TEST(print({0.99999999999, 0.5}, f64) == "[1.  0.5]");
  BOOST_TEST(print({85189832, -1116051.6}) == "[85189832.  -1116051.6]");  // 85189830 would be enough
}

BOOST_AUTO_TEST_CASE(ranges_too_wide_for_columns_print_with_exponents) {
  BOOST_TEST(print({1e-5, 1, 1000}) == "[1.e-05 1.e+00 1.e+03]");
  BOOST_TEST(print({9.9e-5}, f64) == "[9.9e-05]");
  BOOST_TEST(print({1e8, 3}) == "[1.e+08 3.e+00]");
  BOOST_TEST(print({99999999, 3}, f64) == "[9.9999999e+07 3.0000000e+00]");
  BOOST_TEST(print({0.001, 1.5}, f64) == "[1.0e-03 1.5e+00]");
  BOOST_TEST(print({1e100, -2e-100, 0}, f64) == "[ 1.e+100 -2.e-100  0.e+000]");
  BOOST_TEST(print({5.9499876e+10, -4.0606290e+10, 8.0172073e+10}) == "[ 5.9499876e+10 -4.0606290e+10  8.0172073e+10]");
}

BOOST_AUTO_TEST_CASE(infinities_and_nan_take_their_place_in_the_column) {
  BOOST_TEST(print({qnan, 1.5, -inf}) == "[ nan  1.5 -inf]");
  BOOST_TEST(print({inf, qnan}) == "[inf nan]");
  BOOST_TEST(print({qnan, 1e-9}) == "[   nan 1.e-09]");
}

BOOST_AUTO_TEST_CASE(whole_numbers_and_masks_are_aligned_to_the_right) {
  BOOST_TEST(print({{-7, 100}, {2147483647, 0}}, i32) == "[[        -7        100]\n [2147483647          0]]");
  BOOST_TEST(to_string(tensor<std::uint8_t>(std::array<std::uint8_t, 4>{0, 1, 1, 255}, {2, 2})) ==
             "[[  0   1]\n [  1 255]]");
}

BOOST_AUTO_TEST_CASE(a_scalar_prints_as_a_number) {
  BOOST_TEST(to_string(scalar(1.5)) == "1.5");
  BOOST_TEST(to_string(scalar(2)) == "2.0");
  BOOST_TEST(to_string(scalar(-0.0)) == "-0.0");
  BOOST_TEST(to_string(scalar(1.0 / 3)) == "0.33333334");
  BOOST_TEST(to_string(scalar(1.0 / 3, f64)) == "0.3333333333333333");
  BOOST_TEST(to_string(scalar(123456789)) == "123456790.0");
  BOOST_TEST(to_string(scalar(1e15, f64)) == "1000000000000000.0");
  BOOST_TEST(to_string(scalar(1e16, f64)) == "1e+16");
  BOOST_TEST(to_string(scalar(9.9e-5)) == "9.9e-05");
  BOOST_TEST(to_string(scalar(qnan)) == "nan");
  BOOST_TEST(to_string(scalar(-inf)) == "-inf");
  BOOST_TEST(to_string(scalar(-3, i32)) == "-3");
  BOOST_TEST(to_string(scalar(1, u8)) == "1");
}

BOOST_AUTO_TEST_CASE(empty_tensors_print_as_empty_brackets) {
  BOOST_TEST(to_string(empty({0})) == "[]");
  BOOST_TEST(to_string(empty({3, 0}, i32)) == "[]");
  BOOST_TEST(to_string(Tensor()) == "undefined");
}

BOOST_AUTO_TEST_CASE(outer_axes_are_set_apart_by_blank_lines) {
  BOOST_TEST(to_string(counting({2, 2, 2}, i32)) == "[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]]");
}

BOOST_AUTO_TEST_CASE(lines_break_before_column_75) {
  BOOST_TEST(to_string(counting({30}, i32, 100)) ==
             "[   0  100  200  300  400  500  600  700  800  900 1000 1100 1200 1300\n"
             " 1400 1500 1600 1700 1800 1900 2000 2100 2200 2300 2400 2500 2600 2700\n"
             " 2800 2900]");
}

BOOST_AUTO_TEST_CASE(over_a_thousand_elements_leave_out_the_middle) {
  BOOST_TEST(to_string(counting({1001}, i32)) == "[   0    1    2 ...  998  999 1000]");
  BOOST_TEST(to_string(counting({1000}, i32)).find("...") == std::string::npos);
  BOOST_TEST(to_string(counting({7, 200}, i32, 1, 10)) ==
             "[[0 1 2 ... 7 8 9]\n [0 1 2 ... 7 8 9]\n [0 1 2 ... 7 8 9]\n ...\n"
             " [0 1 2 ... 7 8 9]\n [0 1 2 ... 7 8 9]\n [0 1 2 ... 7 8 9]]");
  BOOST_TEST(to_string(counting({2, 1000}, f32)) ==
             "[[0.000e+00 1.000e+00 2.000e+00 ... 9.970e+02 9.980e+02 9.990e+02]\n"
             " [1.000e+03 1.001e+03 1.002e+03 ... 1.997e+03 1.998e+03 1.999e+03]]");
}

BOOST_AUTO_TEST_CASE(a_stream_takes_a_tensor) {
  std::ostringstream out;
  out << tensor({1, 2}, i32) << '\n';
  BOOST_TEST(out.str() == "[1 2]\n");
}

BOOST_AUTO_TEST_SUITE_END()
