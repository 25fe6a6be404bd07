#include <cinta/models/perceptron.hpp>

#include <cinta/framework/core/op.hpp>
#include <cinta/framework/data/batch_order.hpp>
#include <cinta/framework/nn/module.hpp>
#include <cinta/framework/optim/optimizers.hpp>

#include <fmt/format.h>

namespace cinta::models {
namespace {

void check_labels(const Tensor& y, Where where) {
  const Tensor labels = convert(y, f64);
  for (std::int64_t i = 0; i < labels.size(); ++i) {
    const double label = labels.data<double>()[i];
    if (label != 0 && label != 1)
      throw InvalidTarget(
          where,
          fmt::format("perceptron: the label in row {} is {}: a perceptron tells class 0 from class 1", i, label));
  }
}

PerceptronStep seen(const Perceptron& model, int epoch, int row, double u, double target) {
  const Tensor w = convert(model.neuron.weight.value(), f64);
  const auto weights = w.span<double>();
  return {epoch, row, u, u >= 0 ? 1.0 : 0.0, target, {weights.begin(), weights.end()}, model.neuron.bias.value()(0)};
}

}  // namespace

PerExample PerceptronLoss::operator()(const Arg& u, const Arg& y) const {
  const Tensor &score = values_of(u, name), &target = values_of(y, name);
  if (!(score.shape() == target.shape()) || score.rank() == 0 || score.size() != score.shape()[0])
    throw ShapeError(u.where(), fmt::format("perceptron: takes one sum and one label a row, not {} and {}",
                                            to_string(score.shape()), to_string(target.shape())));
  check_labels(target, u.where());
  const Tensor prediction = step(score.detach());
  const Tensor error = sub(Arg(prediction, u.where()), Arg(convert(target, score.dtype()), u.where()));
  const Tensor loss = mul(Arg(error, u.where()), u);
  return {reshape(Arg(loss, u.where()), Shape{loss.size()}), {}};
}

std::vector<int> train(Perceptron& model, const Tensor& x, const Tensor& y, double learning_rate, int epochs,
                       const std::function<void(const PerceptronStep&)>& watch, Where where) {
  check_labels(y, where);
  Optimizer optimizer = gradient_descent(learning_rate, {}, where);
  std::vector<int> mistakes;
  for (int epoch = 0; epoch < epochs && (epoch == 0 || mistakes.back() > 0); ++epoch) {
    mistakes.push_back(0);
    for (int row = 0; row < x.size(0); ++row) {
      const Tensor one = rows_between(x, row, row + 1), target = rows_between(y, row, row + 1);
      const Training training;
      const Tensor u = model(one);
      mistakes.back() += step(u.detach())(0, 0) != target(0, 0);
      optimizer.step(model, backward(sum(PerceptronLoss{}(u, target))));
      if (watch) watch(seen(model, epoch, row, u(0, 0), target(0, 0)));
    }
  }
  return mistakes;
}

}  // namespace cinta::models
