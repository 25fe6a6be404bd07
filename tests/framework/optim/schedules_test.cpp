#include <cinta/framework/optim/schedules.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>

#include "helpers.hpp"

using namespace cinta;
using optim_test::sentence;

namespace {
double at(const Hyper& h, long t) { return h.value({.t = t}); }
const auto nearly = boost::test_tools::tolerance(1e-15);
}  // namespace

BOOST_AUTO_TEST_SUITE(schedules)

BOOST_AUTO_TEST_CASE(cosine_starts_and_ends_exactly_and_stays) {
  const Hyper h = cosine(0.1, 100, 0.01);
  BOOST_TEST(at(h, 1) == 0.1);
  BOOST_TEST(at(h, 51) == 0.055, nearly);
  BOOST_TEST(at(h, 26) == 0.01 + 0.09 * (1 + std::sqrt(0.5)) / 2, nearly);
  BOOST_TEST(at(h, 101) == 0.01);
  BOOST_TEST(at(h, 1'000'000) == 0.01);
  BOOST_TEST(at(h, 100) > 0.01);
}

BOOST_AUTO_TEST_CASE(cosine_is_the_formula_at_every_step) {
  const Hyper h = cosine(0.3, 1000);
  for (long t = 1; t <= 1001; ++t)
    BOOST_TEST(std::abs(at(h, t) - 0.15 * (1 + std::cos(3.14159265358979323846 * static_cast<double>(t - 1) / 1000))) <
               1e-16);
}

BOOST_AUTO_TEST_CASE(decays_change_where_pytorchs_do) {
  const Hyper steps = step_decay(1, 30, 0.1);  // StepLR: epochs 0 to 29, then a tenth
  BOOST_TEST(at(steps, 30) == 1);
  BOOST_TEST(at(steps, 31) == 0.1, nearly);
  BOOST_TEST(at(steps, 60) == 0.1, nearly);
  BOOST_TEST(at(steps, 61) == 0.01, nearly);
  const Hyper parts = piecewise({100, 200}, {0.1, 0.01, 0.001});  // MultiStepLR
  BOOST_TEST(at(parts, 1) == 0.1);
  BOOST_TEST(at(parts, 100) == 0.1);
  BOOST_TEST(at(parts, 101) == 0.01);
  BOOST_TEST(at(parts, 200) == 0.01);
  BOOST_TEST(at(parts, 201) == 0.001);
  BOOST_TEST(at(exponential_decay(2, 0.5), 4) == 0.25, nearly);
  const Hyper line = linear_decay(1, 4, 0.5);
  BOOST_TEST(at(line, 1) == 1);
  BOOST_TEST(at(line, 3) == 0.75, nearly);
  BOOST_TEST(at(line, 5) == 0.5);
  BOOST_TEST(at(line, 50) == 0.5);
}

BOOST_AUTO_TEST_CASE(warmup_reaches_the_peak_in_its_last_step_and_hands_over) {
  const Hyper h = linear_warmup(10, cosine(1, 100));
  BOOST_TEST(at(h, 1) == 0.1, nearly);
  BOOST_TEST(at(h, 9) == 0.9, nearly);
  BOOST_TEST(at(h, 10) == 1);
  BOOST_TEST(at(h, 11) == 1);
  BOOST_TEST(at(h, 61) == 0.5, nearly);
  BOOST_TEST(at(h, 111) == 0);
  const Hyper same = warmup_cosine(1, 10, 110);
  for (long t = 1; t < 130; ++t) BOOST_TEST(at(same, t) == at(h, t));
  BOOST_TEST(at(linear_warmup(4, 0.8), 1000) == 0.8);
}

BOOST_AUTO_TEST_CASE(per_epoch_counts_epochs_from_one) {
  const Hyper h = per_epoch(step_decay(1, 2, 0.5));
  BOOST_TEST(h.value({.t = 500, .epoch = 0}) == 1);
  BOOST_TEST(h.value({.t = 500, .epoch = 2}) == 1);
  BOOST_TEST(h.value({.t = 500, .epoch = 3}) == 0.5);
}

BOOST_AUTO_TEST_CASE(schedules_that_make_no_sense_are_refused) {
  BOOST_TEST(sentence<ValueError>([] { cosine(1, 0); }) ==
             "cosine(start, steps, end): steps is a whole number from 1 on");
  BOOST_TEST(sentence<ValueError>([] { step_decay(1, -3); }) ==
             "step_decay(start, every, factor): every is a whole number from 1 on");
  BOOST_TEST(sentence<ValueError>([] {
               piecewise({5, 5}, {1, 2, 3});
             }).starts_with("piecewise(value, boundary, value, …): values alternate"));
  BOOST_TEST(sentence<ValueError>([] { piecewise({5}, {1}); }) == "piecewise: 1 boundaries need 2 values, not 1");
  BOOST_TEST(sentence<ValueError>([] { warmup_cosine(1, 10, 10); }) ==
             "warmup_cosine: a warm-up of 10 steps leaves none of 10 for the cosine");
}

BOOST_AUTO_TEST_SUITE_END()
