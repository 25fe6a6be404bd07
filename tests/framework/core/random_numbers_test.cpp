// Random numbers: Random123's bits, equal for any part and any set of kernels, and the distributions they claim.
#include <cinta/framework/core/random.hpp>

#include <cinta/framework/core/isa.hpp>
#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/random_kernels.hpp>

#include <Random123/philox.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

using namespace cinta;

namespace {

std::array<std::uint32_t, 4> block(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  std::array<std::uint32_t, 4> words{};
  random_bits(seed, stream, 4 * index, words);
  return words;
}

template <class T> bool same_bytes(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

// The largest distance between the sample's distribution and F, times √n: above 1.95 with probability 0.001.
template <class T, class F> double kolmogorov_smirnov(std::vector<T> x, F cumulative) {
  std::sort(x.begin(), x.end());
  double worst = 0;
  const auto n = static_cast<double>(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double c = cumulative(static_cast<double>(x[i])), k = static_cast<double>(i);
    worst = std::max({worst, c - k / n, (k + 1) / n - c});
  }
  return worst * std::sqrt(n);
}

struct Moments {
  double mean = 0, variance = 0, skewness = 0, kurtosis = 0;
};
template <class T> Moments moments(const std::vector<T>& x) {
  Moments m;
  const auto n = static_cast<double>(x.size());
  for (const T v : x) m.mean += static_cast<double>(v) / n;
  for (const T v : x) {
    const double d = static_cast<double>(v) - m.mean;
    m.variance += d * d / n;
    m.skewness += d * d * d / n;
    m.kurtosis += d * d * d * d / n;
  }
  m.skewness /= std::pow(m.variance, 1.5);
  m.kurtosis /= m.variance * m.variance;
  return m;
}

double normal_cumulative(double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; }

template <class T, class Fill> void check_parts(Fill fill) {
  std::vector<T> whole(70'000);
  fill(std::uint64_t{1'000'003}, std::span<T>(whole));
  for (const auto& [first, n] :
       {std::pair{0, 1}, {1, 1}, {63, 3}, {127, 130}, {5, 128}, {128, 128}, {129, 999}, {16'383, 20'000}}) {
    std::vector<T> part(static_cast<std::size_t>(n));
    fill(static_cast<std::uint64_t>(1'000'003 + first), std::span<T>(part));
    BOOST_TEST(same_bytes(part, std::vector<T>(whole.begin() + first, whole.begin() + first + n)),
               "from " << first << ", " << n);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(random_numbers)

// The vectors of Random123's kat_vectors for philox4x32 with 10 rounds.
BOOST_AUTO_TEST_CASE(known_answers_of_philox) {
  using Words = std::array<std::uint32_t, 4>;
  BOOST_TEST((block(0, 0, 0) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  // Counters that no word has, so of the header that the next test compares with.
  const auto answer = [](const Words& c, std::uint32_t key0, std::uint32_t key1) {
    const auto a = r123::Philox4x32()({{c[0], c[1], c[2], c[3]}}, {{key0, key1}});
    return Words{a[0], a[1], a[2], a[3]};
  };
  BOOST_TEST((answer({~0u, ~0u, ~0u, ~0u}, ~0u, ~0u) == Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  BOOST_TEST((answer({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0) ==
              Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

BOOST_AUTO_TEST_CASE(bits_are_those_of_random123) {
  r123::Philox4x32 philox;
  for (const std::uint64_t seed :
       {std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{0x299f31d0a4093822}, ~std::uint64_t{0}})
    for (const std::uint64_t stream : {std::uint64_t{0}, std::uint64_t{0x0370734413198a2e}, ~std::uint64_t{0}})
      for (const std::uint64_t index :
           {std::uint64_t{0}, std::uint64_t{31}, std::uint64_t{32}, std::uint64_t{0xfffffff0},
            std::uint64_t{0xffffffff}, std::uint64_t{0x100000000}, std::uint64_t{0x05a308d3243f6a88},
            (std::uint64_t{1} << 62) - 1}) {
        const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
        const auto expected =
            philox({{low(index), low(index >> 32), low(stream), low(stream >> 32)}}, {{low(seed), low(seed >> 32)}});
        const auto got = block(seed, stream, index);
        BOOST_TEST(std::equal(got.begin(), got.end(), expected.begin()), seed << ", " << stream << ", " << index);
      }
}

BOOST_AUTO_TEST_CASE(any_part_of_a_sequence_has_the_same_bits) {
  check_parts<std::uint32_t>([](std::uint64_t first, auto out) { random_bits(1, 2, first, out); });
  check_parts<float>([](std::uint64_t first, auto out) { random_uniform<float>(1, 2, first, out); });
  check_parts<double>([](std::uint64_t first, auto out) { random_uniform<double>(1, 2, first, out); });
  check_parts<float>([](std::uint64_t first, auto out) { random_normal<float>(1, 2, first, out); });
  check_parts<double>([](std::uint64_t first, auto out) { random_normal<double>(1, 2, first, out); });
  check_parts<float>([](std::uint64_t first, auto out) { random_truncated_normal<float>(1, 2, first, out); });
  check_parts<double>([](std::uint64_t first, auto out) { random_truncated_normal<double>(1, 2, first, out); });
}

BOOST_AUTO_TEST_CASE(bits_are_the_same_for_1_2_and_3_threads) {
  const int before = num_threads();
  std::vector<float> first;
  for (const int threads : {1, 2, 3}) {
    set_num_threads(threads);
    std::vector<float> x(100'000);
    random_truncated_normal<float>(3, 4, 5, x);
    if (threads == 1) first = x;
    BOOST_TEST(same_bytes(x, first));
  }
  set_num_threads(before);
}

#if defined(__x86_64__)
BOOST_AUTO_TEST_CASE(both_sets_of_kernels_have_the_same_bits) {
  if (isa() != Isa::v4) return;
  const auto check = [](auto fill_v3, auto fill_v4, auto zero) {
    std::vector<decltype(zero)> a(200'001), b(200'001);
    fill_v3(11, 12, 13, a.data(), 200'001);
    fill_v4(11, 12, 13, b.data(), 200'001);
    BOOST_TEST(same_bytes(a, b));
  };
  check(v3::random_table.bits, v4::random_table.bits, std::uint32_t{});
  check(v3::random_table.uniform_f32, v4::random_table.uniform_f32, float{});
  check(v3::random_table.uniform_f64, v4::random_table.uniform_f64, double{});
  check(v3::random_table.normal_f32, v4::random_table.normal_f32, float{});
  check(v3::random_table.normal_f64, v4::random_table.normal_f64, double{});
}
#endif

BOOST_AUTO_TEST_CASE(uniform_numbers_are_their_words_upper_bits) {
  std::vector<std::uint32_t> w(600);
  std::vector<float> f(300);
  std::vector<double> d(300);
  random_bits(8, 9, 0, w);
  random_uniform<float>(8, 9, 0, f);
  random_uniform<double>(8, 9, 0, d);
  for (std::size_t i = 0; i < 300; ++i) {
    BOOST_TEST(f[i] == static_cast<float>(w[i] >> 8) / 16777216.0f);
    const std::uint64_t both = std::uint64_t{w[2 * i + 1]} << 32 | w[2 * i];
    BOOST_TEST(d[i] == std::ldexp(static_cast<double>(both >> 11), -53));
  }
}

BOOST_AUTO_TEST_CASE(normal_numbers_are_box_and_mullers) {
  std::vector<std::uint32_t> w(1200);
  std::vector<float> f(300);
  std::vector<double> d(300);
  random_bits(8, 9, 0, w);
  random_normal<float>(8, 9, 0, f);
  random_normal<double>(8, 9, 0, d);
  const double tau = 8 * std::atan(1.0);
  for (std::size_t j = 0; j < 150; ++j) {
    const auto check = [&](double u, double v, double x, double y, double tolerance) {
      const double r = std::sqrt(-2 * std::log(u));
      BOOST_TEST(std::fabs(r * std::cos(tau * v) - x) <= tolerance);
      BOOST_TEST(std::fabs(r * std::sin(tau * v) - y) <= tolerance);
    };
    check((static_cast<double>(w[2 * j] >> 1) + 0.5) / 2147483648.0,
          static_cast<double>(static_cast<std::int32_t>(w[2 * j + 1]) >> 8) / 16777216.0, f[2 * j], f[2 * j + 1], 2e-6);
    const std::uint64_t a = std::uint64_t{w[4 * j + 1]} << 32 | w[4 * j],
                        b = std::uint64_t{w[4 * j + 3]} << 32 | w[4 * j + 2];
    check((static_cast<double>(a >> 12) + 0.5) / 0x1p52, static_cast<double>(b >> 11) / 0x1p53 - 0.5, d[2 * j],
          d[2 * j + 1], 4e-15);
  }
}

BOOST_AUTO_TEST_CASE(distributions_are_what_they_claim) {
  const auto check = [](auto zero) {
    using T = decltype(zero);
    std::vector<T> x(100'000);
    random_uniform<T>(21, 1, 0, x);
    Moments m = moments(x);
    BOOST_TEST(*std::min_element(x.begin(), x.end()) >= T(0));
    BOOST_TEST(*std::max_element(x.begin(), x.end()) < T(1));
    BOOST_TEST(std::fabs(m.mean - 0.5) < 0.003);
    BOOST_TEST(std::fabs(m.variance - 1 / 12.0) < 0.001);
    BOOST_TEST(kolmogorov_smirnov(x, [](double v) { return v; }) < 1.95);
    random_normal<T>(21, 2, 0, x);
    m = moments(x);
    BOOST_TEST(std::fabs(m.mean) < 0.01);
    BOOST_TEST(std::fabs(m.variance - 1) < 0.015);
    BOOST_TEST(std::fabs(m.skewness) < 0.03);
    BOOST_TEST(std::fabs(m.kurtosis - 3) < 0.06);
    BOOST_TEST(kolmogorov_smirnov(x, normal_cumulative) < 1.95);
    double neighbours = 0;  // the two numbers of a pair, and of one pair and the next, are uncorrelated
    for (std::size_t i = 1; i < x.size(); ++i) neighbours += static_cast<double>(x[i] * x[i - 1]) / 1e5;
    BOOST_TEST(std::fabs(neighbours) < 0.01);
    random_truncated_normal<T>(21, 3, 0, x);
    m = moments(x);
    BOOST_TEST(*std::min_element(x.begin(), x.end()) >= T(-2));
    BOOST_TEST(*std::max_element(x.begin(), x.end()) <= T(2));
    BOOST_TEST(std::fabs(std::sqrt(m.variance) - 0.87962566) < 0.006);
    const double tail = normal_cumulative(-2);
    BOOST_TEST(kolmogorov_smirnov(x, [tail](double v) { return (normal_cumulative(v) - tail) / (1 - 2 * tail); }) <
               1.95);
  };
  check(float{});
  check(double{});
}

BOOST_AUTO_TEST_CASE(a_truncated_normal_is_the_normal_number_where_that_lies_inside) {
  std::vector<double> x(5000), y(5000);
  random_normal<double>(1, 2, 0, x);
  random_truncated_normal<double>(1, 2, 0, y);
  int redrawn = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::fabs(x[i]) <= 2) BOOST_TEST(x[i] == y[i]);
    else {
      ++redrawn;
      std::vector<double> next(1);
      random_normal<double>(1, 2, i + (std::uint64_t{1} << 56), next);
      if (std::fabs(next[0]) <= 2) BOOST_TEST(y[i] == next[0]);
    }
  }
  BOOST_TEST(redrawn > 150);
}

BOOST_AUTO_TEST_CASE(bounded_integers_are_in_range_and_even) {
  std::array<int, 7> seen{};
  for (std::uint64_t i = 0; i < 70'000; ++i) ++seen.at(random_below(5, 6, i, 7));
  for (const int n : seen) BOOST_TEST(std::abs(n - 10'000) < 400);
}

// With 2⁶³ + 1 nearly half of all words would be biased: their low half of word · bound is below 2⁶⁴ mod bound.
BOOST_AUTO_TEST_CASE(a_biased_word_is_drawn_again) {
  constexpr std::uint64_t bound = (std::uint64_t{1} << 63) + 1, biased = -bound % bound;
  int again = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    __extension__ unsigned __int128 product = 0;
    for (std::uint64_t index = i;; index += std::uint64_t{1} << 56, ++again) {
      std::array<std::uint32_t, 2> w{};
      random_bits(5, 7, 2 * index, w);
      product = bound;
      product *= std::uint64_t{w[1]} << 32 | w[0];
      if (static_cast<std::uint64_t>(product) >= biased) break;
    }
    BOOST_TEST(random_below(5, 7, i, bound) == static_cast<std::uint64_t>(product >> 64));
  }
  BOOST_TEST(again > 500);
}

BOOST_AUTO_TEST_CASE(a_shuffle_is_a_permutation_and_a_function_of_its_seed) {
  for (const std::int64_t n : {0, 1, 2, 511, 512, 513, 2000}) {
    std::vector<std::int64_t> order = shuffled_indices(3, 4, n);
    BOOST_TEST((order == shuffled_indices(3, 4, n)));
    if (n > 100) {
      BOOST_TEST((order != shuffled_indices(4, 4, n)));
      BOOST_TEST((order != shuffled_indices(3, 5, n)));
    }
    std::sort(order.begin(), order.end());
    for (std::int64_t i = 0; i < n; ++i) BOOST_TEST(order[static_cast<std::size_t>(i)] == i);
    BOOST_TEST(static_cast<std::int64_t>(order.size()) == n);
  }
}

BOOST_AUTO_TEST_CASE(all_orders_of_a_shuffle_are_equally_likely) {
  std::array<int, 24> seen{};
  for (std::uint64_t seed = 0; seed < 24'000; ++seed) {
    const auto p = shuffled_indices(seed, 0, 4);
    int rank = 0;  // of the permutation among all
    for (std::size_t i = 0; i < 4; ++i) {
      int smaller = 0;
      for (std::size_t j = i + 1; j < 4; ++j) smaller += p[j] < p[i];
      rank = rank * static_cast<int>(4 - i) + smaller;
    }
    ++seen.at(static_cast<std::size_t>(rank));
  }
  double chi = 0;
  for (const int n : seen) chi += (n - 1000.0) * (n - 1000.0) / 1000;
  BOOST_TEST(chi < 49.7);  // 23 degrees of freedom, probability 0.001
}

// FNV's published vectors.
BOOST_AUTO_TEST_CASE(a_streams_name_is_hashed_by_fnv_1a) {
  BOOST_TEST(stream_of("") == 0xcbf29ce484222325u);
  BOOST_TEST(stream_of("a") == 0xaf63dc4c8601ec8cu);
  BOOST_TEST(stream_of("foobar") == 0x85944171f73967e8u);
}

BOOST_AUTO_TEST_SUITE_END()
