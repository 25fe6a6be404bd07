// Logistic regression, and softmax regression, which generalises it to k classes: a linear model of the logits,
// trained on cross-entropy by gradient descent.
#pragma once

#include <cinta/framework/nn/layers.hpp>
#include <cinta/models/descent.hpp>

namespace cinta::models {

/// p(y = 1) = σ(x·θ + θ₀): two classes.
struct LogisticRegression {
  Linear theta;  // [features, 1]

  /// For rows of so many features.
  explicit LogisticRegression(Size features) : theta(features, 1) {}
  /// The logit, [n, 1]; the loss is taken on it.
  Tensor operator()(const Tensor& x) const { return theta(x); }
  /// σ(logit), [n, 1].
  Tensor probability(const Tensor& x) const { return sigmoid(theta(x)); }
  /// 1 where the probability is at least ½, [n, 1].
  Tensor classify(const Tensor& x) const { return step(theta(x)); }
  template <class Self> static void visit(Self& self, auto&& f) { f("theta", self.theta); }
};

/// p = softmax(x·θ + θ₀): k classes.
struct SoftmaxRegression {
  Linear theta;  // [features, k]

  /// For rows of so many features.
  SoftmaxRegression(Size features, Size classes) : theta(features, classes) {}
  /// The logits, [n, k]; the loss is taken on them.
  Tensor operator()(const Tensor& x) const { return theta(x); }
  /// softmax(logits), [n, k].
  Tensor probability(const Tensor& x) const { return softmax(theta(x)); }
  /// The likeliest class, i32 [n].
  Tensor classify(const Tensor& x) const { return argmax(theta(x)); }
  template <class Self> static void visit(Self& self, auto&& f) { f("theta", self.theta); }
};

/// Trains on binary cross-entropy plus ½ λ ‖θ‖² (the intercept is free): y is 0 or 1, [n, 1]. Two classes that a line
/// separates have no finite minimum without λ.
DescentResult train(LogisticRegression& model, const Tensor& x, const Tensor& y, Optimizer optimizer, double lambda,
                    const DescentSettings& settings, const std::function<void(std::int64_t update)>& watch = {},
                    Where where = Where::here());

/// Trains on categorical cross-entropy plus ½ λ ‖θ‖²: y is the class of each row, i32 [n].
DescentResult train(SoftmaxRegression& model, const Tensor& x, const Tensor& y, Optimizer optimizer, double lambda,
                    const DescentSettings& settings, const std::function<void(std::int64_t update)>& watch = {},
                    Where where = Where::here());

}  // namespace cinta::models
