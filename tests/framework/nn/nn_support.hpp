// What the tests of framework/nn share.
#pragma once

#include <cinta/framework/core/error.hpp>
#include <cinta/framework/core/tensor.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace nn_support {

/// The sentence of the error of type E that f throws.
template <class E, class F> std::string sentence(F&& f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string("another type of error: ") + error.what();
  }
  return "no error";
}

inline std::string at(int line, const char* file, const std::string& sentence) {
  return cinta::prefix({file, line}) + sentence;
}

/// The elements of any tensor.
inline std::vector<double> elements(const cinta::Tensor& x) {
  const cinta::Tensor wide = cinta::convert(x, cinta::f64);
  return {wide.data<double>(), wide.data<double>() + wide.size()};
}

inline void check_close(const cinta::Tensor& x, const std::vector<double>& wanted, double tolerance) {
  const std::vector<double> found = elements(x);
  BOOST_REQUIRE_EQUAL(found.size(), wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    BOOST_TEST(std::abs(found[i] - wanted[i]) <= tolerance * (1 + std::abs(wanted[i])),
               "element " << i << " is " << found[i] << ", not " << wanted[i]);
}

}  // namespace nn_support

/// Checks that a one-line call throws E with this sentence, under the line of the call.
#define CHECK_SENTENCE(E, call, text) \
  BOOST_TEST(nn_support::sentence<E>([&] { (void)(call); }) == nn_support::at(__LINE__, __FILE__, text))
