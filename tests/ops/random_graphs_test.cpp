// 10,000 random graphs of ops, values and gradients, against the plain interpreter and its finite differences. A graph
// is its seed; CINTA_RANDOM_GRAPHS=1000000 makes as many.
#include "plain_array.hpp"

#include <cinta/framework/core/random.hpp>
#include <cinta/ops/map.hpp>
#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <string>

using namespace cinta;
using plain::Array;
using plain::Sizes;

namespace {

Shape shape_of(const Sizes& s) { return Shape(std::span<const std::int64_t>(s)); }

Tensor tensor_of(const Array& a, Dtype dtype) {
  return tensor(std::span<const double>(a.data), shape_of(a.shape)).to(dtype);
}

// One op on values that are already there, in both worlds.
struct Node {
  std::string name;
  std::function<Tensor(const std::vector<Tensor>&)> run;
  std::function<Array(const std::vector<Array>&)> reference;
};

struct Unary {
  const char* name;
  Tensor (*op)(const Arg&);
  double (*f)(double);
};
double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }
double softplus_of(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }
double gelu_of(double x) { return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0))); }
const Unary unary[] = {
    {"neg", neg, [](double x) { return -x; }},
    {"abs", abs, [](double x) { return std::abs(x); }},
    {"square of tanh", [](const Arg& x) { return square(tanh(x)); },
     [](double x) { return std::tanh(x) * std::tanh(x); }},
    {"sqrt", [](const Arg& x) { return sqrt(square(x) + 0.5); }, [](double x) { return std::sqrt(x * x + 0.5); }},
    {"exp", [](const Arg& x) { return exp(tanh(x)); }, [](double x) { return std::exp(std::tanh(x)); }},
    {"expm1", [](const Arg& x) { return expm1(sin(x)); }, [](double x) { return std::expm1(std::sin(x)); }},
    {"log", [](const Arg& x) { return log(square(x) + 0.5); }, [](double x) { return std::log(x * x + 0.5); }},
    {"log1p", [](const Arg& x) { return log1p(square(x)); }, [](double x) { return std::log1p(x * x); }},
    {"sin", sin, [](double x) { return std::sin(x); }},
    {"cos", cos, [](double x) { return std::cos(x); }},
    {"erf", erf, [](double x) { return std::erf(x); }},
    {"tanh", tanh, [](double x) { return std::tanh(x); }},
    {"sigmoid", sigmoid, sigmoid_of},
    {"log_sigmoid", log_sigmoid, [](double x) { return -softplus_of(-x); }},
    {"softplus", softplus, softplus_of},
    {"relu", relu, [](double x) { return std::max(x, 0.0); }},
    {"leaky_relu", [](const Arg& x) { return leaky_relu(x, 0.1); }, [](double x) { return x > 0 ? x : 0.1 * x; }},
    {"elu", [](const Arg& x) { return elu(x, 1.5); }, [](double x) { return x > 0 ? x : 1.5 * std::expm1(x); }},
    {"gelu", [](const Arg& x) { return gelu(x); }, gelu_of},
    {"silu", silu, [](double x) { return x * sigmoid_of(x); }},
    {"clamp", [](const Arg& x) { return clamp(x, -0.7, 0.8); },
     [](double x) { return std::min(std::max(x, -0.7), 0.8); }},
    {"map", [](const Arg& x) { return map([](auto v) { return v / (1 + v * v); }, x); },
     [](double x) { return x / (1 + x * x); }},
};

struct Binary {
  const char* name;
  Tensor (*op)(const Arg&, const Arg&);
  double (*f)(double, double);
};
const Binary binary[] = {
    {"add", add, [](double x, double y) { return x + y; }},
    {"sub", sub, [](double x, double y) { return x - y; }},
    {"mul", mul, [](double x, double y) { return x * y; }},
    {"div", [](const Arg& x, const Arg& y) { return x / (square(y) + 1); },
     [](double x, double y) { return x / (y * y + 1); }},
    {"pow", [](const Arg& x, const Arg& y) { return pow(square(x) + 0.5, tanh(y)); },
     [](double x, double y) { return std::pow(x * x + 0.5, std::tanh(y)); }},
    {"maximum", maximum, [](double x, double y) { return std::max(x, y); }},
    {"minimum", minimum, [](double x, double y) { return std::min(x, y); }},
    {"select", [](const Arg& x, const Arg& y) { return select(less(x, y), 2 * x - y, x); },  // without a jump at x = y
     [](double x, double y) { return x < y ? 2 * x - y : x; }},
    {"squared_difference", squared_difference, [](double x, double y) { return (x - y) * (x - y); }},
    {"binary_cross_entropy", [](const Arg& x, const Arg& y) { return binary_cross_entropy(x, sigmoid(y)); },
     [](double x, double y) {
       const double t = sigmoid_of(y);
       return t * softplus_of(-x) + (1 - t) * softplus_of(x);
     }},
};

struct Reduction {
  const char* name;
  Tensor (*op)(const Arg&, int axis);
  double (*f)(const std::vector<double>&);
};
const Reduction reductions[] = {
    {"sum", [](const Arg& x, int a) { return sum(x, a, {.keepdims = true}); }, plain::sum_of},
    {"mean", [](const Arg& x, int a) { return mean(x, a, {.keepdims = true}); }, plain::mean_of},
    {"max", [](const Arg& x, int a) { return max(x, a, {.keepdims = true}); }, plain::max_of},
    {"min", [](const Arg& x, int a) { return min(x, a, {.keepdims = true}); }, plain::min_of},
    {"var", [](const Arg& x, int a) { return var(x, a, {.keepdims = true, .correction = 0}); }, plain::variance_of},
    {"logsumexp", [](const Arg& x, int a) { return logsumexp(x, a, {.keepdims = true}); }, plain::logsumexp_of},
};

// A graph: leaves, then nodes, and the numbers that were drawn for it.
class Graph {
 public:
  explicit Graph(std::uint64_t seed) : rng_(seed, 0) {
    const std::int64_t n = 1 + below(4);
    for (std::int64_t i = 0; i < n; ++i) leaves.push_back(drawn(random_shape()));
    values_ = leaves;
    const std::int64_t steps = 2 + below(9);
    for (std::int64_t i = 0; i < steps; ++i) grow();
  }

  std::vector<Array> leaves;
  std::string text;

  // Σ w·y over the last value, w fixed numbers.
  double value(const std::vector<Array>& x) const {
    std::vector<Array> v = x;
    for (const Node& node : nodes_) v.push_back(node.reference(v));
    double total = 0;
    for (std::int64_t i = 0; i < v.back().size(); ++i) total += weight(i) * v.back()[i];
    return total;
  }
  Tensor value(const std::vector<Tensor>& x) const {
    std::vector<Tensor> v = x;
    for (const Node& node : nodes_) v.push_back(node.run(v));
    Tensor w = empty(v.back().shape(), f64);
    for (std::int64_t i = 0; i < w.size(); ++i) w.mutable_data<double>()[i] = weight(i);
    return sum(v.back() * w.to(v.back().dtype()));
  }
  Array drawn(Sizes shape) {
    Array a(std::move(shape));
    for (double& x : a.data) x = 3 * rng_.uniform() - 1.5;
    return a;
  }

 private:
  static double weight(std::int64_t i) { return static_cast<double>(i * 7 % 13 - 6) / 4 + 0.3; }
  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(rng_.below(static_cast<std::uint64_t>(n))); }
  std::size_t any() { return static_cast<std::size_t>(below(static_cast<std::int64_t>(values_.size()))); }

  // Sizes from a few numbers, so that many shapes broadcast; 17 crosses the width of a pack.
  Sizes random_shape() {
    const std::int64_t sizes[] = {1, 2, 3, 17};
    Sizes s(static_cast<std::size_t>(below(4)));
    for (auto& n : s) n = sizes[below(4)];
    return s;
  }
  static bool broadcasts(const Sizes& a, const Sizes& b) {
    for (std::size_t i = 1; i <= std::min(a.size(), b.size()); ++i)
      if (a[a.size() - i] != b[b.size() - i] && a[a.size() - i] != 1 && b[b.size() - i] != 1) return false;
    return plain::product(plain::broadcast(a, b)) <= 5000;
  }

  void add(std::string name, std::function<Tensor(const std::vector<Tensor>&)> run,
           std::function<Array(const std::vector<Array>&)> reference) {
    values_.push_back(reference(values_));
    text += name + "; ";
    nodes_.push_back({std::move(name), std::move(run), std::move(reference)});
  }

  void grow() {
    const std::size_t p = any(), q = any();
    const Sizes s = values_[p].shape, t = values_[q].shape;
    const std::string of = "(" + std::to_string(p) + ")",
                      of2 = "(" + std::to_string(p) + ", " + std::to_string(q) + ")";
    const int axis = s.empty() ? 0 : static_cast<int>(below(static_cast<std::int64_t>(s.size())));
    switch (below(10)) {
      case 0:
      case 1:
      case 2: {
        const Unary& u = unary[below(std::size(unary))];
        return add(
            u.name + of, [&u, p](auto& v) { return u.op(v[p]); }, [&u, p](auto& v) { return plain::map(v[p], u.f); });
      }
      case 3:
      case 4: {
        if (!broadcasts(s, t)) return grow();
        const Binary& b = binary[below(std::size(binary))];
        return add(
            b.name + of2, [&b, p, q](auto& v) { return b.op(v[p], v[q]); },
            [&b, p, q](auto& v) { return plain::map(v[p], v[q], b.f); });
      }
      case 5: {
        if (s.empty()) return grow();
        const Reduction& r = reductions[below(std::size(reductions))];
        return add(
            r.name + of, [&r, p, axis](auto& v) { return r.op(v[p], axis); },
            [&r, p, axis](auto& v) { return plain::reduce(v[p], axis, r.f); });
      }
      case 6: {
        if (s.empty()) return grow();
        const bool log = below(2) == 0;
        return add((log ? "log_softmax" : "softmax") + of,
                   [=](auto& v) { return log ? log_softmax(v[p], axis) : softmax(v[p], axis); },
                   [=](auto& v) {
                     const Array total = plain::reduce(v[p], axis, plain::logsumexp_of);
                     return plain::map(v[p], total,
                                       [log](double x, double l) { return log ? x - l : std::exp(x - l); });
                   });
      }
      case 7:
        return product(p, q, s, t, of2);
      case 8:
        return layout(p, s, axis, of);
      default:
        return indices(p, s, axis, of);
    }
  }

  void product(std::size_t p, std::size_t q, const Sizes& s, const Sizes& t, const std::string& of) {
    if (s.size() != 2 || t.size() != 2) return grow();
    const bool ta = below(2) == 0, tb = below(2) == 0;
    if (s[ta ? 0 : 1] != t[tb ? 1 : 0]) return grow();
    if (!ta && !tb && below(2) == 0)
      return add(
          "linear with tanh" + of, [=](auto& v) { return linear(v[p], v[q], Activation::tanh); },
          [=](auto& v) { return plain::map(plain::matmul(v[p], v[q]), [](double x) { return std::tanh(x); }); });
    const auto turned = [](const Array& x, bool turn) {
      return turn ? plain::moved(x, {x.shape[1], x.shape[0]}, [](Sizes at) { return Sizes{at[1], at[0]}; }) : x;
    };
    add(
        "matmul" + of, [=](auto& v) { return matmul(v[p], v[q], {.transpose_a = ta, .transpose_b = tb}); },
        [=](auto& v) { return plain::matmul(turned(v[p], ta), turned(v[q], tb)); });
  }

  void layout(std::size_t p, const Sizes& s, int axis, const std::string& of) {
    const auto a = static_cast<std::size_t>(axis);
    if (s.empty()) return grow();
    switch (below(4)) {
      case 0:
        return add(
            "reshape" + of, [=](auto& v) { return reshape(v[p], {-1}); },
            [=](auto& v) {
              Array y = v[p];
              y.shape = {y.size()};
              return y;
            });
      case 1: {
        Sizes shape = s;
        std::swap(shape[a], shape.back());
        return add(
            "transpose" + of, [=](auto& v) { return transpose(v[p], axis, -1); },
            [=](auto& v) {
              return plain::moved(v[p], shape, [a](Sizes at) {
                std::swap(at[a], at.back());
                return at;
              });
            });
      }
      case 2: {
        const std::int64_t begin = below(s[a]);
        Sizes shape = s;
        shape[a] -= begin;
        return add(
            "slice" + of, [=](auto& v) { return slice(v[p], axis, begin, s[a]); },
            [=](auto& v) {
              return plain::moved(v[p], shape, [=](Sizes at) {
                at[a] += begin;
                return at;
              });
            });
      }
      default: {
        if (plain::product(s) > 2000) return grow();
        Sizes shape = s;
        shape[a] *= 2;
        return add(
            "concat" + of,
            [=](auto& v) {
              return concat({v[p], v[p]}, axis);
            },
            [=](auto& v) {
              return plain::moved(v[p], shape, [=](Sizes at) {
                at[a] %= s[a];
                return at;
              });
            });
      }
    }
  }

  void indices(std::size_t p, const Sizes& s, int axis, const std::string& of) {
    if (s.empty()) return grow();
    const auto a = static_cast<std::size_t>(axis);
    std::vector<std::int32_t> index(static_cast<std::size_t>(1 + below(4)));
    for (auto& i : index) i = static_cast<std::int32_t>(below(s[a]));
    const Tensor chosen = tensor(std::span<const std::int32_t>(index), {static_cast<std::int64_t>(index.size())});
    Sizes shape = s;
    shape[a] = static_cast<std::int64_t>(index.size());
    add(
        "index_select" + of, [=](auto& v) { return index_select(v[p], chosen, axis); },
        [=](auto& v) {
          return plain::moved(v[p], shape, [=](Sizes at) {
            at[a] = index[static_cast<std::size_t>(at[a])];
            return at;
          });
        });
  }

  Rng rng_;
  std::vector<Array> values_;
  std::vector<Node> nodes_;
};

std::vector<Array> moved(const std::vector<Array>& x, const std::vector<Array>& d, double h) {
  std::vector<Array> y = x;
  for (std::size_t i = 0; i < y.size(); ++i)
    for (std::int64_t k = 0; k < y[i].size(); ++k) y[i][k] += h * d[i][k];
  return y;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(random_graphs)

BOOST_AUTO_TEST_CASE(values_and_gradients_agree_with_the_plain_interpreter) {
  const char* wanted = std::getenv("CINTA_RANDOM_GRAPHS");
  const int count = wanted == nullptr ? 10'000 : std::atoi(wanted);
  int gradients = 0, kinks = 0;
  for (int seed = 0; seed < count; ++seed) {
    Graph graph(static_cast<std::uint64_t>(seed));
    const double expected = graph.value(graph.leaves);
    if (!std::isfinite(expected) || std::abs(expected) > 1e6) continue;
    std::vector<Array> direction;
    for (const Array& leaf : graph.leaves) direction.push_back(graph.drawn(leaf.shape));
    double f32_error = 0;
    for (const Dtype dtype : {f64, f32}) {
      const Recording recording;
      std::vector<Tensor> x;
      for (const Array& leaf : graph.leaves) x.push_back(variable(tensor_of(leaf, dtype)));
      const Tensor y = graph.value(x);
      const double found = y.to(f64).item<double>();
      if (dtype == f32) {
        f32_error = std::abs(found - expected) / (1 + std::abs(expected));
        BOOST_TEST(f32_error < 2e-3,
                   "graph " << seed << " in f32: " << found << ", not " << expected << ": " << graph.text);
        continue;
      }
      BOOST_TEST(std::abs(found - expected) <= 1e-9 * (1 + std::abs(expected)),
                 "graph " << seed << ": " << found << ", not " << expected << ": " << graph.text);
      if (!y.recorded()) continue;
      const std::vector<Tensor> g = grad(y, x, {.allow_unused = true});
      double slope = 0, size = 1;
      for (std::size_t i = 0; i < g.size(); ++i)
        for (std::int64_t k = 0; k < g[i].size(); ++k) {
          slope += g[i].data<double>()[k] * direction[i][k];
          size += std::abs(g[i].data<double>()[k] * direction[i][k]);
        }
      const auto difference = [&](double h) {
        return (graph.value(moved(graph.leaves, direction, h)) - graph.value(moved(graph.leaves, direction, -h))) /
               (2 * h);
      };
      const double coarse = difference(2e-6), fine = difference(1e-6);
      if (std::abs(coarse - fine) > 1e-6 * size) {  // a kink within the step: differences say nothing there
        ++kinks;
        continue;
      }
      ++gradients;
      BOOST_TEST(std::abs(slope - fine) <= 2e-6 * size,
                 "graph " << seed << ": the slope is " << slope << ", differences give " << fine << ": " << graph.text);
    }
  }
  BOOST_TEST_MESSAGE(gradients << " gradients compared, " << kinks << " at kinks left out");
  BOOST_TEST(gradients > count * 8 / 10);
  BOOST_TEST(kinks <= count / 50);
}

BOOST_AUTO_TEST_SUITE_END()
