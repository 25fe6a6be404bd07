// The bridge to xtensor: views on the tensor's own memory, and tensors from any expression.
#include "core_support.hpp"

#include <cinta/framework/core/xtensor.hpp>
#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xview.hpp>

using namespace cinta;

BOOST_AUTO_TEST_SUITE(xtensor)

BOOST_AUTO_TEST_CASE(an_array_is_a_view_of_the_tensors_memory) {
  const Tensor t{{1, 2, 3}, {4, 5, 6}};
  const auto a = t.array<float>();
  BOOST_TEST(a.data() == t.data<float>());
  BOOST_TEST(a.dimension() == 2u);
  BOOST_TEST(a.shape()[0] == 2u);
  BOOST_TEST(a(1, 2) == 6);
  BOOST_TEST(xt::sum(a)() == 21);
  const Tensor seven = scalar(7), nothing = zeros({0, 3});
  BOOST_TEST(seven.array<float>()() == 7);
  BOOST_TEST(nothing.array<float>().size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_mutable_array_copies_on_write) {
  Tensor t{{1, 2}, {3, 4}};
  const Tensor shared = t;
  auto a = t.mutable_array<float>();
  a(0, 0) = 9;
  xt::view(a, 1) = 7;
  BOOST_TEST(equal_bytes(t, Tensor{{9, 2}, {7, 7}}));
  BOOST_TEST(equal_bytes(shared, Tensor{{1, 2}, {3, 4}}));
  const Tensor later = t;
  a(0, 0) = 100;
  BOOST_TEST(later(0, 0) == 9);
}

BOOST_AUTO_TEST_CASE(a_tensor_is_made_from_any_expression) {
  const xt::xarray<double> x = {{1, 2}, {3, 4}};
  const Tensor t(2 * x + 1);
  BOOST_TEST((t.dtype() == f64));
  BOOST_TEST(equal_bytes(t, tensor({{3, 5}, {7, 9}}, f64)));
  const xt::xarray<float> f = {1, 2};
  BOOST_TEST((Tensor(f).dtype() == f32));
  BOOST_TEST(equal_bytes(Tensor(xt::transpose(x)), tensor({{1, 3}, {2, 4}}, f64)));
  BOOST_TEST(equal_bytes(Tensor(xt::xarray<double>(xt::sum(x, {0}))), tensor({4, 6}, f64)));
  BOOST_TEST((Tensor(xt::xarray<double>(xt::sum(x))).shape() == Shape{}));
}

BOOST_AUTO_TEST_CASE(element_types_are_the_nearest_of_the_four) {
  const xt::xarray<int> n = {1, -2};
  const xt::xarray<std::int64_t> wide = {3, 4};
  const xt::xarray<std::uint8_t> bytes = {5, 6};
  BOOST_TEST(equal_bytes(Tensor(n), tensor({1, -2}, i32)));
  BOOST_TEST(equal_bytes(Tensor(wide), tensor({3, 4}, i32)));
  BOOST_TEST(equal_bytes(Tensor(bytes), tensor({5, 6}, u8)));
  BOOST_TEST(equal_bytes(Tensor(n > 0), tensor({1, 0}, u8)));
}

BOOST_AUTO_TEST_CASE(both_libraries_mix) {
  const Tensor t{1, 4, 9};
  const Tensor root(xt::sqrt(t.array<float>()));
  BOOST_TEST(equal_bytes(root + t, Tensor{2, 6, 12}));
}

BOOST_AUTO_TEST_CASE(a_wrong_type_is_told_with_the_line) {
  Tensor t{1};
  const std::string s = sentence_of<DtypeError>([&] { (void)t.array<double>(); });
  BOOST_TEST(contains(s, place(__LINE__ - 1)), s);
  const std::string m = sentence_of<DtypeError>([&] { (void)t.mutable_array<std::int32_t>(); });
  BOOST_TEST(contains(m, place(__LINE__ - 1)), m);
}

BOOST_AUTO_TEST_CASE(a_recorded_tensor_is_read_and_not_written) {
  const Recording recording;
  Tensor x = variable(Tensor{1, 2}) * 2;
  BOOST_TEST(x.array<float>()(1) == 4);
  BOOST_CHECK_THROW((void)x.mutable_array<float>(), TapeError);
}

template <class T>
concept ViewsTemporaries = requires {
  T().template array<float>();
};
template <class T>
concept WritesTemporaryArrays = requires {
  T().template mutable_array<float>();
};
BOOST_AUTO_TEST_CASE(views_of_temporaries_do_not_compile) {
  static_assert(!ViewsTemporaries<Tensor> && !WritesTemporaryArrays<Tensor>);
  const Tensor t{1};
  static_assert(std::is_same_v<decltype(t.array<float>()(0)), const float&>);
}

BOOST_AUTO_TEST_SUITE_END()
