// Columns of text: characters are counted, not bytes, and lines are broken at blanks.
#include <cinta/framework/report/text_width.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdlib>

using namespace cinta;
using Lines = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(text_width)

BOOST_AUTO_TEST_CASE(characters_are_counted_and_combining_marks_are_not) {
  BOOST_TEST(display_width("") == 0);
  BOOST_TEST(display_width("época") == 5);
  BOOST_TEST(display_width("θ₀ ← ⠿█") == 7);
  BOOST_TEST(display_width("y\xCC\x82") == 1);  // y and a combining circumflex
}

BOOST_AUTO_TEST_CASE(padding_fills_up_to_the_width_on_either_side) {
  BOOST_TEST(padded("ñ", 3) == "ñ  ");
  BOOST_TEST(padded("ñ", 3, true) == "  ñ");
  BOOST_TEST(padded("long", 2) == "long");
}

BOOST_AUTO_TEST_CASE(shortened_text_ends_in_a_tilde_and_no_character_is_cut_in_two) {
  BOOST_TEST(shortened("época", 5) == "época");
  BOOST_TEST(shortened("época", 4) == "épo~");
  BOOST_TEST(shortened("época", 1) == "~");
  BOOST_TEST(shortened("época", 0) == "");
}

BOOST_AUTO_TEST_CASE(lines_break_at_blanks_and_long_words_are_cut) {
  BOOST_TEST((wrapped("one two three", 7) == Lines{"one two", "three"}));
  BOOST_TEST((wrapped("one  two", 4) == Lines{"one", "two"}));
  BOOST_TEST((wrapped("ñandúes", 3) == Lines{"ñan", "dúe", "s"}));
  BOOST_TEST((wrapped("a\n\nb", 9) == Lines{"a", "", "b"}));
  BOOST_TEST((wrapped("", 9) == Lines{""}));
  for (int width = 1; width < 30; ++width)
    for (const std::string& line :
         wrapped("La fila (0,1) da u = 0.80, luego ŷ = 1: incorrecto; paso → siguiente", width))
      BOOST_TEST(display_width(line) <= width);
}

BOOST_AUTO_TEST_CASE(columns_come_from_the_environment_within_bounds) {
  const char* before = std::getenv("COLUMNS");
  const std::string kept = before == nullptr ? "" : before;
  setenv("COLUMNS", "60", 1);
  BOOST_TEST(terminal_columns() == 60);
  setenv("COLUMNS", "3", 1);
  BOOST_TEST(terminal_columns() == 20);
  setenv("COLUMNS", "100000", 1);
  BOOST_TEST(terminal_columns() == 160);
  if (before == nullptr) unsetenv("COLUMNS");
  else setenv("COLUMNS", kept.c_str(), 1);
}

BOOST_AUTO_TEST_SUITE_END()
