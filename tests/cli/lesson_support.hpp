// Lessons as the program teaches them: their JSON, and an environment for a while. For the tests of `cinta lesson`.
#pragma once

#include "program_support.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdlib>
#include <optional>

namespace lesson_support {

using namespace program_support;
using Json = nlohmann::ordered_json;

inline const Words lessons{"inputs",   "perceptron",     "xor",  "activations", "descent", "mlp",
                           "backprop", "regularisation", "churn"};

/// A variable of the environment with another value, or none, until the end of the scope.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    set(value);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { set(before_ ? before_->c_str() : nullptr); }

 private:
  void set(const char* value) const {
    if (value == nullptr) unsetenv(name_);
    else setenv(name_, value, 1);
  }
  const char* name_;
  std::optional<std::string> before_;
};

/// What a lesson says as JSON.
inline Json json_of(const std::string& name, Words more = {}) {
  const Workplace work;
  Words words{"lesson", name, "--json", "--lang", "en"};
  words.insert(words.end(), more.begin(), more.end());
  const Outcome outcome = work.run(words);
  BOOST_REQUIRE_MESSAGE(outcome.code == 0, outcome.error);
  return Json::parse(outcome.out);
}

/// A number of a table.
inline double at(const Json& lesson, const char* table, std::size_t row, const char* column) {
  const Json& cell = lesson.at("tables").at(table).at(row).at(column);
  return cell.is_null() ? NAN : cell.get<double>();
}
inline std::size_t rows(const Json& lesson, const char* table) { return lesson.at("tables").at(table).size(); }

inline double value(const Json& lesson, const char* name) { return lesson.at("values").at(name).get<double>(); }

inline bool near(double a, double b, double tolerance = 1e-12) {
  return std::abs(a - b) <= tolerance * std::max(1.0, std::abs(b));
}

}  // namespace lesson_support
