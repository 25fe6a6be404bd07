#include <boost/test/unit_test.hpp>

#include <cinta/framework/core/error.hpp>
#include <cinta/framework/data/table.hpp>

#include <cmath>
#include <ostream>
#include <string>
#include <vector>

using namespace cinta;

namespace {

std::string dataset(const std::string& name) { return CINTA_SOURCE_DIR "/datasets/" + name + ".csv"; }

/// A table of one column, named x, with these cells.
Table column_of(const std::vector<std::string>& cells, const CsvOptions& options = {}) {
  std::string text = "x\n";
  for (const std::string& cell : cells) text += "\"" + cell + "\"\n";
  return parse_csv(text, "t.csv", options);
}

ColumnType type_of(const std::vector<std::string>& cells) { return column_of(cells).column(0).type; }

template <typename Call> std::string refusal(Call call) {
  try {
    call();
  } catch (const DataError& error) {
    return error.what();
  }
  return "accepted";
}

template <typename T> void check_equal(const std::vector<T>& found, const std::vector<T>& expected) {
  BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), expected.begin(), expected.end());
}

}  // namespace

namespace cinta {
inline std::ostream& boost_test_print_type(std::ostream& out, ColumnType type) { return out << to_string(type); }
}  // namespace cinta

BOOST_AUTO_TEST_SUITE(table)

BOOST_AUTO_TEST_CASE(the_athletes_of_the_lesson_have_the_types_that_a_reader_sees) {
  const Table athletes = parse_csv(
      "Es hombre,Edad,Realiza ejercicio,Consumo de proteínas,Promedio notas\n"
      "Sí,25,Sí,Alto,8.5\nNo,30,No,Medio,7.2\nSí,22,Sí,Bajo,8.9\nSí,28,Sí,Alto,7.8\n"
      "No,35,No,Bajo,6.5\nSí,20,Sí,Medio,8.2\nNo,26,No,Medio,7.0\n");
  BOOST_TEST(athletes.rows() == 7);
  BOOST_TEST(athletes.columns() == 5);
  BOOST_TEST(athletes.column("Es hombre").type == ColumnType::boolean);
  check_equal(athletes.column("Es hombre").values, {1, 0, 1, 1, 0, 1, 0});
  check_equal(athletes.column("Es hombre").levels, {"No", "Sí"});
  BOOST_TEST(athletes.column("Edad").type == ColumnType::numeric);
  BOOST_TEST(athletes.column("Consumo de proteínas").type == ColumnType::categorical);
  check_equal(athletes.column("Consumo de proteínas").levels, {"Alto", "Bajo", "Medio"});
  check_equal(athletes.column("Consumo de proteínas").codes, {0, 2, 1, 0, 1, 2, 2});
  check_equal(athletes.column("Promedio notas").values, {8.5, 7.2, 8.9, 7.8, 6.5, 8.2, 7.0});
}

BOOST_AUTO_TEST_CASE(types_are_inferred_from_every_present_cell) {
  BOOST_TEST(type_of({"1", "2.5", " -3e2 ", "+4"}) == ColumnType::numeric);
  BOOST_TEST(type_of({"1", "2", "3", "x"}) == ColumnType::categorical);
  BOOST_TEST(type_of({"1,5", "2,5"}) == ColumnType::categorical);
  BOOST_TEST(type_of({"1", "2", "1", "2"}) == ColumnType::numeric);  // few distinct integers stay numbers
  BOOST_TEST(type_of({"", "NA", "?"}) == ColumnType::numeric);
  for (const std::vector<std::string>& pair : std::vector<std::vector<std::string>>{{"yes", "no"},
                                                                                    {"Yes", "NO"},
                                                                                    {"sí", "no"},
                                                                                    {"SÍ", "no"},
                                                                                    {"si", "No"},
                                                                                    {"sí", "si", "no"},
                                                                                    {"true", "False"},
                                                                                    {"Verdadero", "falso"},
                                                                                    {"0", "1"},
                                                                                    {"no", "?", "no"},
                                                                                    {"true"}})
    BOOST_TEST(type_of(pair) == ColumnType::boolean);
  BOOST_TEST(type_of({"yes", "no", "sí"}) == ColumnType::categorical);
  BOOST_TEST(type_of({"yes", "false"}) == ColumnType::categorical);
  BOOST_TEST(type_of({"yes", "no", "1"}) == ColumnType::categorical);
  BOOST_TEST(type_of({"0", "1", "yes"}) == ColumnType::categorical);
  BOOST_TEST(type_of({"0", "1", "2"}) == ColumnType::numeric);
  BOOST_TEST(type_of({"0", "0"}) == ColumnType::numeric);  // a pixel that is always dark
  BOOST_TEST(type_of({"0", "1.0"}) == ColumnType::numeric);
}

BOOST_AUTO_TEST_CASE(a_late_cell_changes_the_type_of_every_row) {
  std::vector<std::string> cells(3000, "7");
  cells.back() = "x";
  const Column column = column_of(cells).column(0);
  BOOST_TEST(column.type == ColumnType::categorical);
  check_equal(column.levels, {"7", "x"});
  BOOST_TEST(column.codes.size() == 3000u);
  BOOST_TEST(column.codes.front() == 0);
  BOOST_TEST(column.codes.back() == 1);
  BOOST_TEST(column.values.empty());
}

BOOST_AUTO_TEST_CASE(a_column_of_numbers_with_a_few_words_is_doubted) {
  const auto doubt = [](std::int64_t numbers, const std::vector<std::string>& more, CsvOptions options = {}) {
    std::vector<std::string> cells(more);
    for (std::int64_t i = 0; i < numbers; ++i) cells.push_back(std::to_string(i));
    return column_of(cells, options).column(0).doubt;
  };
  BOOST_TEST(doubt(10, {"", "old", "NA"}) ==
             "t.csv:3: column \"x\": \"old\" is no number, and 10 of the column's 11 cells are");
  BOOST_TEST(doubt(9, {"old"}) == "");
  BOOST_TEST(doubt(18, {"a", "b"}) != "");
  BOOST_TEST(doubt(17, {"a", "b"}) == "");
  BOOST_TEST(doubt(20, {}) == "");
  BOOST_TEST(doubt(20, {"old"}, {.types = {{"x", ColumnType::categorical}}}) == "");
  std::vector<std::string> flags(40, "1");
  flags[7] = "0", flags[9] = "maybe";
  BOOST_TEST(column_of(flags).column(0).doubt ==
             "t.csv:11: column \"x\": \"maybe\" is no number, and 39 of the column's 40 cells are");
  const Table table = column_of(flags);
  const std::vector<std::int64_t> rows{3, 1};
  BOOST_TEST(table.select(rows).column(0).doubt == table.column(0).doubt);
}

BOOST_AUTO_TEST_CASE(a_column_of_numbers_with_both_decimal_signs_is_doubted) {
  const auto doubt = [](const std::string& first, const std::string& others, CsvOptions options = {.delimiter = ';'}) {
    std::string text = "x;y\n" + first + ";1\n";
    for (int i = 0; i < 10; ++i) text += others + ";1\n";
    return parse_csv(text, "t.csv", options).column(0).doubt;
  };
  BOOST_TEST(doubt("1.5", "2,5") == "t.csv:3: column \"x\": \"2,5\" has another decimal sign than a cell above it");
  BOOST_TEST(doubt("1,5", "2.5") == "t.csv:3: column \"x\": \"2.5\" has another decimal sign than a cell above it");
  BOOST_TEST(doubt("a", "2,5") == "t.csv:2: column \"x\": \"a\" is no number, and 10 of the column's 11 cells are");
  BOOST_TEST(doubt("1.5", "2,5", {.delimiter = ';', .decimal = ','}) ==
             "t.csv:2: column \"x\": \"1.5\" is no number, and 10 of the column's 11 cells are");
  BOOST_TEST(doubt("1,5", "2,5") == "");
}

BOOST_AUTO_TEST_CASE(missing_cells_are_nan_or_code_minus_one) {
  const std::vector<std::string> words{"", " ", "NA", "N/A", "nan", "NaN", "null", " ? "};
  for (const auto& present : {std::vector<std::string>{"2", "3"}, {"yes", "no"}, {"a", "b"}}) {
    std::vector<std::string> cells = words;
    cells.insert(cells.begin(), present[0]);
    cells.push_back(present[1]);
    const Column column = column_of(cells).column(0);
    BOOST_TEST(column.missing_count() == 8);
    for (std::int64_t row = 0; row < 10; ++row) BOOST_TEST(column.missing(row) == (row > 0 && row < 9));
  }
  check_equal(column_of({"a", "NA", "b"}).column(0).codes, {0, -1, 1});
  BOOST_TEST(std::isnan(column_of({"2", "NA", "3"}).column(0).values[1]));
}

BOOST_AUTO_TEST_CASE(the_words_for_missing_can_be_chosen) {
  const Column country = column_of({"NA", "ES", "--", ""}, {.missing = {"--"}}).column(0);  // NA is Namibia
  check_equal(country.levels, {"ES", "NA"});
  check_equal(country.codes, {1, 0, -1, -1});
}

BOOST_AUTO_TEST_CASE(levels_do_not_depend_on_the_order_of_rows) {
  check_equal(column_of({"c", "a", "b", "a"}).column(0).levels, column_of({"a", "b", "a", "c"}).column(0).levels);
  check_equal(column_of({"c", "a", " b", "a "}).column(0).codes, {2, 0, 1, 0});
  check_equal(column_of({"yes", "Yes", "no"}).column(0).levels, {"no", "Yes"});
  check_equal(column_of({"Yes", "yes", "no"}).column(0).levels, {"no", "Yes"});
  check_equal(column_of({"no"}).column(0).levels, {"no", "yes"});
}

BOOST_AUTO_TEST_CASE(many_levels_keep_their_codes) {
  std::vector<std::string> cells;
  for (int i = 0; i < 5000; ++i) cells.push_back("id" + std::to_string(i * 7919 % 5000));
  const Table ids = column_of(cells);
  BOOST_TEST(ids.column(0).levels.size() == 5000u);
  for (std::size_t i = 0; i < cells.size(); ++i)
    BOOST_REQUIRE(ids.column(0).levels[static_cast<std::size_t>(ids.column(0).codes[i])] == cells[i]);
}

BOOST_AUTO_TEST_CASE(a_declared_type_is_obeyed) {
  const auto as = [](const std::vector<std::string>& cells, ColumnType type) {
    return column_of(cells, {.types = {{"x", type}}}).column(0);
  };
  check_equal(as({"10", "9", "NA"}, ColumnType::categorical).levels, {"10", "9"});
  check_equal(as({"0", "1"}, ColumnType::numeric).values, {0, 1});
  check_equal(as({"1", "1"}, ColumnType::boolean).levels, {"0", "1"});
  BOOST_TEST(as({"yes", "no"}, ColumnType::categorical).type == ColumnType::categorical);
}

BOOST_AUTO_TEST_CASE(a_cell_that_is_not_of_the_declared_type_is_named) {
  const auto as = [](const std::string& cells, ColumnType type) {
    return refusal([&] { parse_csv("id,age\n" + cells, "churn.csv", {.types = {{"age", type}}}); });
  };
  BOOST_TEST(as("1,30\n\n2, old \n", ColumnType::numeric) == "churn.csv:4: column \"age\": \"old\" is no number");
  BOOST_TEST(as("1,yes\n2,maybe\n", ColumnType::boolean) ==
             "churn.csv:3: column \"age\": \"maybe\" is neither yes nor no, true nor false, 1 nor 0");
  BOOST_TEST(as("1,yes\n2,true\n", ColumnType::boolean) ==
             "churn.csv:3: column \"age\": \"true\" does not go with the \"no\" and \"yes\" of the rows above");
  BOOST_TEST(as("1,\"a\r\nb\"\n", ColumnType::numeric) == "churn.csv:2: column \"age\": \"a  b\" is no number");
  std::string long_cell;
  for (int i = 0; i < 50; ++i) long_cell += "ñ";
  BOOST_TEST(as("1,a" + long_cell + "\n", ColumnType::numeric) ==
             "churn.csv:2: column \"age\": \"a" + long_cell.substr(0, 58) + "…\" is no number");
}

BOOST_AUTO_TEST_CASE(infinities_among_numbers_are_told_and_not_taken_for_a_category) {
  const std::string expected = " is no finite number; leave the cell empty, or declare the column categorical";
  for (const std::string cell : {"inf", "-Infinity", "1e999", "NAN"}) {
    BOOST_TEST(refusal([&] { column_of({"1", cell, "3"}); }) == "t.csv:3: column \"x\": \"" + cell + "\"" + expected);
    BOOST_TEST(refusal([&] {
                 column_of({"1", cell}, {.types = {{"x", ColumnType::numeric}}});
               }) == "t.csv:3: column \"x\": \"" + cell + "\"" + expected);
    BOOST_TEST(type_of({"1", cell, "Ann"}) == ColumnType::categorical);
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_column_is_refused_with_the_nearest_name) {
  const Table churn = parse_csv("churn,age\nyes,3\n", "churn.csv");
  BOOST_TEST(refusal([&] { churn.column("chrn"); }) == "churn.csv: no column \"chrn\"; did you mean \"churn\"?");
  BOOST_TEST(refusal([&] { churn.column("salary"); }) == "churn.csv: no column \"salary\"");
  BOOST_TEST(refusal([&] { churn.column(2); }) == "churn.csv: no column 2 in a table of 2 (the first is 0)");
  BOOST_TEST(refusal([&] { churn.column(-1); }) == "churn.csv: no column -1 in a table of 2 (the first is 0)");
  BOOST_TEST(refusal([] {
               column_of({"1"}, {.types = {{"X1", ColumnType::numeric}}});
             }) == "t.csv: no column \"X1\"; did you mean \"x\"?");
  BOOST_TEST(churn.contains("age"));
  BOOST_TEST(!churn.contains("ages"));
  BOOST_TEST(churn.index("age") == 1);
}

BOOST_AUTO_TEST_CASE(selected_rows_keep_levels_lines_and_text) {
  const Table all = parse_csv("k,v,b\nb,1.50,no\n\"a\n\",2,yes\n c ,NA,no\n", "t.csv");
  const std::vector<std::int64_t> rows{2, 0, 2};
  const Table some = all.select(rows);
  BOOST_TEST(some.rows() == 3);
  check_equal(some.column("k").codes, {2, 1, 2});
  check_equal(some.column("k").levels, all.column("k").levels);
  check_equal(some.column("b").values, {0, 0, 0});
  check_equal(some.column("b").levels, {"no", "yes"});
  BOOST_TEST(some.column("v").missing(0));
  BOOST_TEST(some.column("v").values[1] == 1.5);
  BOOST_TEST(some.line(0) == 5);
  BOOST_TEST(some.where(1) == "t.csv:2");
  BOOST_TEST(some.text(0, 0) == "c");
  BOOST_TEST(some.text(1, 1) == "1.50");
  BOOST_TEST(some.select(std::vector<std::int64_t>{1}).line(0) == 2);  // rows of the selection, not of the file
  BOOST_TEST(all.select({}).rows() == 0);
  BOOST_TEST(all.select({}).columns() == 3);
  for (const std::int64_t bad : {-1, 3})
    BOOST_TEST(refusal([&] { all.select(std::vector{bad}); }) ==
               "t.csv: no row " + std::to_string(bad) + " in a table of 3 (the first is 0)");
  BOOST_TEST(refusal([&] { all.text(3, 0); }) == "t.csv: no row 3 in a table of 3 (the first is 0)");
  BOOST_TEST(refusal([&] { all.text(0, 3); }) == "t.csv: no column 3 in a table of 3 (the first is 0)");
}

BOOST_AUTO_TEST_CASE(a_column_can_be_read_anew_as_another_type) {
  Table table = parse_csv("zip,v\n08001,1\n8001,2\n28002,3\n", "t.csv");
  BOOST_TEST(table.column("zip").type == ColumnType::numeric);
  Table some = table.select(std::vector<std::int64_t>{1, 0});
  some.set_type("zip", ColumnType::categorical);
  check_equal(some.column("zip").levels, {"08001", "8001"});
  check_equal(some.column("zip").codes, {1, 0});
  BOOST_TEST(table.column("zip").type == ColumnType::numeric);  // copies are apart
  BOOST_TEST(refusal([&] { table.set_type("zip", ColumnType::boolean); }) ==
             "t.csv:2: column \"zip\": \"08001\" is neither yes nor no, true nor false, 1 nor 0");
  check_equal(table.column("zip").values, {8001, 8001, 28002});  // and a refusal changes nothing
}

BOOST_AUTO_TEST_CASE(a_decimal_comma_is_found_where_semicolons_separate_cells) {
  const Table table = parse_csv("a;b;c;d;e\n1,5;2.5;3;1,5;1,234,5\n-2,25e1;7;4;2.5;2\n;1e-1;5;3;3\n", "t.csv");
  BOOST_TEST(table.column("a").type == ColumnType::numeric);
  BOOST_TEST(table.column("a").values[0] == 1.5);
  BOOST_TEST(table.column("a").values[1] == -22.5);
  BOOST_TEST(table.column("a").missing(2));
  check_equal(table.column("b").values, {2.5, 7, 0.1});
  check_equal(table.column("c").values, {3, 4, 5});
  BOOST_TEST(table.column("d").type == ColumnType::categorical);  // both signs
  BOOST_TEST(table.column("e").type == ColumnType::categorical);
  BOOST_TEST(parse_csv("a;b\nx;1,5\ny;2\n").column("b").type == ColumnType::numeric);
  BOOST_TEST(parse_csv("a\tb\nx\t1,5\ny\t2\n").column("b").type == ColumnType::categorical);  // no semicolons
}

BOOST_AUTO_TEST_CASE(the_decimal_sign_can_be_given) {
  const Table comma = parse_csv("a\tb\n1,5\t2.5\n2\t3\n", "t.csv", {.decimal = ','});
  check_equal(comma.column("a").values, {1.5, 2});
  BOOST_TEST(comma.column("b").type == ColumnType::categorical);
  const Table point = parse_csv("a;b\n1,5;2.5\n2;3\n", "t.csv", {.decimal = '.'});
  BOOST_TEST(point.column("a").type == ColumnType::categorical);
  check_equal(point.column("b").values, {2.5, 3});
  Table later = parse_csv("a;b\n1,5;x\n2;y\n", "t.csv", {.types = {{"a", ColumnType::categorical}}, .decimal = ','});
  later.set_type("a", ColumnType::numeric);
  check_equal(later.column("a").values, {1.5, 2});
}

BOOST_AUTO_TEST_CASE(a_cell_with_the_other_decimal_sign_is_told) {
  const auto told = [](const std::string& text, CsvOptions options) {
    options.types = {{"a", ColumnType::numeric}};
    return refusal([&] { parse_csv(text, "t.csv", options); });
  };
  BOOST_TEST(told("a\n\"1,5\"\n", {}) == "t.csv:2: column \"a\": \"1,5\" is no number with a decimal point");
  BOOST_TEST(told("a;b\n1,5;1\n2.5;1\n", {}) == "t.csv:3: column \"a\": \"2.5\" is no number with a decimal comma");
  BOOST_TEST(told("a\n\"1,234.5\"\n", {}) == "t.csv:2: column \"a\": \"1,234.5\" is no number");
  BOOST_CHECK_THROW(parse_csv("a;b\n1;2\n", "t.csv", {.decimal = '\''}), ValueError);
  BOOST_CHECK_THROW(parse_csv("a,b\n1,2\n", "t.csv", {.decimal = ','}), ValueError);
  BOOST_TEST(parse_csv("a\n\"1,5\"\n", "t.csv", {.delimiter = ';', .decimal = ','}).column("a").values[0] == 1.5);
}

BOOST_AUTO_TEST_CASE(the_datasets_that_ship_load_with_their_types) {
  struct Expected {
    const char* name;
    std::int64_t rows, columns;
    const char* target;
    ColumnType type;
  };
  for (const Expected& e : {Expected{"telco_churn", 7043, 20, "churn", ColumnType::boolean},
                            Expected{"breast_cancer", 569, 31, "target", ColumnType::categorical},
                            Expected{"iris", 150, 5, "target", ColumnType::categorical},
                            Expected{"wine", 178, 14, "target", ColumnType::categorical},
                            Expected{"digits", 1797, 65, "target", ColumnType::numeric},
                            Expected{"diabetes", 442, 11, "target", ColumnType::numeric},
                            Expected{"longley", 16, 7, "employed", ColumnType::numeric}}) {
    const Table table = read_csv(dataset(e.name));
    BOOST_TEST(table.rows() == e.rows, e.name);
    BOOST_TEST(table.columns() == e.columns, e.name);
    BOOST_TEST(table.column(e.target).type == e.type, e.name);
  }
  const Table churn = read_csv(dataset("telco_churn"));
  BOOST_TEST(churn.column("total_charges").missing_count() == 11);
  std::int64_t yes = 0;
  for (const double value : churn.column("churn").values) yes += value == 1;
  BOOST_TEST(yes == 1869);
  check_equal(churn.column("contract").levels, {"Month-to-month", "One year", "Two year"});
}

BOOST_AUTO_TEST_SUITE_END()
