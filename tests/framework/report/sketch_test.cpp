// Sketches: no line wider than allowed, everything at its place, ASCII and colour only where asked.
#include <cinta/framework/report/sketch.hpp>
#include <cinta/framework/report/text_width.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>

using namespace cinta;

namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

Figure line(std::vector<double> x, std::vector<double> y) {
  return {.title = "título",
          .x_label = "x",
          .y_label = "y",
          .series = {{.name = "curva", .x = std::move(x), .y = std::move(y)}}};
}

// One of each kind.
std::vector<Figure> figures() {
  Figure curves = line({0, 1, 2, 3, NAN, 4}, {1, -1, 5, 2, 3, 100});
  curves.series.push_back({.name = "otra curva con un nombre muy largo, que no cabe en una línea estrecha",
                           .kind = Series::Kind::path,
                           .x = {0, 4},
                           .y = {4, 4}});
  curves.series.push_back({.name = "puntos", .kind = Series::Kind::points, .x = {1, 2}, .y = {1, 2}});
  Figure heat{.title = "heat", .x_label = "x₀", .y_label = "", .series = {}};
  heat.field =
      Field{.name = "z", .x = {0, 1, 2}, .y = {0, 1, 2}, .z = {0, .2, .4, .3, .5, .7, .6, .8, 1}, .levels = {}};
  Figure contours = heat;
  contours.field->levels = {0.25, 0.5};
  Figure bars{.title = "bars",
              .x_label = "",
              .y_label = "",
              .series = {{.name = "a", .kind = Series::Kind::bars, .x = {}, .y = {1, 2}},
                         {.name = "b", .kind = Series::Kind::bars, .x = {}, .y = {3, NAN}}},
              .bar_names = {"uno", "un nombre de barra que es demasiado largo"}};
  Figure logarithmic = line({1, 2, 3}, {1e-9, 1, 1e9});
  logarithmic.log_y = true;
  return {curves, heat, contours, bars, logarithmic};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sketch)

BOOST_AUTO_TEST_CASE(no_line_is_wider_than_the_width_alone_or_side_by_side) {
  const std::vector<Figure> all = figures();
  for (const bool unicode : {true, false})
    for (int width = 30; width <= 160; ++width) {
      std::string text = cinta::sketch(all, {.width = width, .unicode = unicode});
      for (const Figure& f : all) text += cinta::sketch({f}, {.width = width, .unicode = unicode});
      for (const std::string& l : lines_of(text)) BOOST_TEST_REQUIRE(display_width(l) <= width, width << ": " << l);
    }
}

BOOST_AUTO_TEST_CASE(ascii_draws_with_ascii_alone) {
  Figure f = line({0, 1}, {0, 1});
  f.title = "title";
  f.series[0].name = "curve";
  for (const char c : cinta::sketch({f, f}, {.unicode = false})) BOOST_TEST((c == '\n' || (c >= ' ' && c <= '~')));
  BOOST_TEST(cinta::sketch({f}, {.unicode = true}).find("\xE2\xA0") != std::string::npos);  // braille
}

BOOST_AUTO_TEST_CASE(colour_is_there_when_asked_for_and_only_then) {
  BOOST_TEST(cinta::sketch(figures(), {.colour = false}).find('\033') == std::string::npos);
  const std::string coloured = cinta::sketch(figures(), {.colour = true});
  BOOST_TEST(coloured.find("\033[34m") != std::string::npos);
  BOOST_TEST(coloured.find("\033[0m") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_rising_line_goes_from_bottom_left_to_top_right) {
  Figure f = line({0, 1}, {0, 1});
  f.x_range = f.y_range = Range{0, 1};
  f.series[0].name = "";
  const Lines l = lines_of(cinta::sketch({f}, {.width = 40, .height = 10, .unicode = false}));
  const std::string top = l[2], bottom = l[11];
  BOOST_TEST(top.substr(0, 3) == "1 |");
  BOOST_TEST(bottom.substr(0, 3) == "0 |");
  BOOST_TEST(top.back() == 'a');
  BOOST_TEST(top.find('a') > 30u);
  BOOST_TEST(bottom[3] == 'a');
  BOOST_TEST(bottom.rfind('a') < 8u);
}

BOOST_AUTO_TEST_CASE(a_point_stands_in_its_cell) {
  Figure f{.title = "t",
           .x_label = "",
           .y_label = "",
           .series = {{.name = "p", .kind = Series::Kind::points, .x = {0.5}, .y = {0.25}}}};
  f.x_range = f.y_range = Range{0, 1};
  const Lines l = lines_of(cinta::sketch({f}, {.width = 43, .height = 8, .unicode = false}));
  // 40 columns and 8 rows: the middle, and a quarter from below
  std::size_t row = 0;
  for (std::size_t i = 1; i < l.size(); ++i)
    if (l[i].find('o') != std::string::npos && l[i].find('|') != std::string::npos) row = i;
  BOOST_TEST(row == 6u);  // rows 1 … 8 from the top: y = 0.25 is between the sixth and the seventh
  BOOST_TEST((l[row].find('o') == 22u || l[row].find('o') == 23u), l[row]);
}

BOOST_AUTO_TEST_CASE(a_line_that_leaves_the_picture_is_cut_at_its_border) {
  Figure f = line({-1e9, 1e9}, {-1e9, 1e9});
  f.x_range = f.y_range = Range{0, 1};
  f.series[0].name = "";
  const Lines l = lines_of(cinta::sketch({f}, {.width = 40, .height = 10, .unicode = false}));
  BOOST_TEST(l[2].back() == 'a');
  BOOST_TEST(l[11][3] == 'a');
}

BOOST_AUTO_TEST_CASE(shades_rise_with_the_field_and_bands_change_at_the_levels) {
  Figure f{.title = "", .x_label = "", .y_label = "", .series = {}};
  f.field =
      Field{.name = "z", .x = {0, 1, 2, 3}, .y = {0, 1}, .z = {0.1, 0.3, 0.6, 0.9, 0.1, 0.3, 0.6, 0.9}, .levels = {}};
  const std::string row = lines_of(cinta::sketch({f}, {.width = 43, .height = 4, .unicode = false}))[2];
  BOOST_TEST(row.find('.') < row.find('+'));
  BOOST_TEST(row.find('+') < row.find('@'));
  BOOST_TEST(row.back() == '@');
  f.field->levels = {0.2, 0.45};
  const std::string bands = lines_of(cinta::sketch({f}, {.width = 43, .height = 4, .unicode = false}))[2];
  const auto first = bands.find('.'), last = bands.rfind('.');
  BOOST_TEST(
      (first > 6u && last < 30u && std::count(bands.begin(), bands.end(), '.') == static_cast<long>(last - first + 1)),
      bands);
}

BOOST_AUTO_TEST_CASE(bars_are_as_long_as_their_values) {
  Figure f{.title = "",
           .x_label = "",
           .y_label = "",
           .series = {{.name = "", .kind = Series::Kind::bars, .x = {}, .y = {1, 2}}},
           .bar_names = {"one", "two"}};
  f.y_range = Range{0, 2};
  const Lines l = lines_of(cinta::sketch({f}, {.width = 56, .unicode = false}));
  const auto length = [&](std::size_t i) { return std::count(l[i].begin(), l[i].end(), '='); };
  BOOST_TEST(length(1) == 20);
  BOOST_TEST(length(2) == 40);
}

BOOST_AUTO_TEST_CASE(a_width_under_30_is_refused) {
  BOOST_CHECK_THROW(cinta::sketch(figures(), {.width = 29}), ValueError);
}

BOOST_AUTO_TEST_SUITE_END()
