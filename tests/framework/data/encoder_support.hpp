// What the tests of the encoder share: small tables, and the sentence of a refusal without its place.
#pragma once

#include <boost/test/unit_test.hpp>

#include <cinta/framework/core/error.hpp>
#include <cinta/framework/data/encoder.hpp>
#include <cinta/framework/data/partition.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace cinta::encoder_tests {

inline Table dataset(const std::string& name) { return read_csv(CINTA_SOURCE_DIR "/datasets/" + name + ".csv"); }

inline Table table(std::string text, const CsvOptions& options = {}) {
  return parse_csv(std::move(text), "t.csv", options);
}

template <class E = DataError, class Call> std::string refusal(Call call) {
  try {
    call();
  } catch (const E& error) {
    const std::string text = error.what();
    const auto start = text.find("_test.cpp:");
    return start == text.npos ? text : text.substr(text.find(": ", start) + 2);
  }
  return "accepted";
}

/// The values of a feature or of a target, by column.
inline std::vector<double> column(const Tensor& x, std::int64_t at = 0) {
  std::vector<double> out;
  for (std::int64_t row = 0; row < x.shape()[0]; ++row) out.push_back(x.rank() == 1 ? x(row) : x(row, at));
  return out;
}

inline void check_equal(const auto& found, const std::decay_t<decltype(found)>& expected) {
  BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), expected.begin(), expected.end());
}

inline void check_close(const std::vector<double>& found, const std::vector<double>& expected) {
  BOOST_REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    BOOST_TEST(std::abs(found[i] - expected[i]) < 1e-12, found[i] << " is not " << expected[i]);
}

inline Task task_of(const std::string& cells) {
  std::string text = "x,y\n";
  std::size_t begin = 0;
  for (std::size_t end; begin < cells.size(); begin = end + 1) {
    end = std::min(cells.find(' ', begin), cells.size());
    text += "1," + cells.substr(begin, end - begin) + "\n";
  }
  return infer_task(table(text).column("y"));
}

inline const char* const athletes =
    "Es hombre,Edad,Realiza ejercicio,Consumo,Promedio\n"
    "Sí,25,Sí,Alto,8.5\nNo,30,No,Medio,7.2\nSí,22,Sí,Bajo,8.9\nSí,28,Sí,Alto,7.8\n"
    "No,35,No,Bajo,6.5\nSí,20,Sí,Medio,8.2\nNo,26,No,Medio,7.0\n";

}  // namespace cinta::encoder_tests

namespace cinta {
inline std::ostream& boost_test_print_type(std::ostream& out, Task task) { return out << to_string(task); }
inline std::ostream& boost_test_print_type(std::ostream& out, Dtype dtype) { return out << to_string(dtype); }
inline std::ostream& boost_test_print_type(std::ostream& out, const Shape& shape) { return out << to_string(shape); }
}  // namespace cinta
