// Reductions of contiguous runs: the bits of the definition, written here in scalars.
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <functional>

#include "pack_support.hpp"

using namespace pack_test;
using Types = boost::mpl::list<float, double>;

BOOST_AUTO_TEST_SUITE(pack_reduce)

namespace {

template <class T> using Op = std::function<T(T, T)>;

// One chunk: 64 / sizeof(T) chains by index modulo their number, folded in halves.
template <class T> T chunk(const Op<T>& op, T identity, std::int64_t n, const std::function<T(T, std::int64_t)>& next) {
  constexpr int lanes = 64 / sizeof(T);
  T partial[lanes];
  for (T& p : partial) p = identity;
  for (std::int64_t i = 0; i < n; ++i) partial[i % lanes] = next(partial[i % lanes], i);
  for (int half = lanes / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) partial[i] = op(partial[i], partial[i + half]);
  return partial[0];
}

template <class T> T tree(const Op<T>& op, const std::vector<T>& x, std::size_t lo, std::size_t hi) {
  if (hi - lo == 1) return x[lo];
  const std::size_t mid = lo + (hi - lo + 1) / 2;
  return op(tree(op, x, lo, mid), tree(op, x, mid, hi));
}

template <class T> T run(const Op<T>& op, T identity, std::int64_t n, const std::function<T(std::int64_t)>& element) {
  std::vector<T> chunks;
  for (std::int64_t start = 0; start < n; start += 4096)
    chunks.push_back(chunk<T>(op, identity, std::min<std::int64_t>(4096, n - start),
                              [&](T p, std::int64_t i) { return op(p, element(start + i)); }));
  return chunks.empty() ? identity : tree(op, chunks, 0, chunks.size());
}

template <class T> std::vector<T> numbers(std::size_t n, std::uint64_t seed) {
  Numbers r{seed};
  std::vector<T> x(n);
  for (T& v : x) v = static_cast<T>(r.uniform(-1, 1) * std::exp2(r.uniform(-9, 9)));
  return x;
}

template <class T> T reduced(const NamedSet& set, const std::string& name, const T* a, const T* b, std::int64_t n) {
  for (const auto& r : set.get<T>().reductions)
    if (name == r.name) return r.run(a, b, n);
  throw std::string("no reduction " + name);
}

const std::int64_t lengths[] = {0,  1,   2,   7,   8,   9,    15,   16,   17,   31,   33,    63,    64,   65,
                                97, 127, 128, 129, 500, 1000, 4095, 4096, 4097, 8192, 12289, 20480, 70000};

}  // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(runs_have_the_bits_of_the_definition, T, Types) {
  const T inf = std::numeric_limits<T>::infinity();
  struct Case {
    const char* name;
    Op<T> op;
    T identity;
  };
  const Case cases[] = {{"sum", [](T a, T b) { return a + b; }, 0},
                        {"product", [](T a, T b) { return a * b; }, 1},
                        {"maximum", [](T a, T b) { return b > a || b != b ? b : a; }, -inf},
                        {"minimum", [](T a, T b) { return b < a || b != b ? b : a; }, inf}};
  const auto x = numbers<T>(70001, 3);
  for (const auto& set : sets())
    for (const auto& c : cases)
      for (std::int64_t n : lengths)
        for (int offset : {0, 1}) {  // the address takes no part
          const T* p = x.data() + offset;
          const T expected = run<T>(c.op, c.identity, n, [=](std::int64_t i) { return p[i]; });
          const T found = reduced(set, c.name, p, p, n);
          BOOST_TEST(same(found, expected),
                     set.name << ": " << c.name << " of " << n << ": " << found << ", not " << expected);
        }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(chunks_have_the_bits_of_the_definition, T, Types) {
  const auto x = numbers<T>(4096, 5), y = numbers<T>(4096, 6);
  const Op<T> plus = [](T a, T b) { return a + b; };
  for (const auto& set : sets())
    for (std::int64_t n : lengths) {
      if (n > 4096) break;
      BOOST_TEST(same(reduced(set, "sum chunk", x.data(), y.data(), n),
                      chunk<T>(plus, 0, n, [&](T p, std::int64_t i) { return p + x[static_cast<std::size_t>(i)]; })));
      BOOST_TEST(same(reduced(set, "dot chunk", x.data(), y.data(), n), chunk<T>(plus, 0, n, [&](T p, std::int64_t i) {
                        const auto j = static_cast<std::size_t>(i);
                        return std::fma(x[j], y[j], p);
                      })));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(chunk_results_are_combined_in_the_tree, T, Types) {
  const auto x = numbers<T>(300, 8);
  const Op<T> plus = [](T a, T b) { return a + b; };
  for (const auto& set : sets()) {
    for (std::size_t n = 1; n <= x.size(); ++n)
      BOOST_TEST(
          same(reduced(set, "tree of sums", x.data(), x.data(), static_cast<std::int64_t>(n)), tree(plus, x, 0, n)));
    BOOST_TEST(same(reduced(set, "tree of sums", x.data(), x.data(), 0), T(0)));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(lanes_behind_the_end_take_no_part, T, Types) {
  const auto x = numbers<T>(9000, 9), y = numbers<T>(9000, 10);
  const std::vector<T> tiny(9, std::numeric_limits<T>::denorm_min());
  const std::vector<T> minus(9, -std::numeric_limits<T>::denorm_min());
  for (const auto& set : sets()) {
    for (std::int64_t n : lengths) {  // each lane behind the end is 0 / 0 here
      if (n > 9000) break;
      const T expected =
          run<T>([](T a, T b) { return a + b; }, 0, n,
                 [&](std::int64_t i) { return x[static_cast<std::size_t>(i)] / y[static_cast<std::size_t>(i)]; });
      BOOST_TEST(same(reduced(set, "sum of quotients", x.data(), y.data(), n), expected));
    }
    // Products that underflow leave −0 in every lane; a 0 · 0 added from behind the end would make it +0.
    std::vector<T> a(64 / sizeof(T) + 1, tiny[0]), b(a.size(), minus[0]);
    BOOST_TEST(same(reduced(set, "dot chunk", a.data(), b.data(), static_cast<std::int64_t>(a.size())), T(-0.0)));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(one_nan_anywhere_wins_a_maximum_and_a_minimum, T, Types) {
  for (const auto& set : sets())
    for (std::int64_t n : {1, 5, 16, 40, 5000})
      for (std::int64_t at = 0; at < n; at += n / 5 + 1) {
        auto x = numbers<T>(static_cast<std::size_t>(n), 11);
        x[static_cast<std::size_t>(at)] = std::numeric_limits<T>::quiet_NaN();
        BOOST_TEST(std::isnan(reduced(set, "maximum", x.data(), x.data(), n)));
        BOOST_TEST(std::isnan(reduced(set, "minimum", x.data(), x.data(), n)));
      }
}

BOOST_AUTO_TEST_SUITE_END()
