#include <cinta/models/logistic_regression.hpp>

namespace cinta::models {

DescentResult train(LogisticRegression& model, const Tensor& x, const Tensor& y, Optimizer optimizer, double lambda,
                    const DescentSettings& settings, const std::function<void(std::int64_t update)>& watch,
                    Where where) {
  const auto loss = [&](const Tensor& logits, const Tensor& target) {
    return BinaryCrossEntropy{}(logits, target) + sum(square(model.theta.weight)) * (lambda / 2);
  };
  return descend(model, loss, std::move(optimizer), {x, y}, settings, watch, where);
}

DescentResult train(SoftmaxRegression& model, const Tensor& x, const Tensor& y, Optimizer optimizer, double lambda,
                    const DescentSettings& settings, const std::function<void(std::int64_t update)>& watch,
                    Where where) {
  const auto loss = [&](const Tensor& logits, const Tensor& target) {
    return CrossEntropy{}(logits, target) + sum(square(model.theta.weight)) * (lambda / 2);
  };
  return descend(model, loss, std::move(optimizer), {x, y}, settings, watch, where);
}

}  // namespace cinta::models
