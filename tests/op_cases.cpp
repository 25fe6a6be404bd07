#include "op_cases.hpp"

#include <cinta/framework/core/xtensor.hpp>
#include <cinta/ops/custom.hpp>
#include <cinta/ops/map.hpp>

#include <fmt/format.h>
#include <xtensor/xmanipulation.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xview.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

namespace cinta {
namespace {

using Tensors = std::vector<Tensor>;
using Run = std::function<Tensor(const Tensors&)>;
using Scalar1 = double (*)(double);
using Scalar2 = double (*)(double, double);
using Scalar3 = double (*)(double, double, double);

// The element of x that broadcasting puts at flat index k of a result of `shape`.
double broadcast_element(const Tensor& x, const Shape& shape, std::int64_t k) {
  std::int64_t offset = 0, step = 1;
  for (int a = 1; a <= shape.rank(); ++a) {
    const std::int64_t n = shape.back(-a), at = k % n;
    k /= n;
    if (a > x.rank()) continue;
    const std::int64_t own = x.shape().back(-a);
    if (own != 1) offset += at * step;
    step *= own;
  }
  return x.data<double>()[offset];
}

template <class F> Tensor scalar_reference(const Tensors& x, F f) {
  Shape shape = x[0].shape();
  for (const Tensor& t : x) shape = broadcast_shapes(shape, t.shape(), "reference", {});
  Tensor y = empty(shape, f64);
  for (std::int64_t k = 0; k < y.size(); ++k) y.mutable_data<double>()[k] = f(k, shape);
  return y;
}

class Table {
 public:
  void unary(const std::string& name, Tensor (*op)(const Arg&), Scalar1 f, InputSpec range = {}, int order = 2) {
    for (const Shape& shape :
         {Shape{}, Shape{0}, Shape{1}, Shape{7}, Shape{8}, Shape{9}, Shape{15}, Shape{16}, Shape{17}, Shape{3, 5}}) {
      InputSpec spec = range;
      spec.shape = shape;
      add(
          name, {spec}, [op](const Tensors& x) { return op(x[0]); },
          [f](const Tensors& x) {
            return scalar_reference(x, [&](auto k, auto&) { return f(x[0].data<double>()[k]); });
          },
          order);
    }
  }
  void binary(const std::string& name, Tensor (*op)(const Arg&, const Arg&), Scalar2 f, InputSpec a = {},
              InputSpec b = {}, int order = 2) {
    const std::pair<Shape, Shape> shapes[] = {{{}, {}},         {{0}, {0}},          {{17}, {17}},
                                              {{3, 1}, {1, 4}}, {{2, 5}, {5}},       {{}, {9}},
                                              {{8}, {1}},       {{2, 1, 3}, {4, 1}}, {{0, 3}, {3}}};
    for (const auto& [p, q] : shapes) {
      a.shape = p;
      b.shape = q;
      add(
          name, {a, b}, [op](const Tensors& x) { return op(x[0], x[1]); },
          [f](const Tensors& x) {
            return scalar_reference(
                x, [&](auto k, auto& s) { return f(broadcast_element(x[0], s, k), broadcast_element(x[1], s, k)); });
          },
          order);
    }
  }
  void flat(const std::string& name, Tensor (*op)(const Arg&, const Arg&), Scalar2 f, InputSpec b) {
    for (const Shape& shape : {Shape{}, Shape{0, 1}, Shape{17}, Shape{9, 1}, Shape{2, 3}}) {
      b.shape = shape;
      add(
          name, {{shape}, b}, [op](const Tensors& x) { return op(x[0], x[1]); },
          [f](const Tensors& x) {
            Tensor y =
                scalar_reference(x, [&](auto k, auto&) { return f(x[0].data<double>()[k], x[1].data<double>()[k]); });
            y.set_shape(Shape{y.size()});
            return y;
          });
    }
  }
  void ternary(const std::string& name, Tensor (*op)(const Arg&, const Arg&, const Arg&), Scalar3 f, InputSpec a,
               InputSpec b, InputSpec c) {
    const Shape shapes[][3] = {{{}, {}, {}}, {{17}, {17}, {17}}, {{3, 4}, {4}, {3, 1}}, {{2, 3}, {}, {1}}};
    for (const auto& s : shapes) {
      a.shape = s[0];
      b.shape = s[1];
      c.shape = s[2];
      add(
          name, {a, b, c}, [op](const Tensors& x) { return op(x[0], x[1], x[2]); },
          [f](const Tensors& x) {
            return scalar_reference(x, [&](auto k, auto& t) {
              return f(broadcast_element(x[0], t, k), broadcast_element(x[1], t, k), broadcast_element(x[2], t, k));
            });
          });
    }
  }
  void add(const std::string& name, std::vector<InputSpec> inputs, Run run, Run reference, int order = 2) {
    std::string shapes;
    for (const InputSpec& i : inputs) shapes.append(" ").append(to_string(i.shape));
    cases.push_back({name + shapes, std::move(inputs), std::move(run), std::move(reference), order});
  }

  std::vector<OpCase> cases;
};

double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }
double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

const InputSpec positive{{}, 0.3, 3, false}, any_sign{};

void elementwise_cases(Table& t) {
  t.unary("neg", neg, [](double x) { return -x; });
  t.unary("abs", abs, [](double x) { return std::fabs(x); });
  t.unary("sign", sign, [](double x) { return double(x > 0) - double(x < 0); });
  t.unary("square", square, [](double x) { return x * x; });
  t.unary(
      "sqrt", sqrt, [](double x) { return std::sqrt(x); }, positive);
  t.unary("exp", exp, [](double x) { return std::exp(x); });
  t.unary("expm1", expm1, [](double x) { return std::expm1(x); });
  t.unary(
      "log", log, [](double x) { return std::log(x); }, positive);
  t.unary(
      "log1p", log1p, [](double x) { return std::log1p(x); }, positive);
  t.unary("sin", sin, [](double x) { return std::sin(x); });
  t.unary("cos", cos, [](double x) { return std::cos(x); });
  t.unary("erf", erf, [](double x) { return std::erf(x); });
  t.unary("tanh", tanh, [](double x) { return std::tanh(x); });
  t.unary("sigmoid", sigmoid, sigmoid_of);
  t.unary("log_sigmoid", log_sigmoid, [](double x) { return -std::log1p(std::exp(-x)); });
  t.unary("softplus", softplus, [](double x) { return std::log1p(std::exp(x)); });
  t.unary("relu", relu, [](double x) { return x > 0 ? x : 0; });
  t.unary("silu", silu, [](double x) { return x * sigmoid_of(x); });
  t.unary(
      "gelu", [](const Arg& x) { return gelu(x); }, [](double x) { return x * normal_cdf(x); });
  t.unary(
      "gelu_tanh", [](const Arg& x) { return gelu(x, {.tanh_approximation = true}); },
      [](double x) { return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x))); });
  t.unary(
      "step", step, [](double x) { return x >= 0 ? 1.0 : 0.0; }, {}, 0);
  t.unary(
      "isfinite", isfinite, [](double x) { return std::isfinite(x) ? 1.0 : 0.0; }, {}, 0);
  t.unary(
      "logical_not", logical_not, [](double x) { return x == 0 ? 1.0 : 0.0; }, {}, 0);

  t.binary("add", add, [](double x, double y) { return x + y; });
  t.binary("sub", sub, [](double x, double y) { return x - y; });
  t.binary("mul", mul, [](double x, double y) { return x * y; });
  t.binary("div", div, [](double x, double y) { return x / y; });
  t.binary(
      "pow", pow, [](double x, double y) { return std::pow(x, y); }, positive);
  t.binary("maximum", maximum, [](double x, double y) { return std::max(x, y); });
  t.binary("minimum", minimum, [](double x, double y) { return std::min(x, y); });
  t.binary("squared_difference", squared_difference, [](double x, double y) { return (x - y) * (x - y); });
  const Scalar2 cross_entropy = [](double u, double y) {
    const double p = 1 / (1 + std::exp(-u));
    return -(y * std::log(p) + (1 - y) * std::log(1 - p));
  };
  t.binary("binary_cross_entropy", binary_cross_entropy, cross_entropy, any_sign, {{}, 0.1, 0.9, false});
  t.flat("flat_squared_difference", flat_squared_difference, [](double x, double y) { return (x - y) * (x - y); }, {});
  t.flat("flat_binary_cross_entropy", flat_binary_cross_entropy, cross_entropy, {{}, 0.1, 0.9, false});
  t.binary(
      "leaky_relu", leaky_relu, [](double x, double s) { return x > 0 ? x : s * x; }, any_sign, positive);
  t.binary(
      "elu", elu, [](double x, double a) { return x > 0 ? x : a * std::expm1(x); }, any_sign, positive);
  t.binary(
      "less", less, [](double x, double y) { return double(x < y); }, {}, {}, 0);
  t.binary(
      "less_equal", less_equal, [](double x, double y) { return double(x <= y); }, {}, {}, 0);
  t.binary(
      "greater", greater, [](double x, double y) { return double(x > y); }, {}, {}, 0);
  t.binary(
      "greater_equal", greater_equal, [](double x, double y) { return double(x >= y); }, {}, {}, 0);
  t.binary(
      "equal", equal, [](double x, double y) { return double(x == y); }, {}, {}, 0);
  t.binary(
      "not_equal", not_equal, [](double x, double y) { return double(x != y); }, {}, {}, 0);
  t.binary(
      "logical_and", logical_and, [](double x, double y) { return double(x != 0 && y != 0); }, {}, {}, 0);
  t.binary(
      "logical_or", logical_or, [](double x, double y) { return double(x != 0 || y != 0); }, {}, {}, 0);
  t.binary(
      "logical_xor", logical_xor, [](double x, double y) { return double((x != 0) != (y != 0)); }, {}, {}, 0);

  t.ternary("clamp", clamp, [](double x, double l, double h) { return std::min(std::max(x, l), h); }, any_sign,
            {{}, -0.15, -0.05, false}, {{}, 0.05, 0.15, false});
  t.ternary(
      "select", [](const Arg& m, const Arg& a, const Arg& b) { return select(Arg(greater(m, 0), m.where()), a, b); },
      [](double m, double a, double b) { return m > 0 ? a : b; }, any_sign, any_sign, any_sign);
  t.ternary(
      "map",
      [](const Arg& a, const Arg& b, const Arg& c) {
        return map([](auto x, auto y, auto z) { return select(x > 0, x * tanh(y), exp(-z * z) / (2 + sin(x))); }, a, b,
                   c);
      },
      [](double x, double y, double z) { return x > 0 ? x * std::tanh(y) : std::exp(-z * z) / (2 + std::sin(x)); },
      any_sign, any_sign, any_sign);
  t.unary(
      "map of one", [](const Arg& a) { return map([](auto x) { return x / (1 + exp(-1.7 * x)); }, a); },
      [](double x) { return x * sigmoid_of(1.7 * x); });
  t.binary(
      "custom_vjp",
      [](const Arg& a, const Arg& b) {
        return custom_vjp([](const Tensor& x, const Tensor& y) { return sin(x) * y; },
                          [](const Tensor& g, const Tensor& x, const Tensor& y, const Tensor&) {
                            return std::array{g * cos(x) * y, g * sin(x)};
                          },
                          a, b);
      },
      [](double x, double y) { return std::sin(x) * y; });
}

auto arr(const Tensor& t) { return t.array<double>(); }

// A reduction over axes as xtensor computes it.
template <class F> Run reduced(std::vector<std::size_t> axes, bool keepdims, F f) {
  return [=](const Tensors& x) {
    Tensor y(xt::xarray<double>(f(arr(x[0]), axes)));
    if (!keepdims) return y;
    Shape shape = x[0].shape();
    for (const std::size_t a : axes) shape[static_cast<int>(a)] = 1;
    return with_shape(y, shape);
  };
}

// Where along an axis of a rank-3 tensor the first element lies that is better than all before it.
template <class Better> Tensor place_of(const Tensor& x, int axis, Better better) {
  const int along = axis < 0 ? axis + 3 : axis, row = along == 0 ? 1 : 0, column = along == 2 ? 1 : 2;
  Tensor y = filled({x.size(row), x.size(column)}, 0, f64);
  const auto at = [&](std::int64_t i, std::int64_t j, std::int64_t k) {
    return along == 0 ? x(k, i, j) : along == 1 ? x(i, k, j) : x(i, j, k);
  };
  for (std::int64_t i = 0; i < x.size(row); ++i)
    for (std::int64_t j = 0; j < x.size(column); ++j)
      for (std::int64_t k = 1; k < x.size(along); ++k)
        if (better(at(i, j, k), at(i, j, static_cast<std::int64_t>(y(i, j))))) y.set({i, j}, static_cast<double>(k));
  return y;
}

void reduction_cases(Table& t) {
  const InputSpec cube{{2, 17, 3}}, apart{.shape = {2, 17, 3}, .apart = true};
  struct Over {
    Axes axes;
    std::vector<std::size_t> plain;
  };
  const Over overs[] = {{{}, {0, 1, 2}}, {0, {0}}, {1, {1}}, {-1, {2}}, {{0, 2}, {0, 2}}, {{-2, -1}, {1, 2}}};
  for (const Over& o : overs)
    for (const bool keep : {false, true}) {
      const Axes axes = o.axes;
      t.add(
          "sum", {cube}, [=](const Tensors& x) { return sum(x[0], axes, {.keepdims = keep}); },
          reduced(o.plain, keep, [](auto&& a, auto& ax) { return xt::sum(a, ax); }));
      t.add(
          "mean", {cube}, [=](const Tensors& x) { return mean(x[0], axes, {.keepdims = keep}); },
          reduced(o.plain, keep, [](auto&& a, auto& ax) { return xt::mean(a, ax); }));
      t.add(
          "max", {apart}, [=](const Tensors& x) { return max(x[0], axes, {.keepdims = keep}); },
          reduced(o.plain, keep, [](auto&& a, auto& ax) { return xt::amax(a, ax); }));
      t.add(
          "min", {apart}, [=](const Tensors& x) { return min(x[0], axes, {.keepdims = keep}); },
          reduced(o.plain, keep, [](auto&& a, auto& ax) { return xt::amin(a, ax); }));
      t.add(
          "var", {cube}, [=](const Tensors& x) { return var(x[0], axes, {.keepdims = keep, .correction = 0}); },
          reduced(o.plain, keep, [](auto&& a, auto& ax) { return xt::mean(a * a, ax) - xt::square(xt::mean(a, ax)); }));
      t.add(
          "logsumexp", {cube}, [=](const Tensors& x) { return logsumexp(x[0], axes, {.keepdims = keep}); },
          reduced(o.plain, keep, [](auto&& a, auto& ax) { return xt::log(xt::sum(xt::exp(a), ax)); }));
    }
  for (const int axis : {0, 1, -1}) {
    const std::size_t plain = axis < 0 ? 2 : static_cast<std::size_t>(axis);
    t.add(
        "argmax", {cube}, [=](const Tensors& x) { return argmax(x[0], axis); },
        [=](const Tensors& x) { return place_of(x[0], axis, std::greater{}); }, 0);
    t.add(
        "argmin", {cube}, [=](const Tensors& x) { return argmin(x[0], axis); },
        [=](const Tensors& x) { return place_of(x[0], axis, std::less{}); }, 0);
    const auto log_softmax_of = [=](const Tensor& x) {
      Shape kept = x.shape();
      kept[static_cast<int>(plain)] = 1;
      const Tensor total = with_shape(Tensor(xt::xarray<double>(xt::log(xt::sum(xt::exp(arr(x)), {plain})))), kept);
      return Tensor(xt::xarray<double>(arr(x) - arr(total)));
    };
    t.add(
        "log_softmax", {cube}, [=](const Tensors& x) { return log_softmax(x[0], axis); },
        [=](const Tensors& x) { return log_softmax_of(x[0]); });
    t.add(
        "softmax", {cube}, [=](const Tensors& x) { return softmax(x[0], axis); },
        [=](const Tensors& x) { return Tensor(xt::xarray<double>(xt::exp(arr(log_softmax_of(x[0]))))); });
  }
  t.add(
      "sum of nothing", {{{0, 3}}}, [](const Tensors& x) { return sum(x[0], 0); },
      [](const Tensors&) { return filled({3}, 0, f64); });
}

void matrix_cases(Table& t) {
  const auto product = [](const Tensor& a, const Tensor& b, bool ta, bool tb) {
    const std::int64_t m = a.shape()[ta ? 1 : 0], k = a.shape()[ta ? 0 : 1], n = b.shape()[tb ? 0 : 1];
    Tensor c = filled({m, n}, 0, f64);
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t j = 0; j < n; ++j)
        for (std::int64_t p = 0; p < k; ++p)
          c.mutable_data<double>()[i * n + j] += (ta ? a(p, i) : a(i, p)) * (tb ? b(j, p) : b(p, j));
    return c;
  };
  for (const bool ta : {false, true})
    for (const bool tb : {false, true})
      t.add(
          "matmul", {{ta ? Shape{5, 3} : Shape{3, 5}}, {tb ? Shape{17, 5} : Shape{5, 17}}},
          [=](const Tensors& x) { return matmul(x[0], x[1], {.transpose_a = ta, .transpose_b = tb}); },
          [=](const Tensors& x) { return product(x[0], x[1], ta, tb); });
  t.add(
      "matmul", {{{4, 1}}, {{1, 1}}}, [](const Tensors& x) { return matmul(x[0], x[1]); },
      [=](const Tensors& x) { return product(x[0], x[1], false, false); });
  t.add(
      "matmul", {{{2, 0}}, {{0, 3}}}, [](const Tensors& x) { return matmul(x[0], x[1]); },
      [=](const Tensors& x) { return product(x[0], x[1], false, false); });
  t.add(
      "matmul batched", {{{2, 3, 4}}, {{4, 2}}}, [](const Tensors& x) { return matmul(x[0], x[1]); },
      [=](const Tensors& x) {
        Tensor flat = product(with_shape(x[0], {6, 4}), x[1], false, false);
        return with_shape(flat, {2, 3, 2});
      });
  const auto linear_of = [=](const Tensors& x) {
    return Tensor(xt::xarray<double>(arr(product(x[0], x[1], false, false)) + arr(x[2])));
  };
  t.add(
      "linear", {{{4, 3}}, {{3, 5}}, {{5}}}, [](const Tensors& x) { return linear(x[0], x[1], x[2]); }, linear_of);
  t.add(
      "linear", {{{1, 3}}, {{3, 1}}, {{1}}}, [](const Tensors& x) { return linear(x[0], x[1], x[2]); }, linear_of);
  t.add(
      "linear with relu", {{{4, 3}}, {{3, 5}}, {{5}}},
      [](const Tensors& x) { return linear(x[0], x[1], x[2], Activation::relu); },
      [=](const Tensors& x) { return Tensor(xt::xarray<double>(xt::maximum(arr(linear_of(x)), 0.0))); });
  t.add(
      "linear with sigmoid", {{{2, 3, 2}}, {{2, 9}}},
      [](const Tensors& x) { return linear(x[0], x[1], Activation::sigmoid); },
      [=](const Tensors& x) {
        const Tensor z = product(with_shape(x[0], {6, 2}), x[1], false, false);
        return with_shape(Tensor(xt::xarray<double>(1 / (1 + xt::exp(-arr(z))))), {2, 3, 9});
      });
  t.add(
      "linear with tanh", {{{5, 3}}, {{3, 1}}, {{1}}},
      [](const Tensors& x) { return linear(x[0], x[1], x[2], Activation::tanh); },
      [=](const Tensors& x) { return Tensor(xt::xarray<double>(xt::tanh(arr(linear_of(x))))); });
  t.add(
      "linear without bias", {{{4, 3}}, {{3, 5}}}, [](const Tensors& x) { return linear(x[0], x[1]); },
      [=](const Tensors& x) { return product(x[0], x[1], false, false); });
}

void layout_cases(Table& t) {
  const InputSpec cube{{2, 3, 5}};
  t.add(
      "reshape", {cube},
      [](const Tensors& x) {
        return reshape(x[0], {5, -1});
      },
      [](const Tensors& x) {
        return with_shape(x[0], {5, 6});
      });
  t.add(
      "squeeze", {{{1, 3, 1}}}, [](const Tensors& x) { return squeeze(x[0]); },
      [](const Tensors& x) { return with_shape(x[0], {3}); });
  t.add(
      "unsqueeze", {{{3}}}, [](const Tensors& x) { return unsqueeze(x[0], -1); },
      [](const Tensors& x) {
        return with_shape(x[0], {3, 1});
      });
  t.add(
      "transpose", {cube}, [](const Tensors& x) { return transpose(x[0]); },
      [](const Tensors& x) {
        return Tensor(xt::xarray<double>(xt::transpose(arr(x[0]), {0, 2, 1})));
      });
  t.add(
      "transpose", {{{37, 41}}}, [](const Tensors& x) { return transpose(x[0], 0, 1); },
      [](const Tensors& x) {
        return Tensor(xt::xarray<double>(xt::transpose(arr(x[0]), {1, 0})));
      },
      1);
  t.add(
      "permute", {cube},
      [](const Tensors& x) {
        return permute(x[0], {2, 0, 1});
      },
      [](const Tensors& x) {
        return Tensor(xt::xarray<double>(xt::transpose(arr(x[0]), {2, 0, 1})));
      });
  t.add(
      "broadcast_to", {{{3, 1}}},
      [](const Tensors& x) {
        return broadcast_to(x[0], {2, 3, 4});
      },
      [](const Tensors& x) {
        return Tensor(xt::xarray<double>(xt::broadcast(arr(x[0]), {2, 3, 4})));
      });
  t.add(
      "sum_to", {cube},
      [](const Tensors& x) {
        return sum_to(x[0], {3, 1});
      },
      [](const Tensors& x) {
        return with_shape(Tensor(xt::xarray<double>(xt::sum(arr(x[0]), {0, 2}))), {3, 1});
      });
  t.add(
      "concat", {{{2, 3}}, {{2, 1}}, {{2, 0}}},
      [](const Tensors& x) {
        return concat({x[0], x[1], x[2]}, 1);
      },
      [](const Tensors& x) {
        return Tensor(xt::xarray<double>(xt::concatenate(xt::xtuple(arr(x[0]), arr(x[1])), 1)));
      });
  t.add(
      "concat of itself", {{{2, 3}}},
      [](const Tensors& x) {
        return concat({x[0], x[0]}, 0) * concat({x[0], x[0]}, 0);
      },
      [](const Tensors& x) {
        return Tensor(xt::xarray<double>(xt::concatenate(xt::xtuple(arr(x[0]) * arr(x[0]), arr(x[0]) * arr(x[0])), 0)));
      });
  t.add(
      "stack", {{{2, 3}}, {{2, 3}}},
      [](const Tensors& x) {
        return stack({x[0], x[1]}, 1);
      },
      [](const Tensors& x) {
        return Tensor(xt::xarray<double>(
            xt::concatenate(xt::xtuple(arr(with_shape(x[0], {2, 1, 3})), arr(with_shape(x[1], {2, 1, 3}))), 1)));
      });
  t.add(
      "slice", {{{9, 4}}}, [](const Tensors& x) { return slice(x[0], 0, 1, -2, {.step = 2}); },
      [](const Tensors& x) { return Tensor(xt::xarray<double>(xt::view(arr(x[0]), xt::range(1, 7, 2)))); });
  t.add(
      "slice backwards", {{{3, 9}}}, [](const Tensors& x) { return slice(x[0], 1, 7, 0, {.step = -3}); },
      [](const Tensors& x) { return Tensor(xt::xarray<double>(xt::view(arr(x[0]), xt::all(), xt::keep(7, 4, 1)))); });
  for (const std::int64_t k : {1, 7, 16, 33}) {
    const auto classes = [k] { return tensor({static_cast<double>(k - 1), 0, static_cast<double>(k / 2)}, i32); };
    t.add(
        "softmax_cross_entropy", {{{3, k}}}, [=](const Tensors& x) { return softmax_cross_entropy(x[0], classes()); },
        [=](const Tensors& x) {
          Tensor y = empty({3}, f64);
          for (std::int64_t i = 0; i < 3; ++i) {
            double total = 0;
            for (std::int64_t j = 0; j < k; ++j) total += std::exp(x[0](i, j));
            y.mutable_data<double>()[i] = std::log(total) - x[0](i, static_cast<std::int64_t>(classes()(i)));
          }
          return y;
        });
  }
  t.add(
      "index_select", {{{4, 3}}},
      [](const Tensors& x) {
        return index_select(x[0], tensor({3, 0, 3, -1}, i32));
      },
      [](const Tensors& x) { return Tensor(xt::xarray<double>(xt::view(arr(x[0]), xt::keep(3, 0, 3, 3)))); });
  t.add(
      "index_select", {{{2, 5}}},
      [](const Tensors& x) {
        return index_select(x[0], tensor({4, 1}, i32), 1);
      },
      [](const Tensors& x) { return Tensor(xt::xarray<double>(xt::view(arr(x[0]), xt::all(), xt::keep(4, 1)))); });
  t.add(
      "gather", {{{2, 3}}},
      [](const Tensors& x) {
        return gather(x[0], tensor({{2, 2}, {0, -2}}, i32));
      },
      [](const Tensors& x) {
        return tensor({{x[0](0, 2), x[0](0, 2)}, {x[0](1, 0), x[0](1, 1)}}, f64);
      });
  t.add(
      "scatter_add", {{{2, 3}}},
      [](const Tensors& x) {
        return scatter_add(x[0], tensor({{1, 1, 0}, {2, 3, 3}}, i32), {2, 4});
      },
      [](const Tensors& x) {
        return tensor({{x[0](0, 2), x[0](0, 0) + x[0](0, 1), 0, 0}, {0, 0, x[0](1, 0), x[0](1, 1) + x[0](1, 2)}}, f64);
      });
}

}  // namespace

const std::vector<OpCase>& op_cases() {
  static const std::vector<OpCase> cases = [] {
    Table t;
    elementwise_cases(t);
    reduction_cases(t);
    matrix_cases(t);
    layout_cases(t);
    return t.cases;
  }();
  return cases;
}

std::vector<Tensor> inputs_of(const OpCase& c, Dtype dtype, std::uint64_t seed) {
  std::mt19937_64 bits(seed);
  const auto unit = [&] { return static_cast<double>(bits() >> 11) * 0x1p-53; };
  std::vector<Tensor> inputs;
  for (const InputSpec& spec : c.inputs) {
    Tensor x = empty(spec.shape, f64);
    std::vector<double> places(static_cast<std::size_t>(x.size()));  // in [0, 1)
    for (std::size_t k = 0; k < places.size(); ++k)
      places[k] = spec.apart ? static_cast<double>(k) / static_cast<double>(places.size()) : unit();
    if (spec.apart) std::shuffle(places.begin(), places.end(), bits);
    for (std::int64_t k = 0; k < x.size(); ++k) {
      const double magnitude = spec.low + (spec.high - spec.low) * places[static_cast<std::size_t>(k)];
      x.mutable_data<double>()[k] = spec.signs && unit() < 0.5 ? -magnitude : magnitude;
    }
    inputs.push_back(convert(x, dtype));
  }
  return inputs;
}

}  // namespace cinta
