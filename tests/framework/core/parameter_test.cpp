// Parameters and buffers are values: copies are independent, moves carry the identity.
#include "core_support.hpp"

#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <type_traits>

using namespace cinta;

namespace {

Gradients gradients_of(const Parameter& p) {
  const Training training;
  return backward(sum(p * p));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(parameter)

BOOST_AUTO_TEST_CASE(a_copy_has_the_values_and_an_identity_of_its_own) {
  Parameter a(Tensor{1, 2});
  a.freeze();
  Parameter b = a;
  BOOST_TEST(equal_bytes(b.value(), Tensor{1, 2}));
  BOOST_TEST(b.frozen());
  BOOST_TEST(a.slot().index() != b.slot().index());
  b = Tensor{3, 4};
  BOOST_TEST(equal_bytes(a.value(), Tensor{1, 2}));
  BOOST_TEST(equal_bytes(b.value(), Tensor{3, 4}));
}

BOOST_AUTO_TEST_CASE(copy_assignment_writes_values_into_the_storage_and_keeps_the_identity) {
  Parameter a(Tensor{1, 2});
  const Parameter b(Tensor{3, 4});
  const auto slot = a.slot().index();
  const void* memory = a.value().raw();
  a = b;
  BOOST_TEST(a.slot().index() == slot);
  BOOST_TEST(a.value().raw() == memory);
  BOOST_TEST(equal_bytes(a.value(), Tensor{3, 4}));
}

BOOST_AUTO_TEST_CASE(copy_assignment_leaves_sharers_of_the_old_values_alone) {
  Parameter a(Tensor{1, 2});
  const Parameter b(Tensor{3, 4});
  const Tensor before = a.value();
  a = b;
  BOOST_TEST(equal_bytes(before, Tensor{1, 2}));
  a = *&a;
  BOOST_TEST(equal_bytes(a.value(), Tensor{3, 4}));
}

BOOST_AUTO_TEST_CASE(a_move_carries_storage_and_identity_and_leaves_the_source_uninitialised) {
  static_assert(std::is_nothrow_move_constructible_v<Parameter> && std::is_nothrow_move_assignable_v<Parameter>);
  Parameter a(Tensor{1, 2});
  const auto slot = a.slot().index();
  const void* memory = a.value().raw();
  const Parameter b = std::move(a);
  BOOST_TEST(b.slot().index() == slot);
  BOOST_TEST(b.value().raw() == memory);
  BOOST_TEST(!a.initialized());
  BOOST_TEST(contains(sentence_of<ValueError>([&] { (void)(a * 2); }), "was never initialised"));
}

BOOST_AUTO_TEST_CASE(a_parameter_that_was_moved_from_can_be_assigned_and_trained_again) {
  Parameter a(Tensor{1, 2}), b(Tensor{1, 2});
  const Parameter moved = std::move(a);
  a = Tensor{5, 6};
  BOOST_TEST(equal_bytes(gradients_of(a)[a], Tensor{10, 12}));
  BOOST_TEST(a.slot().index() >= 0);
  BOOST_TEST(a.slot().index() != moved.slot().index());
  const Parameter also_moved = std::move(b);
  b = moved;
  BOOST_TEST(equal_bytes(gradients_of(b)[b], Tensor{2, 4}));
  Parameter c(Tensor{1});
  const Parameter c_moved = std::move(c);
  c.mutable_value() = Tensor{7};
  BOOST_TEST(equal_bytes(gradients_of(c)[c], Tensor{14}));
}

BOOST_AUTO_TEST_CASE(move_assignment_carries_the_identity) {
  Parameter a(Tensor{1}), b(Tensor{2});
  const auto slot = b.slot().index();
  a = std::move(b);
  BOOST_TEST(a.slot().index() == slot);
  BOOST_TEST(a.value().item() == 2);
}

BOOST_AUTO_TEST_CASE(assigning_a_tensor_wants_the_shape) {
  Parameter a(Shape{2, 3});
  const std::string s = sentence_of<ShapeError>([&] { a = Tensor{1, 2}; });
  BOOST_TEST(contains(s, "[2, 3]"), s);
  BOOST_TEST(contains(s, "[2]"), s);
}

BOOST_AUTO_TEST_CASE(assigned_values_are_off_the_tape) {
  Parameter a(Tensor{1});
  const Training training;
  a = variable(Tensor{3}) * 2;
  BOOST_TEST(!a.value().recorded());
  BOOST_TEST(backward(sum(a * a))[a].item() == 12);
}

BOOST_AUTO_TEST_CASE(a_parameter_without_values_says_so_at_its_first_use) {
  const Parameter w(Shape{30, 64});
  const std::string s = sentence_of<ValueError>([&] { (void)matmul(Tensor{{1, 2}}, w); });
  BOOST_TEST(contains(s, "a parameter of shape [30, 64] was never initialised: call init(net, {.seed = 1})"), s);
  const std::string v = sentence_of<ValueError>([&] { (void)w.value(); });
  BOOST_TEST(contains(v, place(__LINE__ - 1)), v);
}

BOOST_AUTO_TEST_CASE(slots_are_dense_recycled_and_told_apart_by_generation) {
  std::int32_t index = -1;
  std::uint32_t generation = 0;
  {
    const Parameter a(Shape{1});
    index = a.slot().index();
    generation = a.slot().generation();
    BOOST_TEST(Slot::alive(index, generation));
  }
  BOOST_TEST(!Slot::alive(index, generation));
  const Parameter b(Shape{1});
  BOOST_TEST(b.slot().index() == index);
  BOOST_TEST(b.slot().generation() != generation);
}

BOOST_AUTO_TEST_CASE(a_buffer_is_a_value_without_a_gradient) {
  Buffer a(Tensor{1, 2});
  const Buffer b = a;
  a = Tensor{3, 4};
  BOOST_TEST(equal_bytes(b.value(), Tensor{1, 2}));
  const Training training;
  BOOST_TEST(!(a * b).recorded());
  a = variable(Tensor{5, 6});
  BOOST_TEST(!a.value().recorded());
}

BOOST_AUTO_TEST_SUITE_END()
