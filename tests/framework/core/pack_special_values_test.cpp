// The functions of packs at zeros, infinities, NaN and the limits that their documentation names.
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

#include "pack_support.hpp"

using namespace pack_test;
using Types = boost::mpl::list<float, double>;

BOOST_AUTO_TEST_SUITE(pack_special_values)

BOOST_AUTO_TEST_CASE_TEMPLATE(special_values_are_those_of_c_and_python, T, Types) {
  const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN(),
          max = std::numeric_limits<T>::max();
  const T least = std::numeric_limits<T>::denorm_min();
  struct Case {
    const char* name;
    T x, y, value;
  };
  const Case cases[] = {
      // clang-format off
      {"pow", 0, 0, 1}, {"pow", nan, 0, 1}, {"pow", 1, nan, 1}, {"pow", -1, inf, 1}, {"pow", 0, -1, inf},
      {"pow", T(-0.0), -1, -inf}, {"pow", T(-0.0), 3, T(-0.0)}, {"pow", -8, T(0.25), nan}, {"pow", -2, 3, -8},
      {"pow", inf, -1, 0}, {"pow", -inf, 3, -inf}, {"pow", 2, -inf, 0}, {"pow", T(0.5), -inf, inf},
      {"pow", 3, 2, 9}, {"pow", nan, 1, nan}, {"pow", 1, -inf, 1},
      {"exp", 0, 0, 1}, {"exp", inf, 0, inf}, {"exp", -inf, 0, 0}, {"exp", nan, 0, nan}, {"exp", -max, 0, 0},
      {"exp", max, 0, inf}, {"expm1", T(-0.0), 0, T(-0.0)}, {"expm1", -inf, 0, -1}, {"expm1", inf, 0, inf},
      {"expm1", least, 0, least}, {"log", 0, 0, -inf}, {"log", T(-0.0), 0, -inf}, {"log", 1, 0, 0},
      {"log", inf, 0, inf}, {"log", -1, 0, nan}, {"log", -inf, 0, nan},
      {"log2", 8, 0, 3}, {"log2", T(0.25), 0, -2}, {"log2", 0, 0, -inf}, {"log2", -least, 0, nan},
      {"log2", least, 0, sizeof(T) == 4 ? T(-149) : T(-1074)},
      {"log1p", T(-0.0), 0, T(-0.0)}, {"log1p", -1, 0, -inf}, {"log1p", -2, 0, nan}, {"log1p", inf, 0, inf},
      {"cbrt", -8, 0, -2}, {"cbrt", T(-0.0), 0, T(-0.0)}, {"cbrt", inf, 0, inf}, {"cbrt", 27, 0, 3},
      {"sqrt", T(-0.0), 0, T(-0.0)}, {"sqrt", -1, 0, nan}, {"hypot", inf, nan, inf}, {"hypot", 3, 4, 5},
      {"hypot", max, 0, max}, {"atan2", 0, 1, 0}, {"atan2", T(-0.0), 1, T(-0.0)},
      {"sin", inf, 0, nan}, {"cos", -inf, 0, nan}, {"sin", T(-0.0), 0, T(-0.0)},
      {"cos", 0, 0, 1}, {"tan", inf, 0, nan}, {"tanh", inf, 0, 1}, {"tanh", -inf, 0, -1},
      {"tanh", T(-0.0), 0, T(-0.0)}, {"acosh", 1, 0, 0}, {"acosh", -3, 0, nan}, {"acosh", -max, 0, nan},
      {"acosh", T(0.5), 0, nan}, {"atanh", 1, 0, inf}, {"atanh", -1, 0, -inf}, {"atanh", 2, 0, nan},
      {"asin", T(1.5), 0, nan}, {"acos", 1, 0, 0}, {"erf", inf, 0, 1}, {"erf", -inf, 0, -1},
      {"erf", T(-0.0), 0, T(-0.0)}, {"lgamma", 1, 0, 0}, {"lgamma", 2, 0, 0}, {"lgamma", 0, 0, inf},
      {"lgamma", -3, 0, inf}, {"lgamma", inf, 0, inf}, {"lgamma", max, 0, inf},
      {"digamma", 0, 0, -inf}, {"digamma", T(-0.0), 0, inf}, {"digamma", -1, 0, nan}, {"digamma", inf, 0, inf},
      {"digamma", nan, 0, nan}, {"sigmoid", 0, 0, T(0.5)}, {"sigmoid", max, 0, 1}, {"sigmoid", -max, 0, 0},
      {"sigmoid", inf, 0, 1}, {"sigmoid", -inf, 0, 0}, {"sigmoid", nan, 0, nan},
      {"softplus", max, 0, max}, {"softplus", -max, 0, 0}, {"softplus", nan, 0, nan}, {"softplus", inf, 0, inf},
      {"softplus", -inf, 0, 0}, {"log_sigmoid", -max, 0, -max}, {"log_sigmoid", max, 0, T(-0.0)},
      {"log_sigmoid", nan, 0, nan}, {"round", T(0.5), 0, 0}, {"round", T(1.5), 0, 2}, {"round", T(2.5), 0, 2},
      {"round", T(-0.5), 0, T(-0.0)}, {"round", T(-1.5), 0, -2},
      {"mod", 7, 3, 1}, {"mod", -7, 3, 2}, {"mod", 7, -3, -2}, {"mod", -7, -3, -1}, {"mod", -6, 3, 0},
      {"mod", 6, -3, T(-0.0)}, {"mod", 1, 0, nan}, {"mod", inf, 2, nan}, {"mod", 5, inf, 5},
      {"mod", -5, inf, inf}, {"mod", nan, 1, nan}, {"mod", 1, nan, nan}, {"mod", max, least, 0},
      {"mod", T(5.5), 2, T(1.5)}, {"sign", T(-0.0), 0, T(-0.0)}, {"sign", nan, 0, nan},
      {"step", 0, 0, 1}, {"step", nan, 0, 0}, {"relu", T(-0.0), 0, 0}, {"relu", nan, 0, nan},
      {"maximum", nan, 1, nan}, {"maximum", 1, nan, nan}, {"minimum", nan, 1, nan}, {"minimum", 1, nan, nan},
      // clang-format on
  };
  for (const auto& set : sets())
    for (const auto& c : cases) {
      const T v = apply(set.get<T>(), c.name, c.x, c.y);
      BOOST_TEST(same(v, c.value),
                 set.name << ": " << c.name << "(" << c.x << ", " << c.y << ") is " << v << ", not " << c.value);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(exp_is_infinity_and_zero_from_its_documented_limits_on, T, Types) {
  const T inf = std::numeric_limits<T>::infinity();
  for (const auto& set : sets()) {
    const T up = exp_infinite<T>;
    BOOST_TEST(apply(set.get<T>(), "exp", up) == inf);
    BOOST_TEST(apply(set.get<T>(), "exp", std::nextafter(up, T(0))) < inf);
    BOOST_TEST(apply(set.get<T>(), "expm1", std::nextafter(up, inf)) == inf);
    BOOST_TEST(apply(set.get<T>(), "expm1", std::nextafter(up, T(0))) < inf);
    BOOST_TEST(apply(set.get<T>(), "exp", exp_zero<T>) == 0);
    BOOST_TEST(apply(set.get<T>(), "exp", std::nextafter(exp_zero<T>, T(0))) > 0);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(squared_is_zero_below_its_documented_limit, T, Types) {
  const T limit = sizeof(T) == 4 ? T(0x1p-58) : T(0x1p-506);
  for (const auto& set : sets())
    for (T sign : {T(1), T(-1)}) {
      BOOST_TEST(apply(set.get<T>(), "squared", sign * limit) == limit * limit);
      BOOST_TEST(same(apply(set.get<T>(), "squared", sign * std::nextafter(limit, T(0))), T(0)));
      BOOST_TEST(apply(set.get<T>(), "squared", sign * 3) == 9);
      BOOST_TEST(std::isnan(apply(set.get<T>(), "squared", std::numeric_limits<T>::quiet_NaN())));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(pow_by_one_and_two_is_exact_beside_any_exponent, T, Types) {
  const std::vector<T> x = sweep<T>(3);
  const std::vector<T> ones(x.size(), T(1)), twos(x.size(), T(2));
  std::vector<T> mixed(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) mixed[i] = T(i % 3 == 2 ? 3.5 : 1 + static_cast<double>(i % 3));
  for (const auto& set : sets()) {
    const auto once = apply(set.get<T>(), "pow", x, ones, ones), twice = apply(set.get<T>(), "pow", x, twos, twos),
               beside = apply(set.get<T>(), "pow", x, mixed, mixed);
    int wrong = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const T square = x[i] * x[i];
      wrong += !same(once[i], x[i]) + !same(twice[i], square);
      if (i % 3 != 2) wrong += !same(beside[i], i % 3 == 0 ? x[i] : square);
    }
    BOOST_TEST(wrong == 0, set.name << ": " << wrong << " of " << x.size());
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(two_sigmoids_of_opposite_arguments_sum_to_one, T, Types) {
  for (const auto& set : sets())
    for (T x : {T(0.1), T(1), T(5), T(15), T(40), T(90), T(1000)})
      BOOST_TEST(std::fabs(apply(set.get<T>(), "sigmoid", x) + apply(set.get<T>(), "sigmoid", -x) - 1) <=
                 std::numeric_limits<T>::epsilon());
}

BOOST_AUTO_TEST_SUITE_END()
