#include <cinta/ops/gradcheck.hpp>

#include <fmt/format.h>

#include <cmath>

namespace cinta {
namespace {

using Function = FunctionRef<Tensor(const std::vector<Tensor>&)>;

// Random weights in ±[0.5, 1.5), so that no element's gradient is weighed away.
Tensor weights(const Shape& shape, std::uint64_t seed, std::uint64_t stream) {
  const RandomOptions random{.seed = seed, .stream = stream, .dtype = f64};
  const Tensor size = uniform(shape, 0.5, 1.5, random);
  const Tensor side = bernoulli(shape, 0.5, {.seed = seed, .stream = stream + 1, .dtype = f64});
  return size * (2 * side - 1);
}

Tensor dot(const Tensor& x, const Tensor& y) { return sum(x * y); }

std::vector<Tensor> variables(const std::vector<Tensor>& xs) {
  std::vector<Tensor> leaves;
  for (const Tensor& x : xs) leaves.push_back(variable(x));
  return leaves;
}

class Checker {
 public:
  Checker(Function f, const std::vector<Tensor>& xs, GradcheckOptions options) : f_(f), xs_(xs), options_(options) {}

  GradcheckResult run() {
    {
      const Evaluation evaluation;
      v_ = weights(f_(xs_).shape(), options_.seed, 100);
    }
    for (std::size_t i = 0; i < xs_.size(); ++i) u_.push_back(weights(xs_[i].shape(), options_.seed, 200 + 2 * i));
    const std::vector<Tensor> swept = by_backward(), recorded = by_grad();
    for (std::size_t i = 0; i < xs_.size(); ++i) {
      for (std::int64_t k = 0; k < xs_[i].size(); ++k)
        compare("backward and grad(create_graph) differ:", i, k, at(swept[i], k), at(recorded[i], k));
      difference("order 1:", i, recorded[i], xs_, [this](const std::vector<Tensor>& x) { return projected(x); });
    }
    if (options_.order >= 2 && result_.passed) {
      std::vector<Tensor> point = xs_;
      point.push_back(v_);
      const std::vector<Tensor> second = second_order(point);
      for (std::size_t i = 0; i < point.size(); ++i)
        difference("order 2:", i, second[i], point, [this](const std::vector<Tensor>& p) {
          const Recording recording;
          return weighed_gradient(variables(p)).item<double>();
        });
    }
    return result_;
  }

 private:
  static double at(const Tensor& t, std::int64_t k) { return t.data<double>()[k]; }

  double projected(const std::vector<Tensor>& x) {
    const Evaluation evaluation;
    return dot(f_(x), v_).item<double>();
  }
  std::vector<Tensor> by_backward() {
    const Recording recording;
    const std::vector<Tensor> x = variables(xs_);
    const Tensor y = dot(f_(x), v_);
    std::vector<Tensor> result;
    if (!y.recorded()) {
      for (const Tensor& t : xs_) result.push_back(zeros_like(t));
      return result;
    }
    const Gradients g = backward(y);
    for (const Tensor& leaf : x) {
      try {
        result.push_back(g[leaf]);
      } catch (const TapeError&) {
        result.push_back(zeros_like(leaf.detach()));  // f does not use it
      }
    }
    return result;
  }
  std::vector<Tensor> by_grad() {
    const Recording recording;
    return first_order(variables(xs_), v_);
  }
  std::vector<Tensor> first_order(const std::vector<Tensor>& x, const Tensor& v) {
    return gradients(dot(f_(x), v), x, true);
  }
  // u·∇(v·f), at the xs and v.
  Tensor weighed_gradient(std::vector<Tensor> x) {
    const Tensor v = x.back();
    x.pop_back();
    const std::vector<Tensor> g = first_order(x, v);
    Tensor s = dot(g[0], u_[0]);
    for (std::size_t i = 1; i < g.size(); ++i) s += dot(g[i], u_[i]);
    return s;
  }
  std::vector<Tensor> second_order(const std::vector<Tensor>& point) {
    const Recording recording;
    const std::vector<Tensor> p = variables(point);
    return gradients(weighed_gradient(p), p, false);
  }
  // Zeros where y does not depend on the xs.
  static std::vector<Tensor> gradients(const Tensor& y, const std::vector<Tensor>& xs, bool create_graph) {
    if (y.recorded()) return grad(y, xs, {.create_graph = create_graph, .allow_unused = true});
    std::vector<Tensor> result;
    for (const Tensor& x : xs) result.push_back(zeros_like(x.detach()));
    return result;
  }

  // The five-point difference of s along each element of point[i].
  template <class S>
  void difference(const char* what, std::size_t i, const Tensor& analytic, const std::vector<Tensor>& point, S s) {
    for (std::int64_t k = 0; k < point[i].size(); ++k) {
      std::vector<Tensor> x = point;
      const double centre = at(point[i], k), h = options_.step * (1 + std::fabs(centre));
      const auto moved = [&](double by) {
        x[i].mutable_data<double>()[k] = centre + by;
        return s(x);
      };
      const double numeric = (moved(-2 * h) - 8 * moved(-h) + 8 * moved(h) - moved(2 * h)) / (12 * h);
      compare(what, i, k, at(analytic, k), numeric);
    }
  }

  void compare(const char* what, std::size_t input, std::int64_t element, double analytic, double numeric) {
    const double error = std::fabs(analytic - numeric) / (1 + std::fabs(numeric));
    if (!(error <= result_.worst)) result_.worst = error;
    if (error <= options_.tolerance || !result_.passed) return;
    result_.passed = false;
    const std::string which = input == xs_.size() ? "v" : fmt::format("input {}", input);
    result_.message = fmt::format("{} {}, element {}: {} against {}", what, which, element, analytic, numeric);
  }

  Function f_;
  const std::vector<Tensor>& xs_;
  GradcheckOptions options_;
  Tensor v_;
  std::vector<Tensor> u_;
  GradcheckResult result_;
};

}  // namespace

GradcheckResult gradcheck_vector(Function f, const std::vector<Tensor>& xs, GradcheckOptions options) {
  for (const Tensor& x : xs)
    if (x.dtype() != f64) throw DtypeError(fmt::format("gradcheck: wants f64 inputs, not {}", to_string(x.dtype())));
  return Checker(f, xs, options).run();
}

}  // namespace cinta
