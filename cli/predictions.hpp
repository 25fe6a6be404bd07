// What a model says of each row, as files have it. For predict_command.cpp.
#pragma once

#include "screen.hpp"

#include <cinta/framework/data/task.hpp>

#include <string>
#include <vector>

namespace cinta::cli {

struct Predictions {
  Task task = Task::regression;
  std::vector<std::string> classes;  // none for a regression
  Tensor values;  // [n] of a regression, in the data's units; else the probability of each class, [n, k]
  std::vector<std::int32_t> labels;  // the class of each row, none for a regression
};

/// From what a model's `predict` gives. Of two equally probable classes the second is taken, of more the first.
Predictions predictions_of(Task task, const std::vector<std::string>& classes, const Tensor& outputs);

/// "prediction" for a regression; else the class and the probability of each class.
std::string to_csv(const Predictions& predictions);
Json json_of(const Predictions& predictions);

/// By the ending of the path: .npy has the values, .npz the arrays "prediction", or "class" (the index of each) and
/// "probabilities"; anything else is CSV. Throws `FileError`.
void write_predictions(const Predictions& predictions, const std::string& path);

}  // namespace cinta::cli
