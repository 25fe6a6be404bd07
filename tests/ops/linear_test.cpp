// linear with an activation: one op, of the bytes of two.
#include <cinta/framework/core/anomaly.hpp>
#include <cinta/framework/core/graph.hpp>
#include <cinta/framework/core/inspection.hpp>
#include <cinta/framework/core/parallel.hpp>
#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

using namespace cinta;

namespace {

constexpr Activation every[] = {Activation::identity, Activation::relu, Activation::leaky_relu,
                                Activation::elu,      Activation::gelu, Activation::silu,
                                Activation::sigmoid,  Activation::tanh, Activation::softplus};
constexpr Activation one_op[] = {Activation::relu, Activation::sigmoid, Activation::tanh};

struct Threads {
  explicit Threads(int n) : before(num_threads()) { set_num_threads(n); }
  ~Threads() { set_num_threads(before); }
  int before;
};

struct Operands {
  Tensor x, w, b, seed;

  Operands(Shape shape, std::int64_t out, Dtype dtype) {
    const std::int64_t in = shape.back();
    auto drawn = [&, stream = std::uint64_t{0}](const Shape& s) mutable {
      return uniform(s, -1, 1, {.seed = 7, .stream = ++stream, .dtype = dtype});
    };
    x = drawn(shape);
    w = drawn({in, out});
    b = drawn({out});
    shape[shape.rank() - 1] = out;
    seed = drawn(shape);
  }
};

// The value and the gradients of x, w and, where it is used, b.
std::vector<Tensor> results(const Operands& o, Activation activation, bool together, bool bias = true) {
  const Recording recording;
  std::vector<Tensor> leaves{variable(o.x), variable(o.w)};
  if (bias) leaves.push_back(variable(o.b));
  const auto product = [&](Activation a) {
    return bias ? linear(leaves[0], leaves[1], leaves[2], a) : linear(leaves[0], leaves[1], a);
  };
  const Tensor y = together ? product(activation) : apply(activation, product(Activation::identity));
  std::vector<Tensor> all = grad(y, leaves, o.seed);
  all.push_back(y.detach());
  return all;
}

// Equal bytes, or NaN in both places, whose payload is nobody's promise.
bool same(const Tensor& a, const Tensor& b) {
  const auto elements = [&](const auto* p, const auto* q) {
    for (std::int64_t i = 0; i < a.size(); ++i)
      if (std::memcmp(p + i, q + i, sizeof *p) != 0 && !(std::isnan(p[i]) && std::isnan(q[i]))) return false;
    return true;
  };
  if (!(a.shape() == b.shape()) || a.dtype() != b.dtype()) return false;
  return a.dtype() == f64 ? elements(a.data<double>(), b.data<double>()) : elements(a.data<float>(), b.data<float>());
}

void check_same(const Operands& o, Activation activation, bool bias = true) {
  const auto one = results(o, activation, true, bias), two = results(o, activation, false, bias);
  BOOST_REQUIRE(one.size() == two.size());
  for (std::size_t i = 0; i < one.size(); ++i)
    BOOST_TEST(same(one[i], two[i]), to_string(activation) << " of " << to_string(o.x.shape()) << " × "
                                                           << to_string(o.w.shape()) << ", result " << i);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(linear)

BOOST_AUTO_TEST_CASE(with_an_activation_it_has_the_bytes_of_two_ops) {
  for (const Dtype dtype : {f32, f64})
    for (const Activation activation : every)
      for (const auto& [x, out] : std::vector<std::pair<Shape, std::int64_t>>{{{4, 2}, 8},
                                                                              {{1, 3}, 1},
                                                                              {{7, 5}, 1},
                                                                              {{40, 30}, 1},
                                                                              {{3}, 5},
                                                                              {{2, 3, 4}, 17},
                                                                              {{33, 600}, 70},
                                                                              {{60, 300}, 3},
                                                                              {{0, 3}, 2},
                                                                              {{3, 0}, 2}}) {
        check_same({x, out, dtype}, activation);
        check_same({x, out, dtype}, activation, false);
      }
}

BOOST_AUTO_TEST_CASE(large_ones_have_the_bytes_of_two_ops_on_1_2_and_3_threads) {
  for (const int threads : {1, 2, 3}) {
    const Threads guard(threads);
    for (const Activation activation : one_op) {
      check_same({{300, 270}, 310, f32}, activation);
      check_same({{600, 64}, 150, f64}, activation);
      check_same({{7000, 160}, 1, f32}, activation);
      check_same({{1, 900}, 1300, f32}, activation);
    }
  }
}

BOOST_AUTO_TEST_CASE(nan_infinity_and_signed_zero_come_out_as_of_two_ops) {
  const double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  for (const Dtype dtype : {f32, f64})
    for (const Activation activation : one_op) {
      Operands o({8, 3}, 9, dtype);
      const double special[] = {inf, -inf, nan, -0.0, 0.0, 1e38, -1e-310, 1};
      for (std::int64_t i = 0; i < 8; ++i) {
        o.x.set({i, i % 3}, special[i]);
        o.seed.set({i, i}, special[7 - i]);
      }
      o.b.set({4}, -0.0);
      for (std::int64_t k = 0; k < 3; ++k) o.w.set({k, 4}, 0.0);
      check_same(o, activation);
    }
}

BOOST_AUTO_TEST_CASE(a_gradient_that_somebody_holds_is_not_written) {
  for (const Activation activation : one_op) {
    const Operands o({3, 4}, 5, f32);
    const Tensor before = o.seed + 0;
    (void)results(o, activation, true);
    BOOST_TEST(equal_bytes(o.seed, before));
  }
}

BOOST_AUTO_TEST_CASE(gradients_of_gradients_are_those_of_two_ops) {
  for (const Activation activation : one_op) {
    const Operands o({2, 3, 4}, 5, f64);
    const auto second = [&](bool together) {
      const Recording recording;
      const Tensor x = variable(o.x), w = variable(o.w), b = variable(o.b);
      const Tensor y = together ? cinta::linear(x, w, b, activation) : apply(activation, cinta::linear(x, w, b));
      const auto g = grad(y, {x, w, b}, o.seed, {.create_graph = true});
      return grad(sum(square(g[0])) + sum(square(g[1])) + sum(square(g[2])), {x, w, b}, {.allow_unused = true});
    };
    const auto one = second(true), two = second(false);
    for (std::size_t i = 0; i < 3; ++i)
      for (std::int64_t k = 0; k < one[i].size(); ++k)
        BOOST_TEST(std::abs(one[i].data<double>()[k] - two[i].data<double>()[k]) <=
                   1e-13 * (1 + std::abs(two[i].data<double>()[k])));
  }
}

BOOST_AUTO_TEST_CASE(whole_numbers_rise_to_the_float_they_meet) {
  const Tensor x = tensor({{1, -2}}, i32), w = tensor({{0.5, 1}, {1, 0.5}}, f64);
  BOOST_TEST(equal_bytes(cinta::linear(x, w, Activation::relu), tensor({{0, 0}}, f64)));
  BOOST_TEST(equal_bytes(cinta::linear(x, w, tensor({2, 1}, i32), Activation::relu), tensor({{0.5, 1}}, f64)));
}

BOOST_AUTO_TEST_CASE(the_recording_names_what_is_one_op) {
  const Operands o({2, 3}, 4, f32);
  for (const Activation activation : every) {
    const Recording recording;
    const Tensor y = cinta::linear(variable(o.x), o.w, o.b, activation);
    std::vector<std::string> ops;
    for (const GraphNode& node : graph().nodes) ops.push_back(node.op);
    const std::string name(to_string(activation));
    std::vector<std::string> expected{"variable", "linear"};
    if (std::find(std::begin(one_op), std::end(one_op), activation) != std::end(one_op)) expected[1] += "+" + name;
    else if (activation != Activation::identity) expected.push_back(name);
    BOOST_TEST(ops == expected, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(anomaly_mode_sees_what_an_activation_hides) {
  Operands o({2, 3}, 4, f32);
  o.x.set({1, 2}, std::numeric_limits<double>::infinity());
  for (const Activation activation : one_op) {
    const Recording recording;
    const Tensor w = variable(ones_like(o.w));
    BOOST_CHECK_NO_THROW(cinta::linear(o.x, w, o.b, activation));
    const AnomalyMode mode;
    BOOST_CHECK_EXCEPTION(cinta::linear(o.x, w, o.b, activation), AnomalyError, [](const AnomalyError& e) {
      return std::string(e.what()).find(": linear: its value is not finite: inf at [1, 0]") != std::string::npos;
    });
  }
}

BOOST_AUTO_TEST_CASE(a_profile_counts_the_products_of_one_op) {
  const Operands o({6, 3}, 4, f32);
  begin_inspection(Inspection::profile);
  (void)results(o, Activation::tanh, true);
  end_inspection(Inspection::profile);
  double forward = 0, backward = 0;
  for (const TraceEvent& e : take_trace())
    if (e.name == std::string("linear+tanh")) (e.phase == std::string("forward") ? forward : backward) += e.flops;
  BOOST_TEST(forward == 2. * 6 * 3 * 4);
  BOOST_TEST(backward == 2 * forward);
}

BOOST_AUTO_TEST_SUITE_END()
