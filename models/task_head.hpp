// What a network's last layer means for each task:
//
//                      regression            binary                  multiclass
//   output activation  linear                sigmoid                 softmax
//   loss               mean squared error    binary cross-entropy    categorical cross-entropy
//
// The losses take the logits, before the activation, which is exact where the probabilities would round to 0 or 1.
#pragma once

#include <cinta/framework/data/task.hpp>
#include <cinta/framework/nn/losses.hpp>

namespace cinta::models {

/// The loss that goes with a task, one value per example: logits [n, 1] and targets [n, 1], or for multiclass [n, k]
/// and class indices [n].
struct TaskLoss {
  Task task = Task::regression;  ///< which decides the loss
  static constexpr auto name = "task_loss";
  PerExample operator()(const Arg& logits, const Arg& target) const;
};

/// What the network's last layer stands for: the prediction itself, the probability of class 1 [n, 1], or those of all
/// classes [n, k].
Tensor output_activation(Task task, const Tensor& logits);

}  // namespace cinta::models
