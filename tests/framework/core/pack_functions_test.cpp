// The functions of packs: errors against long double, special values, the same bits on every instruction set and
// machine, lanes that don't depend on their neighbours.
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <iomanip>

#include "pack_support.hpp"

using namespace pack_test;
using Types = boost::mpl::list<float, double>;
using Real = long double;

BOOST_AUTO_TEST_SUITE(pack_functions)

namespace {

// ψ by recurrence to x ≥ 40 and the asymptotic series, reflected below 0; good to the last bits of a long double for x
// > 0.
Real digamma(Real x) {
  const Real pi = 3.14159265358979323846264338327950288L;
  if (x == 0) return -1 / x;
  if (x < 0)
    return std::floor(x) == x ? std::numeric_limits<Real>::quiet_NaN()
                              : digamma(1 - x) - pi / std::tan(pi * std::remainder(x, 1.0L));
  Real sum = 0;
  for (; x < 40; x += 1) sum -= 1 / x;
  const Real z = 1 / (x * x);
  return sum + std::log(x) - 1 / (2 * x) -
         z * (1 / 12.0L - z * (1 / 120.0L - z * (1 / 252.0L - z * (1 / 240.0L - z / 132))));
}
Real softplus(Real x) { return std::isnan(x) ? x : std::max(x, 0.0L) + std::log1p(std::exp(-std::fabs(x))); }
Real python_mod(Real x, Real y) {
  const Real m = std::fmod(x, y);
  if (m == 0) return std::copysign(0.0L, y);
  return (m < 0) != (y < 0) ? m + y : m;
}

struct Function {
  const char* name;
  int arguments;
  Real (*reference)(Real, Real);
  double ulp32, ulp64;           // the documented bounds
  std::uint64_t bits32, bits64;  // a hash of all results on the sweep below, the same on every machine
  bool flushes = false;          // a subnormal result may be anything from 0 to the smallest normal number
};

// clang-format off
#define UNARY(name, ...) {#name, 1, [](Real x, Real) -> Real { return std::name(x); }, __VA_ARGS__}
// clang-format on
const Function functions[] = {
    UNARY(sqrt, 0.5, 0.5, 0x6ae8dd4fc58be7f6, 0xbf2763d872c27e11),
    UNARY(exp, 1.5, 0.9, 0x2eaac7d34d5f7ac9, 0xa80332b3f1a69b29, true),
    UNARY(expm1, 2.0, 2.0, 0x76fe521c6e75bfca, 0xe0c2a545b5216ff9),
    UNARY(log, 0.8, 0.8, 0xad074982b5aca90c, 0x3cfd6c0bc9f19afe),
    UNARY(log1p, 0.8, 0.8, 0x44865236771eca79, 0x75314afcdb196b2b),
    UNARY(log2, 1.6, 0.8, 0x857bfeff1c01db75, 0x229123bba399e980),
    UNARY(cbrt, 1.7, 0.8, 0xb9aff1da2c2f8dec, 0xa8d5692342bad29),
    UNARY(sin, 1.0, 1.0, 0x25573f4a7addd2d, 0x15aba5923c6180b2),
    UNARY(cos, 1.0, 1.0, 0x2980663dcba74d6, 0x300086f9909db253),
    UNARY(tan, 1.0, 1.0, 0x708b1391bfc5013d, 0x6eb13554ef0e18a0),
    UNARY(asin, 2.3, 1.2, 0xa722ea5fc04bf5f1, 0x5c4ad5467a5da40f),
    UNARY(acos, 1.3, 1.2, 0x68c19fe8071b123f, 0x3892bf15767686d8),
    UNARY(atan, 2.3, 2.2, 0x704b8a77a9440032, 0x5c78ca44e8d2dafd),
    UNARY(sinh, 2.3, 1.5, 0xbfc8a6ff767b4787, 0xcd753269b14b6f0),
    UNARY(cosh, 2.3, 1.2, 0xe29f3f79af340b6f, 0xb8456eb41a7980f6),
    UNARY(tanh, 1.3, 1.2, 0x22dd34f1d27af7c3, 0xd5efce6aca3d7634),
    UNARY(asinh, 3.5, 1.6, 0x44914277e27cce9b, 0xf04aa88d03280e8f),
    UNARY(acosh, 1.8, 1.3, 0xe86eb81ea4d4be67, 0xd7d6d9ac74df4b7),
    UNARY(atanh, 1.6, 1.5, 0x56f1bc212eaeba84, 0x628a4377d3f0ce23),
    UNARY(erf, 1.0, 0.9, 0x254189bee030cae7, 0xc8e07b6880e68d4e),
    UNARY(lgamma, 1.1, 1.1, 0x6bdddb7a0b1119d8, 0xf11c44c20f59b946),
    {"digamma", 1, [](Real x, Real) { return digamma(x); }, 8, 8, 0x84c10833440116ca, 0x855538b3621c8c36},
    {"sigmoid", 1, [](Real x, Real) { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); }, 2.5,
     2.0, 0x6b9e6e943b528687, 0x489cf9fa534cbec5, true},
    {"softplus", 1, [](Real x, Real) { return softplus(x); }, 2, 1.6, 0x710f656fa6f4ec2c, 0x819b2dc8d11bbadb, true},
    {"log_sigmoid", 1, [](Real x, Real) { return -softplus(-x); }, 2, 1.6, 0x41d6a8eda7864769, 0x8b763ea7276b6043,
     true},
    {"pow", 2, [](Real x, Real y) -> Real { return std::pow(x, y); }, 0.8, 0.8, 0xcfe7f79fa967bfde, 0xd5ed75aa0d03c867},
    {"hypot", 2, [](Real x, Real y) -> Real { return std::hypot(x, y); }, 1.0, 1.0, 0xd4f23d79530f63ad,
     0xc5fbb9b85fb15f1},
    {"atan2", 2, [](Real x, Real y) -> Real { return std::atan2(x, y); }, 1.0, 1.0, 0x702c91e7f52505aa,
     0xf1cdceba8d392589},
    {"mod", 2, [](Real x, Real y) { return python_mod(x, y); }, 0.5, 0.5, 0xfb0ea2e5cdb596bd, 0xc823740b7d7eaaaf},
};

// Arguments for f. Pairs: all special values with each other; then x with a y of a similar size (of the size that keeps
// xʸ finite for pow), and with any other.
template <class T> void arguments(const Function& f, int per_exponent, std::vector<T>& x, std::vector<T>& y) {
  x = sweep<T>(per_exponent);
  y = x;
  shuffle(y, 2);
  if (f.arguments == 1) return;
  Numbers numbers{3};
  for (std::size_t i = 0; i < x.size(); i += 2) {
    const T size = std::isfinite(x[i]) ? std::fabs(x[i]) : T(1);
    if (std::string(f.name) != "pow") y[i] = static_cast<T>(size * T(numbers.uniform(-2, 2)));
    else if (size > 0)
      y[i] =
          static_cast<T>(numbers.uniform(-1, 1) * (sizeof(T) == 4 ? 128 : 1024) / (std::abs(std::ilogb(size)) + 0.25));
    if (i % 8 == 0) y[i] = std::nearbyint(y[i]);
  }
  const auto special = special_values<T>();
  for (T a : special)
    for (T b : special) x.push_back(a), y.push_back(b);
}

template <class T> Real ulp_of(Real r) {
  int e;
  std::frexp(r, &e);
  if (r == 0 || e < std::numeric_limits<T>::min_exponent) e = std::numeric_limits<T>::min_exponent;
  return std::ldexp(1.0L, e - std::numeric_limits<T>::digits);
}

template <class T> std::uint64_t hash(const std::vector<T>& x) {
  std::uint64_t h = 0xcbf29ce484222325;
  for (T v : x) h = (h ^ (v != v ? 0x7ff8 : std::bit_cast<Bits<T>>(v))) * 0x100000001b3;
  return h;
}

}  // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(errors_are_within_the_documented_bounds, T, Types) {
  constexpr Real least = std::numeric_limits<T>::min();
  for (const auto& f : functions) {
    std::vector<T> x, y;
    arguments(f, sizeof(T) == 4 ? 12 : 3, x, y);
    const auto v = apply(sets()[0].get<T>(), f.name, x, y, y);
    const std::string name = f.name;
    Real worst = 0;
    T worst_x = 0, worst_y = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if ((name == "exp" || name == "expm1") && x[i] >= exp_infinite<T>) continue;  // pack_special_values
      const Real r = f.reference(x[i], y[i]);
      const T rounded = static_cast<T>(r);
      Real error = 0;
      if (f.flushes && std::fabs(r) < least && !std::isnan(v[i]))
        error = std::fabs(v[i]) <= least && v[i] * r >= 0 ? 0 : std::numeric_limits<Real>::infinity();
      else if (std::isnan(rounded) || std::isinf(rounded) || rounded == 0)
        error = same(v[i], rounded) ? 0 : std::numeric_limits<Real>::infinity();
      else {
        Real scale = std::fabs(r);  // near a zero of lgamma and digamma the error is of the size of their terms
        if ((name == "lgamma" && x[i] < 0) || name == "digamma") scale = std::max(scale, 1.0L);
        if (name == "digamma" && x[i] < 0) scale += std::fabs(digamma(1.0L - x[i]));
        error = std::fabs(static_cast<Real>(v[i]) - r) / ulp_of<T>(scale);
        if (std::isinf(v[i]) && std::fabs(r) > std::numeric_limits<T>::max() * (1 - 0x1p-40L))
          error = 0;  // pow's limit
      }
      if (!(error <= worst)) worst = error, worst_x = x[i], worst_y = y[i];
    }
    const double bound = sizeof(T) == 4 ? f.ulp32 : f.ulp64;
    BOOST_TEST(worst <= bound, std::setprecision(17) << f.name << ": " << static_cast<double>(worst) << " ulp at ("
                                                     << worst_x << ", " << worst_y << "), not within " << bound);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(avx2_and_avx512_give_the_same_bits, T, Types) {
  if (sets().size() < 2) {
    BOOST_TEST_MESSAGE("no AVX-512 on this machine: only the hashes of avx2 are compared");
    return;
  }
  const auto& v3 = sets()[0].get<T>();
  const auto& v4 = sets()[1].get<T>();
  for (const auto& f : v3.functions) {
    std::vector<T> x, y;
    arguments({f.name, 2, nullptr, 0, 0, 0, 0}, sizeof(T) == 4 ? 60 : 12, x, y);
    auto z = x;
    shuffle(z, 4);
    const auto a = apply(v3, f.name, x, y, z), b = apply(v4, f.name, x, y, z);
    int different = 0;
    T at = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
      if (!same(a[i], b[i])) ++different, at = x[i];
    BOOST_TEST(different == 0, f.name << ": " << different << " of " << x.size() << " differ, the last at " << at);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lane_does_not_depend_on_its_neighbours, T, Types) {
  for (const auto& set : sets())
    for (const auto& f : set.get<T>().functions) {
      std::vector<T> x, y;
      arguments({f.name, 2, nullptr, 0, 0, 0, 0}, sizeof(T) == 4 ? 12 : 3, x, y);
      const auto alone = apply(set.get<T>(), f.name, x, y, x);
      int different = 0;
      for (std::uint64_t seed : {11, 12}) {  // other lanes, other neighbours
        std::vector<T> a(x.size()), b(x.size());
        std::vector<std::size_t> from(x.size());
        for (std::size_t i = 0; i < from.size(); ++i) from[i] = i;
        Numbers numbers{seed};
        for (std::size_t i = from.size(); i > 1; --i) std::swap(from[i - 1], from[numbers.next() % i]);
        for (std::size_t i = 0; i < from.size(); ++i) a[i] = x[from[i]], b[i] = y[from[i]];
        const auto among = apply(set.get<T>(), f.name, a, b, a);
        for (std::size_t i = 0; i < from.size(); ++i) different += !same(among[i], alone[from[i]]);
      }
      BOOST_TEST(different == 0,
                 set.name << ": " << f.name << " has " << different << " lanes that changed with their neighbours");
    }
}

#if defined(__x86_64__)
BOOST_AUTO_TEST_CASE_TEMPLATE(every_compiler_and_machine_gives_these_bits, T, Types) {
  for (const auto& set : sets())
    for (const auto& f : functions) {
      std::vector<T> x, y;
      arguments(f, sizeof(T) == 4 ? 30 : 6, x, y);
      const auto h = hash(apply(set.get<T>(), f.name, x, y, y));
      const auto expected = sizeof(T) == 4 ? f.bits32 : f.bits64;
      BOOST_TEST(h == expected,
                 set.name << ": " << f.name << " hashes to 0x" << std::hex << h << ", not 0x" << expected);
    }
}
#endif

BOOST_AUTO_TEST_SUITE_END()
