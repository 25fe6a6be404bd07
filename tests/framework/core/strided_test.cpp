// The strided copy against an index-by-index one.
#include <cinta/framework/core/strided.hpp>

#include <cinta/framework/core/parallel.hpp>

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace cinta;

namespace {

template <class T> void copy_by_index(const Shape& shape, const T* from, const Strides& f, T* to, const Strides& t) {
  for (std::int64_t k = 0; k < shape.size(); ++k) {
    std::int64_t rest = k, a = 0, b = 0;
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
      a += rest % shape[axis] * f[axis];
      b += rest % shape[axis] * t[axis];
      rest /= shape[axis];
    }
    to[b] = from[a];
  }
}

Strides strides(std::initializer_list<std::int64_t> of) {
  Strides s;
  int a = 0;
  for (const std::int64_t n : of) s[a++] = n;
  return s;
}

// Whether both copies leave the same elements, those between written ones included.
template <class T> bool agrees(const Shape& shape, const Strides& f, const Strides& t, std::size_t from_size,
                               std::size_t to_size, std::int64_t from_offset = 0) {
  std::vector<T> from(from_size), a(to_size, T(7)), b(to_size, T(7));
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<T>(i * 2654435761u);
  copy_by_index(shape, from.data() + from_offset, f, a.data(), t);
  strided_copy(shape, sizeof(T), from.data() + from_offset, f, b.data(), t);
  return a == b;
}

#define CHECK_COPY(...)                             \
  do {                                              \
    BOOST_TEST(agrees<std::uint8_t>(__VA_ARGS__));  \
    BOOST_TEST(agrees<std::uint32_t>(__VA_ARGS__)); \
    BOOST_TEST(agrees<std::uint64_t>(__VA_ARGS__)); \
  } while (false)

}  // namespace

BOOST_AUTO_TEST_SUITE(strided)

BOOST_AUTO_TEST_CASE(strides_are_those_of_row_major_order) {
  const Strides s = strides_of({2, 3, 5});
  BOOST_TEST((s[0] == 15 && s[1] == 5 && s[2] == 1));
  const Strides b = broadcast_strides({3, 1}, {4, 3, 5});
  BOOST_TEST((b[0] == 0 && b[1] == 1 && b[2] == 0));
}

BOOST_AUTO_TEST_CASE(transposes_of_any_size) {
  for (const std::int64_t m : {1, 2, 15, 16, 17, 33, 100})
    for (const std::int64_t n : {1, 3, 16, 31, 64, 129})
      CHECK_COPY({n, m}, strides({1, n}), strides({m, 1}), static_cast<std::size_t>(m * n),
                 static_cast<std::size_t>(m * n));
}

BOOST_AUTO_TEST_CASE(permutations_of_three_and_four_axes) {
  CHECK_COPY({5, 3, 4}, strides({1, 20, 5}), strides_of({5, 3, 4}), 60, 60);
  CHECK_COPY({4, 5, 3}, strides({5, 1, 20}), strides_of({4, 5, 3}), 60, 60);
  CHECK_COPY({7, 2, 18, 5}, strides({1, 630, 35, 7}), strides_of({7, 2, 18, 5}), 1260, 1260);
}

BOOST_AUTO_TEST_CASE(repeats_and_scalars) {
  CHECK_COPY({3, 4}, strides({0, 1}), strides({4, 1}), 4, 12);
  CHECK_COPY({3, 4}, strides({1, 0}), strides({4, 1}), 3, 12);
  CHECK_COPY({3, 1, 4}, strides({0, 0, 0}), strides({4, 4, 1}), 1, 12);
  CHECK_COPY(Shape(), Strides{}, Strides{}, 1, 1);
}

BOOST_AUTO_TEST_CASE(pieces_steps_and_steps_backwards) {
  CHECK_COPY({3, 4}, strides({10, 1}), strides({7, 1}), 30, 21);
  CHECK_COPY({3, 4}, strides({10, 2}), strides({7, 1}), 30, 21);
  CHECK_COPY({3, 4}, strides({10, -2}), strides({4, 1}), 40, 12, 6);
  CHECK_COPY({3, 4}, strides({-10, 1}), strides({4, 1}), 30, 12, 20);
  CHECK_COPY({3, 4}, strides({4, 1}), strides({10, 2}), 12, 30);
}

BOOST_AUTO_TEST_CASE(an_empty_copy_touches_nothing) {
  CHECK_COPY({3, 0}, strides({1, 1}), strides({1, 1}), 3, 3);
  CHECK_COPY({0, 3}, strides({3, 1}), strides({3, 1}), 3, 3);
}

BOOST_AUTO_TEST_CASE(large_copies_on_1_2_and_3_threads) {
  const int before = num_threads();
  for (const int threads : {1, 2, 3}) {
    set_num_threads(threads);
    BOOST_TEST(agrees<std::uint32_t>({1000, 700}, strides({1, 1000}), strides({700, 1}), 700'000, 700'000));
    BOOST_TEST(
        agrees<std::uint32_t>({300, 20, 50}, strides({50, 15'000, 1}), strides({1000, 50, 1}), 300'000, 300'000));
  }
  set_num_threads(before);
}

BOOST_AUTO_TEST_SUITE_END()
