// Elementwise ops give an element the same bits with AVX2 and AVX-512, alone and in any batch, at any address.
#include <cinta/framework/core/isa.hpp>
#include <cinta/ops/elementwise_table.hpp>
#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

using namespace cinta;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity(), NaN = std::numeric_limits<double>::quiet_NaN();

// Inputs over every magnitude, with special values between them.
template <class T> std::vector<T> inputs(unsigned seed, std::size_t n) {
  std::mt19937_64 random(seed);
  const double special[] = {0, -0.0, inf, -inf, NaN, 1e-40, 1, -1, 88.5, -88.5, 709.5, 0.5};
  std::vector<T> x(n);
  for (T& v : x) {
    const double unit = static_cast<double>(random() >> 11) * 0x1p-53;
    const std::uint64_t kind = random() % 16;
    const double value = kind == 0   ? special[random() % 12]
                         : kind < 12 ? 8 * unit - 4
                                     : std::exp(80 * unit - 40) * (random() % 2 != 0 ? 1 : -1);
    v = static_cast<T>(value);
  }
  return x;
}

// Bytes are equal, or both are NaN.
template <class T> bool agree(const std::vector<T>& a, const std::vector<T>& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (std::memcmp(&a[i], &b[i], sizeof(T)) != 0 && !(std::isnan(a[i]) && std::isnan(b[i]))) return false;
  return true;
}

// Every loop of every rule on n elements from `at` on: values, then the gradients of each operand, written and added.
template <class T> std::vector<std::vector<T>> all_loops(const ElementwiseKernels<T>& k, const std::vector<T> (&x)[3],
                                                         const std::vector<T>& g, std::size_t at, std::size_t n,
                                                         bool mask_first = false) {
  const Run first{
      mask_first ? static_cast<const void*>(reinterpret_cast<const std::uint8_t*>(x[0].data()) + at) : x[0].data() + at,
      1};
  const Run runs[] = {first, {x[1].data() + at, 1}, {x[2].data() + at, 1}};
  std::vector<std::vector<T>> results(1, std::vector<T>(n));
  k.forward(static_cast<std::int64_t>(n), results[0].data(), runs);
  for (const auto backward : k.backward)
    for (const bool add : {false, true}) {
      if (backward == nullptr) continue;
      std::vector<T> gx(g.begin() + static_cast<std::ptrdiff_t>(at), g.begin() + static_cast<std::ptrdiff_t>(at + n));
      backward(static_cast<std::int64_t>(n), gx.data(), add, g.data() + at, runs, results[0].data());
      results.push_back(gx);
    }
  return results;
}

template <class F> void each_rule(F f) {
  for (int r = 0; r < rules::Rules::size; ++r) {
    f(r, &ElementwiseTable::f32, float{});
    f(r, &ElementwiseTable::f64, double{});
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(elementwise_bits)

#if defined(__x86_64__)
BOOST_AUTO_TEST_CASE(avx2_and_avx512_give_the_same_bits) {
  if (isa() != Isa::v4) return;  // this processor has one of the two, or was told to use it
  each_rule([](int r, auto member, auto zero) {
    using T = decltype(zero);
    constexpr std::size_t n = 4099;
    const std::vector<T> x[3] = {inputs<T>(1, n), inputs<T>(2, n), inputs<T>(3, n)}, g = inputs<T>(4, n);
    const auto two = all_loops<T>((v3::elementwise_table.*member)[r], x, g, 0, n),
               five = all_loops<T>((v4::elementwise_table.*member)[r], x, g, 0, n);
    BOOST_REQUIRE(two.size() == five.size());
    for (std::size_t i = 0; i < two.size(); ++i)
      BOOST_TEST(agree(two[i], five[i]), "rule " << r << ", loop " << i << ", " << sizeof(T) << " bytes");
  });
}
#endif

BOOST_AUTO_TEST_CASE(an_element_has_the_same_bits_alone_and_in_any_batch_at_any_address) {
  each_rule([](int r, auto member, auto zero) {
    using T = decltype(zero);
    constexpr std::size_t n = 200;
    const std::vector<T> x[3] = {inputs<T>(5, n), inputs<T>(6, n), inputs<T>(7, n)}, g = inputs<T>(8, n);
    const auto& kernels = (CINTA_OF_SET(isa(), elementwise_table).*member)[r];
    const bool mask_first = r == rules::Rules::index<rules::Select>;
    const auto whole = all_loops<T>(kernels, x, g, 0, n, mask_first);
    for (const std::size_t at : {0u, 1u, 3u, 8u, 15u, 16u, 17u, 33u})
      for (const std::size_t length : {1u, 2u, 7u, 8u, 9u, 15u, 16u, 17u, 33u, 100u}) {
        if (whole.size() == 1) continue;  // masks: bytes, not elements
        const auto part = all_loops<T>(kernels, x, g, at, length, mask_first);
        for (std::size_t i = 0; i < whole.size(); ++i) {
          const std::vector<T> expected(whole[i].begin() + static_cast<std::ptrdiff_t>(at),
                                        whole[i].begin() + static_cast<std::ptrdiff_t>(at + length));
          BOOST_TEST(agree(part[i], expected),
                     "rule " << r << ", loop " << i << ", " << length << " elements from " << at);
        }
      }
  });
}

BOOST_AUTO_TEST_CASE(one_value_for_all_has_the_bits_of_the_value_repeated) {
  const Tensor x = uniform({1000}, -3, 3, {.seed = 1}), y = uniform({1}, 0.5, 3, {.seed = 2}),
               wide = broadcast_to(y, {1000});
  for (const auto f : {add, sub, mul, div, maximum, minimum, leaky_relu, elu}) {
    BOOST_TEST(equal_bytes(f(x, y), f(x, wide)));
    BOOST_TEST(equal_bytes(f(y, x), f(wide, x)));
    BOOST_TEST(equal_bytes(f(x, y.item()), f(x, wide)));
  }
  BOOST_TEST(equal_bytes(pow(abs(x), y), pow(abs(x), wide)));
  BOOST_TEST(equal_bytes(select(y, x, 1), select(wide, x, 1)));
}

BOOST_AUTO_TEST_SUITE_END()
