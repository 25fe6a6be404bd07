// cinta train --weight and --class-weight: they change what is learned as they should, and what is no weight is told.
#include "program_support.hpp"

#include <nlohmann/json.hpp>

namespace {

using namespace program_support;

// Two rows of each kind that contradict each other: the target follows whichever weighs more.
std::string contradictory(const std::string& w_no, const std::string& w_yes) {
  std::string text = "a,w,y\n";
  for (int i = 0; i < 60; ++i) text += std::to_string(i % 5) + (i % 2 ? "," + w_yes + ",yes\n" : "," + w_no + ",no\n");
  return text;
}
Words train(const Workplace& work, const std::string& data, Words more) {
  Words words{"train",    "--data", data,   "--target", "y",     "--model",     "logistic",
              "--epochs", "100",    "--lr", "0.1",      "--out", work.path("m")};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}
// The mean probability of "yes" that the trained model gives.
double mean_yes(const Workplace& work, const std::string& data) {
  const auto json =
      nlohmann::json::parse(work.run({"predict", "--model", work.path("m"), "--data", data, "--json"}).out);
  double sum = 0;
  for (const auto& row : json["predictions"]) sum += row["probabilities"]["yes"].get<double>();
  return sum / static_cast<double>(json["predictions"].size());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(weights)

BOOST_AUTO_TEST_CASE(rows_count_by_their_weight_and_the_column_is_no_feature) {
  const Workplace work;
  const std::string data = work.file("data.csv", contradictory("1", "4"));
  const Outcome outcome = work.run(train(work, data, {"--weight", "w"}));
  BOOST_TEST(outcome.code == 0, outcome.error);
  BOOST_TEST(outcome.out.find("features  1 from 1 columns") != std::string::npos, outcome.out);
  BOOST_TEST(mean_yes(work, data) == 0.8, boost::test_tools::tolerance(0.05));
  // To predict, the column may be absent.
  BOOST_TEST(work.run({"predict", "--model", work.path("m"), "--data", work.file("new.csv", "a\n1\n")}).code == 0);
}

BOOST_AUTO_TEST_CASE(rows_of_weight_0_do_not_count_even_where_they_fill_a_batch) {
  const Workplace work;
  const std::string data = work.file("data.csv", contradictory("0", "1"));
  const Outcome outcome = work.run(train(work, data, {"--weight", "w", "--batch", "2", "--valid", "0"}));
  BOOST_TEST(outcome.code == 0, outcome.error);
  BOOST_TEST(mean_yes(work, data) > 0.95);
}

BOOST_AUTO_TEST_CASE(classes_count_by_their_weight) {
  const Workplace work;
  const std::string data = work.file("data.csv", contradictory("7", "7"));
  const Outcome one = work.run(train(work, data, {"--drop", "w", "--class-weight", "yes=4, no=1"}));
  BOOST_TEST(one.code == 0, one.error);
  BOOST_TEST(mean_yes(work, data) == 0.8, boost::test_tools::tolerance(0.05));
  std::string rare = "a,y\n";
  for (int i = 0; i < 100; ++i) rare += std::to_string(i / 10 % 5) + (i % 10 == 0 ? ",yes\n" : ",no\n");
  const std::string rare_data = work.file("rare.csv", rare);
  BOOST_TEST(work.run(train(work, rare_data, {"--class-weight", "balanced"})).code == 0);
  BOOST_TEST(mean_yes(work, rare_data) == 0.5, boost::test_tools::tolerance(0.1));
}

BOOST_AUTO_TEST_CASE(weights_that_are_none_are_told) {
  const Workplace work;
  const std::string data = work.file("data.csv", contradictory("1", "4")),
                    negative = work.file("negative.csv", contradictory("-1", "1")),
                    zero = work.file("zero.csv", contradictory("0", "0"));
  check_refused_so(work.run(train(work, negative, {"--weight", "w"})), negative + ":");
  BOOST_TEST(work.run(train(work, negative, {"--weight", "w"})).error.find("the weight of the row is negative: -1") !=
             std::string::npos);
  check_refused(work.run(train(work, zero, {"--weight", "w"})),
                zero + ": the weights in the column \"w\" are all 0: no row counts");
  check_refused(work.run(train(work, data, {"--weight", "weigth"})), data + ": no column \"weigth\"");
  check_refused(work.run(train(work, data, {"--weight", "y"})), "the target \"y\" can't be the weight");
  check_refused(work.run(train(work, data, {"--weight", "w", "--batch", "1"})),
                "--weight with --batch 1 would change nothing: a weight counts beside those of other examples");
  const auto check = [&](const std::string& value, const std::string& sentence) {
    check_refused(work.run(train(work, data, {"--class-weight", value})), sentence);
  };
  check("balanecd", "--class-weight takes \"balanced\" or CLASS=WEIGHT, not \"balanecd\"");
  check("yes=much", "--class-weight takes \"balanced\" or CLASS=WEIGHT, not \"yes=much\"");
  check("yes=-1", "--class-weight takes finite numbers of at least 0, not -1");
  check("yse=1", "--class-weight: \"yse\" is none of the classes no, yes; did you mean \"yes\"?");
  check("yes=1,yes=2", "--class-weight: \"yes\" stands twice");
  check("yes=0,no=0", "--class-weight: every class has weight 0, so that nothing counts");
  check_refused(work.run({"train", "--data", dataset("diabetes"), "--target", "target", "--class-weight", "balanced"}),
                "--class-weight is about classes, and the task is a regression");
}

BOOST_AUTO_TEST_SUITE_END()
