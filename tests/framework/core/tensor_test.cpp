// Tensors are values: literals, elements, copy on write.
#include "core_support.hpp"

#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

using namespace cinta;

BOOST_AUTO_TEST_SUITE(tensor)

using cinta::tensor;

BOOST_AUTO_TEST_CASE(literals_are_nested_braces_and_f32_whatever_the_numbers) {
  const Tensor a{{0, 1}, {2, 3.5}}, column{{0}, {1}}, row{1, 2, 3}, one{7}, cube{{{1}, {2}}, {{3}, {4}}};
  BOOST_TEST((a.shape() == Shape{2, 2}));
  BOOST_TEST((a.dtype() == f32));
  BOOST_TEST(a(1, 1) == 3.5);
  BOOST_TEST((column.shape() == Shape{2, 1}));
  BOOST_TEST((row.shape() == Shape{3}));
  BOOST_TEST((one.shape() == Shape{1}));
  BOOST_TEST((cube.shape() == Shape{2, 2, 1}));
  BOOST_TEST(cube(1, 0, 0) == 3);
  BOOST_TEST((Tensor{1.0, 2L, true}.dtype() == f32));
  BOOST_TEST((tensor({{0.5, 1}}, f64).dtype() == f64));
  BOOST_TEST((tensor(3).shape() == Shape{}));
}

BOOST_AUTO_TEST_CASE(ragged_braces_are_refused) {
  BOOST_TEST(contains(sentence_of<ShapeError>([] {
                        (void)Tensor{{1, 2}, {3}};
                      }),
                      "1 items where the first list has 2"));
  BOOST_TEST(contains(sentence_of<ShapeError>([] { (void)Tensor{{1, 2}, 3}; }), "a number stands where a list should"));
  BOOST_TEST(contains(sentence_of<ShapeError>([] { (void)Tensor{1, {2, 3}}; }), "a list stands where a number should"));
  BOOST_CHECK_THROW((tensor({{{{{{{{{1}}}}}}}}})), ShapeError);
}

BOOST_AUTO_TEST_CASE(integer_literals_must_hold_their_numbers) {
  BOOST_TEST(contains(sentence_of<ValueError>([] { (void)tensor({0.5}, i32); }), "0.5 is not a value of i32"));
  BOOST_CHECK_THROW(tensor({1e10}, i32), ValueError);
  BOOST_CHECK_THROW(tensor({-1}, u8), ValueError);
  BOOST_CHECK_THROW(tensor({256}, u8), ValueError);
  BOOST_CHECK_THROW(tensor({NAN}, i32), ValueError);
  BOOST_TEST(tensor({-2147483648.0, 2147483647.0}, i32)(0) == -2147483648.0);
  Tensor n = tensor({1}, i32);
  BOOST_CHECK_THROW(n.set({0}, 0.5), ValueError);
}

BOOST_AUTO_TEST_CASE(an_undefined_tensor_refuses_everything_but_assignment) {
  Tensor t;
  BOOST_TEST(!t.defined());
  BOOST_CHECK_THROW(t.item(), ValueError);
  BOOST_CHECK_THROW((void)t(0), ValueError);
  BOOST_CHECK_THROW((void)t.span<float>(), ValueError);
  BOOST_CHECK_THROW(t.set({0}, 1), ValueError);
  BOOST_CHECK_THROW((void)t.to(f64), ValueError);
  BOOST_CHECK_THROW((void)(t + 1), ValueError);
  t = Tensor{1};
  BOOST_TEST(t.item() == 1);
}

BOOST_AUTO_TEST_CASE(copies_share_until_one_is_written) {
  Tensor a{1, 2};
  Tensor b = a;
  BOOST_TEST(a.raw() == b.raw());
  b.set({0}, 9);
  BOOST_TEST(a.raw() != b.raw());
  BOOST_TEST(equal_bytes(a, Tensor{1, 2}));
  BOOST_TEST(equal_bytes(b, Tensor{9, 2}));
  const Tensor c = a;
  a.mutable_span<float>()[1] = 7;
  BOOST_TEST(equal_bytes(a, Tensor{1, 7}));
  BOOST_TEST(equal_bytes(c, Tensor{1, 2}));
}

BOOST_AUTO_TEST_CASE(an_only_owner_is_written_in_place) {
  Tensor a{1, 2};
  const void* memory = a.raw();
  a.set({0}, 9);
  a.mutable_span<float>()[1] = 8;
  BOOST_TEST(a.raw() == memory);
}

BOOST_AUTO_TEST_CASE(a_buffer_handed_out_to_be_written_is_duplicated_by_every_later_copy) {
  Tensor a{1, 2};
  const auto elements = a.mutable_span<float>();
  const Tensor copy = a, again = copy, detached = a.detach();
  Tensor assigned;
  assigned = a;
  elements[0] = 100;
  BOOST_TEST(a(0) == 100);
  BOOST_TEST(copy(0) == 1);
  BOOST_TEST(detached(0) == 1);
  BOOST_TEST(assigned(0) == 1);
  BOOST_TEST(copy.raw() == again.raw());  // a duplicate was never handed out itself
  const Tensor moved = std::move(a);
  elements[0] = 200;
  BOOST_TEST(moved(0) == 200);
}

BOOST_AUTO_TEST_CASE(compound_assignment_rebinds_the_handle) {
  Tensor a{1, 2};
  const Tensor before = a;
  a += 1;
  a *= Tensor{2, 3};
  a -= 1;
  a /= 2;
  BOOST_TEST(equal_bytes(before, Tensor{1, 2}));
  BOOST_TEST(equal_bytes(a, Tensor{1.5, 4}));
}

BOOST_AUTO_TEST_CASE(self_assignment_keeps_the_values) {
  Tensor a{1, 2};
  a = *&a;
  a = std::move(*&a);
  BOOST_TEST(equal_bytes(a, Tensor{1, 2}));
}

BOOST_AUTO_TEST_CASE(item_is_the_only_element) {
  BOOST_TEST(Tensor{3}.item() == 3);
  BOOST_TEST(scalar(0.1, f64).item<double>() == 0.1);
  BOOST_TEST(tensor({5}, i32).item<std::int32_t>() == 5);
  BOOST_TEST(scalar(2).item<double>() == 2);
  const Tensor two{1, 2};
  const std::string s = sentence_of<ShapeError>([&] { (void)two.item(); });
  BOOST_TEST(contains(s, place(__LINE__ - 1)), s);
  BOOST_TEST(contains(s, "[2]"), s);
}

BOOST_AUTO_TEST_CASE(elements_are_read_by_index_from_either_end) {
  const Tensor a{{1, 2, 3}, {4, 5, 6}};
  BOOST_TEST(a(0, 2) == 3);
  BOOST_TEST(a(-1, -3) == 4);
  BOOST_TEST(scalar(7)() == 7);
  BOOST_TEST(contains(sentence_of<ShapeError>([&] { (void)a(0); }), "1 indices for a tensor of shape [2, 3]"));
  BOOST_TEST(contains(sentence_of<ShapeError>([&] { (void)a(0, 3); }), "index 3 is outside axis 1 of shape [2, 3]"));
  BOOST_CHECK_THROW((void)a(-3, 0), ShapeError);
}

BOOST_AUTO_TEST_CASE(spans_are_of_the_tensors_own_type) {
  Tensor a{1, 2};
  BOOST_TEST(a.span<float>()[1] == 2);
  const std::string s = sentence_of<DtypeError>([&] { (void)a.span<double>(); });
  BOOST_TEST(contains(s, place(__LINE__ - 1)), s);
  BOOST_TEST(contains(s, "the elements are f32, not f64"), s);
  BOOST_CHECK_THROW((void)a.mutable_span<std::int32_t>(), DtypeError);
}

template <class T>
concept SpansTemporaries = requires {
  T().template span<float>();
};
template <class T>
concept WritesTemporaries = requires {
  T().template mutable_span<float>();
};
BOOST_AUTO_TEST_CASE(spans_of_temporaries_do_not_compile) {
  static_assert(!SpansTemporaries<Tensor> && !WritesTemporaries<Tensor>);
  static_assert(std::is_nothrow_move_constructible_v<Tensor> && std::is_nothrow_move_assignable_v<Tensor>);
  static_assert(!std::is_convertible_v<double, Tensor>);
}

BOOST_AUTO_TEST_CASE(elements_of_a_recorded_tensor_are_not_written) {
  const Recording recording;
  Tensor x = variable(Tensor{1, 2}) * 2;
  const std::string s = sentence_of<TapeError>([&] { x.set({0}, 1); });
  BOOST_TEST(contains(s, place(__LINE__ - 1)), s);
  BOOST_TEST(contains(s, "x = x.detach()"), s);
  const std::string m = sentence_of<TapeError>([&] { (void)x.mutable_span<float>(); });
  BOOST_TEST(contains(m, place(__LINE__ - 1)), m);
  x = x.detach();
  x.set({0}, 1);
  BOOST_TEST(x(0) == 1);
}

BOOST_AUTO_TEST_CASE(conversions_truncate_and_never_overflow) {
  const float inf = std::numeric_limits<float>::infinity();
  const Tensor x{1.9, -1.9, NAN, inf, -inf, 3e9, -0.0, 0.25};
  BOOST_TEST(equal_bytes(x.to(i32), tensor({1, -1, 0, 2147483647.0, -2147483648.0, 2147483647.0, 0, 0}, i32)));
  BOOST_TEST(equal_bytes(x.to(u8), tensor({1, 1, 1, 1, 1, 1, 0, 1}, u8)));
  BOOST_TEST(equal_bytes(tensor({1e300, 0.1}, f64).to(f32), Tensor{inf, 0.1f}));
  BOOST_TEST(equal_bytes(tensor({-3, 256}, i32).to(u8), tensor({1, 1}, u8)));
  BOOST_TEST(equal_bytes(tensor({7}, u8).to(f64), tensor({7}, f64)));
}

BOOST_AUTO_TEST_CASE(the_same_type_is_the_same_tensor) {
  const Recording recording;
  const Tensor x = variable(Tensor{1});
  BOOST_TEST(x.to(f32).node() == x.node());
  BOOST_TEST(x.to(f32).raw() == x.raw());
  BOOST_TEST(x.to(f64).recorded());
}

BOOST_AUTO_TEST_CASE(tensors_are_made_from_elements_that_fill_their_shape) {
  const std::vector<float> v{1, 2, 3, 4, 5, 6};
  const Tensor t = tensor(std::span<const float>(v), {2, 3});
  BOOST_TEST(t(1, 0) == 4);
  BOOST_CHECK_THROW(tensor(std::span<const float>(v), {4}), ShapeError);
  BOOST_TEST(tensor(std::span<const float>(), {0, 3}).size() == 0);
}

BOOST_AUTO_TEST_CASE(shapes_are_checked) {
  BOOST_CHECK_THROW((Shape{1, 1, 1, 1, 1, 1, 1, 1, 1}), ShapeError);
  BOOST_CHECK_THROW((Shape{2, -1}), ShapeError);
  BOOST_CHECK_THROW((Shape{std::int64_t{1} << 40, std::int64_t{1} << 40}), ShapeError);
  const Tensor x = zeros({2, 3});
  BOOST_TEST(x.size(-1) == 3);
  const std::string s = sentence_of<ShapeError>([&] { (void)x.size(2); });
  BOOST_TEST(contains(s, place(__LINE__ - 1)), s);
}

BOOST_AUTO_TEST_CASE(equal_bytes_tells_zeros_apart_and_takes_nan_for_itself) {
  BOOST_TEST(!equal_bytes(Tensor{0.0}, Tensor{-0.0}));
  BOOST_TEST(equal_bytes(Tensor{NAN}, Tensor{NAN}));
  BOOST_TEST(!equal_bytes(Tensor{1}, tensor({1}, f64)));
  BOOST_TEST(!equal_bytes(Tensor{1}, scalar(1)));
  BOOST_TEST(!equal_bytes(Tensor{1}, Tensor{}));
  BOOST_TEST(equal_bytes(Tensor(), Tensor()));
}

BOOST_AUTO_TEST_CASE(buffers_are_aligned_to_packs) {
  for (const std::int64_t n : {0, 1, 3, 17, 1000, 100000})
    BOOST_TEST(reinterpret_cast<std::uintptr_t>(empty({n}).raw()) % 64 == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
