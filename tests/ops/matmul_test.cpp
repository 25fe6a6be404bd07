#include <boost/test/unit_test.hpp>

#include <cinta/framework/core/parallel.hpp>
#include <cinta/ops/gemm.hpp>
#include <cinta/ops/ops.hpp>

#include <cmath>
#include <functional>
#include <string>

using namespace cinta;

namespace {

Tensor drawn(const Shape& shape, Dtype dtype, unsigned seed) {
  Tensor t = empty(shape, dtype);
  unsigned state = seed * 2654435761u + 1;
  for (std::int64_t i = 0; i < t.size(); ++i) {
    state = state * 1664525u + 1013904223u;
    const double x = static_cast<double>(state >> 8) / (1 << 23) - 1;
    if (dtype == f64) t.mutable_data<double>()[i] = x;
    else t.mutable_data<float>()[i] = static_cast<float>(x);
  }
  return t;
}

double at(const Tensor& t, std::int64_t i) {
  return t.dtype() == f64 ? t.data<double>()[i] : static_cast<double>(t.data<float>()[i]);
}

// Σ over batches and elements of y[...]·v[...] with indices written out: the tests' own product of matrices, in f64,
// for operands without batch axes.
Tensor product(const Tensor& a, const Tensor& b, bool ta, bool tb) {
  const auto m = ta ? a.size(1) : a.size(0), k = ta ? a.size(0) : a.size(1), n = tb ? b.size(0) : b.size(1);
  Tensor y = empty(Shape{m, n}, f64);
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      double s = 0;
      for (std::int64_t p = 0; p < k; ++p) s += at(a, ta ? p * m + i : i * k + p) * at(b, tb ? j * k + p : p * n + j);
      y.mutable_data<double>()[i * n + j] = s;
    }
  return y;
}

Tensor matrix_of(const Tensor& t, std::int64_t index, std::int64_t rows, std::int64_t columns) {
  Tensor y = empty(Shape{rows, columns}, t.dtype());
  const std::size_t bytes = y.bytes();
  std::copy_n(static_cast<const std::byte*>(t.raw()) + static_cast<std::size_t>(index) * bytes, bytes,
              static_cast<std::byte*>(y.mutable_raw()));
  return y;
}

Tensor plus(const Tensor& a, const Tensor& b) {
  Tensor y = empty(a.shape(), f64);
  for (std::int64_t i = 0; i < a.size(); ++i) y.mutable_data<double>()[i] = at(a, i) + at(b, i);
  return y;
}

bool near(const Tensor& x, const Tensor& y, double tolerance = 1e-12) {
  if (!(x.shape() == y.shape())) return false;
  for (std::int64_t i = 0; i < x.size(); ++i)
    if (!(std::abs(at(x, i) - at(y, i)) <= tolerance * (1 + std::abs(at(y, i))))) return false;
  return true;
}

std::string error_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& e) {
    const std::string what = e.what();
    return what.substr(what.find(": ") + 2);  // without the place, which is a test of its own
  }
  return "no error";
}

// All first derivatives of matmul(a, b, o) by the fast path and by the recorded one; they must agree with each other.
std::vector<Tensor> gradients(const Tensor& a, const Tensor& b, const Tensor& seed, MatmulOptions o) {
  Recording recording;
  const Tensor va = variable(a), vb = variable(b);
  const Tensor y = matmul(va, vb, o);
  BOOST_TEST((y.shape() == seed.shape()));
  const auto fast = grad(y, {va, vb}, seed), recorded = grad(y, {va, vb}, seed, {.create_graph = true});
  for (int i = 0; i < 2; ++i)
    BOOST_TEST(near(fast[static_cast<std::size_t>(i)], recorded[static_cast<std::size_t>(i)]));
  return {fast[0].detach(), fast[1].detach()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(matmul)

BOOST_AUTO_TEST_CASE(matrices_multiply_as_defined_with_every_transposition) {
  for (const bool ta : {false, true})
    for (const bool tb : {false, true})
      for (const Dtype dtype : {f32, f64}) {
        const Tensor a = drawn(ta ? Shape{40, 23} : Shape{23, 40}, dtype, 1),
                     b = drawn(tb ? Shape{17, 40} : Shape{40, 17}, dtype, 2);
        const Tensor y = cinta::matmul(a, b, {.transpose_a = ta, .transpose_b = tb});
        BOOST_TEST((y.dtype() == dtype));
        BOOST_TEST(near(y, product(a, b, ta, tb), dtype == f64 ? 1e-13 : 1e-5));
      }
}

BOOST_AUTO_TEST_CASE(transposition_flags_give_the_bits_of_transposed_copies) {
  const Tensor a = drawn({30, 65}, f32, 1), b = drawn({65, 18}, f32, 2);
  Tensor at_ = empty(Shape{65, 30}), bt = empty(Shape{18, 65});
  for (std::int64_t i = 0; i < 30; ++i)
    for (std::int64_t p = 0; p < 65; ++p) at_.mutable_data<float>()[p * 30 + i] = a.data<float>()[i * 65 + p];
  for (std::int64_t p = 0; p < 65; ++p)
    for (std::int64_t j = 0; j < 18; ++j) bt.mutable_data<float>()[j * 65 + p] = b.data<float>()[p * 18 + j];
  const Tensor y = cinta::matmul(a, b);
  BOOST_TEST(equal_bytes(cinta::matmul(at_, b, {.transpose_a = true}), y));
  BOOST_TEST(equal_bytes(cinta::matmul(a, bt, {.transpose_b = true}), y));
  BOOST_TEST(equal_bytes(cinta::matmul(at_, bt, {.transpose_a = true, .transpose_b = true}), y));
}

BOOST_AUTO_TEST_CASE(vectors_are_rows_on_the_left_and_columns_on_the_right) {
  const Tensor u{1, 2, 3}, v{4, 5, 6}, m{{1, 0, 2}, {0, 1, 1}};
  BOOST_TEST((cinta::matmul(u, v).shape() == Shape{}));
  BOOST_TEST(cinta::matmul(u, v).item() == 32);
  BOOST_TEST(equal_bytes(cinta::matmul(m, v), Tensor{16, 11}));
  BOOST_TEST(equal_bytes(cinta::matmul(Tensor{2, 3}, m), Tensor{2, 3, 7}));
  BOOST_TEST(equal_bytes(cinta::matmul(u, m, {.transpose_b = true}), Tensor{7, 5}));
  BOOST_TEST((cinta::matmul(u, drawn({4, 5, 3, 2}, f32, 1)).shape() == Shape{4, 5, 2}));
  BOOST_TEST((cinta::matmul(drawn({4, 5, 2, 3}, f32, 1), v).shape() == Shape{4, 5, 2}));
}

BOOST_AUTO_TEST_CASE(batches_broadcast_and_each_has_the_bits_of_its_product_alone) {
  for (const auto& [sa, sb, count] : {std::tuple{Shape{6, 5, 7}, Shape{6, 7, 3}, 6},
                                      {Shape{6, 5, 7}, Shape{7, 3}, 6},
                                      {Shape{5, 7}, Shape{6, 7, 3}, 6},
                                      {Shape{1, 5, 7}, Shape{6, 7, 3}, 6},
                                      {Shape{6, 5, 7}, Shape{1, 7, 3}, 6}}) {
    const Tensor a = drawn(sa, f64, 1), b = drawn(sb, f64, 2), y = cinta::matmul(a, b);
    BOOST_TEST((y.shape() == Shape{6, 5, 3}));
    for (int i = 0; i < count; ++i)
      BOOST_TEST(equal_bytes(matrix_of(y, i, 5, 3), cinta::matmul(matrix_of(a, a.size() == 35 ? 0 : i, 5, 7),
                                                                  matrix_of(b, b.size() == 21 ? 0 : i, 7, 3))));
  }
  const Tensor a = drawn({2, 1, 4, 3}, f64, 1), b = drawn({5, 3, 2}, f64, 2), y = cinta::matmul(a, b);
  BOOST_TEST((y.shape() == Shape{2, 5, 4, 2}));
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(equal_bytes(matrix_of(y, i, 4, 2), cinta::matmul(matrix_of(a, i / 5, 4, 3), matrix_of(b, i % 5, 3, 2))));
}

BOOST_AUTO_TEST_CASE(threads_change_no_bit) {
  const int before = num_threads();
  const Tensor a = drawn({300, 20, 30}, f32, 1), b = drawn({300, 30, 25}, f32, 2), x = drawn({500, 300}, f32, 3),
               w = drawn({300, 120}, f32, 4);
  const Tensor c = drawn({2000, 30, 20}, f32, 5), d = drawn({30, 25}, f32, 6), seed = drawn({2000, 20, 25}, f32, 7);
  const auto shared_gradient = [&] {  // to which every batch adds
    Recording recording;
    const Tensor v = variable(d);
    return grad(cinta::matmul(c, v, {.transpose_a = true}), {v}, seed)[0].detach();
  };
  set_num_threads(1);
  const Tensor y = cinta::matmul(a, b), z = cinta::matmul(x, w), g = shared_gradient();
  for (const int threads : {2, 3}) {
    set_num_threads(threads);
    BOOST_TEST(equal_bytes(cinta::matmul(a, b), y));
    for (int i = 0; i < 15; ++i)
      BOOST_TEST(equal_bytes(shared_gradient(), g));  // often: a worker may sleep through one
    BOOST_TEST(equal_bytes(cinta::matmul(x, w), z));
  }
  set_num_threads(before);
}

BOOST_AUTO_TEST_CASE(empty_sizes_give_empty_results_or_zeros) {
  BOOST_TEST((cinta::matmul(empty(Shape{0, 3}), empty(Shape{3, 2})).shape() == Shape{0, 2}));
  BOOST_TEST(equal_bytes(cinta::matmul(empty(Shape{2, 0}), empty(Shape{0, 3})), filled(Shape{2, 3}, 0)));
  BOOST_TEST(cinta::matmul(empty(Shape{0}), empty(Shape{0})).item() == 0);
  BOOST_TEST((cinta::matmul(empty(Shape{0, 4, 3}), empty(Shape{3, 2})).shape() == Shape{0, 4, 2}));
  Recording recording;
  const Tensor w = variable(drawn({3, 40}, f32, 1));
  const Tensor y = cinta::matmul(empty(Shape{2, 0, 3, 4}), w, {.transpose_a = true});
  BOOST_TEST((y.shape() == Shape{2, 0, 4, 40}));
  const Tensor zeros = filled(Shape{3, 40}, 0), seed = y.detach();
  { const Tensor dirt = filled(Shape{3, 40}, 7); }  // so that the pool's next buffer of this size holds no zeros
  BOOST_TEST(equal_bytes(grad(y, {w}, seed)[0].detach(), zeros));
  BOOST_CHECK_THROW(cinta::matmul(empty(Shape{std::int64_t{1} << 40, 0}), empty(Shape{0, std::int64_t{1} << 40})),
                    ShapeError);
}

BOOST_AUTO_TEST_CASE(first_derivatives_of_matrices_are_the_closed_forms) {
  for (const bool ta : {false, true})
    for (const bool tb : {false, true}) {
      const Tensor a = drawn(ta ? Shape{7, 5} : Shape{5, 7}, f64, 1), b = drawn(tb ? Shape{4, 7} : Shape{7, 4}, f64, 2),
                   s = drawn({5, 4}, f64, 3);
      const auto g = gradients(a, b, s, {.transpose_a = ta, .transpose_b = tb});
      BOOST_TEST(near(g[0], ta ? product(b, s, tb, true) : product(s, b, false, !tb)));
      BOOST_TEST(near(g[1], tb ? product(s, a, true, ta) : product(a, s, !ta, false)));
    }
}

BOOST_AUTO_TEST_CASE(first_derivatives_of_vectors_are_the_closed_forms) {
  const Tensor u = drawn({7}, f64, 1), v = drawn({7}, f64, 2), m = drawn({7, 4}, f64, 3), s = drawn({4}, f64, 4);
  auto g = gradients(u, v, tensor(2, f64), {});
  BOOST_TEST(near(g[0], plus(v, v)));
  BOOST_TEST(near(g[1], plus(u, u)));
  g = gradients(u, m, s, {});
  BOOST_TEST(near(with_shape(g[0], Shape{7, 1}), product(m, with_shape(s, Shape{4, 1}), false, false)));
  BOOST_TEST(near(g[1], product(with_shape(u, Shape{7, 1}), with_shape(s, Shape{1, 4}), false, false)));
  g = gradients(m, u, s, {.transpose_a = true});
  BOOST_TEST(near(g[0], product(with_shape(u, Shape{7, 1}), with_shape(s, Shape{1, 4}), false, false)));
  BOOST_TEST(near(with_shape(g[1], Shape{7, 1}), product(m, with_shape(s, Shape{4, 1}), false, false)));
}

BOOST_AUTO_TEST_CASE(derivatives_of_broadcast_batches_are_summed) {
  const Tensor a = drawn({3, 5, 7}, f64, 1), b = drawn({7, 4}, f64, 2), s = drawn({3, 5, 4}, f64, 3),
               c = drawn({3, 7, 4}, f64, 5), d = drawn({1, 5, 7}, f64, 6);
  for (const bool as_batch : {false, true}) {
    const auto g = gradients(a, as_batch ? with_shape(b, Shape{1, 7, 4}) : b, s, {});
    Tensor db = filled(Shape{7, 4}, 0, f64);
    for (int i = 0; i < 3; ++i) {
      BOOST_TEST(near(matrix_of(g[0], i, 5, 7), product(matrix_of(s, i, 5, 4), b, false, true)));
      db = plus(db, product(matrix_of(a, i, 5, 7), matrix_of(s, i, 5, 4), true, false));
    }
    BOOST_TEST(near(with_shape(g[1], Shape{7, 4}), db));
  }
  const auto g = gradients(d, c, s, {});
  Tensor dd = filled(Shape{5, 7}, 0, f64);
  for (int i = 0; i < 3; ++i) dd = plus(dd, product(matrix_of(s, i, 5, 4), matrix_of(c, i, 7, 4), false, true));
  BOOST_TEST(near(g[0], with_shape(dd, Shape{1, 5, 7})));
  // A vector against a batch, and transposed batches: both paths agree (`gradients` compares them).
  gradients(drawn({7}, f64, 1), c, drawn({3, 4}, f64, 2), {});
  gradients(c, drawn({4}, f64, 1), drawn({3, 7}, f64, 2), {});
  gradients(c, drawn({7, 2}, f64, 1), drawn({3, 4, 2}, f64, 2), {.transpose_a = true});
  gradients(c, drawn({2, 1, 7, 3}, f64, 1), drawn({2, 3, 4, 3}, f64, 2), {.transpose_a = true});
  gradients(drawn({2, 1, 3, 7}, f64, 1), drawn({3, 2, 7}, f64, 2), drawn({2, 3, 3, 2}, f64, 3), {.transpose_b = true});
}

BOOST_AUTO_TEST_CASE(second_derivatives_are_the_closed_forms) {
  const Tensor a0 = drawn({5, 7}, f64, 1), b0 = drawn({7, 4}, f64, 2), s = drawn({5, 4}, f64, 3),
               t = drawn({5, 7}, f64, 4);
  Recording recording;
  const Tensor a = variable(a0), b = variable(b0);
  const Tensor da = grad(cinta::matmul(a, b), {a}, s, {.create_graph = true})[0];  // S·Bᵀ
  BOOST_TEST(near(grad(da, {b}, t)[0].detach(), product(t, s, true, false)));      // of ⟨T, S·Bᵀ⟩: Tᵀ·S
}

BOOST_AUTO_TEST_CASE(a_value_used_twice_has_both_gradients_added) {
  const Tensor a0 = drawn({4, 4}, f64, 1), s = drawn({4, 4}, f64, 2);
  Recording recording;
  const Tensor a = variable(a0);
  const Tensor g = grad(cinta::matmul(a, a), {a}, s)[0].detach();
  BOOST_TEST(near(g, plus(product(s, a0, false, true), product(a0, s, true, false))));
}

BOOST_AUTO_TEST_CASE(linear_is_a_product_plus_bias_with_its_bits) {
  const Tensor x = drawn({2, 9, 30}, f32, 1), w = drawn({30, 11}, f32, 2), b = drawn({11}, f32, 3);
  const Tensor y = linear(x, w, b), plain = linear(x, w);
  BOOST_TEST((y.shape() == Shape{2, 9, 11}));
  BOOST_TEST(equal_bytes(plain, cinta::matmul(x, w)));
  for (std::int64_t i = 0; i < y.size(); ++i)
    BOOST_TEST(y.data<float>()[i] == plain.data<float>()[i] + b.data<float>()[i % 11]);
  BOOST_TEST(equal_bytes(linear(with_shape(x, Shape{18, 30}), w, b), with_shape(y, Shape{18, 11})));
  BOOST_TEST((linear(drawn({30}, f32, 1), w, b).shape() == Shape{11}));
  BOOST_TEST((linear(drawn({0, 30}, f32, 1), w, b).shape() == Shape{0, 11}));
}

BOOST_AUTO_TEST_CASE(linear_has_the_closed_form_gradients_and_adds_them) {
  const Tensor x0 = drawn({6, 5}, f64, 1), w0 = drawn({5, 4}, f64, 2), b0 = drawn({4}, f64, 3),
               s = drawn({6, 4}, f64, 4);
  Recording recording;
  const Tensor x = variable(x0), w = variable(w0), b = variable(b0);
  Tensor db = filled(Shape{4}, 0, f64);
  for (std::int64_t i = 0; i < 6; ++i) db = plus(db, with_shape(matrix_of(s, i, 1, 4), Shape{4}));
  for (const bool graph : {false, true}) {
    const auto g = grad(linear(x, w, b), {x, w, b}, s, {.create_graph = graph});
    BOOST_TEST(near(g[0].detach(), product(s, w0, false, true)));
    BOOST_TEST(near(g[1].detach(), product(x0, s, true, false)));
    BOOST_TEST(near(g[2].detach(), db));
  }
  const Tensor square = variable(drawn({5, 5}, f64, 7));
  const Tensor twice = linear(linear(x, square), square),
               s2 = drawn({6, 5}, f64, 5);  // the weight's gradient in two parts
  const Tensor fast = grad(twice, {square}, s2)[0].detach(),
               recorded = grad(twice, {square}, s2, {.create_graph = true})[0].detach();
  BOOST_TEST(near(fast, recorded));
}

BOOST_AUTO_TEST_CASE(linear_has_second_derivatives_over_leading_axes) {
  const Tensor x0 = drawn({2, 3, 5}, f64, 1), w0 = drawn({5, 4}, f64, 2), b0 = drawn({4}, f64, 3),
               s = drawn({2, 3, 4}, f64, 4), t = drawn({5, 4}, f64, 5);
  Recording recording;
  const Tensor x = variable(x0), w = variable(w0), b = variable(b0);
  const Tensor dw = grad(linear(x, w, b), {w}, s, {.create_graph = true})[0];  // Xᵀ·S
  const Tensor dx = grad(dw, {x}, t)[0].detach();                              // of ⟨T, Xᵀ·S⟩: S·Tᵀ
  BOOST_TEST(near(with_shape(dx, Shape{6, 5}), product(with_shape(s, Shape{6, 4}), t, false, true)));
}

BOOST_AUTO_TEST_CASE(mistakes_are_told_in_one_sentence) {
  const Tensor x = empty(Shape{32, 784}), w = empty(Shape{512, 10}), v = empty(Shape{3}), one = scalar(1),
               i = empty(Shape{784, 3}, i32);
  BOOST_TEST(error_of([&] { cinta::matmul(x, w); }) == "matmul: the inner sizes differ: [32, 784] × [512, 10]");
  BOOST_TEST(error_of([&] { cinta::matmul(x, w, {.transpose_b = true}); }) ==
             "matmul: the inner sizes differ: [32, 784] × [512, 10] transposed");
  BOOST_TEST(error_of([&] { cinta::matmul(x, w, {.transpose_a = true}); }) ==
             "matmul: the inner sizes differ: [32, 784] transposed × [512, 10]");
  BOOST_TEST(error_of([&] { cinta::matmul(x, v); }) == "matmul: the inner sizes differ: [32, 784] × [3]");
  BOOST_TEST(error_of([&] { cinta::matmul(one, x); }) ==
             "matmul: takes vectors and matrices, not the scalars of [] × [32, 784]: multiply with *");
  BOOST_TEST(error_of([&] { cinta::matmul(v, v, {.transpose_a = true}); }) ==
             "matmul: transpose_a wants a matrix, not the vector of shape [3]");
  BOOST_TEST(error_of([&] {
               cinta::matmul(x, drawn({784, 2}, f64, 1));
             }) == "matmul: f32 and f64 do not mix: convert one, x.to(f64)");
  BOOST_TEST(error_of([&] { cinta::matmul(i, i); }) ==
             "matmul: takes f32 or f64, and whole numbers beside them, not i32 and i32: convert one, x.to(f32)");
  BOOST_TEST(error_of([&] { cinta::matmul(x, 2); }) == "matmul: takes a tensor, not the number 2");
  BOOST_TEST(error_of([&] {
               cinta::matmul(empty(Shape{2, 4, 3}), empty(Shape{5, 3, 4}));
             }) == "matmul: the leading axes do not broadcast: [2, 4, 3] × [5, 3, 4]");
  BOOST_TEST(error_of([&] { linear(x, w); }) == "linear: the inner sizes differ: [32, 784] × [512, 10]");
  BOOST_TEST(error_of([&] { linear(x, v); }) == "linear: the weight is [in, out], not of shape [3]");
  BOOST_TEST(error_of([&] { linear(one, w); }) == "linear: takes rows of 512 features, not a scalar");
  BOOST_TEST(error_of([&] {
               linear(empty(Shape{1, 512}), w, v);
             }) == "linear: the bias of shape [3] does not fit 10 outputs");
  BOOST_TEST(error_of([&] { linear(x, w, empty(Shape{10}, f64)); }) ==
             "linear: f32 and f64 do not mix: convert one, x.to(f64)");
  BOOST_TEST(
      error_of([&] { linear(i, i, i); }) ==
      "linear: takes f32 or f64, and whole numbers beside them, not i32 and i32 and i32: convert one, x.to(f32)");
}

BOOST_AUTO_TEST_CASE(whole_numbers_rise_to_the_float_they_meet) {
  const Tensor counts = tensor({{1, 0, 2}, {0, 3, 1}}, i32), mask = tensor({{1, 0, 1}, {0, 1, 1}}, u8);
  const Tensor ones = tensor({1, 1}, i32);
  for (const Dtype dtype : {f32, f64})
    for (const Tensor& whole : {counts, mask}) {
      const Tensor x = convert(whole, dtype), w = drawn({3, 2}, dtype, 1), bias = convert(ones, dtype);
      BOOST_TEST(equal_bytes(cinta::matmul(whole, w), cinta::matmul(x, w)));
      BOOST_TEST(equal_bytes(cinta::matmul(w, whole), cinta::matmul(w, x)));
      BOOST_TEST(equal_bytes(linear(whole, w), linear(x, w)));
      BOOST_TEST(equal_bytes(linear(whole, w, ones), linear(x, w, bias)));
      const Recording recording;
      const Tensor v = variable(w);
      for (const Tensor& y : {cinta::matmul(whole, v), linear(whole, v), linear(whole, v, ones)})
        BOOST_TEST(equal_bytes(grad(sum(y), {v})[0], grad(sum(cinta::matmul(x, v)), {v})[0]));
    }
}

BOOST_AUTO_TEST_CASE(an_error_names_the_line_of_the_call) {
  const Tensor x = empty(Shape{2, 3});
  std::string what;
  const int line = __LINE__ + 2;
  try {
    cinta::matmul(x, x);
  } catch (const ShapeError& e) {
    what = e.what();
  }
  BOOST_TEST(what.find("matmul_test.cpp:" + std::to_string(line) + ": ") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
