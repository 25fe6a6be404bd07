// softmax and log_softmax: bits against their definition, extremes, gradients, errors.
#include <cinta/framework/core/isa.hpp>
#include <cinta/framework/core/parallel.hpp>
#include <cinta/ops/gradcheck.hpp>
#include <cinta/ops/softmax_kernels.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

using namespace cinta;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

Tensor drawn(const Shape& shape, Dtype dtype = f64, std::uint64_t stream = 0) {
  return normal(shape, 0, 3, {.seed = 5, .stream = stream, .dtype = dtype});
}

// The definitions, in ops whose bits have tests of their own.
Tensor softmax_by_ops(const Tensor& x) {
  const Tensor e = exp(x - max(x, -1, {.keepdims = true}));
  return e / sum(e, -1, {.keepdims = true});
}
Tensor log_softmax_by_ops(const Tensor& x) {
  const Tensor shifted = x - max(x, -1, {.keepdims = true});
  const Tensor ones = shifted == 0, others = sum(select(ones, 0.0, exp(shifted)), -1, {.keepdims = true});
  return shifted - log1p(others + (sum(ones, -1, {.keepdims = true}) - 1).to(x.dtype()));
}

std::string line(int n) { return std::string(__FILE__) + ":" + std::to_string(n) + ": "; }

}  // namespace

#define CHECK_THROWS(expression, type, sentence)              \
  BOOST_CHECK_EXCEPTION(expression, type, [](const type& e) { \
    BOOST_TEST(e.what() == line(__LINE__) + (sentence));      \
    return true;                                              \
  })

BOOST_AUTO_TEST_SUITE(softmax)

BOOST_AUTO_TEST_CASE(rows_of_any_length_have_the_bits_of_the_definition) {
  for (const Dtype dtype : {f32, f64})
    for (const std::int64_t n : {1, 2, 7, 8, 9, 10, 15, 16, 17, 31, 33, 100, 1000, 4096, 5000, 9000})
      for (const std::int64_t rows : {1, 5, 18}) {
        const Tensor x = drawn({rows, n}, dtype);
        BOOST_TEST(equal_bytes(cinta::softmax(x), softmax_by_ops(x)), "softmax [" << rows << ", " << n << "]");
        BOOST_TEST(equal_bytes(log_softmax(x), log_softmax_by_ops(x)), "log_softmax [" << rows << ", " << n << "]");
      }
}

BOOST_AUTO_TEST_CASE(values_are_those_of_long_doubles) {
  const Tensor x = drawn({4, 11}), y = cinta::softmax(x), z = log_softmax(x);
  for (std::int64_t r = 0; r < 4; ++r) {
    long double total = 0;
    for (std::int64_t c = 0; c < 11; ++c) total += std::exp(static_cast<long double>(x(r, c)));
    for (std::int64_t c = 0; c < 11; ++c) {
      const long double p = std::exp(static_cast<long double>(x(r, c))) / total;
      BOOST_TEST(std::fabs(y(r, c) - static_cast<double>(p)) <= 2e-15 * static_cast<double>(p));
      BOOST_TEST(std::fabs(z(r, c) - static_cast<double>(std::log(p))) <= 4e-15);
    }
  }
}

BOOST_AUTO_TEST_CASE(logits_far_from_zero_have_the_bits_of_near_ones) {
  for (const Dtype dtype : {f32, f64})
    for (const std::int64_t n : {3, 9, 23, 515}) {
      const Tensor near = (drawn({4, n}) * 2).to(i32).to(dtype), classes = zeros({4}, i32);
      for (const double shift : {-1e6, -800.0, 800.0, 1e6}) {
        const Tensor far = near + shift;  // exact, of whole numbers
        BOOST_TEST(equal_bytes(cinta::softmax(far), cinta::softmax(near)), "softmax " << n << " " << shift);
        BOOST_TEST(equal_bytes(log_softmax(far), log_softmax(near)), "log_softmax " << n << " " << shift);
        BOOST_TEST(equal_bytes(softmax_cross_entropy(far, classes), softmax_cross_entropy(near, classes)));
      }
    }
}

BOOST_AUTO_TEST_CASE(a_row_has_the_same_bits_alone_and_among_others) {
  const Tensor x = drawn({100, 23}, f32), y = cinta::softmax(x), z = log_softmax(x);
  for (std::int64_t r = 0; r < 100; ++r) {
    const Tensor row = slice(x, 0, r, r + 1);
    BOOST_TEST(equal_bytes(cinta::softmax(row), slice(y, 0, r, r + 1)));
    BOOST_TEST(equal_bytes(log_softmax(row), slice(z, 0, r, r + 1)));
  }
}

BOOST_AUTO_TEST_CASE(bits_are_the_same_for_any_threads_and_both_sets_of_kernels) {
  const int before = num_threads();
  const Tensor x = drawn({700, 130}, f32);
  set_num_threads(1);
  const Tensor y = log_softmax(x);
  for (const int threads : {2, 3}) {
    set_num_threads(threads);
    BOOST_TEST(equal_bytes(log_softmax(x), y));
  }
  set_num_threads(before);
#if defined(__x86_64__)
  if (isa() != Isa::v4) return;
  for (const std::int64_t n : {3, 16, 130, 5000}) {
    const std::int64_t rows = 91'000 / n;
    const auto check = [&](const auto& a, const auto& b, auto zero) {
      using T = decltype(zero);
      const Tensor v = drawn({rows, n}, dtype_of<T>), g = drawn({rows, n}, dtype_of<T>, 1);
      Tensor p = zeros_like(v), q = zeros_like(v), gp = ones_like(v), gq = ones_like(v);
      a.forward(v.data<T>(), rows, n, p.mutable_data<T>());
      b.forward(v.data<T>(), rows, n, q.mutable_data<T>());
      a.backward(p.data<T>(), g.data<T>(), rows, n, gp.mutable_data<T>(), true);
      b.backward(q.data<T>(), g.data<T>(), rows, n, gq.mutable_data<T>(), true);
      BOOST_TEST(equal_bytes(p, q));
      BOOST_TEST(equal_bytes(gp, gq));
    };
    check(v3::softmax_table.softmax_f32, v4::softmax_table.softmax_f32, float{});
    check(v3::softmax_table.log_softmax_f32, v4::softmax_table.log_softmax_f32, float{});
    check(v3::softmax_table.softmax_f64, v4::softmax_table.softmax_f64, double{});
    check(v3::softmax_table.log_softmax_f64, v4::softmax_table.log_softmax_f64, double{});
  }
#endif
}

BOOST_AUTO_TEST_CASE(extremes) {
  BOOST_TEST(equal_bytes(cinta::softmax(tensor({0, 1e38})), tensor({0, 1})));
  BOOST_TEST(equal_bytes(cinta::softmax(tensor({-inf, 0, 0}, f64)), tensor({0, 0.5, 0.5}, f64)));
  BOOST_TEST(log_softmax(tensor({0, -100}, f64))(0) == -3.720075976020836e-44);
  BOOST_TEST(log_softmax(tensor({0, -100}, f64))(1) == -100);
  BOOST_TEST(log_softmax(tensor({1e20, 1e20}, f64))(0) == -std::log(2.0));
  BOOST_TEST(log_softmax(tensor({1e38, -1e38}))(1) == static_cast<double>(-2e38f));
  BOOST_TEST(std::isnan(cinta::softmax(tensor({std::nan(""), 0}, f64))(1)));
}

BOOST_AUTO_TEST_CASE(any_axis_empty_tensors_and_single_elements) {
  const Tensor x = drawn({3, 4, 5});
  for (const int axis : {0, 1, -2}) {
    const Tensor turned = transpose(x, axis, -1);
    BOOST_TEST(equal_bytes(cinta::softmax(x, axis), transpose(softmax_by_ops(turned), axis, -1)));
    BOOST_TEST(equal_bytes(log_softmax(x, axis), transpose(log_softmax_by_ops(turned), axis, -1)));
  }
  for (const Shape& shape : {Shape{0, 3}, Shape{3, 0}, Shape{0}})
    BOOST_TEST(equal_bytes(cinta::softmax(zeros(shape)), zeros(shape)));
  BOOST_TEST(equal_bytes(cinta::softmax(tensor({{7}, {-7}})), ones({2, 1})));
  BOOST_TEST(equal_bytes(log_softmax(tensor({{7}, {-7}})), zeros({2, 1})));
}

BOOST_AUTO_TEST_CASE(gradients_of_orders_1_and_2) {
  const Tensor x = drawn({3, 2, 5}, f64, 2);
  for (const int axis : {-1, 0, 1}) {
    const auto r = gradcheck([&](const Tensor& v) { return cinta::softmax(v, axis); }, {x}, {.order = 2});
    BOOST_TEST(r.passed, "softmax: " << r.message);
    const auto s = gradcheck([&](const Tensor& v) { return log_softmax(v, axis); }, {x}, {.order = 2});
    BOOST_TEST(s.passed, "log_softmax: " << s.message);
  }
}

BOOST_AUTO_TEST_CASE(the_backward_kernels_have_the_bits_of_the_recorded_gradient) {
  for (const std::int64_t n : {3, 16, 33, 5000}) {
    const Tensor x = drawn({4, n}, f32), g = drawn({4, n}, f32, 1);
    const auto check = [&](auto f) {
      const Recording recording;
      const Tensor v = variable(x), y = sum(f(v) * g) + sum(f(v) * 2);  // the second adds into the first's gradient
      const Tensor recorded = grad(y, {v}, {.create_graph = true})[0].detach();
      BOOST_TEST(equal_bytes(backward(y)[v], recorded), "n = " << n);
    };
    check([](const Tensor& v) { return cinta::softmax(v); });
    check([](const Tensor& v) { return log_softmax(v); });
  }
}

BOOST_AUTO_TEST_CASE(errors_name_the_op_and_the_line) {
  const Tensor x = drawn({2, 3}), n = tensor({1, 2}, i32), m = tensor({1, 0}, u8);
  CHECK_THROWS(cinta::softmax(x, 2), ShapeError, "softmax: there is no axis 2 in a tensor of rank 2");
  CHECK_THROWS(cinta::softmax(scalar(1)), ShapeError, "softmax: there is no axis -1 in a tensor of rank 0");
  CHECK_THROWS(cinta::softmax(n), DtypeError, "softmax: takes f32 or f64, not i32: convert it, x.to(f32)");
  CHECK_THROWS(log_softmax(m), DtypeError, "log_softmax: takes f32 or f64, not u8: convert it, x.to(f32)");
}

// Values and gradients of the fused op against its parts, where gradients are added to others too.
BOOST_AUTO_TEST_CASE(softmax_cross_entropy_has_the_bits_of_log_softmax_and_gather) {
  for (const Dtype dtype : {f32, f64})
    for (const std::int64_t k : {1, 5, 16, 17, 1000, 9001})
      for (const std::int64_t n : {1, 3, 17}) {
        const Tensor x = normal({n, k}, 0, 3, {.seed = 1, .dtype = dtype});
        const Tensor c = (uniform({n}, 0, static_cast<double>(k), {.seed = 2})).to(i32);
        const Tensor w = uniform({n}, 0.5, 2, {.seed = 3, .dtype = dtype});
        const auto run = [&](bool fused, bool added) {
          Recording recording;
          const Tensor v = variable(x);
          const Tensor parts = neg(reshape(gather(log_softmax(v), reshape(c, {n, 1}), 1), {n}));
          const Tensor y = fused ? softmax_cross_entropy(v, c) : parts;
          Tensor total = sum(y * w);
          if (added) total = total + sum(v * v);  // its gradient is there first
          return std::pair{y.detach(), backward(total)[v]};
        };
        for (const bool added : {false, true}) {
          const auto [y, g] = run(true, added);
          const auto [expected, gradient] = run(false, added);
          BOOST_TEST(equal_bytes(y, expected), n << " x " << k);
          BOOST_TEST(equal_bytes(g, gradient), n << " x " << k);
        }
      }
}

BOOST_AUTO_TEST_CASE(softmax_cross_entropy_tells_classes_out_of_range_and_shapes_that_do_not_fit) {
  const Tensor x = zeros({2, 3});
  BOOST_CHECK_THROW(softmax_cross_entropy(x, tensor({0, 3}, i32)), InvalidTarget);
  BOOST_CHECK_THROW(softmax_cross_entropy(x, tensor({0, -1}, i32)), InvalidTarget);
  BOOST_CHECK_THROW(softmax_cross_entropy(x, tensor({0}, i32)), ShapeError);
  BOOST_CHECK_THROW(softmax_cross_entropy(x, Tensor{0, 1}), DtypeError);
}

BOOST_AUTO_TEST_SUITE_END()
