// The perceptron: one neuron, a step, and Rosenblatt's rule.
// Reads top to bottom as the lesson does; everything it uses is the library's.
#pragma once

#include <cinta/framework/nn/layers.hpp>
#include <cinta/framework/nn/losses.hpp>
#include <cinta/ops/ops.hpp>

#include <functional>
#include <vector>

namespace cinta::models {

/// A single neuron with a step activation: ŷ = step(u), u = x·w + b.
struct Perceptron {
  Linear neuron;  // weight [features, 1], bias [1]

  /// For rows of so many features.
  explicit Perceptron(Size features) : neuron(features, 1) {}

  /// The weighted sum u, shape [n, 1]; the loss is taken on it.
  Tensor operator()(const Tensor& x) const { return neuron(x); }

  /// Class of each row, 0 or 1, shape [n, 1]. A tie (u = 0) is class 1.
  Tensor classify(const Tensor& x) const { return step(neuron(x)); }

  template <class Self> static void visit(Self& self, auto&& f) { f("neuron", self.neuron); }
};

/// l = (ŷ − y)·u, with ŷ = step(u) held constant; for labels ±1 this is max(0, −s·u). Its gradient with respect to u is
/// the error ŷ − y, so a step of gradient descent is the perceptron rule, a tie included: step(0) = 1, so a tie is a
/// mistake only for y = 0. Prediction u and target y of one shape, [n, 1] or [n]; labels other than 0 and 1 throw
/// `InvalidTarget`.
struct PerceptronLoss {
  static constexpr auto name = "perceptron";
  PerExample operator()(const Arg& u, const Arg& y) const;
};

/// What happened to one row, for those who want to look on.
struct PerceptronStep {
  int epoch;                    // from 0
  int row;                      // from 0
  double u;                     // before the update
  double prediction;            // step(u)
  double target;                // y
  std::vector<double> weights;  // after the update
  double bias;                  // after it
};

/// Trains by the perceptron rule w ← w + η (y − ŷ) x, one row at a time, until an epoch passes without a mistake or
/// `epochs` are over.
///
/// The rule is gradient descent on `PerceptronLoss`.
/// @param y  labels 0 or 1, shape [n, 1]; other values throw `InvalidTarget`.
/// @param watch  called after each row, when given.
/// @return   mistakes per epoch; the last is 0 if and only if the rows were separated.
/// Rosenblatt, "The perceptron", Psychological Review 65 (1958).
std::vector<int> train(Perceptron& model, const Tensor& x, const Tensor& y, double learning_rate, int epochs,
                       const std::function<void(const PerceptronStep&)>& watch = {}, Where where = Where::here());

}  // namespace cinta::models
