// Ops by index: values against plain loops, sums in index order, gradients, and the sentences of their errors.
#include <cinta/framework/core/parallel.hpp>
#include <cinta/ops/gradcheck.hpp>

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace cinta;

namespace {

Tensor drawn(const Shape& shape, Dtype dtype = f64, std::uint64_t stream = 0) {
  return normal(shape, 0, 1, {.seed = 4, .stream = stream, .dtype = dtype});
}
Tensor drawn_index(const Shape& shape, std::int64_t size, std::uint64_t stream = 9) {  // negative ones among them
  return uniform(shape, static_cast<double>(-size), static_cast<double>(size),
                 {.seed = 4, .stream = stream, .dtype = f64})
      .to(i32);
}

// The coordinates of element k of a shape.
std::vector<std::int64_t> coordinates(std::int64_t k, const Shape& shape) {
  std::vector<std::int64_t> c(static_cast<std::size_t>(shape.rank()));
  for (int a = shape.rank() - 1; a >= 0; --a) {
    c[static_cast<std::size_t>(a)] = k % shape[a];
    k /= shape[a];
  }
  return c;
}
std::int64_t position(const std::vector<std::int64_t>& c, const Shape& shape) {
  std::int64_t k = 0;
  for (int a = 0; a < shape.rank(); ++a) k = k * shape[a] + c[static_cast<std::size_t>(a)];
  return k;
}

// For each entry of the index: the element of `whole` that it stands for.
std::vector<std::int64_t> targets(const Tensor& index, const Shape& whole, int axis) {
  std::vector<std::int64_t> t;
  for (std::int64_t k = 0; k < index.size(); ++k) {
    auto c = coordinates(k, index.shape());
    const std::int64_t i = index.data<std::int32_t>()[k];
    c[static_cast<std::size_t>(axis)] = i < 0 ? i + whole[axis] : i;
    t.push_back(position(c, whole));
  }
  return t;
}

template <class T> Tensor scattered(const Tensor& x, const Tensor& index, const Shape& shape, int axis) {
  Tensor y = zeros(shape, x.dtype());
  const auto t = targets(index, shape, axis);
  for (std::int64_t k = 0; k < x.size(); ++k) y.mutable_data<T>()[t[static_cast<std::size_t>(k)]] += x.data<T>()[k];
  return y;
}

std::string line(int n) { return std::string(__FILE__) + ":" + std::to_string(n) + ": "; }

}  // namespace

#define CHECK_THROWS(expression, type, sentence)              \
  BOOST_CHECK_EXCEPTION(expression, type, [](const type& e) { \
    BOOST_TEST(e.what() == line(__LINE__) + (sentence));      \
    return true;                                              \
  })

BOOST_AUTO_TEST_SUITE(index_ops)

BOOST_AUTO_TEST_CASE(index_select_takes_rows_along_any_axis) {
  const Tensor x = drawn({4, 3, 5});
  for (int axis = 0; axis < 3; ++axis) {
    const Tensor i = drawn_index({6}, x.shape()[axis]), y = index_select(x, i, axis);
    Shape shape = x.shape();
    shape[axis] = 6;
    BOOST_REQUIRE((y.shape() == shape));
    for (std::int64_t k = 0; k < y.size(); ++k) {
      auto c = coordinates(k, shape);
      auto& at = c[static_cast<std::size_t>(axis)];
      at = i.data<std::int32_t>()[at];
      if (at < 0) at += x.shape()[axis];
      BOOST_TEST(y.data<double>()[k] == x.data<double>()[position(c, x.shape())]);
    }
  }
  BOOST_TEST(equal_bytes(index_select(x, tensor({-1}, i32), -1), slice(x, 2, 4, 5)));
}

BOOST_AUTO_TEST_CASE(index_select_and_gather_cut_anywhere_among_threads) {
  const int before = num_threads();
  for (const Shape& shape : {Shape{7, 30'011}, Shape{40'009}, Shape{3, 1009, 37}}) {
    const Tensor x = drawn(shape, f32), i = drawn_index({shape.back() + 5}, shape.back());
    Shape picked = shape;
    picked[picked.rank() - 1] = i.size();
    Tensor selected = zeros(picked);
    float* to = selected.mutable_data<float>();
    for (std::int64_t row = 0; row < x.size() / shape.back(); ++row)
      for (const std::int32_t k : i.span<std::int32_t>())
        *to++ = x.data<float>()[row * shape.back() + (k < 0 ? k + shape.back() : k)];
    const Tensor index = broadcast_to(i, picked);
    for (const int threads : {1, 2, 3}) {
      set_num_threads(threads);
      BOOST_TEST(equal_bytes(index_select(x, i, -1), selected));
      BOOST_TEST(equal_bytes(gather(x, index, -1), selected));
    }
  }
  set_num_threads(before);
}

BOOST_AUTO_TEST_CASE(an_index_of_any_rank_takes_the_place_of_the_axis) {
  const Tensor x = drawn({7, 3}), i = tensor({{0, 6}, {3, -1}, {2, 2}}, i32);
  const Tensor y = index_select(x, i);
  BOOST_TEST((y.shape() == Shape{3, 2, 3}));
  BOOST_TEST(equal_bytes(reshape(y, {6, 3}), index_select(x, reshape(i, {-1}))));
  BOOST_TEST((index_select(x, scalar(2, i32)).shape() == Shape{3}));
  BOOST_TEST((index_select(x, zeros({0}, i32)).shape() == Shape{0, 3}));
  for (const Dtype dtype : {f32, i32, u8})
    BOOST_TEST(equal_bytes(index_select((x * 20).to(dtype), i).to(f64), index_select((x * 20).to(dtype).to(f64), i)));
}

BOOST_AUTO_TEST_CASE(gather_is_pytorchs) {
  for (const Shape& shape : {Shape{6}, Shape{4, 5}, Shape{3, 4, 2}, Shape{2, 3, 2, 4}})
    for (int axis = 0; axis < shape.rank(); ++axis)
      for (const bool shorter : {false, true}) {  // the index may be shorter in other axes
        const Tensor x = drawn(shape);
        Shape s = shape;
        s[axis] = 3;
        if (shorter)
          for (int a = 0; a < s.rank(); ++a) s[a] = a == axis ? 9 : s[a] - 1;
        const Tensor i = drawn_index(s, shape[axis]), y = gather(x, i, axis);
        const auto t = targets(i, shape, axis);
        BOOST_REQUIRE((y.shape() == s));
        for (std::int64_t k = 0; k < y.size(); ++k)
          BOOST_TEST(y.data<double>()[k] == x.data<double>()[t[static_cast<std::size_t>(k)]]);
      }
}

BOOST_AUTO_TEST_CASE(scatter_add_sums_in_index_order_on_any_number_of_threads) {
  const int before = num_threads();
  for (const int threads : {1, 2, 3}) {
    set_num_threads(threads);
    for (const Shape& shape : {Shape{50'000}, Shape{500, 100}, Shape{40, 30, 20}})
      for (int axis = 0; axis < shape.rank(); ++axis) {
        Shape whole = shape;
        whole[axis] = 7;
        const Tensor x = drawn(shape, f32), i = drawn_index(shape, 7);
        BOOST_TEST(equal_bytes(scatter_add(x, i, whole, axis), scattered<float>(x, i, whole, axis)));
      }
  }
  set_num_threads(before);
  BOOST_TEST(equal_bytes(scatter_add(ones({5}, i32), tensor({0, 2, 2, -1, 0}, i32), {4}), tensor({2, 0, 2, 1}, i32)));
  BOOST_TEST(equal_bytes(scatter_add(full({2}, 200, u8), tensor({0, 0}, i32), {1}), tensor({144}, u8)));  // 400 mod 256
}

BOOST_AUTO_TEST_CASE(the_gradient_of_index_select_sums_in_index_order) {
  const int before = num_threads();
  const Tensor x = drawn({9, 200}, f32), i = drawn_index({3000}, 9), g = drawn({3000, 200}, f32, 1);
  Tensor expected = zeros({9, 200});
  for (std::int64_t k = 0; k < 3000; ++k)
    for (std::int64_t c = 0; c < 200; ++c) {
      const std::int64_t at = i.data<std::int32_t>()[k];
      expected.mutable_data<float>()[(at < 0 ? at + 9 : at) * 200 + c] += g.data<float>()[k * 200 + c];
    }
  for (const int threads : {1, 2, 3}) {
    set_num_threads(threads);
    const Recording recording;
    const Tensor v = variable(x);
    BOOST_TEST(equal_bytes(backward(sum(index_select(v, i) * g))[v], expected));
  }
  set_num_threads(before);
}

BOOST_AUTO_TEST_CASE(gradients_of_orders_1_and_2) {
  const Tensor x = drawn({4, 3, 2}), many = drawn_index({5}, 3), some = drawn_index({3, 2, 2}, 4),
               places = drawn_index({4, 3, 2}, 5, 10);
  const auto check = [&](auto f) {
    const GradcheckResult r = gradcheck([&](const Tensor& v) { return f(v * v); }, {x}, {.order = 2});
    BOOST_TEST(r.passed, r.message);
  };
  check([&](const Tensor& v) { return index_select(v, many, 1); });
  check([&](const Tensor& v) { return index_select(v, with_shape(slice(many, 0, 0, 4), {2, 2}), -2); });
  check([&](const Tensor& v) { return gather(v, some, 0); });
  check([&](const Tensor& v) { return scatter_add(v, places, {4, 5, 2}, 1); });
}

BOOST_AUTO_TEST_CASE(one_hot_sets_one_element_of_each_row) {
  BOOST_TEST(equal_bytes(one_hot(tensor({2, 0}, i32), 3), tensor({{0, 0, 1}, {1, 0, 0}})));
  BOOST_TEST(equal_bytes(one_hot(tensor({{1}, {0}}, i32), 2, u8), tensor({{{0, 1}}, {{1, 0}}}, u8)));
  BOOST_TEST(equal_bytes(one_hot(scalar(1, i32), 2, f64), tensor({0, 1}, f64)));
  BOOST_TEST((one_hot(zeros({0}, i32), 4).shape() == Shape{0, 4}));
}

BOOST_AUTO_TEST_CASE(errors_name_the_op_and_the_line) {
  const Tensor x = drawn({10, 4}), far = tensor({3, 12}, i32), low = tensor({-11}, i32), u = tensor({1, 0}, u8),
               f = tensor({1, 0});
  const Tensor flat = tensor({0, 1}, i32), wide = zeros({10, 5}, i32);
  CHECK_THROWS(index_select(x, far), ShapeError, "index_select: index 12 is outside axis 0 of size 10");
  CHECK_THROWS(index_select(x, low), ShapeError, "index_select: index -11 is outside axis 0 of size 10");
  CHECK_THROWS(index_select(x, u), DtypeError, "index_select: the index is u8, not i32: convert it, index.to(i32)");
  CHECK_THROWS(index_select(x, 3), DtypeError, "index_select: the index is the number 3, not an i32 tensor");
  CHECK_THROWS(index_select(x, flat, 2), ShapeError, "index_select: there is no axis 2 in a tensor of rank 2");
  CHECK_THROWS(gather(x, f, 0), DtypeError, "gather: the index is f32, not i32: convert it, index.to(i32)");
  CHECK_THROWS(gather(x, flat, 0), ShapeError,
               "gather: an index of shape [2] does not fit the shape [10, 4] along axis 0");
  CHECK_THROWS(gather(x, wide, 0), ShapeError,
               "gather: an index of shape [10, 5] does not fit the shape [10, 4] along axis 0");
  CHECK_THROWS(gather(x, full({10, 1}, 4, i32), 1), ShapeError, "gather: index 4 is outside axis 1 of size 4");
  CHECK_THROWS(scatter_add(x, wide, Shape{10, 5}), ShapeError,
               "scatter_add: the index has the shape [10, 5], and the values [10, 4]");
  CHECK_THROWS(scatter_add(x, zeros({10, 4}, i32), Shape{9, 4}), ShapeError,
               "scatter_add: an index of shape [10, 4] does not fit the shape [9, 4] along axis 1");
  CHECK_THROWS(scatter_add(x, full({10, 4}, 6, i32), Shape{10, 6}), ShapeError,
               "scatter_add: index 6 is outside axis 1 of size 6");
  CHECK_THROWS(one_hot(tensor({1, 3}, i32), 3), ShapeError, "one_hot: index 3 is outside [0, 3)");
  CHECK_THROWS(one_hot(tensor({-1}, i32), 3), ShapeError, "one_hot: index -1 is outside [0, 3)");
  CHECK_THROWS(one_hot(u, 3), DtypeError, "one_hot: the index is u8, not i32: convert it, index.to(i32)");
  CHECK_THROWS(one_hot(flat, -1), ValueError, "one_hot: -1 classes are asked for");
}

BOOST_AUTO_TEST_SUITE_END()
