// Reductions against their definition in plain loops, bit for bit.
#include <cinta/framework/core/reduction.hpp>

#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/random.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

using namespace cinta;

namespace {

template <class T> T combined(Reduction op, T a, T b) {
  if (op == Reduction::sum) return a + b;
  if (op == Reduction::max) return a > b || a != a ? a : b;
  return a < b || a != a ? a : b;
}
template <class T> T identity(Reduction op) {
  if (op == Reduction::sum) return 0;
  return op == Reduction::max ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::infinity();
}

template <class T> T tree(Reduction op, const std::vector<T>& x, std::size_t lo, std::size_t hi) {
  if (hi - lo == 1) return x[lo];
  const std::size_t mid = lo + (hi - lo + 1) / 2;
  return combined(op, tree(op, x, lo, mid), tree(op, x, mid, hi));
}

// A run over the innermost axis.
template <class T> T run(Reduction op, const T* x, std::int64_t n) {
  constexpr std::int64_t lanes = 64 / sizeof(T);
  if (n == 0) return identity<T>(op);
  std::vector<T> chunks;
  for (std::int64_t c = 0; c < n; c += 4096) {
    T part[lanes];
    for (T& p : part) p = identity<T>(op);
    for (std::int64_t i = c; i < std::min(n, c + 4096); ++i)
      part[(i - c) % lanes] = combined(op, part[(i - c) % lanes], x[i]);
    for (std::int64_t half = lanes / 2; half > 0; half /= 2)
      for (std::int64_t i = 0; i < half; ++i) part[i] = combined(op, part[i], part[i + half]);
    chunks.push_back(part[0]);
  }
  return tree(op, chunks, 0, chunks.size());
}
// A column of another axis.
template <class T> T column(Reduction op, const T* x, std::int64_t n, std::int64_t stride) {
  if (n == 0) return identity<T>(op);
  std::vector<T> chunks;
  for (std::int64_t c = 0; c < n; c += 64) {
    T part = identity<T>(op);
    for (std::int64_t i = c; i < std::min(n, c + 64); ++i) part = combined(op, part, x[i * stride]);
    chunks.push_back(part);
  }
  return tree(op, chunks, 0, chunks.size());
}

template <class T> Tensor random_tensor(const Shape& shape, std::uint64_t stream) {
  Tensor t = empty(shape, dtype_of<T>);
  random_normal<T>(1, stream, 0, {t.mutable_data<T>(), static_cast<std::size_t>(t.size())});
  return t;
}

template <class T> void check(Reduction op, std::int64_t outer, std::int64_t n, std::int64_t inner) {
  const Tensor x = random_tensor<T>({outer, n, inner}, 1);
  const Tensor y = reduce(op, x, 0b010);
  BOOST_REQUIRE((y.shape() == Shape{outer, 1, inner}));
  int wrong = 0;
  for (std::int64_t o = 0; o < outer; ++o)
    for (std::int64_t c = 0; c < inner; ++c) {
      const T* p = x.data<T>() + o * n * inner + c;
      const T expected = inner == 1 ? run(op, p, n) : column(op, p, n, inner);
      wrong += std::memcmp(&expected, y.data<T>() + o * inner + c, sizeof(T)) != 0;
    }
  BOOST_TEST(wrong == 0, "[" << outer << ", " << n << ", " << inner << "]: " << wrong << " results differ");
}

constexpr Reduction all[] = {Reduction::sum, Reduction::max, Reduction::min};

}  // namespace

BOOST_AUTO_TEST_SUITE(reduction)

BOOST_AUTO_TEST_CASE(runs_have_the_bits_of_their_definition) {
  for (const Reduction op : all)
    for (const std::int64_t n : {0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 100, 4095, 4096, 4097, 8192, 12'289, 100'000})
      for (const std::int64_t outer : {1, 3}) {
        check<float>(op, outer, n, 1);
        check<double>(op, outer, n, 1);
      }
}

BOOST_AUTO_TEST_CASE(columns_have_the_bits_of_their_definition) {
  for (const Reduction op : all)
    for (const std::int64_t n : {0, 2, 63, 64, 65, 129, 1000})
      for (const std::int64_t inner : {2, 7, 8, 16, 17, 63, 64, 65, 130}) {
        check<float>(op, 2, n, inner);
        check<double>(op, 2, n, inner);
      }
}

BOOST_AUTO_TEST_CASE(several_axes_are_taken_innermost_first_and_neighbours_as_one) {
  const Tensor x = random_tensor<float>({3, 5, 70, 9}, 2);
  const Tensor apart = reduce(Reduction::sum, x, 0b1010);
  BOOST_TEST(equal_bytes(apart, reduce(Reduction::sum, reduce(Reduction::sum, x, 0b1000), 0b0010)));
  const Tensor joined = reduce(Reduction::sum, x, 0b1100);
  BOOST_TEST(equal_bytes(joined, with_shape(reduce(Reduction::sum, with_shape(x, {3, 5, 630}), 0b100), {3, 5, 1, 1})));
  BOOST_TEST(equal_bytes(reduce(Reduction::sum, x, 0b1111),
                         with_shape(reduce(Reduction::sum, with_shape(x, {9450}), 1), {1, 1, 1, 1})));
  BOOST_TEST(equal_bytes(reduce(Reduction::sum, x, 0), x));
}

BOOST_AUTO_TEST_CASE(a_run_has_the_same_bits_at_any_address_and_among_any_neighbours) {
  const Tensor x = random_tensor<float>({40, 1001}, 3), sums = reduce(Reduction::sum, x, 0b10);
  for (std::int64_t r = 0; r < 40; ++r) {
    const Tensor alone = tensor(std::span<const float>(x.data<float>() + r * 1001, 1001), {1, 1001});
    BOOST_TEST(reduce(Reduction::sum, alone, 0b10).data<float>()[0] == sums.data<float>()[r]);
  }
}

BOOST_AUTO_TEST_CASE(bits_are_the_same_for_1_2_and_3_threads) {
  const int before = num_threads();
  const Tensor x = random_tensor<float>({1500, 300}, 4);
  Tensor first[3];
  for (const int threads : {1, 2, 3}) {
    set_num_threads(threads);
    for (unsigned axes = 1; axes <= 3; ++axes) {
      const Tensor y = reduce(Reduction::sum, x, axes);
      if (threads == 1) first[axes - 1] = y;
      BOOST_TEST(equal_bytes(y, first[axes - 1]));
    }
  }
  set_num_threads(before);
}

BOOST_AUTO_TEST_CASE(nan_wins_wherever_it_stands) {
  for (const std::int64_t at : {0, 5, 16, 40, 4999}) {
    Tensor x = random_tensor<float>({5000}, 5);
    x.mutable_data<float>()[at] = std::nanf("");
    BOOST_TEST(std::isnan(reduce(Reduction::max, x, 1).item()));
    BOOST_TEST(std::isnan(reduce(Reduction::min, x, 1).item()));
    BOOST_TEST(std::isnan(reduce(Reduction::max, with_shape(x, {2500, 2}), 1).data<float>()[at % 2]));
  }
}

BOOST_AUTO_TEST_CASE(integers_are_exact_and_wrap) {
  const Tensor x = tensor({{1, -2, 3}, {4, 5, -6}}, i32);
  BOOST_TEST(equal_bytes(reduce(Reduction::sum, x, 0b01), tensor({{5, 3, -3}}, i32)));
  BOOST_TEST(equal_bytes(reduce(Reduction::max, x, 0b10), tensor({{3}, {5}}, i32)));
  BOOST_TEST(equal_bytes(reduce(Reduction::min, x, 0b11), tensor({{-6}}, i32)));
  BOOST_TEST(reduce(Reduction::sum, tensor({2147483647, 1}, i32), 1).item<std::int32_t>() ==
             std::numeric_limits<std::int32_t>::min());
  BOOST_TEST(reduce(Reduction::sum, filled({1000}, 1, u8), 1).item<std::int32_t>() == 1000);
}

BOOST_AUTO_TEST_CASE(add_in_place_rounds_each_element_once) {
  for (const std::int64_t n : {0, 1, 16, 17, 100, 200'000}) {
    const Tensor x = random_tensor<float>({n}, 6);
    Tensor y = random_tensor<float>({n}, 7), expected = empty({n});
    for (std::int64_t i = 0; i < n; ++i) expected.mutable_data<float>()[i] = y.data<float>()[i] + x.data<float>()[i];
    add_in_place(y, x);
    BOOST_TEST(equal_bytes(y, expected));
  }
}

BOOST_AUTO_TEST_CASE(sum_rows_is_the_reduction_of_axis_0_and_adds_it_after) {
  for (const std::int64_t rows : {0, 1, 2, 64, 65, 300})
    for (const std::int64_t columns : {1, 2, 16, 33}) {
      const Tensor x = random_tensor<double>({rows, columns}, 8), sums = reduce(Reduction::sum, x, 0b01);
      std::vector<double> out(static_cast<std::size_t>(columns), 0.125);
      sum_rows(x.data<double>(), rows, columns, out.data(), true);
      for (std::int64_t c = 0; c < columns; ++c)
        BOOST_TEST(out[static_cast<std::size_t>(c)] == 0.125 + sums.data<double>()[c]);
      sum_rows(x.data<double>(), rows, columns, out.data(), false);
      for (std::int64_t c = 0; c < columns; ++c) BOOST_TEST(out[static_cast<std::size_t>(c)] == sums.data<double>()[c]);
    }
}

BOOST_AUTO_TEST_SUITE_END()
