// cinta evaluate: the figures that training printed, and what is told of cells that training did not have.
#include "program_support.hpp"

#include <cinta/framework/data/partition.hpp>
#include <cinta/framework/data/table.hpp>

#include <sstream>

namespace {

using namespace program_support;

// Rows of a table as a CSV file.
std::string csv_of(const cinta::Table& table, const std::vector<std::int64_t>& rows) {
  std::string text;
  for (std::int64_t j = 0; j < table.columns(); ++j)
    text += (j > 0 ? "," : "") + table.names()[static_cast<std::size_t>(j)];
  for (const std::int64_t i : rows) {
    text += '\n';
    for (std::int64_t j = 0; j < table.columns(); ++j) text += (j > 0 ? "," : "") + std::string(table.text(i, j));
  }
  return text + '\n';
}

// The lines "name  figure" of the test metrics, the network's column alone.
Words figures(const std::string& text, const std::string& first) {
  Words found;
  std::istringstream lines(text.substr(text.find("\n" + first)));
  std::string line, name, value;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    if (words >> name >> value && name.find(':') == std::string::npos) found.push_back(name + " " + value);
    else if (!found.empty()) break;
  }
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluate)

BOOST_AUTO_TEST_CASE(gives_the_figures_that_train_printed_for_the_same_rows) {
  struct Case {
    const char *data, *target, *first;
    std::size_t figures;
    bool stratified;
  };
  for (const Case& c : {Case{"breast_cancer", "target", "accuracy", 7, true},
                        Case{"iris", "target", "accuracy", 8, true}, Case{"diabetes", "target", "rmse", 3, true}}) {
    const Workplace work;
    const Outcome trained = work.run({"train", "--data", dataset(c.data), "--target", c.target, "--hidden", "8",
                                      "--epochs", "4", "--seed", "3", "--out", work.path("model")});
    BOOST_TEST(trained.code == 0, trained.error);
    const cinta::Table table = cinta::read_csv(dataset(c.data));
    const cinta::Partition part =
        cinta::partition(table, c.target, {.valid = 0.15, .test = 0.2, .seed = 3, .stratified = c.stratified});
    const Outcome outcome = work.run(
        {"evaluate", "--model", work.path("model"), "--data", work.file("test.csv", csv_of(table, part.test))});
    BOOST_TEST(outcome.code == 0, outcome.error);
    const Words found = figures(outcome.out, c.first);
    BOOST_TEST(found.size() == c.figures, outcome.out);
    BOOST_TEST((found == figures(trained.out, c.first)), trained.out << outcome.out);
  }
}

BOOST_AUTO_TEST_CASE(tells_of_missing_cells_and_of_categories_that_training_did_not_have) {
  const Workplace work;
  const std::string data = work.file("a.csv",
                                     "size,colour,y\n1,red,1.5\n2,blue,2.5\n3,red,3.25\n4,blue,4\n5,red,5\n6,blue,6\n7,"
                                     "red,7\n8,blue,8\n9,red,9\n10,blue,10\n");
  BOOST_TEST(
      work.run({"train", "--data", data, "--target", "y", "--hidden", "none", "--epochs", "1", "--out", work.path("m")})
          .code == 0);
  const Outcome outcome = work.run(
      {"evaluate", "--model", work.path("m"), "--data", work.file("b.csv", "size,colour,y\n,green,1\n2,green,2\n")});
  BOOST_TEST(outcome.code == 0, outcome.error);
  BOOST_TEST(outcome.out.find("size: 1 missing cells") != std::string::npos, outcome.out);
  BOOST_TEST(outcome.out.find("\"green\", 2 times, was not seen in training") != std::string::npos, outcome.out);
}

BOOST_AUTO_TEST_SUITE_END()
