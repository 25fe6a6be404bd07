// A table model: an encoder for the rows of a table, a multilayer network, and the head of its task; read from and
// written to a folder.
#pragma once

#include <cinta/framework/data/encoder.hpp>
#include <cinta/framework/io/atomic_file.hpp>
#include <cinta/framework/nn/mlp.hpp>
#include <cinta/framework/train/metrics.hpp>
#include <cinta/models/task_head.hpp>

namespace cinta::models {

/// A network for a table, with its encoder.
struct TableModel {
  Encoder encoder;    ///< rows to features, and back to classes
  Mlp net;            ///< features to logits, or to the standardised target
  Dtype dtype = f32;  ///< of the features

  /// What the network says of each row: the prediction in the table's units [n, 1], the probability of the positive
  /// class [n, 1], or the probabilities of all classes [n, k]. Throws `DataError` when the table does not fit the
  /// encoder.
  Tensor predict(const Table& table) const;

  /// The metrics of the task on rows that have the target.
  Metrics evaluate(const Table& table) const;
};

/// Writes `model.safetensors` (the parameters) and `model.json` (architecture, encoder, task and `about`, texts on how
/// it was made) into a transaction that the caller commits.
void write(const TableModel& model, FolderTransaction& files,
           const std::vector<std::pair<std::string, std::string>>& about = {});

/// Reads a folder that `write` filled. Throws `FileError`, naming the file, when one is missing or damaged, or when the
/// two do not fit each other.
TableModel read_table_model(const std::string& folder);

}  // namespace cinta::models
