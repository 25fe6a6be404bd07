#include <cinta/framework/core/nearest.hpp>
#include <cinta/models/task_head.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace cinta::models {
namespace {

constexpr std::array<std::string_view, 4> kinds{"mlp", "linear", "logistic", "perceptron"};

// (ŷ − y) u with ŷ = step(u) held constant: its gradient is that of the perceptron rule.
PerExample perceptron_loss(const Arg& logits, const Arg& target) {
  const Tensor u = *logits.tensor();
  return {reshape((step(u.detach()) - target) * u, {u.shape()[0]})};
}

}  // namespace

std::string_view to_string(ModelKind kind) { return kinds[static_cast<std::size_t>(kind)]; }

ModelKind model_kind_named(std::string_view name) {
  const auto found = std::find(kinds.begin(), kinds.end(), name);
  if (found != kinds.end()) return static_cast<ModelKind>(found - kinds.begin());
  const std::vector<std::string> known(kinds.begin(), kinds.end());
  throw ValueError(fmt::format("there is no model \"{}\"; it is one of {}{}", name, fmt::join(known, ", "),
                               did_you_mean(name, known)));
}

PerExample TaskLoss::operator()(const Arg& logits, const Arg& target) const {
  if (kind == ModelKind::perceptron) return perceptron_loss(logits, target);
  switch (task) {
    case Task::binary:
      return BinaryCrossEntropy{.class_weights = class_weights}(logits, target);
    case Task::multiclass:
      return CrossEntropy{.class_weights = class_weights}(logits, target);
    default:
      return MeanSquaredError{}(logits, target);
  }
}

Tensor output_activation(Task task, const Tensor& logits, ModelKind kind) {
  if (kind == ModelKind::perceptron) return step(logits);
  switch (task) {
    case Task::binary:
      return sigmoid(logits);
    case Task::multiclass:
      return softmax(logits);
    default:
      return logits;
  }
}

}  // namespace cinta::models
