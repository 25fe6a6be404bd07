// The types of a table's columns, found, doubted and given: --number and --category, and what a model keeps of them.
#include "program_support.hpp"

namespace {

using namespace program_support;

// Thirty rows: a size, of which one is a word, a code that is a number, and the target.
std::string sizes(const std::string& word, bool with_target = true) {
  std::string text = with_target ? "size,code,y\n" : "size,code\n";
  for (int i = 0; i < 30; ++i) {
    text += (i == 20 ? word : std::to_string(i)) + (i % 3 == 0 ? ",10" : i % 3 == 1 ? ",20" : ",30");
    text += !with_target ? "\n" : i % 2 == 0 ? ",no\n" : ",yes\n";
  }
  return text;
}

Outcome train(const Workplace& work, const std::string& data, const Words& more = {}) {
  Words words{"train",    "--data", data,    "--target",        "y", "--hidden", "none",
              "--epochs", "2",      "--out", work.path("model")};
  words.insert(words.end(), more.begin(), more.end());
  return work.run(words);
}
Outcome apply(const Workplace& work, const char* command, const std::string& data) {
  return work.run({command, "--model", work.path("model"), "--data", data});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(column_types)

BOOST_AUTO_TEST_CASE(a_word_among_numbers_is_told_with_what_can_be_done) {
  const Workplace work;
  const std::string data = work.file("data.csv", sizes("large"));
  check_refused(train(work, data),
                data +
                    ":22: column \"size\": \"large\" is no number, and 29 of the column's 30 cells are; mend it, leave "
                    "it empty where nothing is known, or declare the column categorical: --category size");
  check_refused(train(work, data, {"--number", "size"}), data + ":22: column \"size\": \"large\" is no number");
  BOOST_TEST(!work.has("model"));
  for (const char* flag : {"--category", "--drop"}) {
    const Outcome outcome = train(work, data, {flag, "size"});
    BOOST_TEST(outcome.code == 0, outcome.error);
  }
}

BOOST_AUTO_TEST_CASE(a_word_among_the_numbers_of_the_target_is_told) {
  const Workplace work;
  std::string text = "x,y\n";
  for (int i = 0; i < 40; ++i) text += std::to_string(i) + ',' + (i == 7 ? "low" : std::to_string(i * i)) + '\n';
  const std::string data = work.file("data.csv", text);
  for (const Words& kind : {Words{}, Words{"--model", "logistic"}, Words{"--model", "perceptron"}})
    check_refused_so(train(work, data, kind),
                     data + ":9: column \"y\": \"low\" is no number, and 39 of the column's 40 cells are; mend it, ");
  for (const Words& kind : {Words{"--model", "linear"}, Words{"--task", "regression"}, Words{"--number", "y"}})
    check_refused(train(work, data, kind), data + ":9: column \"y\": \"low\" is no number");
}

BOOST_AUTO_TEST_CASE(a_model_keeps_the_types_it_was_trained_with) {
  const Workplace work;
  const Outcome outcome = train(work, work.file("data.csv", sizes("20")), {"--category", "code", "--number", "size"});
  BOOST_REQUIRE_MESSAGE(outcome.code == 0, outcome.error);
  const std::string text = work.file("text.csv", sizes("large", false));
  check_refused(apply(work, "predict", text), text + ":22: column \"size\": \"large\" is no number");
  const std::string known = work.file("known.csv", sizes("large"));
  check_refused(apply(work, "evaluate", known), known + ":22: column \"size\": \"large\" is no number");
  const Outcome other = apply(work, "evaluate", work.file("other.csv", "size,code,y\n1,10,no\n2,15,yes\n"));
  BOOST_TEST(other.code == 0, other.error);
  BOOST_TEST(other.out.find("code: \"15\", 1 times, was not seen in training") != std::string::npos, other.out);
}

BOOST_AUTO_TEST_CASE(numbers_of_the_target_can_be_declared_classes) {
  const Workplace work;
  std::string text = "x,y\n";
  for (int i = 0; i < 40; ++i) text += std::to_string(i) + (i % 2 == 0 ? ",2.5\n" : ",7\n");
  const std::string data = work.file("data.csv", text);
  BOOST_TEST(train(work, data).out.find("target    y (regression)") != std::string::npos);
  const Outcome outcome = train(work, data, {"--category", "y"});
  BOOST_TEST(outcome.out.find("target    y (binary: 2.5, 7)") != std::string::npos, outcome.out + outcome.error);
  BOOST_TEST(apply(work, "evaluate", data).code == 0);
}

BOOST_AUTO_TEST_CASE(types_that_contradict_or_name_no_column_are_told) {
  const Workplace work;
  const std::string data = work.file("data.csv", sizes("20"));
  check_refused(train(work, data, {"--number", "sise"}), data + ": no column \"sise\"; did you mean \"size\"?");
  check_refused(train(work, data, {"--category", "size,cod"}), data + ": no column \"cod\"; did you mean \"code\"?");
  check_refused(train(work, data, {"--category", "size", "--number", "code,size"}),
                "the column \"size\" stands under --number and under --category");
  check_refused(train(work, data, {"--number", "code", "--ordered", "code=10<20<30"}),
                "the column \"code\" stands under --number and under --ordered");
  check_refused(train(work, data, {"--weight", "size", "--category", "size"}),
                "the column \"size\" stands under --weight and under --category");
  check_refused(train(work, data, {"--number", "y"}), data + ":2: column \"y\": \"no\" is no number");
}

BOOST_AUTO_TEST_SUITE_END()
