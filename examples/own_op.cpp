// Two ops of one's own, one by `map` and one by `custom_vjp`, checked against finite differences, then used in a model.
//   own_op
#include <cinta/cinta.hpp>
#include <cinta/ops/custom.hpp>
#include <cinta/ops/gradcheck.hpp>
#include <cinta/ops/map.hpp>
#include <cstdio>
using namespace cinta;

/// Snake: x + sin²(a x) / a, whose frequency a is learned; for functions that repeat. Its value is one pass over
/// memory, its derivatives two more, and nobody wrote them. Ziyin, Hartwig and Ueda 2020, arXiv:2006.08195.
Tensor snake(const Arg& x, const Arg& a) {
  return map([](auto u, auto b) { return u + sin(b * u) * sin(b * u) / b; }, x, a);
}

/// Rows of length 1: y = x / ‖x‖, shape [n, k]. The rule is shorter than the chain of ops, and needs y, not its parts:
/// ∂L/∂x = (g − y (g·y)) / ‖x‖.
Tensor unit_rows(const Arg& x) {
  return custom_vjp([](const Tensor& u) { return u / sqrt(sum(square(u), 1, {.keepdims = true})); },
                    [](auto g, auto u, auto y) {
                      const Tensor length = sqrt(sum(square(u), 1, {.keepdims = true}));
                      return (g - y * sum(g * y, 1, {.keepdims = true})) / length;
                    },
                    x);
}

// Parameters of one's own stand beside layers; the frequencies begin where they are given.
struct Wave {
  Linear in{1, 16};
  Parameter frequency{filled({16}, 1.5)};
  Linear out{16, 1};
  Tensor operator()(const Tensor& x) const { return out(snake(in(x), frequency)); }
};

bool report(const char* name, const GradcheckResult& result) {
  if (result) std::printf("%s: derivatives of order 1 and 2 agree to %.0e\n", name, result.worst);
  else std::printf("%s: %s\n", name, result.message.c_str());
  return result.passed;
}

int main() {
  const Tensor x = normal({5, 4}, 0, 1, {.seed = 1, .dtype = f64}), a = uniform({4}, 0.5, 2, {.seed = 2, .dtype = f64});
  bool right = report("snake", gradcheck(snake, {x, a}, {.order = 2}));
  right &= report("unit_rows", gradcheck([](const Tensor& u) { return unit_rows(u); }, {x}, {.order = 2}));

  Wave net;
  init(net, {.seed = 1});
  const Tensor t = reshape(linspace(-6, 6, 256), {256, 1});
  const History history = fit(net, MeanSquaredError{}, adam(0.01), {t, sin(t)}, {.epochs = 300, .seed = 1});
  const Tensor beyond = reshape(linspace(6, 8, 64), {64, 1});
  std::printf("sin learned from -6 to 6: mean squared error %.1e there, %.1e from 6 to 8\n", history.epochs.back().loss,
              evaluate(net, MeanSquaredError{}, {beyond, sin(beyond)}));
  return right ? 0 : 1;
}
