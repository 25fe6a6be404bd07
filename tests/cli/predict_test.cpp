// cinta predict: one line for each row, in the table's order.
#include "program_support.hpp"

#include <sstream>

namespace {

using namespace program_support;

Words lines_of(const std::string& text) {
  Words lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string text_of(const Words& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

std::string train(const Workplace& work, const std::string& data, Words more = {}) {
  Words words{"train",        "--data", dataset(data), "--target", data == "telco_churn" ? "churn" : "target",
              "--hidden",     "8",      "--epochs",    "4",        "--out",
              work.path(data)};
  words.insert(words.end(), more.begin(), more.end());
  const Outcome outcome = work.run(words);
  BOOST_TEST(outcome.code == 0, outcome.error);
  return work.path(data);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(predict)

BOOST_AUTO_TEST_CASE(keeps_the_order_of_the_rows) {
  const Workplace work;
  for (const char* data : {"iris", "diabetes", "breast_cancer"}) {
    const std::string model = train(work, data);
    Words table = lines_of(cinta::read_file(dataset(data)));
    BOOST_TEST(
        work.run({"predict", "--model", model, "--data", dataset(data), "--out", work.path("forward.csv")}).code == 0);
    std::reverse(table.begin() + 1, table.end());
    BOOST_TEST(work.run({"predict", "--model", model, "--data", work.file("reversed", text_of(table)), "--out",
                         work.path("backward.csv")})
                   .code == 0);
    const Words forward = lines_of(work.read("forward.csv"));
    Words backward = lines_of(work.read("backward.csv"));
    BOOST_TEST(forward.size() == table.size());
    BOOST_TEST((forward != backward));
    std::reverse(backward.begin() + 1, backward.end());
    BOOST_TEST((forward == backward), data);
    const Words alone{table[0], table[table.size() - 3]};  // the third row by itself
    const Outcome one = work.run({"predict", "--model", model, "--data", work.file("alone", text_of(alone))});
    BOOST_TEST(one.out == forward[0] + "\n" + forward[3] + "\n");
  }
}

BOOST_AUTO_TEST_CASE(writes_the_class_and_the_probability_of_each) {
  const Workplace work;
  const Outcome outcome = work.run({"predict", "--model", train(work, "iris"), "--data", dataset("iris")});
  const Words lines = lines_of(outcome.out);
  BOOST_TEST(lines[0] == "class,p(setosa),p(versicolor),p(virginica)");
  for (std::size_t i = 1; i < lines.size(); ++i) {
    std::string line = lines[i], name = line.substr(0, line.find(','));
    std::replace(line.begin(), line.end(), ',', ' ');
    std::istringstream in(line.substr(name.size()));
    double p[3];
    in >> p[0] >> p[1] >> p[2];
    BOOST_TEST(std::abs(p[0] + p[1] + p[2] - 1) < 2e-6);
    const char* names[] = {"setosa", "versicolor", "virginica"};
    BOOST_TEST(name == names[std::max_element(p, p + 3) - p], lines[i]);
  }
}

BOOST_AUTO_TEST_CASE(does_not_need_the_target_and_passes_over_other_columns) {
  const Workplace work;
  const std::string model = train(work, "iris");
  const std::string data =
      work.file("new.csv", "id,petal_width,petal_length,sepal_width,sepal_length\nA1,0.2,1.4,3.5,5.1\n");
  const Outcome outcome = work.run({"predict", "--model", model, "--data", data});
  BOOST_TEST(outcome.code == 0, outcome.error);
  const Words whole = lines_of(work.run({"predict", "--model", model, "--data", dataset("iris")}).out);
  BOOST_TEST(lines_of(outcome.out)[1] == whole[1]);  // iris begins with this row
}

BOOST_AUTO_TEST_CASE(a_model_may_be_moved) {
  const Workplace work;
  const std::string model = train(work, "iris");
  const std::string before = work.run({"predict", "--model", model, "--data", dataset("iris")}).out;
  fs::rename(model, work.path("elsewhere"));
  BOOST_TEST((work.run({"predict", "--model", work.path("elsewhere"), "--data", dataset("iris")}).out == before));
}

BOOST_AUTO_TEST_CASE(predictions_cost_neither_the_model_nor_the_data) {
  const Workplace work;
  BOOST_REQUIRE(work.run(train_iris({"--out", work.path("m")})).code == 0);
  const std::string before = work.read("m/model.json"), data = work.file("d.csv", cinta::read_file(dataset("iris")));
  const auto told = [&](const std::string& out) {
    return work.run({"predict", "--model", work.path("m"), "--data", data, "--out", out});
  };
  BOOST_TEST(told(data).code == 2);
  BOOST_TEST(told(data).error.find("is the file of --data") != std::string::npos);
  BOOST_TEST(told(work.path("m/new.csv")).error.find("lies in the folder of the model") != std::string::npos);
  BOOST_TEST(told(work.path("p.xlsx")).error.find("predictions are written as .csv, .npy or .npz") !=
             std::string::npos);
  BOOST_TEST((work.read("m/model.json") == before));
  BOOST_TEST((work.read("d.csv") == cinta::read_file(dataset("iris"))));
}

BOOST_AUTO_TEST_SUITE_END()
