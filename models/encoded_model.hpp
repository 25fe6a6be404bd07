// A network with what stands before and behind it: an encoder for the rows of its data, and the head of its task; read
// from and written to a folder. `TableModel` takes tables, `ArrayModel` images and matrices.
#pragma once

#include <cinta/framework/data/array_encoder.hpp>
#include <cinta/framework/data/encoder.hpp>
#include <cinta/framework/io/atomic_file.hpp>
#include <cinta/framework/nn/mlp.hpp>
#include <cinta/framework/train/metrics.hpp>
#include <cinta/models/task_head.hpp>

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace cinta::models {

/// A network with the encoder of its data and the head of its task.
template <class E> struct EncodedModel {
  E encoder;                        ///< data to features, and back to classes
  Mlp net;                          ///< features to logits, or to the standardised target
  Dtype dtype = f32;                ///< of the features
  ModelKind kind = ModelKind::mlp;  ///< which decides the head

  /// What the network says of each row: the prediction in the data's units [n, 1], the probability of the positive
  /// class [n, 1] (of a perceptron 0 or 1), or the probabilities of all classes [n, k]. Throws `DataError` when the
  /// data do not fit the encoder.
  Tensor predict(const typename E::Data& data) const;

  /// The metrics of the task on rows that have the target; of a perceptron, those of labels alone.
  Metrics evaluate(const typename E::Data& data) const;
  /// The same for predictions of these rows, as `predict` gives them, whoever made them.
  Metrics metrics(const Tensor& predictions, const typename E::Data& data) const;
};

/// A model of the rows of a table.
using TableModel = EncodedModel<Encoder>;
/// A model of images and other arrays.
using ArrayModel = EncodedModel<ArrayEncoder>;

/// Writes `model.safetensors` (the parameters) and `model.json` (architecture, encoder, task and `about`, texts on how
/// it was made) into a transaction that the caller commits.
template <class E> void write(const EncodedModel<E>& model, FolderTransaction& files,
                              const std::vector<std::pair<std::string, std::string>>& about = {});

/// Read a folder that `write` filled. Throw `FileError`, naming the file, when one is missing or damaged, when the two
/// do not fit each other, when a parameter is not finite, and when the model is of the other kind.
TableModel read_table_model(const std::string& folder);
/// The same for a model of arrays.
ArrayModel read_array_model(const std::string& folder);
/// The same, of either kind.
std::variant<TableModel, ArrayModel> read_model(const std::string& folder);

}  // namespace cinta::models
