// What is shown of a figure, and which figures are refused.
#include <cinta/framework/report/figure.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace cinta;

namespace {

Figure with(Series series) { return {.title = "t", .x_label = "", .y_label = "", .series = {std::move(series)}}; }
bool refused(const Figure& figure, const std::string& sentence) {
  try {
    check(figure, {});
  } catch (const ValueError& e) {
    BOOST_TEST(std::string(e.what()) == sentence);
    return true;
  }
  return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(figure)

BOOST_AUTO_TEST_CASE(everything_finite_is_shown_with_a_margin) {
  const Bounds b = bounds(with({.name = "", .x = {0, 10, NAN}, .y = {-1, 1, INFINITY}}));
  BOOST_TEST(b.x.low == -0.4);
  BOOST_TEST(b.x.high == 10.4);
  BOOST_TEST(b.y.low == -1.08);
  BOOST_TEST(b.y.high == 1.08);
}

BOOST_AUTO_TEST_CASE(one_place_and_no_place_have_an_interval_too) {
  const Bounds one = bounds(with({.name = "", .x = {3}, .y = {0}})),
               none = bounds(with({.name = "", .x = {}, .y = {}}));
  for (const Range& r : {one.x, one.y, none.x, none.y}) BOOST_TEST(r.low < r.high);
  BOOST_TEST((one.x.low < 3 && 3 < one.x.high));
}

BOOST_AUTO_TEST_CASE(a_logarithmic_axis_passes_over_what_is_not_positive) {
  Figure f = with({.name = "", .x = {1, 2, 3, 4}, .y = {-5, 0, 0.01, 100}});
  f.log_y = true;
  const Bounds b = bounds(f);
  BOOST_TEST((b.y.low > 0.005 && b.y.low < 0.01 && b.y.high > 100 && b.y.high < 200));
}

BOOST_AUTO_TEST_CASE(given_ranges_hold_and_bars_stand_on_zero) {
  Figure f = with({.name = "", .x = {0, 1}, .y = {5, 6}});
  f.x_range = Range{-2, 7};
  BOOST_TEST((bounds(f).x.low == -2 && bounds(f).x.high == 7));
  Figure bars = with({.name = "", .kind = Series::Kind::bars, .x = {}, .y = {5, 6}});
  bars.bar_names = {"a", "b"};
  BOOST_TEST(bounds(bars).y.low == 0);
}

BOOST_AUTO_TEST_CASE(the_nearest_value_of_a_field_is_found_and_outside_it_the_border_s) {
  const Field field{.name = "", .x = {0, 1, 2}, .y = {0, 10}, .z = {1, 2, 3, 4, 5, 6}, .levels = {}};
  BOOST_TEST(nearest_value(field, 0.4, 1) == 1);
  BOOST_TEST(nearest_value(field, 0.6, 9) == 5);
  BOOST_TEST(nearest_value(field, 99, 99) == 6);
  BOOST_TEST(nearest_value(field, -99, -99) == 1);
}

BOOST_AUTO_TEST_CASE(figures_that_contradict_themselves_are_refused_by_name) {
  BOOST_TEST(refused(with({.name = "s", .x = {1}, .y = {}}), "figure \"t\": series \"s\" has 1 x and 0 y"));
  BOOST_TEST(refused(with({.name = "s", .kind = Series::Kind::bars, .x = {}, .y = {1}}),
                     "figure \"t\": series \"s\" has 1 bars where there are 0 names"));
  Figure mixed = with({.name = "s", .x = {1}, .y = {1}});
  mixed.bar_names = {"a"};
  BOOST_TEST(refused(mixed, "figure \"t\": series \"s\" stands beside bars and is none"));
  Figure field = with({.name = "s", .x = {1}, .y = {1}});
  field.field = Field{.name = "", .x = {0, 1}, .y = {0, 1}, .z = {1, 2, 3}, .levels = {}};
  BOOST_TEST(refused(field, "figure \"t\": the field has 3 values on a grid of 2 × 2"));
  field.field = Field{.name = "", .x = {1, 0}, .y = {0, 1}, .z = {1, 2, 3, 4}, .levels = {}};
  BOOST_TEST(refused(field, "figure \"t\": the field's grid does not rise"));
  Figure range = with({.name = "s", .x = {1}, .y = {1}});
  range.y_range = Range{2, 2};
  BOOST_TEST(refused(range, "figure \"t\": a range from 2 to 2 is empty"));
}

BOOST_AUTO_TEST_SUITE_END()
