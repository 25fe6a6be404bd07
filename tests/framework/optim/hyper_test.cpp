#include <cinta/framework/optim/schedules.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <string>

#include "helpers.hpp"

using namespace cinta;
using optim_test::sentence;

BOOST_AUTO_TEST_SUITE(hyper)

BOOST_AUTO_TEST_CASE(numbers_schedules_and_functions_are_hyperparameters) {
  const Hyper whole = 2, number = 0.5f, function = [](const Step&s) { return 1.0 / static_cast<double>(s.t); };
  BOOST_TEST(whole.value({}) == 2);
  BOOST_TEST(number.value({.t = 100}) == 0.5);
  BOOST_TEST(function.value({.t = 4}) == 0.25);
  BOOST_TEST((number.is_number() && !number.is_opaque()));
  BOOST_TEST((!function.is_number() && function.is_opaque()));
  BOOST_TEST(cosine(1, 10).is_opaque() == false);
}

BOOST_AUTO_TEST_CASE(text_reads_back_exactly) {
  for (const Hyper& h :
       {Hyper(0.1), Hyper(1e-300), Hyper(1.0 / 3), Hyper(-7), cosine(0.1, 1000, 1e-5),
        linear_warmup(100, cosine(0.3, 900)), piecewise({10, 20}, {1, 0.1, 1.0 / 3}),
        per_epoch(step_decay(0.1, 30, 0.5)), exponential_decay(0.1, 0.99), linear_decay(1, 5, 0.5), constant(3)}) {
    const Hyper back = Hyper::from_text(h.text());
    BOOST_TEST(back.text() == h.text());
    for (long t : {1L, 2L, 10L, 21L, 100L, 500L, 2000L}) {
      const Step s{.t = t, .epoch = t / 10};
      BOOST_TEST(back.value(s) == h.value(s));
    }
  }
  BOOST_TEST(cosine(0.1, 1000).text() == "cosine(0.1, 1000, 0)");
  BOOST_TEST(linear_warmup(100, cosine(0.3, 900)).text() == "linear_warmup(100, cosine(0.3, 900, 0))");
  BOOST_TEST(Hyper::from_text(" cosine( 0.1 ,10 ) ").value({}) == 0.1);
}

BOOST_AUTO_TEST_CASE(a_function_prints_that_it_can_not_be_written_down) {
  const Hyper f = [](const Step&) { return 1.0; };
  BOOST_TEST(f.text() == "(a function of the step)");
  const Hyper within = linear_warmup(5, f);
  BOOST_TEST(within.is_opaque());
  BOOST_TEST(within.value({.t = 1}) == 0.2);
}

BOOST_AUTO_TEST_CASE(bad_text_is_one_sentence) {
  const auto read = [](const char* text) { return sentence<ValueError>([&] { Hyper::from_text(text, {}); }); };
  BOOST_TEST(read("cosin(0.1, 10)") == "unknown schedule \"cosin\"; did you mean \"cosine\"?");
  BOOST_TEST(read("cosine(0.1)") == "cosine(start, steps, end) takes no 1 arguments");
  BOOST_TEST(read("cosine(0.1, 0)") == "cosine(start, steps, end): steps is a whole number from 1 on");
  BOOST_TEST(read("") == "the hyperparameter \"\" has nothing where a number or the name of a schedule should be");
  BOOST_TEST(read("0.1x") == "the hyperparameter \"0.1x\" has \"x\" where an end should be");
  BOOST_TEST(read("cosine(0.1, 10") == "the hyperparameter \"cosine(0.1, 10\" has nothing where \")\" should be");
  BOOST_TEST(read("cosine") == "the hyperparameter \"cosine\" has nothing where \"(\" should be");
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "constant(";
  BOOST_TEST(read(deep.c_str()).ends_with("nests schedules deeper than 16"));
}

BOOST_AUTO_TEST_SUITE_END()
