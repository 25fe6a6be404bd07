// Scopes: where ops are recorded, and what a forward pass may know.
#include "core_support.hpp"

#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <thread>

using namespace cinta;

BOOST_AUTO_TEST_SUITE(scope)

BOOST_AUTO_TEST_CASE(nothing_is_recorded_outside_every_scope) {
  const Parameter w(Tensor{1, 2});
  BOOST_TEST((Scope::current() == nullptr));
  BOOST_TEST(!(w * w).recorded());
}

BOOST_AUTO_TEST_CASE(training_and_recording_record_what_depends_on_a_leaf_and_nothing_else) {
  const Parameter w(Tensor{1, 2});
  const Tensor x{3, 4};
  {
    const Training training;
    BOOST_TEST((w * x).recorded());
    BOOST_TEST(!(x * x).recorded());
    BOOST_TEST(!(w > x).recorded());
  }
  {
    const Recording recording;
    BOOST_TEST((w * x).recorded());
    BOOST_TEST(variable(x).recorded());
  }
  BOOST_TEST(!(w * x).recorded());
}

BOOST_AUTO_TEST_CASE(evaluation_records_nothing_also_inside_training) {
  const Parameter w(Tensor{1, 2});
  const Training training;
  const Tensor h = w * 2;
  {
    const Evaluation evaluation;
    BOOST_TEST(!(w * h).recorded());
    const std::string s = sentence_of<TapeError>([&] { variable(h); });
    BOOST_TEST(contains(s, place(__LINE__ - 1)), s);
    BOOST_TEST(contains(s, "nothing is recorded here"), s);
  }
  BOOST_TEST((w * h).recorded());
}

BOOST_AUTO_TEST_CASE(a_recording_inside_evaluation_records_again) {
  const Parameter w(Tensor{1, 2});
  const Evaluation evaluation;
  const Recording recording;
  BOOST_TEST((w * 2).recorded());
}

BOOST_AUTO_TEST_CASE(variable_wants_a_scope_and_says_which) {
  const std::string s = sentence_of<TapeError>([&] { variable(Tensor{1}); });
  BOOST_TEST(contains(s, place(__LINE__ - 1)), s);
  BOOST_TEST(contains(s, "Training training; or Recording recording;"), s);
}

BOOST_AUTO_TEST_CASE(scopes_end_with_their_block_in_order) {
  const Training outer;
  const Scope* first = Scope::current();
  {
    const Evaluation inner;
    BOOST_TEST((Scope::current() != first));
  }
  BOOST_TEST((Scope::current() == first));
}

BOOST_AUTO_TEST_CASE(only_training_trains) {
  {
    const Training training;
    BOOST_TEST(Scope::current()->training());
    const Evaluation evaluation;
    BOOST_TEST(!Scope::current()->training());
  }
  const Recording recording;
  BOOST_TEST(!Scope::current()->training());
}

BOOST_AUTO_TEST_CASE(a_forward_pass_knows_seed_pass_row_and_ordinal) {
  const Training training({.seed = 7, .pass = 3, .first_row = 64});
  Scope& s = *Scope::current();
  BOOST_TEST(s.seed() == 7u);
  BOOST_TEST(s.pass() == 3);
  BOOST_TEST(s.first_row() == 64);
  BOOST_TEST(s.next_ordinal() == 0);
  BOOST_TEST(s.next_ordinal() == 1);
  BOOST_TEST(s.where().line == __LINE__ - 7);
}

BOOST_AUTO_TEST_CASE(a_clearing_backward_begins_the_next_pass) {
  const Parameter w(Tensor{1});
  const Training training;
  Scope& s = *Scope::current();
  s.next_ordinal();
  backward(sum(w * w), {.retain_graph = true});
  BOOST_TEST(s.pass() == 0);
  BOOST_TEST(s.next_ordinal() == 1);
  backward(sum(w * w));
  BOOST_TEST(s.pass() == 1);
  BOOST_TEST(s.next_ordinal() == 0);
  grad(sum(w * w), {Tensor(w)});
  BOOST_TEST(s.pass() == 1);
}

BOOST_AUTO_TEST_CASE(a_scope_belongs_to_its_thread) {
  const Parameter w(Tensor{1});
  const Training training;
  bool recorded = true;
  Gradients g;
  std::thread([&] {
    recorded = (w * 2).recorded();
    const Training theirs;
    g = backward(sum(w * 3));
  }).join();
  BOOST_TEST(!recorded);
  BOOST_TEST(g[w].item() == 3);
  BOOST_TEST(backward(sum(w * 5))[w].item() == 5);
}

BOOST_AUTO_TEST_CASE(a_thread_may_end_with_a_recording_open) {
  const Parameter w(Tensor{1});
  const auto leave_open = [&] {
    static thread_local std::optional<Recording>
        open;  // made before the tape's own thread-local objects, gone after them
    static thread_local std::optional<Gradients> gradients;
    open.emplace();
    gradients.emplace(backward(sum(w * 3)));
    (void)(w * 2);
  };
  for (int i = 0; i < 3; ++i) std::thread(leave_open).join();
  const Training training;
  BOOST_TEST(backward(sum(w * 5))[w].item() == 5);
}

BOOST_AUTO_TEST_CASE(a_scope_that_ends_late_leaves_those_of_the_thread_in_force) {
  const Parameter w(Tensor{1});
  auto first = std::make_unique<Recording>();
  {
    const Recording second;
    first.reset();
    BOOST_TEST((w * 2).recorded());
  }
  BOOST_TEST((Scope::current() == nullptr));
  std::unique_ptr<Recording> theirs;
  std::thread([&] { theirs = std::make_unique<Recording>(); }).join();
  const Recording ours;
  theirs.reset();
  BOOST_TEST(backward(sum(w * 5))[w].item() == 5);
}

BOOST_AUTO_TEST_CASE(an_exception_ends_the_scopes_that_it_leaves) {
  const Parameter w(Tensor{1});
  try {
    const Training training;
    (void)(w * Tensor{1, 2} * Tensor{1, 2, 3});
    BOOST_TEST(false);
  } catch (const ShapeError&) {}
  BOOST_TEST((Scope::current() == nullptr));
}

BOOST_AUTO_TEST_CASE(a_backward_that_throws_leaves_the_scope_in_force) {
  const Parameter w(Tensor{1});
  const Training training;
  BOOST_CHECK_THROW(backward(sum(step(w))), TapeError);
  BOOST_TEST((w * 2).recorded());
}

BOOST_AUTO_TEST_SUITE_END()
