// Packs: arithmetic, comparisons, masks, loads and stores, for AVX2 and AVX-512, against plain scalars.
#include <sys/mman.h>
#include <unistd.h>

#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <cinta/framework/core/pack_functions.hpp>
#include <functional>

#include "pack_support.hpp"

using namespace pack_test;
using cinta::Mask;
using cinta::Pack;
using Types = boost::mpl::list<float, double>;

BOOST_AUTO_TEST_SUITE(pack)

namespace {

// The ends of two pages of memory that stand before one that may not be touched.
class LastBytes {
 public:
  LastBytes() : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    void* p = mmap(nullptr, 2 * page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    BOOST_REQUIRE(p != MAP_FAILED);
    memory_ = static_cast<char*>(p);
    BOOST_REQUIRE(mprotect(memory_ + page_, page_, PROT_NONE) == 0);
  }
  ~LastBytes() { munmap(memory_, 2 * page_); }
  LastBytes(const LastBytes&) = delete;
  LastBytes& operator=(const LastBytes&) = delete;
  template <class T> T* last(int count) { return reinterpret_cast<T*>(memory_ + page_) - count; }

 private:
  std::size_t page_;
  char* memory_;
};

}  // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(arithmetic_and_comparisons_are_ieee_on_every_instruction_set, T, Types) {
  const auto one = [](bool c) { return c ? T(1) : T(0); };
  struct Reference {
    const char* name;
    std::function<T(T, T, T)> f;
  };
  const Reference references[] = {
      {"copy", [](T x, T, T) { return x; }},
      {"x + y", [](T x, T y, T) { return x + y; }},
      {"x - y", [](T x, T y, T) { return x - y; }},
      {"x * y", [](T x, T y, T) { return x * y; }},
      {"x / y", [](T x, T y, T) { return x / y; }},
      {"-x", [](T x, T, T) { return -x; }},
      {"fma", [](T x, T y, T z) { return std::fma(x, y, z); }},
      {"fms", [](T x, T y, T z) { return std::fma(x, y, -z); }},
      {"fnma", [](T x, T y, T z) { return std::fma(-x, y, z); }},
      {"x < y", [=](T x, T y, T) { return one(x < y); }},
      {"x <= y", [=](T x, T y, T) { return one(x <= y); }},
      {"x > y", [=](T x, T y, T) { return one(x > y); }},
      {"x >= y", [=](T x, T y, T) { return one(x >= y); }},
      {"x == y", [=](T x, T y, T) { return one(x == y); }},
      {"x != y", [=](T x, T y, T) { return one(x != y); }},
      {"and", [=](T x, T y, T z) { return one(x < y && x < z); }},
      {"or", [=](T x, T y, T z) { return one(x < y || x < z); }},
      {"xor", [=](T x, T y, T z) { return one((x < y) != (x < z)); }},
      {"not", [=](T x, T y, T) { return one(!(x < y)); }},
      {"select", [](T x, T y, T z) { return x < y ? z : x; }},
      {"isnan", [=](T x, T, T) { return one(std::isnan(x)); }},
      {"isfinite", [=](T x, T, T) { return one(std::isfinite(x)); }},
      {"abs", [](T x, T, T) { return std::fabs(x); }},
      {"sqrt", [](T x, T, T) { return std::sqrt(x); }},
      {"floor", [](T x, T, T) { return std::floor(x); }},
      {"ceil", [](T x, T, T) { return std::ceil(x); }},
      {"trunc", [](T x, T, T) { return std::trunc(x); }},
      {"round", [](T x, T, T) { return std::nearbyint(x); }},
      {"copysign", [](T x, T y, T) { return std::copysign(x, y); }},
      {"sign", [](T x, T, T) { return x > 0   ? T(1)
                                      : x < 0 ? T(-1)
                                              : x; }},
      {"step", [=](T x, T, T) { return one(x >= 0); }},
      {"relu", [](T x, T, T) { return x <= 0 ? T(0) : x; }},
      {"maximum", [](T x, T y, T) { return y > x || y != y ? y : x; }},
      {"minimum", [](T x, T y, T) { return y < x || y != y ? y : x; }},
      {"clamp",
       [](T x, T y, T z) {
         const T m = y > x || y != y ? y : x;
         return z < m || z != z ? z : m;
       }},
  };
  std::vector<T> a, b, c;
  const auto values = special_values<T>();
  Numbers numbers{7};
  for (T x : values)
    for (T y : values)
      for (int i = 0; i < 6; ++i) a.push_back(x), b.push_back(y), c.push_back(values[numbers.next() % values.size()]);
  for (int i = 0; i < 20000; ++i)  // sums, products and roundings of ordinary numbers
    a.push_back(static_cast<T>(numbers.uniform(-9, 9))), b.push_back(static_cast<T>(numbers.uniform(-9, 9))),
        c.push_back(static_cast<T>(numbers.uniform(-40, 40)));
  for (const auto& set : sets())
    for (const auto& reference : references) {
      const auto y = apply(set.template get<T>(), reference.name, a, b, c);
      int wrong = 0;
      for (std::size_t i = 0; i < a.size(); ++i) wrong += !same(y[i], reference.f(a[i], b[i], c[i]));
      BOOST_TEST(wrong == 0, set.name << ": " << reference.name << " is wrong for " << wrong << " of " << a.size());
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(partial_loads_and_stores_stay_before_the_end_of_memory, T, Types) {
  LastBytes from, to;
  for (const auto& set : sets())
    for (int n = 0; n <= 3 * Pack<T>::size; ++n) {
      T* x = from.last<T>(n);
      T* y = to.last<T>(n + 1);  // one element in front that must survive
      y[0] = T(-7);
      for (int i = 0; i < n; ++i) x[i] = T(i + 1), y[i + 1] = 0;
      find(set.template get<T>(), "copy")->run(x, x, x, y + 1, n);
      bool right = y[0] == T(-7);
      for (int i = 0; i < n; ++i) right = right && y[i + 1] == T(i + 1);
      BOOST_TEST(right, set.name << ": " << n << " elements");
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(partial_stores_touch_nothing_behind_them, T, Types) {
  T memory[3 * Pack<T>::size];
  for (int count = 0; count <= Pack<T>::size; ++count) {
    for (T& x : memory) x = T(5);
    Pack<T>(9).store(memory, count);
    for (int i = 0; i < 3 * Pack<T>::size; ++i) BOOST_TEST(memory[i] == (i < count ? T(9) : T(5)));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(lanes_that_a_partial_load_leaves_are_plus_zero, T, Types) {
  T memory[Pack<T>::size];
  for (T& x : memory) x = T(-3);
  for (int count = 0; count <= Pack<T>::size; ++count) {
    const auto x = Pack<T>::load(memory, count);
    for (int i = 0; i < Pack<T>::size; ++i) BOOST_TEST(same(x.lane(i), i < count ? T(-3) : T(0)));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(masks_become_bytes_of_one_and_zero_and_come_back, T, Types) {
  LastBytes bytes, values;
  for (const auto& set : sets())
    for (int n = 0; n <= 2 * Pack<T>::size + 3; ++n)
      for (std::uint64_t pattern : {0x5a3cf00f9669a55aull, ~0ull, 0ull, 0x0123456789abcdefull}) {
        std::uint8_t* u = bytes.last<std::uint8_t>(n + 1);
        T* x = values.last<T>(n);
        u[0] = 77;
        for (int i = 0; i < n; ++i) x[i] = pattern >> i % 64 & 1 ? T(0.5) : T(-0.5), u[i + 1] = 99;
        set.template get<T>().bytes_of_positive(x, u + 1, n);
        bool right = u[0] == 77;
        for (int i = 0; i < n; ++i) right = right && u[i + 1] == (x[i] > 0 ? 1 : 0);
        BOOST_TEST(right, set.name << ": " << n << " bytes written");
        for (int i = 0; i < n; ++i)
          u[i + 1] = x[i] > 0 ? static_cast<std::uint8_t>(1 + 37 * i) | 1 : 0;  // any byte but 0 is true
        std::vector<T> y(static_cast<std::size_t>(n) + 1, T(-1));
        set.template get<T>().ones_of_bytes(u + 1, y.data(), n);
        right = y.back() == T(-1);
        for (int i = 0; i < n; ++i) right = right && y[static_cast<std::size_t>(i)] == (x[i] > 0 ? T(1) : T(0));
        BOOST_TEST(right, set.name << ": " << n << " bytes read");
      }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(any_and_all_look_at_every_lane, T, Types) {
  BOOST_TEST(!any(Pack<T>(1) < 0));
  BOOST_TEST(all(Pack<T>(1) > 0));
  for (int i = 0; i < Pack<T>::size; ++i) {
    const auto m = Mask<T>::from_bits(1u << i);
    BOOST_TEST(any(m));
    BOOST_TEST(!all(m));
    BOOST_TEST(!all(!m));
    BOOST_TEST(any(!m));
    BOOST_TEST(m.lane(i));
    BOOST_TEST(m.bits() == 1u << i);
    BOOST_TEST(Mask<T>::first(i).bits() == (1u << i) - 1);
  }
  BOOST_TEST(all(Mask<T>::first(Pack<T>::size)));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_scalar_of_any_type_on_either_side_is_that_value_in_every_lane, T, Types) {
  const Pack<T> x = 6;
  const auto is = [](Pack<T> y, double value) { return all(y == static_cast<T>(value)); };
  BOOST_TEST(is(x + 1, 7));
  BOOST_TEST(is(1 + x, 7));
  BOOST_TEST(is(x - 0.5, 5.5));
  BOOST_TEST(is(0.5f - x, -5.5));
  BOOST_TEST(is(x * 2L, 12));
  BOOST_TEST(is(std::int64_t{3} / x, 0.5));
  BOOST_TEST(is(x * 0.1, static_cast<double>(T(6) * T(0.1))));  // the scalar is rounded to T first
  BOOST_TEST(is(fma(x, 2, 1), 13));
  BOOST_TEST(is(fma(2, x, x), 18));
  BOOST_TEST(is(fma(2, 3.0, x), 12));
  BOOST_TEST(is(select(x > 5, 1, x), 1));
  BOOST_TEST(is(select(5 > x, x, 2.5), 2.5));
  BOOST_TEST(is(maximum(x, 7), 7));
  BOOST_TEST(is(minimum(5, x), 5));
  BOOST_TEST(is(mod(x, 4), 2));
  BOOST_TEST(is(pow(2, x), 64));
  Pack<T> y = x;
  y += 2;
  y -= x;
  y *= 3;
  y /= 4;
  BOOST_TEST(is(y, 1.5));
  BOOST_TEST(is(+y, 1.5));
  BOOST_TEST(is(Pack<T>(), 0));
}

BOOST_AUTO_TEST_CASE(a_pack_is_64_bytes_everywhere) {
  BOOST_TEST(Pack<float>::size == 16);
  BOOST_TEST(Pack<double>::size == 8);
  BOOST_TEST(sizeof(Pack<float>) == 64u);
  BOOST_TEST(sizeof(Pack<double>) == 64u);
}

BOOST_AUTO_TEST_SUITE_END()
