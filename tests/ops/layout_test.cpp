// Layout ops: values against xtensor, gradients, shared buffers, and the sentences of their errors.
#include <cinta/framework/core/xtensor.hpp>
#include <cinta/ops/gradcheck.hpp>

#include <xtensor/xmanipulation.hpp>
#include <xtensor/xstrided_view.hpp>
#include <xtensor/xview.hpp>

#include <boost/test/unit_test.hpp>

#include <functional>
#include <vector>

using namespace cinta;

namespace {

Tensor drawn(const Shape& shape, std::uint64_t stream = 0) {
  return normal(shape, 0, 1, {.seed = 2, .stream = stream, .dtype = f64});
}

bool passes(const std::function<Tensor(const Tensor&)>& f, const Tensor& x) {
  const GradcheckResult r = gradcheck([&](const Tensor& v) { return f(v * v); }, {x}, {.order = 2});
  BOOST_TEST_MESSAGE(r.message);
  return r.passed;
}

std::string line(int n) { return std::string(__FILE__) + ":" + std::to_string(n) + ": "; }

}  // namespace

#define CHECK_THROWS(expression, type, sentence)              \
  BOOST_CHECK_EXCEPTION(expression, type, [](const type& e) { \
    BOOST_TEST(e.what() == line(__LINE__) + (sentence));      \
    return true;                                              \
  })

BOOST_AUTO_TEST_SUITE(layout)

BOOST_AUTO_TEST_CASE(reshape_squeeze_and_unsqueeze_share_the_buffer) {
  const Tensor x = drawn({2, 1, 6});
  for (const Tensor& y : {reshape(x, {3, 4}), reshape(x, {-1}), reshape(x, Shape{12, 1}), squeeze(x), squeeze(x, 1),
                          unsqueeze(x, 0), unsqueeze(x, -1)})
    BOOST_TEST(y.raw() == x.raw());
  BOOST_TEST((reshape(x, {3, -1}).shape() == Shape{3, 4}));
  BOOST_TEST((squeeze(x).shape() == Shape{2, 6}));
  BOOST_TEST((squeeze(x, -2).shape() == Shape{2, 6}));
  BOOST_TEST((squeeze(ones({1, 1})).shape() == Shape()));
  BOOST_TEST((unsqueeze(x, 0).shape() == Shape{1, 2, 1, 6}));
  BOOST_TEST((unsqueeze(x, -1).shape() == Shape{2, 1, 6, 1}));
  BOOST_TEST((unsqueeze(x, 3).shape() == Shape{2, 1, 6, 1}));
  BOOST_TEST((unsqueeze(scalar(1), 0).shape() == Shape{1}));
  BOOST_TEST((reshape(scalar(1), {1, 1}).shape() == Shape{1, 1}));
  BOOST_TEST((reshape(ones({1}), Shape()).shape() == Shape()));
  BOOST_TEST((reshape(zeros({0, 3}), {3, 0}).shape() == Shape{3, 0}));
  BOOST_TEST((reshape(zeros({0, 3}), {-1, 3}).shape() == Shape{0, 3}));
}

BOOST_AUTO_TEST_CASE(transposes_and_permutations_are_xtensors) {
  const Tensor x = drawn({3, 4, 5});
  const auto a = x.array<double>();
  BOOST_TEST(equal_bytes(permute(x, {2, 0, 1}), Tensor(xt::transpose(a, {2, 0, 1}))));
  BOOST_TEST(equal_bytes(permute(x, {-1, 1, 0}), Tensor(xt::transpose(a, {2, 1, 0}))));
  BOOST_TEST(equal_bytes(permute(x, {0, 1, 2}), x));
  BOOST_TEST(equal_bytes(transpose(x), Tensor(xt::transpose(a, {0, 2, 1}))));
  BOOST_TEST(equal_bytes(transpose(x, 0, -1), Tensor(xt::transpose(a, {2, 1, 0}))));
  for (const Dtype dtype : {f32, f64, i32, u8}) {
    const Tensor t = (x * 50).to(dtype);
    BOOST_TEST(equal_bytes(permute(t, {1, 2, 0}).to(f64), permute(t.to(f64), {1, 2, 0})));
    BOOST_TEST((transpose(t).dtype() == dtype));
  }
  BOOST_TEST((transpose(zeros({0, 3})).shape() == Shape{3, 0}));
  BOOST_TEST((permute(scalar(1), {}).shape() == Shape()));
}

BOOST_AUTO_TEST_CASE(a_permutation_that_moves_no_element_shares_the_buffer) {
  const Tensor x = drawn({1, 4, 1, 5});
  BOOST_TEST(permute(x, {1, 0, 3, 2}).raw() == x.raw());
  BOOST_TEST((permute(x, {1, 0, 3, 2}).shape() == Shape{4, 1, 5, 1}));
  BOOST_TEST(permute(x, {3, 0, 1, 2}).raw() != x.raw());
}

BOOST_AUTO_TEST_CASE(concat_and_stack_are_xtensors) {
  const Tensor x = drawn({2, 3}), y = drawn({2, 5}, 1), z = drawn({4, 3}, 2), w = drawn({2, 3}, 3);
  const auto a = x.array<double>(), b = y.array<double>(), c = z.array<double>(), d = w.array<double>();
  BOOST_TEST(equal_bytes(concat({x, y}, 1), Tensor(xt::concatenate(xt::xtuple(a, b), 1))));
  BOOST_TEST(equal_bytes(concat({x, z, w}), Tensor(xt::concatenate(xt::xtuple(a, c, d), 0))));
  BOOST_TEST(equal_bytes(concat({x, y, x}, -1), Tensor(xt::concatenate(xt::xtuple(a, b, a), 1))));
  for (const int axis : {0, 1, 2})
    BOOST_TEST(equal_bytes(stack({x, w}, axis), Tensor(xt::stack(xt::xtuple(a, d), static_cast<std::size_t>(axis)))));
  BOOST_TEST(equal_bytes(stack({x, w}, -1), stack({x, w}, 2)));
  BOOST_TEST(equal_bytes(concat({x}), x));
  BOOST_TEST((stack({scalar(1), scalar(2)}).shape() == Shape{2}));
  BOOST_TEST(equal_bytes(concat({zeros({0, 3}, f64), x}), x));
  BOOST_TEST(equal_bytes(concat({tensor({1, 2}, i32), tensor({3}, i32)}), tensor({1, 2, 3}, i32)));
}

BOOST_AUTO_TEST_CASE(slices_are_pythons) {
  std::vector<double> base;
  for (int i = 0; i < 7; ++i) base.push_back(i);
  const Tensor x = tensor(std::span<const double>(base), {7});
  // Python's own rule, written out: which indices range(*slice(b, e, s).indices(7)) gives.
  const auto python = [](std::int64_t b, std::int64_t e, std::int64_t s) {
    const std::int64_t n = 7, low = s < 0 ? -1 : 0, high = s < 0 ? n - 1 : n;
    const auto bound = [&](std::int64_t v) {
      v = v < 0 ? v + n : v;
      return v < low ? low : v > high ? high : v;
    };
    std::vector<double> r;
    for (std::int64_t i = bound(b); s > 0 ? i < bound(e) : i > bound(e); i += s) r.push_back(static_cast<double>(i));
    return r;
  };
  for (std::int64_t b = -9; b <= 9; ++b)
    for (std::int64_t e = -9; e <= 9; ++e)
      for (const std::int64_t s : {1, 2, 3, 10, -1, -2, -10}) {
        const std::vector<double> expected = python(b, e, s);
        BOOST_TEST(equal_bytes(slice(x, 0, b, e, {.step = s}),
                               tensor(std::span<const double>(expected), {static_cast<std::int64_t>(expected.size())})),
                   b << ":" << e << ":" << s);
      }
}

BOOST_AUTO_TEST_CASE(slices_along_any_axis_are_xtensors) {
  const Tensor x = drawn({4, 6, 5});
  const auto a = x.array<double>();
  BOOST_TEST(equal_bytes(slice(x, 0, 1, 3), Tensor(xt::view(a, xt::range(1, 3), xt::all(), xt::all()))));
  BOOST_TEST(
      equal_bytes(slice(x, 1, 0, 6, {.step = 2}), Tensor(xt::view(a, xt::all(), xt::range(0, 6, 2), xt::all()))));
  BOOST_TEST(equal_bytes(slice(x, -1, 1, 100), Tensor(xt::view(a, xt::all(), xt::all(), xt::range(1, 5)))));
  BOOST_TEST(equal_bytes(slice(x, 1, -1, -7, {.step = -1}), Tensor(xt::flip(a, 1))));
  BOOST_TEST(equal_bytes(slice((x * 9).to(u8), 2, 1, 4), slice(x * 9, 2, 1, 4).to(u8)));
}

BOOST_AUTO_TEST_CASE(gradients_of_orders_1_and_2) {
  const Tensor x = drawn({2, 1, 3, 2}, 4);
  BOOST_TEST(passes([](const Tensor& v) { return reshape(v, {3, -1}); }, x));
  BOOST_TEST(passes([](const Tensor& v) { return squeeze(v); }, x));
  BOOST_TEST(passes([](const Tensor& v) { return unsqueeze(v, -2); }, x));
  BOOST_TEST(passes([](const Tensor& v) { return transpose(v, 0, 2); }, x));
  BOOST_TEST(passes([](const Tensor& v) { return permute(v, {2, 0, 3, 1}); }, x));
  BOOST_TEST(passes([](const Tensor& v) { return slice(v, 2, 1, 3); }, x));
  BOOST_TEST(passes([](const Tensor& v) { return slice(v, -2, 2, -4, {.step = -2}); }, x));
  BOOST_TEST(passes([](const Tensor& v) { return slice(v, 0, 1, 1); }, x));
  BOOST_TEST(passes([](const Tensor& v) { return concat({v, v * 2, v}, 2); }, x));
  BOOST_TEST(passes([](const Tensor& v) { return stack({v, v * v}, -1); }, x));
  BOOST_TEST(passes([](const Tensor& v) { return concat({ones({2, 1, 5, 2}, f64), v}, 2); }, x));
  const auto two = gradcheck(
      [](const Tensor& a, const Tensor& b) {
        return concat({a, b * b}, 1) * concat({b, a}, 1);
      },
      {drawn({2, 3}), drawn({2, 3}, 1)}, {.order = 2});
  BOOST_TEST(two.passed, two.message);
}

BOOST_AUTO_TEST_CASE(overlapping_slices_add_into_one_gradient) {
  const Recording recording;
  const Tensor x = variable(ones({5, 2}, f64));
  Tensor y = sum(slice(x, 0, 0, 3));
  for (int k = 1; k < 4; ++k) y += sum(slice(x, 0, k, 5)) * k;
  const Gradients g = backward(y);
  BOOST_TEST(equal_bytes(g[x], tensor({{1, 1}, {2, 2}, {4, 4}, {6, 6}, {6, 6}}, f64)));
}

BOOST_AUTO_TEST_CASE(errors_name_the_op_and_the_line) {
  const Tensor x = drawn({2, 3}), y = drawn({2, 4}), n = tensor({{1, 2, 3}}, i32),
               full_rank = ones({1, 1, 1, 1, 1, 1, 1, 1});
  const std::vector<Tensor> none, mixed{x, n}, ragged{x, transpose(y)}, scalars{scalar(1)}, full_ones{full_rank},
      unlike{x, y};
  CHECK_THROWS(reshape(x, {4, 2}), ShapeError, "reshape: the 6 elements of [2, 3] do not fill the shape [4, 2]");
  CHECK_THROWS(reshape(x, Shape{7}), ShapeError, "reshape: the 6 elements of [2, 3] do not fill the shape [7]");
  CHECK_THROWS(reshape(x, {4, -1}), ShapeError, "reshape: the 6 elements of [2, 3] do not fill the shape [4, -1]");
  CHECK_THROWS(reshape(x, {0, -1}), ShapeError, "reshape: the 6 elements of [2, 3] do not fill the shape [0, -1]");
  CHECK_THROWS(reshape(x, {-2, -3}), ShapeError, "reshape: the 6 elements of [2, 3] do not fill the shape [-2, -3]");
  CHECK_THROWS(reshape(x, {-1, -1}), ShapeError, "reshape: at most one size may be -1: [-1, -1]");
  CHECK_THROWS(squeeze(x, 1), ShapeError, "squeeze: axis 1 of the shape [2, 3] has the size 3, not 1");
  CHECK_THROWS(unsqueeze(x, 4), ShapeError, "unsqueeze: there is no axis 4 in a tensor of rank 3");
  CHECK_THROWS(unsqueeze(full_rank, 0), ShapeError, "unsqueeze: the shape [1, 1, 1, 1, 1, 1, 1, 1] has 8 axes already");
  CHECK_THROWS(transpose(ones({3})), ShapeError, "transpose: there is no axis -2 in a tensor of rank 1");
  CHECK_THROWS(permute(x, {0}), ShapeError, "permute: the order [0] must name each axis of the shape [2, 3] once");
  CHECK_THROWS(permute(x, {0, 0}), ShapeError,
               "permute: the order [0, 0] must name each axis of the shape [2, 3] once");
  CHECK_THROWS(permute(x, {0, 2}), ShapeError,
               "permute: the order [0, 2] must name each axis of the shape [2, 3] once");
  CHECK_THROWS(concat(none), ValueError, "concat: there is nothing to join");
  CHECK_THROWS(concat(mixed), DtypeError, "concat: f64 and i32 do not mix: convert one, x.to(f64)");
  CHECK_THROWS(concat(ragged), ShapeError, "concat: the shapes [2, 3] and [4, 2] differ in more than axis 0");
  CHECK_THROWS(concat(scalars), ShapeError, "concat: scalars have no axis to be joined along: stack them");
  CHECK_THROWS(concat(unlike, 2), ShapeError, "concat: there is no axis 2 in a tensor of rank 2");
  CHECK_THROWS(stack(none), ValueError, "stack: there is nothing to join");
  CHECK_THROWS(stack(unlike), ShapeError, "stack: the shapes [2, 3] and [2, 4] differ");
  CHECK_THROWS(stack(full_ones), ShapeError, "stack: the shape [1, 1, 1, 1, 1, 1, 1, 1] has 8 axes already");
  CHECK_THROWS(slice(x, 2, 0, 1), ShapeError, "slice: there is no axis 2 in a tensor of rank 2");
  CHECK_THROWS(slice(x, 0, 0, 1, {.step = 0}), ValueError, "slice: the step is 0");
}

BOOST_AUTO_TEST_SUITE_END()
