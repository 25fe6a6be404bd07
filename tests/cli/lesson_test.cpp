// cinta lesson as a command: what it lists, in which language, how wide, where its pictures go, and what it refuses.
#include "lesson_support.hpp"

#include <cinta/framework/report/text_width.hpp>

#include <sstream>

namespace {

using namespace lesson_support;

Words lesson_words(const std::string& name, Words more = {}) {
  Words words{"lesson", name};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// Every number of a JSON, in order, without the words.
void numbers_of(const Json& json, std::vector<double>& all) {
  if (json.is_number()) all.push_back(json.get<double>());
  if (json.is_structured())
    for (const Json& part : json) numbers_of(part, all);
}

int widest_line(const std::string& text) {
  std::istringstream in(text);
  int widest = 0;
  for (std::string line; std::getline(in, line);) widest = std::max(widest, cinta::display_width(line));
  return widest;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lesson)

BOOST_AUTO_TEST_CASE(alone_it_lists_the_lessons_in_order) {
  const Workplace work;
  const Outcome outcome = work.run({"lesson", "--lang", "en"});
  BOOST_TEST(outcome.code == 0);
  std::size_t last = 0;
  for (const std::string& name : lessons) {
    const std::size_t here = outcome.out.find("\n  " + name + " ");
    BOOST_TEST_REQUIRE(here != std::string::npos, name);
    BOOST_TEST(here >= last, name);
    last = here;
  }
  const Json json = Json::parse(work.run({"lesson", "--json"}).out);
  Words names;
  for (const Json& entry : json) names.push_back(entry.at("name"));
  BOOST_TEST((names == lessons));
}

BOOST_AUTO_TEST_CASE(both_languages_have_the_same_numbers_and_other_words) {
  for (const std::string& name : lessons) {
    const Json en = json_of(name);
    const Workplace work;
    const Json es = Json::parse(work.run(lesson_words(name, {"--json", "--lang", "es"})).out);
    std::vector<double> numbers_en, numbers_es;
    numbers_of(en, numbers_en);
    numbers_of(es, numbers_es);
    BOOST_TEST((numbers_en == numbers_es), name);
    BOOST_TEST(numbers_en.size() > 20u, name);
    BOOST_TEST_REQUIRE(en.at("text").size() == es.at("text").size(), name);
    int same = 0;  // formulas are
    for (std::size_t i = 0; i < en.at("text").size(); ++i) same += en.at("text")[i] == es.at("text")[i];
    BOOST_TEST(same <= 2, name);
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_wider_than_60_columns_and_a_pipe_has_no_escapes) {
  const Variable columns("COLUMNS", "60"), terminal("TERM", "xterm-256color"), colour("NO_COLOR", nullptr);
  const Workplace work;
  for (const auto& [locale, language] : {std::pair{"C.UTF-8", "en"}, {"C.UTF-8", "es"}, {"C", "es"}}) {
    const Variable all("LC_ALL", locale);
    Words every = lessons;
    every.push_back("");
    for (const std::string& name : every) {
      const Outcome outcome =
          work.run(name.empty() ? Words{"lesson", "--lang", language} : lesson_words(name, {"--lang", language}));
      BOOST_TEST(outcome.code == 0, outcome.error);
      BOOST_TEST(widest_line(outcome.out) <= 60, name << " " << language << ": " << widest_line(outcome.out));
      BOOST_TEST(outcome.out.find('\033') == std::string::npos, name);
      BOOST_TEST(outcome.out.find(" \n") == std::string::npos, name << " has lines that end in blanks");
    }
  }
}

BOOST_AUTO_TEST_CASE(sketches_are_ascii_where_the_locale_is_not_utf_8) {
  const Workplace work;
  {
    const Variable all("LC_ALL", "C");
    BOOST_TEST(work.run(lesson_words("perceptron")).out.find("\xE2\xA0") == std::string::npos);
  }
  const Variable all("LC_ALL", "es_ES.utf8");
  BOOST_TEST(work.run(lesson_words("perceptron")).out.find("\xE2\xA0") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_locale_chooses_the_language_and_lang_overrules_it) {
  const Workplace work;
  const auto spanish = [&](const char* all, const char* messages, const char* lang, const Words& more = {}) {
    const Variable a("LC_ALL", all), b("LC_MESSAGES", messages), c("LANG", lang);
    return work.run(lesson_words("activations", more)).out.starts_with("Funciones de activación");
  };
  BOOST_TEST(!spanish(nullptr, nullptr, nullptr));
  BOOST_TEST(spanish(nullptr, nullptr, "es_MX.UTF-8"));
  BOOST_TEST(spanish(nullptr, "es", "en_US.UTF-8"));
  BOOST_TEST(spanish("es_ES", "en_GB", "en_US.UTF-8"));
  BOOST_TEST(!spanish("C", "es", "es"));
  BOOST_TEST(!spanish("", "est", nullptr));  // an empty one is not set, and Estonian is not Spanish
  BOOST_TEST(!spanish(nullptr, nullptr, "es_ES.UTF-8", {"--lang", "en"}));
  BOOST_TEST(spanish(nullptr, nullptr, "en_US.UTF-8", {"--lang", "es"}));
}

BOOST_AUTO_TEST_CASE(pictures_go_into_the_folder_and_are_named_in_the_output) {
  const Workplace work;
  const Outcome outcome = work.run(lesson_words("descent", {"--lang", "en", "--out", work.path("pictures/of it")}));
  BOOST_TEST(outcome.code == 0, outcome.error);
  BOOST_TEST(outcome.error == "");
  const Words expected{"descent_loss.png", "descent_loss.svg", "descent_paths.png", "descent_paths.svg"};
  BOOST_TEST((work.names("pictures/of it") == expected));
  for (const std::string& name : expected) BOOST_TEST(outcome.out.find(name) != std::string::npos);
  const Json json = json_of("descent", {"--out", work.path("pictures/of it")});
  BOOST_TEST((json.at("figures").at("loss") == Json{"descent_loss.svg", "descent_loss.png"}));
  BOOST_TEST(json_of("descent").at("figures").at("loss").empty());
}

BOOST_AUTO_TEST_CASE(without_gnuplot_the_lesson_goes_on_and_says_so) {
  const Workplace work;
  const Variable path("PATH", "/nowhere");
  const Outcome outcome = work.run(lesson_words("perceptron", {"--lang", "en", "--out", work.path("pictures")}));
  BOOST_TEST(outcome.code == 0);
  BOOST_TEST(outcome.error == "cinta: gnuplot is not installed: the lesson goes on without pictures\n");
  BOOST_TEST(outcome.out.find("AND, step by step") != std::string::npos);
  BOOST_TEST(work.names("pictures").empty());
}

BOOST_AUTO_TEST_CASE(what_can_t_be_taught_is_refused_in_one_sentence) {
  const Workplace work;
  check_refused(work.run(lesson_words("perceptorn")),
                "there is no lesson \"perceptorn\"; did you mean \"perceptron\"?");
  check_refused(work.run(lesson_words("regularization")),
                "there is no lesson \"regularization\"; did you mean \"regularisation\"?");
  check_refused(work.run(lesson_words("poetry")), "there is no lesson \"poetry\"");
  check_refused(work.run(lesson_words("xor", {"--lang", "fr"})), "--lang: there is no \"fr\"; it takes en or es");
  check_refused(work.run(lesson_words("xor", {"--lang", "EN"})),
                "--lang: there is no \"EN\"; it takes en or es; did you mean \"en\"?");
  check_refused(work.run(lesson_words("xor", {"mlp"})),
                "lesson takes one word beside its flags, and \"mlp\" is another");
  check_refused(work.run(lesson_words("xor", {"--langs", "es"})),
                "lesson has no flag \"--langs\"; did you mean \"--lang\"?");
  check_refused(work.run({"leson", "xor"}), "there is no command \"leson\"; did you mean \"lesson\"?");
  const std::string file = work.file("a file", "");
  check_refused_so(work.run(lesson_words("xor", {"--out", file})), file + ": ");
  check_refused_so(work.run(lesson_words("xor", {"--out", file + "/inside"})), file + "/inside: ");
}

BOOST_AUTO_TEST_CASE(an_output_that_is_full_is_told) {
  const Workplace work;
  const Outcome outcome = work.run(lesson_words("inputs"), {.full_output = true});
  BOOST_TEST(outcome.code == 1);
  BOOST_TEST(outcome.error == "cinta: the standard output can't be written: no space left on device\n");
}

BOOST_AUTO_TEST_SUITE_END()
