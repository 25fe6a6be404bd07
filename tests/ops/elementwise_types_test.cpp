// Which element types elementwise ops take, mix and return.
#include "../framework/core/core_support.hpp"

#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace cinta;

namespace {

constexpr double NaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

BOOST_AUTO_TEST_SUITE(elementwise_types)

BOOST_AUTO_TEST_CASE(f32_and_f64_do_not_mix) {
  const std::string s = sentence_of<DtypeError>([&] { (void)(Tensor{1} * tensor({1}, f64)); });
  BOOST_TEST(contains(s, place(__LINE__ - 1) + "mul: f32 and f64 do not mix"), s);
  BOOST_CHECK_THROW((void)(Tensor{1} < tensor({1}, f64)), DtypeError);
  BOOST_CHECK_THROW(clamp(Tensor{1}, tensor({1}, f64), 2), DtypeError);
}

BOOST_AUTO_TEST_CASE(integers_and_masks_rise_to_the_float_they_meet) {
  const Tensor n = tensor({2, -3}, i32), mask = tensor({1, 0}, u8);
  BOOST_TEST(equal_bytes(n * Tensor{0.5, 0.5}, Tensor{1, -1.5}));
  BOOST_TEST(equal_bytes(tensor({0.5, 0.5}, f64) + mask, tensor({1.5, 0.5}, f64)));
  BOOST_TEST(equal_bytes(pow(Tensor{2, 2}, n), Tensor{4, 0.125}));
  BOOST_TEST(equal_bytes(n + mask, tensor({3, -3}, i32)));
  BOOST_TEST(equal_bytes(mask + mask, tensor({2, 0}, i32)));
  BOOST_TEST(equal_bytes(n > mask, tensor({1, 0}, u8)));
}

BOOST_AUTO_TEST_CASE(a_number_takes_the_tensors_type) {
  BOOST_TEST(equal_bytes(tensor({1}, f64) * 0.1, tensor({0.1}, f64)));
  BOOST_TEST(equal_bytes(Tensor{1} * 0.1, Tensor{0.1f}));
  BOOST_TEST(equal_bytes(2 - tensor({5}, i32), tensor({-3}, i32)));
  const std::string s = sentence_of<DtypeError>([&] { (void)(tensor({5}, i32) * 0.5); });
  BOOST_TEST(contains(s, place(__LINE__ - 1) + "mul: the number 0.5 does not fit an i32 tensor"), s);
  BOOST_CHECK_THROW(tensor({5}, i32) + 1e10, DtypeError);
  BOOST_CHECK_THROW(tensor({5}, i32) + NaN, DtypeError);
  BOOST_TEST(equal_bytes(add(2, 3), scalar(5)));
}

BOOST_AUTO_TEST_CASE(functions_of_floats_refuse_integers_by_their_type) {
  const std::string s = sentence_of<DtypeError>([&] { (void)exp(tensor({1}, i32)); });
  BOOST_TEST(contains(s, place(__LINE__ - 1) + "exp: takes f32 or f64, not i32"), s);
  BOOST_TEST(contains(sentence_of<DtypeError>([&] { (void)tanh(tensor({1}, u8)); }), "not u8"));
  BOOST_CHECK_THROW(tensor({1}, i32) / tensor({1}, i32), DtypeError);
  BOOST_CHECK_THROW(isfinite(tensor({1}, i32)), DtypeError);
  BOOST_CHECK_THROW(select(tensor({1}, u8), tensor({1}, i32), tensor({1}, i32)), DtypeError);
}

BOOST_AUTO_TEST_CASE(integer_arithmetic_is_exact_and_wraps) {
  const double least = -2147483648.0, most = 2147483647.0;
  const Tensor a = tensor({most, least, 65536, 16777217}, i32), b = tensor({1, 1, 65536, 1}, i32);
  BOOST_TEST(equal_bytes(a + b, tensor({least, least + 1, 131072, 16777218}, i32)));
  BOOST_TEST(equal_bytes(a - b, tensor({most - 1, most, 0, 16777216}, i32)));
  BOOST_TEST(equal_bytes(a * b, tensor({most, least, 0, 16777217}, i32)));
  BOOST_TEST(equal_bytes(-a, tensor({least + 1, least, -65536, -16777217}, i32)));
  BOOST_TEST(equal_bytes(abs(a), tensor({most, least, 65536, 16777217}, i32)));
  BOOST_TEST(equal_bytes(sign(a - 65536), tensor({1, 1, 0, 1}, i32)));
  BOOST_TEST(equal_bytes(maximum(a, b), tensor({most, 1, 65536, 16777217}, i32)));
  BOOST_TEST(equal_bytes(minimum(a, b), tensor({1, least, 65536, 1}, i32)));
  BOOST_TEST(equal_bytes(square(tensor({-7}, i32)), tensor({49}, i32)));
}

BOOST_AUTO_TEST_CASE(comparisons_of_integers_are_exact) {
  const Tensor a = tensor({16777217, 1, -5}, i32), b = tensor({16777216, 1, 5}, i32);  // the first two are one f32
  BOOST_TEST(equal_bytes(a == b, tensor({0, 1, 0}, u8)));
  BOOST_TEST(equal_bytes(a != b, tensor({1, 0, 1}, u8)));
  BOOST_TEST(equal_bytes(a < b, tensor({0, 0, 1}, u8)));
  BOOST_TEST(equal_bytes(a <= b, tensor({0, 1, 1}, u8)));
  BOOST_TEST(equal_bytes(a > b, tensor({1, 0, 0}, u8)));
  BOOST_TEST(equal_bytes(a >= b, tensor({1, 1, 0}, u8)));
}

BOOST_AUTO_TEST_CASE(logic_takes_every_type_as_not_zero) {
  const Tensor a = tensor({0, 0.5, NaN, -0.0}, f64), b = tensor({7, 0, 7, 0}, i32);
  BOOST_TEST(equal_bytes(a & b, tensor({0, 0, 1, 0}, u8)));
  BOOST_TEST(equal_bytes(a | b, tensor({1, 1, 1, 0}, u8)));
  BOOST_TEST(equal_bytes(a ^ b, tensor({1, 1, 0, 0}, u8)));
  BOOST_TEST(equal_bytes(!a, tensor({1, 0, 0, 1}, u8)));
  BOOST_TEST(equal_bytes(b & 0.5, tensor({1, 0, 1, 0}, u8)));
  BOOST_TEST(equal_bytes(Tensor{1} & tensor({1}, f64), tensor({1}, u8)));
}

BOOST_AUTO_TEST_CASE(any_type_is_a_mask_for_select) {
  const Tensor a{1, 2}, b{3, 4};
  for (const Dtype d : {f32, f64, i32, u8}) BOOST_TEST(equal_bytes(select(tensor({0, 3}, d), a, b), Tensor{3, 2}));
  BOOST_TEST(equal_bytes(select(1, a, b), a));
  BOOST_TEST(equal_bytes(select(tensor({0, 1}, u8), 5, b), Tensor{3, 5}));
}

BOOST_AUTO_TEST_SUITE_END()
