// cinta train --model: linear, logistic and perceptron beside the network with hidden layers, and what contradicts
// them.
#include "program_support.hpp"

#include <cinta/framework/io/npz.hpp>

#include <nlohmann/json.hpp>

#include <sstream>

namespace {

using namespace program_support;

Words train(const Workplace& work, const std::string& data, const std::string& target, Words more) {
  Words words{"train", "--data", data, "--target", target, "--epochs", "30", "--out", work.path("m")};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}
nlohmann::json file(const Workplace& work, const std::string& name) {
  return nlohmann::json::parse(work.read("m/" + name));
}
// Rows of two classes that a line separates.
std::string separable(const std::string& no, const std::string& yes) {
  std::string text = "a,b,y\n";
  for (int i = 0; i < 60; ++i) {
    const int a = i % 10, b = i / 10;
    text += std::to_string(a) + ',' + std::to_string(b) + ',' + (a + b > 7 ? yes : no) + '\n';
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(kinds)

BOOST_AUTO_TEST_CASE(each_kind_trains_evaluates_and_predicts) {
  struct Case {
    const char *model, *data, *target, *task;
    std::size_t figures;
  };
  for (const Case& c :
       {Case{"linear", "diabetes", "target", "regression", 3}, Case{"logistic", "breast_cancer", "target", "binary", 7},
        Case{"logistic", "iris", "target", "multiclass", 8}, Case{"mlp", "iris", "target", "multiclass", 8},
        Case{"perceptron", "breast_cancer", "target", "binary", 4}}) {
    const Workplace work;
    const Outcome outcome = work.run(train(work, dataset(c.data), c.target, {"--model", c.model}));
    BOOST_TEST(outcome.code == 0, outcome.error);
    BOOST_TEST(file(work, "metrics.json")["task"] == c.task);
    BOOST_TEST(file(work, "metrics.json")["test"].size() == c.figures);
    BOOST_TEST(file(work, "model.json")["model"] == c.model);
    BOOST_TEST((file(work, "model.json")["architecture"]["hidden"].empty()) == (std::string(c.model) != "mlp"));
    const Outcome evaluated = work.run({"evaluate", "--model", work.path("m"), "--data", dataset(c.data), "--json"});
    BOOST_TEST(evaluated.code == 0, evaluated.error);
    BOOST_TEST(nlohmann::json::parse(evaluated.out)["metrics"].size() == c.figures);
    BOOST_TEST(work.run({"predict", "--model", work.path("m"), "--data", dataset(c.data)}).code == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_perceptron_learns_what_a_line_separates_and_answers_0_or_1) {
  const Workplace work;
  for (const auto& [no, yes] : {std::pair<std::string, std::string>{"0", "1"}, {"no", "yes"}, {"cat", "dog"}}) {
    const std::string data = work.file("data.csv", separable(no, yes));
    const Outcome outcome =
        work.run(train(work, data, "y", {"--model", "perceptron", "--valid", "0", "--epochs=100", "--patience", "0"}));
    BOOST_TEST(outcome.code == 2);  // --epochs stands twice
    Words words = train(work, data, "y", {"--model", "perceptron", "--valid", "0"});
    words[6] = "100";
    const Outcome trained = work.run(words);
    BOOST_TEST(trained.code == 0, trained.error);
    BOOST_TEST(
        trained.out.find("gradient_descent(weight_decay = 0, learning_rate = 0.1); batch 1,") != std::string::npos,
        trained.out);
    const Outcome all = work.run({"evaluate", "--model", work.path("m"), "--data", data, "--json"});
    BOOST_TEST(nlohmann::json::parse(all.out)["metrics"]["accuracy"].get<double>() == 1);
    std::istringstream lines(work.run({"predict", "--model", work.path("m"), "--data", data}).out);
    std::string line;
    std::getline(lines, line);
    BOOST_TEST(line == "class,p(" + no + "),p(" + yes + ")");
    while (std::getline(lines, line))
      BOOST_TEST((line == no + ",1.000000,0.000000" || line == yes + ",0.000000,1.000000"), line);
  }
}

BOOST_AUTO_TEST_CASE(what_a_kind_does_not_take_is_told) {
  const Workplace work;
  const auto check = [&](const std::string& data, Words more, const std::string& sentence) {
    check_refused(work.run(train(work, data, "target", std::move(more))), sentence);
    BOOST_TEST(!work.has("m"), sentence);
  };
  const std::string iris = dataset("iris"), diabetes = dataset("diabetes");
  check(iris, {"--model", "liner"},
        "there is no model \"liner\"; it is one of mlp, linear, logistic, perceptron; did you mean \"linear\"?");
  check(iris, {"--model", "linear"},
        "the target \"target\" has classes, and --model linear predicts a number; take --model logistic");
  check(iris, {"--model", "linear", "--task", "multiclass"},
        "--model linear is a regression, and --task says multiclass");
  check(diabetes, {"--model", "linear", "--hidden", "8"},
        "--model linear has no hidden layer, and --hidden is about those of --model mlp");
  check(diabetes, {"--model", "linear", "--dropout", "0.1"},
        "--model linear has no hidden layer, and --dropout is about those of --model mlp");
  check(diabetes, {"--model", "logistic"},
        "the target \"target\" is a number to predict, and --model logistic tells classes apart; take --model linear");
  check(diabetes, {"--model", "logistic", "--task", "regression"},
        "--model logistic tells classes apart, and --task says regression");
  check(iris, {"--model", "perceptron"},
        "--model perceptron tells two classes apart, and the target \"target\" has more");
  check(diabetes, {"--model", "perceptron"},
        "--model perceptron tells two classes apart, and the target \"target\" is a number to predict");
  check(iris, {"--model", "perceptron", "--task", "multiclass"},
        "--model perceptron tells two classes apart, and --task says multiclass");
  check(iris, {"--model", "perceptron", "--class-weight", "balanced"},
        "--class-weight: the perceptron's rule takes one example at a time, as it is");
}

BOOST_AUTO_TEST_CASE(labels_of_a_perceptron_other_than_0_and_1_are_told) {
  const Workplace work;
  const std::string data = work.file("data.csv", separable("-1", "1"));
  check_refused(work.run(train(work, data, "y", {"--model", "perceptron"})),
                "the perceptron's labels are 0 and 1, and the target \"y\" has -1 and 1");
  cinta::save_npz(work.path("a.npz"), {{"x", cinta::Tensor{{1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}}},
                                       {"y", cinta::tensor({1, 1, 1, 1, 2, 2, 2, 2}, cinta::i32)}});
  check_refused(
      work.run({"train", "--data", work.path("a.npz"), "--model", "perceptron", "--valid", "0", "--test", "0.25"}),
      "the perceptron's labels are 0 and 1, and the target y has 1 and 2");
}

BOOST_AUTO_TEST_SUITE_END()
