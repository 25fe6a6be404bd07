// What a network's last layer means for each task:
//
//                      regression            binary                  multiclass                   the perceptron
//   output activation  linear                sigmoid                 softmax                      step
//   loss               mean squared error    binary cross-entropy    categorical cross-entropy    perceptron loss
//
// The losses take the logits, before the activation, which is exact where the probabilities would round to 0 or 1.
#pragma once

#include <cinta/framework/data/task.hpp>
#include <cinta/framework/nn/losses.hpp>

#include <string>
#include <string_view>

/// Models that read as the lesson, and networks with what stands before and behind them.
namespace cinta::models {

/// Linear regression, logistic (of several classes: softmax) regression and the perceptron are networks without a
/// hidden layer; they differ in their head.
enum class ModelKind { mlp, linear, logistic, perceptron };
/// "mlp", "linear", "logistic" or "perceptron".
std::string_view to_string(ModelKind kind);
/// The kind of that name. Throws `ValueError`, with the nearest, for another.
ModelKind model_kind_named(std::string_view name);

/// The loss that goes with a task, one value per example: logits [n, 1] and targets [n, 1], or for multiclass [n, k]
/// and class indices [n].
struct TaskLoss {
  Task task = Task::regression;     ///< which decides the loss
  ModelKind kind = ModelKind::mlp;  ///< which decides it too: a perceptron has its own
  Tensor class_weights = {};        ///< of a classification, [k], [2] for a binary one; undefined: 1 for each
  static constexpr auto name = "task_loss";
  PerExample operator()(const Arg& logits, const Arg& target) const;
};

/// What the network's last layer stands for: the prediction itself, the probability of class 1 [n, 1], or those of all
/// classes [n, k]; 0 or 1 for the perceptron, whose tie is 1.
Tensor output_activation(Task task, const Tensor& logits, ModelKind kind = ModelKind::mlp);

}  // namespace cinta::models
