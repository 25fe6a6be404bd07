// What the suites of tensors and tapes share: the sentence that a call throws, and the place that it should name.
#pragma once

#include <cinta/framework/core/parameter.hpp>

#include <span>
#include <string>
#include <vector>

namespace cinta {

/// The sentence of the E that f throws; in parentheses what happened instead.
template <class E, class F> std::string sentence_of(F&& f) {
  try {
    f();
  } catch (const E& e) {
    return e.what();
  } catch (const std::exception& e) {
    return std::string("(another type: ") + e.what() + ")";
  }
  return "(nothing was thrown)";
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// An f64 tensor of rank 1, and a parameter that has it as its value.
inline Tensor numbers(const std::vector<double>& values) {
  return tensor(std::span<const double>(values), {static_cast<std::int64_t>(values.size())});
}
inline Parameter given(const std::vector<double>& values) { return Parameter(numbers(values)); }

/// "file:line: ", the beginning of an error that a call on that line throws.
inline std::string place(int line, const char* file = __builtin_FILE()) {
  return std::string(file) + ":" + std::to_string(line) + ": ";
}

}  // namespace cinta
