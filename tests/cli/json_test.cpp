// --json: one object on the standard output and nothing else there, on every command that has something to tell.
#include "program_support.hpp"

#include <nlohmann/json.hpp>

namespace {

using namespace program_support;

nlohmann::json parsed(const Outcome& outcome) {
  BOOST_TEST(outcome.code == 0, outcome.error);
  const auto json = nlohmann::json::parse(outcome.out, nullptr, false);
  BOOST_TEST(json.is_object(), outcome.out);
  return json;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json)

BOOST_AUTO_TEST_CASE(train_tells_the_run_and_its_figures) {
  const Workplace work;
  const auto json = parsed(work.run(train_iris({"--json", "--out", work.path("m"), "--seed", "3"})));
  const auto file = nlohmann::json::parse(work.read("m/metrics.json"));
  for (const auto& [key, value] : file.items()) BOOST_TEST(json[key] == value, key);
  BOOST_TEST(json["target"] == "target");
  BOOST_TEST((json["classes"] == Words{"setosa", "versicolor", "virginica"}));
  BOOST_TEST(json["rows"] == nlohmann::json({{"training", 97}, {"validation", 23}, {"test", 30}}));
  BOOST_TEST(json["features"] == 4);
  BOOST_TEST(json["parameters"] == 4 * 8 + 8 + 8 * 3 + 3);
  BOOST_TEST(json["settings"]["hidden"] == "8");
  BOOST_TEST(json["written"] == work.path("m"));
  BOOST_TEST(!parsed(work.run(train_iris({"--json"}))).contains("written"));
}

BOOST_AUTO_TEST_CASE(evaluate_and_predict_tell_what_they_found) {
  const Workplace work;
  BOOST_TEST(work.run(train_iris({"--out", work.path("m")})).code == 0);
  const std::string data =
      work.file("new.csv", "petal_width,petal_length,sepal_width,sepal_length\n0.2,1.4,3.5,5.1\n,1.4,3.5,5.1\n");
  const auto evaluated = parsed(work.run({"evaluate", "--model", work.path("m"), "--data", dataset("iris"), "--json"}));
  BOOST_TEST(evaluated["rows"] == 150);
  BOOST_TEST(evaluated["metrics"].size() == 8u);
  BOOST_TEST(evaluated["metrics"]["accuracy"].is_number());
  const auto predicted = parsed(work.run({"predict", "--model", work.path("m"), "--data", data, "--json"}));
  BOOST_TEST(predicted["predictions"].size() == 2u);
  double sum = 0;
  for (const auto& p : predicted["predictions"][0]["probabilities"]) sum += p.get<double>();
  BOOST_TEST(sum == 1, boost::test_tools::tolerance(1e-5));
  BOOST_TEST(predicted["columns"]["petal_width"]["imputed"] == 1);
  const auto written =
      parsed(work.run({"predict", "--model", work.path("m"), "--data", data, "--out", work.path("p.csv"), "--json"}));
  BOOST_TEST(written["written"] == work.path("p.csv"));
  BOOST_TEST(!written.contains("predictions"));
}

BOOST_AUTO_TEST_CASE(doctor_tells_what_it_runs_on) {
  const Workplace work;
  const auto json = parsed(work.run({"doctor", "--json"}));
  for (const char* key : {"version", "kernels", "threads", "processors", "compiler"})
    BOOST_TEST(json.contains(key), key);
}

BOOST_AUTO_TEST_CASE(an_instruction_set_that_is_none_is_refused) {
  const Workplace work;
  setenv("CINTA_ISA", "v5", 1);
  const Outcome outcome = work.run({"doctor"});
  unsetenv("CINTA_ISA");
  BOOST_TEST(outcome.code == 1);
  BOOST_TEST(outcome.error.starts_with("cinta: CINTA_ISA is \"v5\", not one of this processor's, v3"), outcome.error);
}

BOOST_AUTO_TEST_CASE(a_mistake_is_told_as_ever_and_leaves_the_output_empty) {
  const Workplace work;
  check_refused(work.run(train_iris({"--json", "--lr", "0"})), "--lr takes a number above 0, not 0");
}

BOOST_AUTO_TEST_SUITE_END()
