#include <boost/test/unit_test.hpp>

#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/storage.hpp>
#include <cinta/ops/gemm_kernels.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

using namespace cinta;

namespace {

using Size = std::int64_t;

std::vector<Isa> instruction_sets() {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512cd") || !__builtin_cpu_supports("avx512dq") ||
      !__builtin_cpu_supports("avx512vl")) {
    BOOST_TEST_MESSAGE("this processor has no AVX-512: the kernels for x86-64-v4 are not tested");
    return {Isa::v3};
  }
  return {Isa::v3, Isa::v4};
#else
  return {Isa::generic};
#endif
}

// A `finish` that shows when it ran not at all, or twice.
template <class T> void one_minus(Size n, void* y, const Run* x) {
  for (Size i = 0; i < n; ++i) static_cast<T*>(y)[i] = T(1) - static_cast<const T*>(x->data)[i * x->step];
}

// The whole of the definition.
template <class T>
void reference(Size m, Size n, Size k, MatrixView<T> a, MatrixView<T> b, T* c, Size ldc, GemmEnd<T> end) {
  const Size chunk = gemm_chunk(k);
  for (Size i = 0; i < m; ++i)
    for (Size j = 0; j < n; ++j) {
      T sum = 0;
      for (Size begin = 0; begin < k; begin += chunk) {
        T s = 0;
        for (Size p = begin; p < std::min(k, begin + chunk); ++p)
          s = std::fma(a.data[i * a.row_stride + p * a.column_stride], b.data[p * b.row_stride + j * b.column_stride],
                       s);
        sum = begin == 0 ? s : sum + s;
      }
      if (end.bias != nullptr) sum = sum + end.bias[j];
      T& element = c[i * ldc + j];
      element = end.add ? element + sum : sum;
      if (end.finish != nullptr) element = T(1) - element;
    }
}

// Equal bytes, or both NaN, whose payload is nobody's promise.
template <class T> bool same(const std::vector<T>& x, const std::vector<T>& y) {
  for (std::size_t i = 0; i < x.size(); ++i)
    if (std::memcmp(&x[i], &y[i], sizeof(T)) != 0 && !(std::isnan(x[i]) && std::isnan(y[i]))) return false;
  return x.size() == y.size();
}

// A product with its operands: how they lie in memory is drawn too.
template <class T> struct Case {
  Size m, n, k, ldc;
  std::vector<T> a_values, b_values, bias, c;
  MatrixView<T> a, b;
  GemmEnd<T> end;

  Case(Size m_, Size n_, Size k_, std::mt19937& random) : m(m_), n(n_), k(k_) {
    std::normal_distribution<T> normal;
    const auto draw = [&](Size count) {
      std::vector<T> v(static_cast<std::size_t>(count));
      for (T& x : v) x = normal(random);
      return v;
    };
    // Row-major, column-major, both with gaps, or strided both ways.
    const auto place = [&](Size rows, Size columns, std::vector<T>& values) {
      const Size gap = random() % 3 == 0 ? static_cast<Size>(random() % 5) : 0, step = random() % 8 == 0 ? 2 : 1;
      const bool by_columns = random() % 2 == 0;
      const Size inner = by_columns ? rows : columns, outer = by_columns ? columns : rows;
      const Size stride = inner * step + gap;
      values = draw(stride * outer);
      return by_columns ? MatrixView<T>{values.data(), step, stride} : MatrixView<T>{values.data(), stride, step};
    };
    a = place(m, k, a_values);
    b = place(k, n, b_values);
    ldc = n + static_cast<Size>(random() % 3);
    c = draw(m * ldc);
    bias = draw(n);
    if (random() % 2 == 0) end.bias = bias.data();
    end.add = random() % 2 == 0;
    if (random() % 2 == 0) end.finish = one_minus<T>;
  }

  std::vector<T> expected() const {
    std::vector<T> r = c;
    reference(m, n, k, a, b, r.data(), ldc, end);
    return r;
  }
  std::vector<T> computed(Isa isa) const {
    std::vector<T> r = c;
    gemm_by(gemm_kernels<T>(isa), m, n, k, a, b, r.data(), ldc, end);
    return r;
  }
  bool holds(const std::vector<Isa>& sets) const {
    const std::vector<T> wanted = expected();
    return std::all_of(sets.begin(), sets.end(), [&](Isa isa) { return same(computed(isa), wanted); });
  }
};

struct Threads {
  explicit Threads(int n) : before(num_threads()) { set_num_threads(n); }
  ~Threads() { set_num_threads(before); }
  int before;
};

template <class T> void check(Size m, Size n, Size k, std::mt19937& random, const std::vector<Isa>& sets) {
  const Case<T> q(m, n, k, random);
  if (!q.holds(sets))
    BOOST_ERROR("bits differ from the definition: "
                << m << " x " << n << " x " << k << ", strides of A " << q.a.row_stride << ", " << q.a.column_stride
                << ", of B " << q.b.row_stride << ", " << q.b.column_stride << ", ldc " << q.ldc << ", bias "
                << (q.end.bias != nullptr) << ", add " << q.end.add << ", finish " << (q.end.finish != nullptr)
                << ", element of " << sizeof(T) << " bytes");
}

// Memory whose last byte is followed by a page that can't be touched.
class Guarded {
 public:
  explicit Guarded(std::size_t bytes) : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    length_ = (bytes + page_ - 1) / page_ * page_ + page_;
    base_ = static_cast<char*>(mmap(nullptr, length_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    BOOST_REQUIRE(base_ != MAP_FAILED);
    BOOST_REQUIRE(mprotect(base_ + length_ - page_, page_, PROT_NONE) == 0);
    data_ = base_ + length_ - page_ - bytes;
  }
  ~Guarded() { munmap(base_, length_); }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  template <class T> T* as() { return reinterpret_cast<T*>(data_); }

 private:
  std::size_t page_, length_;
  char *base_, *data_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gemm)

BOOST_AUTO_TEST_CASE(small_products_have_the_bits_of_three_loops_of_fma) {
  const auto sets = instruction_sets();
  std::mt19937 random(1);
  for (int i = 0; i < 1500; ++i) {
    const auto size = [&] { return static_cast<Size>(random() % (i % 3 == 0 ? 12 : 71)); };
    const Size m = size(), n = size(), k = size();
    check<float>(m, n, k, random, sets);
    check<double>(m, n, k, random, sets);
  }
}

BOOST_AUTO_TEST_CASE(few_rows_by_many_columns_have_the_bits_of_three_loops_of_fma) {
  const auto sets = instruction_sets();
  std::mt19937 random(4);
  for (int layout = 0; layout < 4; ++layout)
    for (Size m = 1; m <= 9; ++m) {
      check<float>(m, 342, 110, random, sets);
      check<float>(m, 300, 230, random, sets);  // more than are done at once
      check<float>(m, 579, 6, random, sets);
      check<float>(m, 1100, 4, random, sets);  // more than are gathered at once
      check<double>(m, 259, 15, random, sets);
    }
}

BOOST_AUTO_TEST_CASE(chunks_of_k_are_summed_in_order_at_every_boundary) {
  const auto sets = instruction_sets();
  std::mt19937 random(2);
  for (const Size k : {247, 248, 249, 255, 256, 257, 264, 265, 511, 512, 513, 528, 529, 600, 768, 769, 1000})
    for (const Size m : {1, 2, 3, 5, 14, 15, 33}) {
      check<float>(m, 1, k, random, sets);
      check<float>(m, 37, k, random, sets);
      check<double>(m, 18, k, random, sets);
    }
  for (int layout = 0; layout < 6; ++layout)
    for (const Size k : {1, 3, 4, 6, 257, 529})
      for (const Size n : {31, 32, 33, 64, 75}) {  // a row by columns that lie along k
        check<float>(1, n, k, random, sets);
        check<double>(1, n, k, random, sets);
      }
  check<double>(2, 3, 9001, random, sets);  // 36 chunks, of which the rounding to eight leaves 36 or fewer
}

BOOST_AUTO_TEST_CASE(large_products_have_the_bits_of_three_loops_of_fma_on_1_2_and_3_threads) {
  const auto sets = instruction_sets();
  std::mt19937 random(3);
  for (const int threads : {1, 2, 3}) {
    const Threads guard(threads);
    for (int i = 0; i < 4; ++i) {
      const auto size = [&] { return static_cast<Size>(50 + random() % 150); };
      const Size m = size(), n = size(), k = size() * 2;
      check<float>(m, n, k, random, sets);
      check<double>(m, n, k, random, sets);
    }
    check<float>(600, 40, 70, random, sets);   // cut by rows, B packed for all
    check<float>(600, 20, 300, random, sets);  // and in two chunks
    check<float>(30, 601, 130, random, sets);  // cut by columns
    check<float>(17, 1100, 60, random, sets);  // more columns than A is read in place for
    check<float>(250, 650, 20, random, sets);  // more rows than a block
    check<float>(6, 2500, 70, random, sets);   // more columns than a block
    check<float>(7000, 1, 160, random, sets);
    check<double>(1, 7000, 160, random, sets);
  }
}

BOOST_AUTO_TEST_CASE(the_transposed_product_has_the_same_bits) {
  std::mt19937 random(4);
  for (const Isa isa : instruction_sets()) {
    Case<float> q(23, 9, 300, random);
    q.end = {};
    std::vector<float> c(23 * 9), t(9 * 23);
    gemm_by(gemm_kernels<float>(isa), q.m, q.n, q.k, q.a, q.b, c.data(), q.n);
    gemm_by(gemm_kernels<float>(isa), q.n, q.m, q.k, q.b.transposed(), q.a.transposed(), t.data(), q.m);
    for (std::size_t i = 0; i < 23; ++i)
      for (std::size_t j = 0; j < 9; ++j) BOOST_TEST(c[i * 9 + j] == t[j * 23 + i]);
  }
}

BOOST_AUTO_TEST_CASE(a_row_has_the_same_bits_alone_and_among_others) {
  std::mt19937 random(5);
  Case<float> q(200, 70, 400, random);
  q.end = {};
  for (const Isa isa : instruction_sets()) {
    std::vector<float> all(200 * 70), one(70);
    gemm_by(gemm_kernels<float>(isa), q.m, q.n, q.k, q.a, q.b, all.data(), q.n);
    for (const Size row : {0, 13, 14, 199}) {
      MatrixView<float> a = q.a;
      a.data += row * a.row_stride;
      gemm_by(gemm_kernels<float>(isa), 1, q.n, q.k, a, q.b, one.data(), q.n);
      BOOST_TEST(std::memcmp(one.data(), all.data() + row * 70, 70 * sizeof(float)) == 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(nan_infinity_and_signed_zero_propagate_as_the_definition_says) {
  const auto sets = instruction_sets();
  std::mt19937 random(6);
  const float special[] = {0.f,
                           -0.f,
                           std::numeric_limits<float>::infinity(),
                           -std::numeric_limits<float>::infinity(),
                           std::numeric_limits<float>::quiet_NaN(),
                           std::numeric_limits<float>::denorm_min(),
                           1e38f};
  for (int i = 0; i < 300; ++i) {
    Case<float> q(1 + random() % 20, 1 + random() % 40, 1 + random() % 20, random);
    for (auto* v : {&q.a_values, &q.b_values, &q.bias, &q.c})
      for (float& x : *v)
        if (random() % 8 == 0) x = special[random() % 7];
    BOOST_TEST(q.holds(sets));
  }
}

BOOST_AUTO_TEST_CASE(without_terms_an_element_is_zero_then_its_bias) {
  for (const Isa isa : instruction_sets()) {
    std::vector<float> c = {1, 2, 3, 4, 5, 6};
    const float bias[] = {7, -0.f, 9};
    gemm_by<float>(gemm_kernels<float>(isa), 2, 3, 0, {nullptr, 0, 1}, {nullptr, 3, 1}, c.data(), 3,
                   {.bias = bias, .add = true});
    BOOST_TEST(c == (std::vector<float>{8, 2, 12, 11, 5, 15}), boost::test_tools::per_element());
    gemm_by<float>(gemm_kernels<float>(isa), 2, 3, 0, {nullptr, 0, 1}, {nullptr, 3, 1}, c.data(), 3);
    BOOST_TEST(c == std::vector<float>(6, 0.f), boost::test_tools::per_element());
    gemm_by<float>(gemm_kernels<float>(isa), 2, 3, 0, {nullptr, 0, 1}, {nullptr, 3, 1}, c.data(), 3, {.bias = bias});
    BOOST_TEST(c[1] == 0);
    BOOST_TEST(!std::signbit(c[1]));  // 0 + −0
  }
}

BOOST_AUTO_TEST_CASE(memory_behind_the_operands_is_not_touched) {
  std::mt19937 random(7);
  for (const Isa isa : instruction_sets())
    for (int i = 0; i < 400; ++i) {
      const Size m = 1 + random() % 34, n = 1 + random() % 70, k = 1 + random() % 40;
      const auto bytes = [](Size elements) { return static_cast<std::size_t>(elements) * sizeof(float); };
      Guarded a(bytes(m * k)), b(bytes(k * n)), c(bytes(m * n)), bias(bytes(n));
      std::fill_n(a.as<float>(), m * k, 1.f);
      std::fill_n(b.as<float>(), k * n, 2.f);
      std::fill_n(bias.as<float>(), n, 3.f);
      const bool ta = random() % 2 == 0, tb = random() % 2 == 0;
      gemm_by<float>(gemm_kernels<float>(isa), m, n, k,
                     ta ? MatrixView<float>{a.as<float>(), 1, m} : MatrixView<float>{a.as<float>(), k, 1},
                     tb ? MatrixView<float>{b.as<float>(), 1, k} : MatrixView<float>{b.as<float>(), n, 1},
                     c.as<float>(), n, {.bias = bias.as<float>()});
      BOOST_TEST(std::all_of(c.as<float>(), c.as<float>() + m * n,
                             [&](float x) { return x == 2.f * static_cast<float>(k) + 3.f; }));
    }
}

BOOST_AUTO_TEST_CASE(a_repeated_product_takes_no_new_memory) {
  const Threads guard(1);
  std::mt19937 random(8);
  const Case<float> q(150, 700, 300, random);
  std::vector<float> c = q.c;
  const auto product = [&] { cinta::gemm<float>(q.m, q.n, q.k, q.a, q.b, c.data(), q.ldc, {.add = true}); };
  product();
  const MemoryUse before = memory_use();
  for (int i = 0; i < 3; ++i) product();
  const MemoryUse after = memory_use();
  BOOST_TEST(after.in_use == before.in_use);
  BOOST_TEST(after.pooled == before.pooled);
}

BOOST_AUTO_TEST_SUITE_END()
