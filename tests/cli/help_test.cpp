// --help: every flag with a text and an example for each command; lines, of training too, that the terminal holds.
#include "program_support.hpp"

#include <cstdlib>
#include <sstream>

namespace {

using namespace program_support;

// The characters of a line, of UTF-8.
std::size_t length_of(const std::string& line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(help)

BOOST_AUTO_TEST_CASE(each_command_has_its_flags_and_an_example) {
  const Workplace work;
  for (const char* command : {"train", "evaluate", "predict", "doctor"}) {
    const Outcome outcome = work.run({command, "--help"});
    BOOST_TEST(outcome.code == 0, outcome.error);
    BOOST_TEST(outcome.out.find(std::string("  cinta ") + command + " --") != std::string::npos, outcome.out);
    BOOST_TEST(outcome.out.find("--json") != std::string::npos);
    BOOST_TEST(work.run({"--help"}).out.find(std::string("  ") + command) != std::string::npos);
  }
  const std::string train = work.run({"train", "--help"}).out;
  for (const char* text : {"Data:", "Model:", "Training:", "Output:", "--lr NUMBER", "(default: 0.005)", "(required)"})
    BOOST_TEST(train.find(text) != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(no_text_is_wider_than_the_terminal) {
  const Workplace work;
  for (const std::size_t width : {40u, 60u, 80u, 100u}) {
    setenv("COLUMNS", std::to_string(width).c_str(), 1);
    for (const Words& words : {Words{"--help"}, {"train", "--help"}, {"evaluate", "--help"}, {"predict", "--help"}}) {
      const std::string out = work.run(words).out;
      std::istringstream lines(out.substr(0, out.find("\nExample")));  // commands are copied: they stay whole
      for (std::string line; std::getline(lines, line);)
        if (line.starts_with("  ")) BOOST_TEST(length_of(line) <= width, line);
    }
  }
  unsetenv("COLUMNS");
}

BOOST_AUTO_TEST_CASE(what_training_prints_is_no_wider_than_the_terminal) {
  const Workplace work;
  const Words words = train_iris({"--out", work.path("m")});
  for (const std::size_t width : {60u, 80u}) {
    setenv("COLUMNS", std::to_string(width).c_str(), 1);
    const Outcome outcome = work.run(words);
    BOOST_TEST(outcome.code == 0, outcome.error);
    BOOST_TEST(outcome.out.find("\nfeatures  4 from 4 columns\n") != std::string::npos, outcome.out);
    std::istringstream lines(outcome.out);
    for (std::string line; std::getline(lines, line);)
      if (!line.starts_with("apply it: ")) BOOST_TEST(length_of(line) <= width, line);  // a command is copied
  }
  unsetenv("COLUMNS");
  const std::string whole = work.run(words).out;  // no terminal: lines stay whole, for programs that read them
  BOOST_TEST(whole.find("/model.safetensors, model.json, history.csv, metrics.json\n") != std::string::npos, whole);
}

BOOST_AUTO_TEST_SUITE_END()
