// A training run on data that were read and cut into parts. For train_command.cpp.
#pragma once

#include "train_flags.hpp"

#include <cinta/models/encoded_model.hpp>

namespace cinta::cli {

/// The rows of a table, or examples, for training, for choosing the epoch (perhaps none) and for the final figures.
template <class Data> struct Parts {
  Data train, valid, test;
  bool validates = false;
};

/// Trains, tells how it went and writes the model: `description` is of the data ("churn.csv: 7043 rows, 20 columns").
void run(const TrainFlags& flags, const TrainSettings& settings, Encoder encoder, const Parts<Table>& parts,
         const std::string& description);
void run(const TrainFlags& flags, const TrainSettings& settings, ArrayEncoder encoder, const Parts<ArrayData>& parts,
         const std::string& description);

}  // namespace cinta::cli
