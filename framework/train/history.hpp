// What a training run did, epoch by epoch. A light header, for everybody.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cinta {

/// One epoch of a run.
struct EpochRecord {
  std::int64_t epoch = 0;  // from 1
  double loss = 0;  // Σ w·l / Σ w over the epoch's batches, each with the parameters of its time; without penalties
  double valid_loss = 0;     // of the validation data at the epoch's end; NaN without any
  double learning_rate = 0;  // of the epoch's last update; NaN for an optimizer without one of that name
  double seconds = 0;        // since the run began
};

/// A run.
struct History {
  std::vector<EpochRecord> epochs;  ///< those that were finished
  std::int64_t best_epoch = 0;      ///< the one whose parameters the model has; 0 if no epoch was finished
  bool stopped_early = false;       ///< patience ran out, or a callback asked
  bool interrupted = false;         ///< by Ctrl-C

  /// "epoch,loss,valid_loss,learning_rate,seconds" and a line for each epoch; an absent value is an empty cell.
  std::string to_csv() const;
};

}  // namespace cinta
