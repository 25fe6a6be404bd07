#include <boost/test/unit_test.hpp>

#include <cinta/framework/data/cell.hpp>

#include <cmath>
#include <string>

using namespace cinta;

BOOST_AUTO_TEST_SUITE(cell)

BOOST_AUTO_TEST_CASE(a_number_is_read_whole_or_not_at_all) {
  BOOST_TEST(to_number("12").value() == 12);
  BOOST_TEST(to_number("-0.1").value() == -0.1);
  BOOST_TEST(to_number("+3.5e-3").value() == 3.5e-3);
  BOOST_TEST(to_number(".5").value() == 0.5);
  BOOST_TEST(to_number("0.30000000000000004").value() == 0.1 + 0.2);
  for (const char* text : {"", "+", "-", "1 2", "1,5", "12a", "0x10", "+-1", "++1", "e5", "12%", "yes"})
    BOOST_TEST(!to_number(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(numbers_that_no_double_holds_are_not_finite) {
  BOOST_TEST(std::isinf(to_number("inf").value()));
  BOOST_TEST(std::isinf(to_number("-Infinity").value()));
  BOOST_TEST(std::isinf(to_number("1e999").value()));
  BOOST_TEST(std::isinf(to_number("1e-999").value()));
  BOOST_TEST(std::isnan(to_number("NAN").value()));
  BOOST_TEST(to_number("1.7976931348623157e308").value() == 1.7976931348623157e308);
}

BOOST_AUTO_TEST_CASE(boolean_words_come_in_letters_of_either_case) {
  for (const char* text : {"sí", "SÍ", "Sí", "sÍ", "si", "SI", "si\xCC\x81"}) {
    BOOST_TEST(to_boolean(text).pairs == no_si, text);
    BOOST_TEST(to_boolean(text).value, text);
  }
  BOOST_TEST(to_boolean("No").pairs == (no_yes | no_si));
  BOOST_TEST(!to_boolean("No").value);
  BOOST_TEST(to_boolean("YES").pairs == no_yes);
  BOOST_TEST(to_boolean("True").value);
  BOOST_TEST(!to_boolean("FALSE").value);
  BOOST_TEST(to_boolean("FALSE").pairs == false_true);
  BOOST_TEST(to_boolean("Verdadero").pairs == falso_verdadero);
  BOOST_TEST(!to_boolean("falso").value);
  BOOST_TEST(to_boolean("1").value);
  BOOST_TEST(to_boolean("0").pairs == zero_one);
  for (const char* text : {"", "y", "sa", "s\xC3\xA1", "nope", "10", "01", "1.0", "verdaderos"})
    BOOST_TEST(to_boolean(text).pairs == 0u, text);
}

BOOST_AUTO_TEST_CASE(the_words_of_a_pair_are_words_of_that_pair) {
  for (const unsigned pair : {zero_one, no_yes, no_si, false_true, falso_verdadero}) {
    for (const bool value : {false, true}) {
      const BooleanWord word = to_boolean(words_of(pair)[value]);
      BOOST_TEST((word.pairs & pair) == pair);
      BOOST_TEST(word.value == value);
    }
  }
}

BOOST_AUTO_TEST_CASE(spaces_and_tabs_around_a_cell_never_count) {
  BOOST_TEST(trimmed(" \t a b\t ") == "a b");
  BOOST_TEST(trimmed(" \t ") == "");
  BOOST_TEST(trimmed("\na") == "\na");
}

BOOST_AUTO_TEST_SUITE_END()
