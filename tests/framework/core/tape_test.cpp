// The tape: what backward returns and leaves, and what each misuse is told.
#include "core_support.hpp"

#include <cinta/framework/core/op.hpp>
#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace cinta;

BOOST_AUTO_TEST_SUITE(tape)

BOOST_AUTO_TEST_CASE(backward_gives_the_gradient_of_every_parameter_and_variable) {
  const Parameter w = given({2, 3});
  const Training training;
  const Tensor x = variable(numbers({5, 7}));
  const Gradients g = backward(sum(w * x * x));
  BOOST_TEST(equal_bytes(g[w], numbers({25, 49})));
  BOOST_TEST(equal_bytes(g[x], numbers({20, 42})));
  BOOST_TEST(g.size() == 2u);
}

BOOST_AUTO_TEST_CASE(several_uses_of_a_value_are_summed) {
  const Recording recording;
  const Tensor x = variable(numbers({3}));
  const Tensor a = x * x, b = a + x;
  BOOST_TEST(equal_bytes(backward(sum(a * b))[x], numbers({4 * 27 + 3 * 9})));  // x⁴ + x³
}

BOOST_AUTO_TEST_CASE(broadcasting_is_undone) {
  const Recording recording;
  const Tensor x = variable(tensor({{1}, {2}}, f64)), y = variable(numbers({3, 4, 5})), z = variable(scalar(6, f64));
  const Gradients g = backward(sum(x * y * z));
  BOOST_TEST(equal_bytes(g[x], tensor({{72}, {72}}, f64)));
  BOOST_TEST(equal_bytes(g[y], numbers({18, 18, 18})));
  BOOST_TEST(equal_bytes(g[z], scalar(36, f64)));
}

BOOST_AUTO_TEST_CASE(backward_clears_its_tape_also_of_what_was_recorded_beside_the_loss) {
  const Parameter w = given({2});
  const Training training;
  const Tape& tape = *Scope::current()->tape();
  const Tensor metric = sum(w * 3);
  const Tensor loss = sum(w * w);
  BOOST_TEST(tape.nodes.size() > 4u);
  backward(loss);
  BOOST_TEST(tape.nodes.size() == 0u);
  BOOST_TEST(tape.saved.size() == 0u);
  BOOST_TEST(tape.leaves.size() == 0u);
  BOOST_TEST(metric.item<double>() == 6);
}

BOOST_AUTO_TEST_CASE(a_value_from_before_a_clearing_backward_is_refused_with_the_line_that_cleared) {
  const Parameter w = given({2});
  const Training training;
  const Tensor h = w * 3;
  const int cleared = __LINE__ + 1;
  backward(sum(h));
  const std::string s = sentence_of<TapeError>([&] { (void)(h * 2); });
  BOOST_TEST(contains(s, place(__LINE__ - 1)), s);
  BOOST_TEST(contains(s, "line " + std::to_string(cleared) + " of " + __FILE__), s);
  BOOST_TEST(contains(s, "x.detach()"), s);
  BOOST_TEST(contains(s, "retain_graph"), s);
}

BOOST_AUTO_TEST_CASE(a_cleared_loss_is_refused_by_backward_and_grad) {
  const Parameter w = given({2});
  const Training training;
  const Tensor x = variable(numbers({1}));
  const Tensor loss = sum(w * x);
  backward(loss);
  const std::string b = sentence_of<TapeError>([&] { backward(loss); });
  BOOST_TEST(contains(b, place(__LINE__ - 1)), b);
  BOOST_TEST(contains(b, "retain_graph"), b);
  BOOST_CHECK_THROW(grad(loss, {x}), TapeError);
}

BOOST_AUTO_TEST_CASE(detach_carries_a_value_over_a_clearing_backward) {
  const Parameter w = given({2});
  const Training training;
  Tensor h = w * 3;  // truncated backpropagation through time
  backward(sum(h));
  h = h.detach() * w;
  BOOST_TEST(equal_bytes(backward(sum(h))[w], numbers({6})));
}

BOOST_AUTO_TEST_CASE(retain_graph_serves_two_losses_on_the_same_values) {
  const Parameter w = given({2});
  const Training training;
  const Tensor h = w * w;
  const Gradients first = backward(sum(h), {.retain_graph = true});
  const Gradients second = backward(sum(h * 10));
  BOOST_TEST(equal_bytes(first[w], numbers({4})));
  BOOST_TEST(equal_bytes(second[w], numbers({40})));
}

BOOST_AUTO_TEST_CASE(ops_without_a_derivative_and_element_access_read_stale_values_as_plain) {
  const Parameter w = given({2, -3});
  const Training training;
  const Tensor h = w * 3;
  backward(sum(h));
  BOOST_TEST(equal_bytes(h > 0, tensor({1, 0}, u8)));
  BOOST_TEST(equal_bytes(isfinite(h), tensor({1, 1}, u8)));
  BOOST_TEST(equal_bytes(h & h, tensor({1, 1}, u8)));
  BOOST_TEST(equal_bytes(!h, tensor({0, 0}, u8)));
  BOOST_TEST(equal_bytes(step(h), numbers({1, 0})));
  BOOST_TEST(argmax(h).item<std::int32_t>() == 0);
  BOOST_TEST(argmin(h).item<std::int32_t>() == 1);
  BOOST_TEST(equal_bytes(h.to(i32), tensor({6, -9}, i32)));
  BOOST_TEST(equal_bytes(zeros_like(h), numbers({0, 0})));
  BOOST_TEST(equal_bytes(select(h, numbers({1, 1}), numbers({2, 2})), numbers({1, 1})));
  BOOST_TEST(h(1) == -9);
  BOOST_TEST(h.span<double>()[0] == 6);
  const Evaluation evaluation;
  BOOST_TEST(equal_bytes(h * 2, numbers({12, -18})));
}

BOOST_AUTO_TEST_CASE(outside_every_scope_stale_values_are_plain) {
  const Parameter w = given({2});
  Tensor h;
  {
    const Training training;
    h = w * 3;
    backward(sum(h));
  }
  BOOST_TEST(equal_bytes(h * 2, numbers({12})));
}

BOOST_AUTO_TEST_CASE(values_of_another_recording_are_refused_live_or_ended) {
  const Recording outer;
  const Tensor x = variable(numbers({1}));
  Tensor y;
  {
    const Recording inner;
    const std::string s = sentence_of<TapeError>([&] { (void)(x * 2); });
    BOOST_TEST(contains(s, place(__LINE__ - 1)), s);
    BOOST_TEST(contains(s, "another recording"), s);
    y = variable(numbers({1})) * 2;
  }
  BOOST_CHECK_THROW((void)(y * 2), TapeError);
  BOOST_TEST(equal_bytes(backward(sum(x * y.detach()))[x], numbers({2})));
}

BOOST_AUTO_TEST_CASE(each_recording_has_a_tape_of_its_own) {
  const Parameter w = given({5});
  const Training outer;
  const Tensor loss = sum(w * w);
  {
    const Training inner;
    BOOST_TEST(equal_bytes(backward(sum(w * 3))[w], numbers({3})));
  }
  BOOST_TEST(equal_bytes(backward(loss)[w], numbers({10})));
}

BOOST_AUTO_TEST_CASE(backward_wants_one_element_of_any_rank) {
  const Parameter w = given({2, 3});
  const Training training;
  const std::string s = sentence_of<ShapeError>([&] { backward(w * 2); });
  BOOST_TEST(contains(s, place(__LINE__ - 1)), s);
  BOOST_TEST(contains(s, "[2]"), s);
  BOOST_CHECK_THROW(grad(w * 2, {Tensor(w)}), ShapeError);
  BOOST_TEST(equal_bytes(backward(reshape(sum(w * 2), {1, 1}))[w], numbers({2, 2})));
}

BOOST_AUTO_TEST_CASE(a_loss_without_a_gradient_path_is_refused) {
  Parameter w = given({2});
  BOOST_TEST(contains(sentence_of<TapeError>([&] { backward(sum(w * 2)); }), "nothing is recorded here"));
  const Training training;
  const std::string s = sentence_of<TapeError>([&] { backward(sum(numbers({1, 2}))); });
  BOOST_TEST(contains(s, place(__LINE__ - 1)), s);
  BOOST_TEST(contains(s, "no gradient path"), s);
  BOOST_TEST(contains(sentence_of<TapeError>([&] { backward(sum(w * 2).detach()); }), "no gradient path"));
  w.freeze();
  BOOST_TEST(contains(sentence_of<TapeError>([&] { backward(sum(w * 2)); }), "no gradient path"));
  BOOST_TEST(contains(sentence_of<TapeError>([&] { backward(w); }), "frozen"));
}

BOOST_AUTO_TEST_CASE(step_says_that_it_has_no_derivative) {
  const Parameter w = given({2, -3});
  const Training training;
  const int line = __LINE__ + 1;
  const Tensor loss = sum(step(w) * w);
  const std::string s = sentence_of<TapeError>([&] { backward(loss); });
  BOOST_TEST(contains(s, place(line)), s);
  BOOST_TEST(contains(s, "step: has no derivative"), s);
  BOOST_TEST(equal_bytes(backward(sum(step(w).detach() * w))[w], numbers({1, 0})));
}

BOOST_AUTO_TEST_CASE(a_backward_that_failed_cleared_its_tape) {
  const Parameter w = given({2});
  const Training training;
  const Tensor loss = sum(step(w) * w);
  BOOST_CHECK_THROW(backward(loss), TapeError);
  BOOST_TEST(contains(sentence_of<TapeError>([&] { backward(loss); }), "cleared its tape"));
}

BOOST_AUTO_TEST_CASE(a_million_ops_go_forward_and_backward) {
  const Recording recording;
  const Tensor x = variable(numbers({1}));
  Tensor y = x;
  for (int i = 0; i < 1'000'000; ++i) y = -y;
  BOOST_TEST(y.item<double>() == 1);
  BOOST_TEST(equal_bytes(grad(y, {x})[0], numbers({1})));
  BOOST_TEST(equal_bytes(backward(y)[x], numbers({1})));
}

BOOST_AUTO_TEST_CASE(a_graph_keeps_the_values_that_it_was_made_of) {
  const Recording recording;
  Tensor c = numbers({3});
  const Tensor x = variable(numbers({2}));
  const Tensor y = sum(x * c);
  c.mutable_span<double>()[0] = 100;
  c.set({0}, 200);
  BOOST_TEST(equal_bytes(backward(y)[x], numbers({3})));
}

BOOST_AUTO_TEST_CASE(a_graph_keeps_values_whose_buffer_was_handed_out_before) {
  const Recording recording;
  Tensor c = numbers({3});
  const auto elements = c.mutable_span<double>();
  const Tensor x = variable(numbers({2}));
  const Tensor y = sum(x * c);
  elements[0] = 100;
  BOOST_TEST(equal_bytes(backward(y)[x], numbers({3})));
}

BOOST_AUTO_TEST_CASE(gradients_pass_between_f32_and_f64) {
  const Recording recording;
  const Tensor x = variable(Tensor{2});
  const Tensor y = x.to(f64) * 3;
  BOOST_TEST((y.dtype() == f64));
  BOOST_TEST(equal_bytes(backward(sum(y))[x], Tensor{3}));
}

BOOST_AUTO_TEST_SUITE_END()
