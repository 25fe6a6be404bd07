// Linear regression by gradient descent: ŷ = θ₀ + θ₁x₁ + … , the parameters that make the squared error least.
#pragma once

#include <cinta/framework/nn/layers.hpp>
#include <cinta/models/descent.hpp>

#include <vector>

namespace cinta::models {

/// ŷ = x·θ + θ₀: x [n, features] → [n, 1].
struct LinearRegression {
  Linear theta;  // weight θ₁ … [features, 1], bias θ₀ [1]

  /// For rows of so many features.
  explicit LinearRegression(Size features) : theta(features, 1) {}
  /// ŷ, [n, 1].
  Tensor operator()(const Tensor& x) const { return theta(x); }
  template <class Self> static void visit(Self& self, auto&& f) { f("theta", self.theta); }
};

/// The means and standard deviations of columns [n, k]: (x − mean) / deviation. Descent on columns of one scale takes a
/// rate that suits them all. A constant column has the deviation 1.
struct Scaling {
  Tensor mean;       // of each column, [1, k]
  Tensor deviation;  // of each column, [1, k]

  /// The scaling that makes columns of these means and deviations standard.
  explicit Scaling(const Tensor& x);
  /// (x − mean) / deviation.
  Tensor operator()(const Tensor& x) const { return (x - mean) / deviation; }
};

/// Trains on mean squared error: `descend` with `MeanSquaredError`. Rates up to 1/λ are safe, λ the largest eigenvalue
/// of XᵀX/n (of the standardised columns' correlations), and plain descent needs some λmax/λmin updates a digit.
DescentResult train(LinearRegression& model, const Tensor& x, const Tensor& y, Optimizer optimizer,
                    const DescentSettings& settings, const std::function<void(std::int64_t update)>& watch = {},
                    Where where = Where::here());

/// θ₀, θ₁ … in the units of the data, for a model of standardised columns and target.
std::vector<double> coefficients(const LinearRegression& model, const Scaling& x, const Scaling& y);

}  // namespace cinta::models
