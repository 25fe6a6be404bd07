// A network trained by plain loops in double: what the lessons' training is compared with. It shares no code with the
// library but the first values of the parameters.
#pragma once

#include <cinta/framework/nn/module.hpp>

#include <cmath>
#include <vector>

namespace plain {

using Row = std::vector<double>;
using Rows = std::vector<Row>;

inline Row elements(const cinta::Tensor& x) {
  const cinta::Tensor values = cinta::convert(x, cinta::f64);
  const auto span = values.span<double>();
  return {span.begin(), span.end()};
}
inline Rows rows_of(const cinta::Tensor& x) {
  const Row all = elements(x);
  const auto width = static_cast<std::ptrdiff_t>(x.shape()[1]);
  Rows rows;
  for (auto at = all.begin(); at != all.end(); at += width) rows.emplace_back(at, at + width);
  return rows;
}

enum class Loss { squared, logistic };  // (ŷ − y)², or binary cross-entropy of a logit

struct Settings {
  Loss loss = Loss::squared;
  double rate = 0.01, l1 = 0, l2 = 0;  // penalties λ₁ Σ |w|, λ₂ Σ w² of weights
  double decay = 0;                    // decoupled, of everything
};

/// Layers with tanh between them and one output; Adam or AdamW on all rows at once.
class Net {
 public:
  /// With the values that the library's model has: weight, bias, weight, bias, ….
  template <class M> explicit Net(const M& model) {
    cinta::visit_parameters(model, [&](const cinta::Name&, const cinta::Parameter& p) {
      parameters_.push_back(elements(p.value()));
      if (p.shape().rank() == 2) widths_.push_back(static_cast<std::size_t>(p.shape()[0]));
    });
    widths_.push_back(1);
    for (const Row& p : parameters_) m_.emplace_back(p.size()), v_.emplace_back(p.size());
  }

  double operator()(const Row& x) const { return forward(x).back()[0]; }

  double loss(const Rows& x, const Row& y, Loss kind) const {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += loss_of((*this)(x[i]), y[i], kind);
    return sum / static_cast<double>(x.size());
  }

  void step(const Rows& x, const Row& y, const Settings& s) {
    std::vector<Row> gradients;
    for (const Row& p : parameters_) gradients.emplace_back(p.size());
    for (std::size_t i = 0; i < x.size(); ++i)
      add_gradient(gradients, x[i], y[i], s.loss, static_cast<double>(x.size()));
    ++t_;
    for (std::size_t k = 0; k < parameters_.size(); ++k)
      for (std::size_t j = 0; j < parameters_[k].size(); ++j) {
        double& p = parameters_[k][j];
        double g = gradients[k][j];
        if (k % 2 == 0) g += s.l1 * (p > 0 ? 1 : p < 0 ? -1 : 0) + 2 * s.l2 * p;
        m_[k][j] = 0.9 * m_[k][j] + 0.1 * g;
        v_[k][j] = 0.999 * v_[k][j] + 0.001 * g * g;
        const double m = m_[k][j] / (1 - std::pow(0.9, t_)), v = v_[k][j] / (1 - std::pow(0.999, t_));
        p -= s.rate * (m / (std::sqrt(v) + 1e-8) + s.decay * p);
      }
  }

 private:
  static double sigma(double z) { return 1 / (1 + std::exp(-z)); }
  static double loss_of(double z, double y, Loss kind) {
    if (kind == Loss::squared) return (z - y) * (z - y);
    return std::max(z, 0.0) - z * y + std::log1p(std::exp(-std::abs(z)));
  }
  std::size_t layers() const { return widths_.size() - 1; }

  // What each layer gives, the input first.
  Rows forward(const Row& x) const {
    Rows values{x};
    for (std::size_t l = 0; l < layers(); ++l) {
      const std::size_t in = widths_[l], out = widths_[l + 1];
      Row u = parameters_[2 * l + 1];
      for (std::size_t i = 0; i < in; ++i)
        for (std::size_t j = 0; j < out; ++j) u[j] += values[l][i] * parameters_[2 * l][i * out + j];
      if (l + 1 < layers())
        for (double& v : u) v = std::tanh(v);
      values.push_back(std::move(u));
    }
    return values;
  }

  void add_gradient(std::vector<Row>& gradients, const Row& x, double y, Loss kind, double n) const {
    const Rows values = forward(x);
    const double z = values.back()[0];
    Row error{(kind == Loss::squared ? 2 * (z - y) : sigma(z) - y) / n};
    for (std::size_t l = layers(); l-- > 0;) {
      const std::size_t in = widths_[l], out = widths_[l + 1];
      Row before(in);
      for (std::size_t i = 0; i < in; ++i)
        for (std::size_t j = 0; j < out; ++j) {
          gradients[2 * l][i * out + j] += values[l][i] * error[j];
          before[i] += parameters_[2 * l][i * out + j] * error[j];
        }
      for (std::size_t j = 0; j < out; ++j) gradients[2 * l + 1][j] += error[j];
      if (l > 0)
        for (std::size_t i = 0; i < in; ++i) before[i] *= 1 - values[l][i] * values[l][i];
      error = std::move(before);
    }
  }

  std::vector<std::size_t> widths_;
  std::vector<Row> parameters_, m_, v_;
  int t_ = 0;
};

}  // namespace plain
