// The flags of `cinta train`, checked and made into settings. For train_command.cpp and train_run.cpp.
#pragma once

#include <cinta/framework/core/dtype.hpp>
#include <cinta/framework/data/table.hpp>
#include <cinta/framework/nn/mlp.hpp>
#include <cinta/framework/optim/hyper.hpp>
#include <cinta/models/task_head.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cinta::cli {

/// As they are written on the command line; `given` has the names of those that were.
struct TrainFlags {
  std::string data, target, labels, model = "mlp", task, hidden = "64,32", activation = "relu", optimizer = "adamw",
                                    schedule = "cosine", batch = "32", seed_text = "0", out, dtype = "f32", delimiter,
                                    weight, class_weight, profile;
  std::vector<std::string> drop, ordered, numbers, categories;
  double learning_rate = 0.005, dropout = 0.2, l1 = 0, l2 = 0, valid = 0.15, test = 0.2;
  std::int64_t epochs = 200, patience = 25, threads = 0, shards = 1;
  std::uint64_t seed = 0;
  bool json = false, memory = false;
  std::set<std::string> given;

  bool has(const std::string& flag) const { return given.contains(flag); }
};

/// What they mean, once it is known whether the data are a table or arrays.
struct TrainSettings {
  bool arrays = false;
  models::ModelKind kind = models::ModelKind::mlp;
  std::optional<Task> task;
  MlpOptions shape;  // inputs and outputs are the data's
  Size batch = 32;
  Dtype dtype = f32;
  std::map<std::string, std::vector<std::string>> ordered;
  CsvOptions csv;
};

/// Throws `ValueError`, one sentence, for a value out of range and for flags that contradict each other. What was not
/// given becomes what suits the model and the data.
TrainSettings check_flags(TrainFlags& flags, bool arrays);

/// The learning rate over `steps` updates.
Hyper schedule_named(const std::string& name, double rate, long steps);

/// A weight for each class, [k], from "balanced" or "yes=3,no=1" (1 for those not named); undefined without a flag.
/// `targets` are those of the training part. Throws `ValueError` for an unknown class, with the nearest.
Tensor class_weights(const TrainFlags& flags, const std::vector<std::string>& classes, const Tensor& targets,
                     Dtype dtype);

}  // namespace cinta::cli
