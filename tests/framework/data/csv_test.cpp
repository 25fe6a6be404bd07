#include <boost/test/unit_test.hpp>

#include <cinta/framework/core/error.hpp>
#include <cinta/framework/data/csv.hpp>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

using namespace cinta;
using namespace std::string_literals;

namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(const Csv& csv) {
  Rows out;
  for (std::int64_t r = 0; r < csv.rows(); ++r) {
    out.emplace_back();
    for (std::int64_t c = 0; c < csv.columns(); ++c) out.back().emplace_back(csv.cell(r, c));
  }
  return out;
}

Rows rows_of(std::string text) { return rows_of(Csv::parse(std::move(text), "t.csv")); }

std::string refusal(std::string text) {
  try {
    Csv::parse(std::move(text), "t.csv");
  } catch (const DataError& error) {
    return error.what();
  }
  return "accepted";
}

std::string file_refusal(const std::string& path) {
  try {
    Csv::read(path);
  } catch (const FileError& error) {
    return error.what();
  }
  return "accepted";
}

void check_rows(const Rows& found, const Rows& expected) {
  BOOST_REQUIRE_EQUAL(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    BOOST_CHECK_EQUAL_COLLECTIONS(found[i].begin(), found[i].end(), expected[i].begin(), expected[i].end());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(csv)

BOOST_AUTO_TEST_CASE(quotes_protect_delimiters_line_ends_and_quotes) {
  check_rows(rows_of("a,b\n\"1,5\",\"x\ny\"\n\"say \"\"hi\"\"\",\"\"\"\"\n\"\",\"a\r\nb\rc\"\n"),
             {{"1,5", "x\ny"}, {"say \"hi\"", "\""}, {"", "a\r\nb\rc"}});
}

BOOST_AUTO_TEST_CASE(lines_end_in_lf_crlf_or_cr_and_the_last_may_have_no_end) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    for (const std::string& last : {""s, end}) {
      check_rows(rows_of("a,b" + end + "1,2" + end + "3," + last), {{"1", "2"}, {"3", ""}});
      check_rows(rows_of("a,b" + end + "1,2" + end + "3,\"4\"" + last), {{"1", "2"}, {"3", "4"}});
    }
  }
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_dropped) {
  const Csv table = Csv::parse("\xEF\xBB\xBF\"a\",b\n1,2\n", "t.csv");
  BOOST_TEST(table.header()[0] == "a");
  BOOST_TEST(table.cell(0, 0) == "1");
}

BOOST_AUTO_TEST_CASE(blank_lines_are_skipped_and_still_counted) {
  const Csv table = Csv::parse("\n  \na,b\n\n1,2\r\n\t\r\n3,4\n \n", "t.csv");
  check_rows(rows_of(table), {{"1", "2"}, {"3", "4"}});
  BOOST_TEST(table.line(0) == 5);
  BOOST_TEST(table.line(1) == 7);
}

BOOST_AUTO_TEST_CASE(a_line_of_empty_cells_is_a_row) {
  check_rows(rows_of("a,b\n,\n1,2\n"), {{"", ""}, {"1", "2"}});
  check_rows(rows_of("a\n\"\"\n1\n"), {{""}, {"1"}});
  check_rows(rows_of("a\tb\n\t\n1\t2\n"), {{"", ""}, {"1", "2"}});
}

BOOST_AUTO_TEST_CASE(blanks_belong_to_unquoted_cells_and_not_to_quoted_ones) {
  check_rows(rows_of("a,b\n 1 , \"x, y\" \n"), {{" 1 ", "x, y"}});
  check_rows(rows_of("a\tb\n 1\t \"x\ty\" \n\t\"\"\n"), {{" 1", "x\ty"}, {"", ""}});
}

BOOST_AUTO_TEST_CASE(a_quote_inside_an_unquoted_cell_is_kept) {
  check_rows(rows_of("size,price\n24\" screen,199\n5\"\",2\n"), {{"24\" screen", "199"}, {"5\"\"", "2"}});
}

BOOST_AUTO_TEST_CASE(names_of_columns_lose_their_blanks_and_an_absent_one_is_made_up) {
  const Csv table = Csv::parse(" a ,,\" b\",año\n1,2,3,4\n", "t.csv");
  const std::vector<std::string> expected{"a", "unnamed_2", "b", "año"};
  BOOST_CHECK_EQUAL_COLLECTIONS(table.header().begin(), table.header().end(), expected.begin(), expected.end());
}

BOOST_AUTO_TEST_CASE(lines_are_those_of_the_file_where_the_record_starts) {
  const Csv table = Csv::parse("a,\"b\nc\"\r\n\"1\r\n1\",\"2\r2\"\r\n3,4\r\n", "t.csv");
  BOOST_TEST(table.line(0) == 3);
  BOOST_TEST(table.line(1) == 6);
}

BOOST_AUTO_TEST_CASE(the_delimiter_is_found) {
  const auto found = [](std::string text) { return Csv::parse(std::move(text), "t.csv").delimiter(); };
  for (const char d : {',', ';', '\t', '|'}) {
    const std::string s(1, d);
    BOOST_TEST(found("a" + s + "b\n1" + s + "2\n") == d);
    // the others occur, evenly too, but only inside quotes
    BOOST_TEST(found("\"a,;\t|,;\t|\"" + s + "b\n\"1,;\t|,;\t|\"" + s + "2\n") == d);
  }
  BOOST_TEST(found("a;b\n1,5;2,5\n3,5;4,5\n") == ';');           // decimal commas
  BOOST_TEST(found("name, first;age\nx;1\ny;2\n") == ';');       // splits evenly, the comma does not
  BOOST_TEST(found("a|b;c|d\n1|2;3|4\n") == '|');                // both do: the one with more cells
  BOOST_TEST(found("a;b,c\n1;2,3\n") == ',');                    // both do, alike: the first of the four
  BOOST_TEST(found("a\n1\n2\n") == ',');                         // one column
  BOOST_TEST(found("a;\"b\nc,d\";e\n1;\"2\n3,4\";5\n") == ';');  // quoted line ends
}

BOOST_AUTO_TEST_CASE(a_given_delimiter_is_used) {
  const Csv table = Csv::parse("a,b;c\n1,2;3\n", "t.csv", ';');
  BOOST_TEST(table.columns() == 2);
  BOOST_TEST(table.cell(0, 0) == "1,2");
  BOOST_TEST(Csv::parse("a b\n1 \n", "t.csv", ' ').cell(0, 1) == "");
  for (const char bad : {'"', '\n', '\r', '\0', '\xC3'})
    BOOST_CHECK_THROW(Csv::parse("a,b\n1,2\n", "t.csv", bad), ValueError);
}

BOOST_AUTO_TEST_CASE(a_record_of_another_width_is_named_by_file_and_line) {
  BOOST_TEST(refusal("a,b,c\n1,2,3\n\n1,\"x\ny\"\n") == "t.csv:4: 2 cells where the header has 3");
  BOOST_TEST(refusal("a,b\n\"1\n1\",2\n1,2,3\n") == "t.csv:4: 3 cells where the header has 2");
  BOOST_TEST(refusal("a,b\n1\n") == "t.csv:2: 1 cell where the header has 2");
  BOOST_TEST(refusal("a,b\n1,2,\n") == "t.csv:2: 3 cells where the header has 2");
}

BOOST_AUTO_TEST_CASE(a_quote_that_never_closes_is_named_where_it_opens) {
  BOOST_TEST(refusal("a,b\n1,2\n\"x\ny\",\"3\n4,5\n") == "t.csv:4: a quote opens cell 2 and is never closed");
  BOOST_TEST(refusal("a,b\n1,\"\"\"\n") == "t.csv:2: a quote opens cell 2 and is never closed");
  BOOST_TEST(refusal("\"") == "t.csv:1: a quote opens cell 1 and is never closed");
}

BOOST_AUTO_TEST_CASE(text_after_a_closing_quote_is_refused) {
  const std::string expected =
      "t.csv:3: text follows the closing quote of cell 2; a quote inside a quoted cell is written twice";
  BOOST_TEST(refusal("a,b\n1,2\n3,\"x\" y\n") == expected);
  BOOST_TEST(refusal("a,b\n1,\"2\n\"x\n") == expected);  // the line of the text, not of the record
}

BOOST_AUTO_TEST_CASE(two_columns_of_one_name_are_refused) {
  BOOST_TEST(refusal("age,b, age\n1,2,3\n") == "t.csv:1: columns 1 and 3 are both named \"age\"");
  BOOST_TEST(refusal("unnamed_2,\n1,2\n") == "t.csv:1: columns 1 and 2 are both named \"unnamed_2\"");
}

BOOST_AUTO_TEST_CASE(a_file_without_header_or_rows_is_refused) {
  for (const std::string text : {"", "\xEF\xBB\xBF", "\n \r\n"})
    BOOST_TEST(refusal(text) == "t.csv: the file is empty");
  for (const std::string text : {"a,b", "a,b\n", "a,b\r\n\r\n"})
    BOOST_TEST(refusal(text) == "t.csv: the file has a header and no rows");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_utf8_are_named_by_line_and_column) {
  BOOST_TEST(refusal("a,b\r\n1,a\xC3\xB1o\xE9\n") ==
             "t.csv:2: column 6: the byte 0xE9 is no UTF-8; if the file is Latin-1, "
             "convert it with iconv -f latin1 -t utf-8");
  const auto accepted = [](const std::string& bytes) { return refusal("a\n" + bytes + "\n") == "accepted"; };
  for (const std::string good : {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
                                 "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
    BOOST_TEST(accepted(good));
  for (const std::string bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xE0\x9F\xBF", "\xE2\x82", "\xED\xA0\x80",
                                "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF0\x9F\x98", "\xFF"})
    for (const std::string before : {"", "1234567", "12345678"})  // the check goes by words of eight bytes
      BOOST_TEST(!accepted(before + bad + "1234567"));
}

BOOST_AUTO_TEST_CASE(nul_bytes_and_utf16_are_refused) {
  for (const std::size_t at : {0u, 3u, 8u, 9u, 40u}) {
    std::string text = "a" + std::string(50, 'x') + "\n1\n";
    text[at] = '\0';
    BOOST_TEST(refusal(text) == "t.csv:1: column " + std::to_string(at + 1) +
                                    ": a NUL byte, which no text has; is this a UTF-16 or a binary file?");
  }
  BOOST_TEST(refusal("\xFF\xFE"s + "a\0"s) == "t.csv: the file is UTF-16; convert it with iconv -f utf-16 -t utf-8");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_says_why) {
  BOOST_TEST(file_refusal("no/such.csv") == "cannot read \"no/such.csv\": no such file or directory");
  BOOST_TEST(file_refusal("/") == "cannot read \"/\": is a directory");
  BOOST_TEST(file_refusal("/proc/self/mem") == "cannot read \"/proc/self/mem\": input/output error");
}

BOOST_AUTO_TEST_CASE(files_and_pipes_are_read_whole) {
  std::string text = "a,b\n";
  for (int i = 0; i < 5000; ++i) text += std::to_string(i) + ",x\n";  // less than a pipe holds
  const auto path = std::filesystem::temp_directory_path() / ("cinta_csv_test_" + std::to_string(::getpid()));
  std::ofstream(path, std::ios::binary) << text;
  const Csv from_file = Csv::read(path.string());
  std::filesystem::remove(path);
  int ends[2];
  BOOST_REQUIRE(::pipe(ends) == 0);
  BOOST_REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  ::close(ends[1]);
  const Csv from_pipe = Csv::read("/proc/self/fd/" + std::to_string(ends[0]));
  ::close(ends[0]);
  for (const Csv* table : {&from_file, &from_pipe}) {
    BOOST_TEST(table->rows() == 5000);
    BOOST_TEST(table->cell(4999, 0) == "4999");
  }
}

BOOST_AUTO_TEST_CASE(what_a_careful_writer_writes_is_read_back) {
  std::mt19937 random(1);
  const auto below = [&](unsigned n) { return random() % n; };
  const std::vector<std::string> pieces{"a", "\"", ",", ";", "\n", "\r", " ", "\t", "é", "😀", "1", "|"};
  for (int round = 0; round < 300; ++round) {
    const char delimiter = ",;\t|"[below(4)];
    const std::string end = below(2) ? "\n" : "\r\n";
    const unsigned columns = 1 + below(5), rows = 1 + below(round == 0 ? 1 : 2000 / (1 + below(200)));
    std::string text;
    for (unsigned c = 0; c < columns; ++c) text += (c ? std::string(1, delimiter) : "") + "c" + std::to_string(c);
    Rows expected;
    for (unsigned r = 0; r < rows; ++r) {
      text += end;
      expected.emplace_back();
      for (unsigned c = 0; c < columns; ++c) {
        std::string cell, written = "\"";
        for (unsigned k = below(4); k > 0; --k) cell += pieces[below(12)];
        for (const char ch : cell) written += ch == '"' ? "\"\"" : std::string(1, ch);
        const bool plain = cell.find_first_of("\",;\t|\n\r ") == std::string::npos && !cell.empty();
        text += (c ? std::string(1, delimiter) : "") + (plain ? cell : written + "\"");
        expected.back().push_back(cell);
      }
    }
    const Rows found = rows_of(Csv::parse(text, "t.csv", delimiter));
    BOOST_REQUIRE(found == expected);
    if (columns > 1) BOOST_REQUIRE(rows_of(Csv::parse(text, "t.csv")) == expected);  // and the delimiter is found
  }
}

BOOST_AUTO_TEST_CASE(damaged_text_is_read_or_refused_and_nothing_else) {
  std::mt19937 random(2);
  const std::string sound = "\xEF\xBB\xBF\"a\",b;c\r\n\"x, \"\"y\"\"\",2\t|\r\n\n3,\"4\n5\"\n\xC3\xB1,\" \" \n";
  const std::string bytes = "\"\",;\t|\n\r \xC3\xB1\xFF\0a"s;
  int read = 0, refused = 0;
  for (int round = 0; round < 30000; ++round) {
    std::string text = sound.substr(0, random() % (sound.size() + 1));
    for (unsigned k = random() % 4; k > 0 && !text.empty(); --k)
      text[random() % text.size()] = bytes[random() % bytes.size()];
    try {
      const Csv table = Csv::parse(text, "t.csv");
      std::size_t size = 0;
      for (const auto& row : rows_of(table)) {
        BOOST_REQUIRE(row.size() == table.header().size());
        for (const auto& cell : row) size += cell.size();
      }
      BOOST_REQUIRE(size <= text.size());
      BOOST_REQUIRE(table.line(table.rows() - 1) <=
                    1 + std::count_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }));
      ++read;
    } catch (const DataError&) {
      ++refused;
    }
  }
  BOOST_TEST(read > 1000);
  BOOST_TEST(refused > 1000);
}

BOOST_AUTO_TEST_SUITE_END()
