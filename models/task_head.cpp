#include <cinta/models/task_head.hpp>

namespace cinta::models {

PerExample TaskLoss::operator()(const Arg& logits, const Arg& target) const {
  switch (task) {
    case Task::binary:
      return BinaryCrossEntropy{}(logits, target);
    case Task::multiclass:
      return CrossEntropy{}(logits, target);
    default:
      return MeanSquaredError{}(logits, target);
  }
}

Tensor output_activation(Task task, const Tensor& logits) {
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
