// Gradients: found by parameter or variable, summed, scaled, and alive without their tape.
#include "core_support.hpp"

#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

using namespace cinta;

namespace {

// Gradients factor · 1 of each parameter.
Gradients of(std::initializer_list<const Parameter*> parameters, double factor) {
  const Training training;
  Tensor loss = scalar(0);
  for (const Parameter* p : parameters) loss = loss + sum(*p * factor);
  return backward(loss);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gradients)

BOOST_AUTO_TEST_CASE(outlive_the_tape_and_the_scope) {
  const Parameter w(Tensor{1, 2});
  Gradients g;
  Tensor x{3, 4};
  {
    const Training training;
    x = variable(x);
    g = backward(sum(w * x));
    backward(sum(w * 1000));
  }
  BOOST_TEST(equal_bytes(g[w], Tensor{3, 4}));
  BOOST_TEST(equal_bytes(g[x], Tensor{1, 2}));
}

BOOST_AUTO_TEST_CASE(what_was_not_used_throws_with_the_line_of_the_question) {
  const Parameter w(Tensor{1}), other(Tensor{1});
  const Training training;
  const Tensor x = variable(Tensor{1}), y = variable(Tensor{1}), plain{1};
  const Gradients g = backward(sum(w * x));
  std::string s = sentence_of<TapeError>([&] { (void)g[other]; });
  BOOST_TEST(contains(s, place(__LINE__ - 1)), s);
  BOOST_TEST(contains(s, "has no gradient"), s);
  s = sentence_of<TapeError>([&] { (void)g[y]; });
  BOOST_TEST(contains(s, place(__LINE__ - 1)), s);
  BOOST_TEST(contains(s, "x = variable(x)"), s);
  BOOST_CHECK_THROW((void)g[plain], TapeError);
}

BOOST_AUTO_TEST_CASE(a_copy_of_a_parameter_has_no_part_in_its_gradients) {
  const Parameter w(Tensor{1});
  const Gradients g = of({&w}, 2);
  const Parameter copy = w;
  BOOST_TEST(g.contains(w));
  BOOST_TEST(!g.contains(copy));
}

BOOST_AUTO_TEST_CASE(a_recycled_slot_is_another_parameter) {
  Gradients g;
  std::int32_t slot = -1;
  {
    const Parameter w(Tensor{1});
    slot = w.slot().index();
    g = of({&w}, 2);
  }
  const Parameter next(Tensor{1});
  BOOST_TEST(next.slot().index() == slot);
  BOOST_TEST(!g.contains(next));
}

BOOST_AUTO_TEST_CASE(sums_have_the_entries_of_both) {
  const Parameter a(Tensor{1}), b(Tensor{1}), c(Tensor{1});
  Gradients g = of({&a, &b}, 2);
  g += of({&b, &c}, 10);
  BOOST_TEST(g[a].item() == 2);
  BOOST_TEST(g[b].item() == 12);
  BOOST_TEST(g[c].item() == 10);
  BOOST_TEST(g.size() == 3u);
}

BOOST_AUTO_TEST_CASE(factors_apply_before_sums) {
  const Parameter a(Tensor{1}), b(Tensor{1});
  Gradients g = of({&a}, 2), h = of({&a, &b}, 10);
  g *= 3;
  h *= 0.5;
  g += h;
  BOOST_TEST(g[a].item() == 11);
  BOOST_TEST(g[b].item() == 5);
  g *= 2;
  BOOST_TEST(g[a].item() == 22);
  BOOST_TEST(h[a].item() == 5);
}

BOOST_AUTO_TEST_CASE(equal_factors_stay_outside_the_sum) {
  const Parameter a(Tensor{1});
  Gradients g = of({&a}, 2), h = of({&a}, 10);
  g.set_scale(0.25);
  h.set_scale(0.25);
  g += h;
  BOOST_TEST(g.scale() == 0.25);
  BOOST_TEST(g.find(a.slot())->item() == 12);
  BOOST_TEST(g[a].item() == 3);
}

BOOST_AUTO_TEST_CASE(a_sum_with_itself_doubles) {
  const Parameter a(Tensor{1}), b(Tensor{1});
  Gradients g = of({&a, &b}, 2);
  g += g;
  BOOST_TEST(g[a].item() == 4);
  BOOST_TEST(g[b].item() == 4);
  BOOST_TEST(g.size() == 2u);
}

BOOST_AUTO_TEST_CASE(copies_are_values) {
  const Parameter a(Tensor{1});
  Gradients g = of({&a}, 2);
  const Gradients kept = g;
  g += g;
  g *= 5;
  BOOST_TEST(kept[a].item() == 2);
  BOOST_TEST(g[a].item() == 20);
  g = kept;
  BOOST_TEST(g[a].item() == 2);
}

BOOST_AUTO_TEST_CASE(variables_are_told_apart_and_add_up) {
  const Recording recording;
  const Tensor x = variable(Tensor{3}), y = variable(Tensor{5});
  Gradients g = backward(sum(x * x + y), {.retain_graph = true});
  g += backward(sum(x * y), {.retain_graph = true});
  BOOST_TEST(g[x].item() == 11);
  BOOST_TEST(g[y].item() == 4);
}

BOOST_AUTO_TEST_CASE(a_variable_of_another_pass_is_another_variable) {
  const Recording recording;
  const Tensor x = variable(Tensor{3});
  const Gradients g = backward(sum(x * x));
  const Tensor later = variable(Tensor{3});
  BOOST_TEST(later.node() == x.node());
  BOOST_CHECK_THROW((void)g[later], TapeError);
}

BOOST_AUTO_TEST_CASE(the_gradient_is_found_in_any_order) {
  const std::vector<Parameter> p(5, Parameter(Tensor{1}));
  Gradients g;
  {
    const Training training;
    Tensor loss = scalar(0);
    for (std::size_t i = 0; i < p.size(); ++i) loss += sum(p[i] * static_cast<double>(i + 1));
    g = backward(loss);
  }
  for (const std::size_t i : {3u, 0u, 4u, 4u, 1u, 2u, 0u}) BOOST_TEST(g[p[i]].item() == static_cast<float>(i + 1));
}

BOOST_AUTO_TEST_SUITE_END()
