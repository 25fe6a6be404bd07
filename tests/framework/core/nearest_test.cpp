#include <boost/test/unit_test.hpp>

#include <cinta/framework/core/nearest.hpp>

#include <string>
#include <vector>

using cinta::did_you_mean;
using cinta::edit_distance;

BOOST_AUTO_TEST_SUITE(nearest)

BOOST_AUTO_TEST_CASE(each_kind_of_edit_costs_one) {
  BOOST_TEST(edit_distance("churn", "churn") == 0);
  BOOST_TEST(edit_distance("chrn", "churn") == 1);    // insertion
  BOOST_TEST(edit_distance("churrn", "churn") == 1);  // deletion
  BOOST_TEST(edit_distance("chorn", "churn") == 1);   // substitution
  BOOST_TEST(edit_distance("chrun", "churn") == 1);   // swap of neighbours
  BOOST_TEST(edit_distance("", "churn") == 5);
  BOOST_TEST(edit_distance("kitten", "sitting") == 3);
  BOOST_TEST(edit_distance("ca", "abc") == 3);  // the restricted distance; the unrestricted one is 2
}

BOOST_AUTO_TEST_CASE(a_character_of_several_bytes_is_one_edit) {
  BOOST_TEST(edit_distance("años", "anos") == 1);
  BOOST_TEST(edit_distance("€", "x") == 1);
  BOOST_TEST(edit_distance("\xC3", "x") == 1);  // a damaged name is compared too
}

BOOST_AUTO_TEST_CASE(letters_of_either_case_are_equal) {
  BOOST_TEST(edit_distance("Adam", "aDAM") == 0);
  BOOST_TEST(edit_distance("[", "{") == 1);  // neighbours of the letters in ASCII
}

BOOST_AUTO_TEST_CASE(the_nearest_name_is_offered) {
  const std::vector<std::string> known{"adamw", "adam", "sgd", "total_charges"};
  BOOST_TEST(did_you_mean("adm", known) == "; did you mean \"adam\"?");
  BOOST_TEST(did_you_mean("TotalCharges", known) == "; did you mean \"total_charges\"?");
  BOOST_TEST(did_you_mean("sdg", known) == "; did you mean \"sgd\"?");
}

BOOST_AUTO_TEST_CASE(of_equally_near_names_the_first_is_offered) {
  const std::vector<std::string> known{"bat", "cat"};
  BOOST_TEST(did_you_mean("rat", known) == "; did you mean \"bat\"?");
}

BOOST_AUTO_TEST_CASE(a_name_that_was_only_begun_is_offered_where_none_is_near) {
  const std::vector<std::string> known{"petal_width", "sepal_length", "sepal_width"};
  BOOST_TEST(did_you_mean("sepal", known) == "; did you mean \"sepal_length\"?");
  BOOST_TEST(did_you_mean("SEP", known) == "; did you mean \"sepal_length\"?");
  BOOST_TEST(did_you_mean("se", known) == "");
  BOOST_TEST(did_you_mean("width", known) == "");
}

BOOST_AUTO_TEST_CASE(nothing_is_offered_when_no_name_is_near) {
  const std::vector<std::string> known{"adam", "sgd", "x"};
  BOOST_TEST(did_you_mean("lion", known) == "");
  BOOST_TEST(did_you_mean("y", known) == "");  // one edit, but nothing of the name is left
  BOOST_TEST(did_you_mean("", known) == "");
  BOOST_TEST(did_you_mean("adam", std::vector<std::string>{}) == "");
  BOOST_TEST(did_you_mean("adam", std::vector<std::string>{"adam"}) == "");
}

BOOST_AUTO_TEST_SUITE_END()
