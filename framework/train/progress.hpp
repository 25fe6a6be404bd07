// Progress: how a training run tells how far it is. `fit` uses it; so may a loop of one's own. A light header.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>

namespace cinta {

/// What is shown of a training run.
enum class ProgressMode {
  automatic,  // a bar on a terminal, lines elsewhere
  bar,        // one line that is rewritten
  lines,      // a line for each epoch, or for every k-th, so that there are about twenty at most
  none,
};

/// Options of `Progress`.
struct ProgressOptions {
  ProgressMode mode = ProgressMode::automatic;  ///< what is shown
  std::int64_t epochs = 1;                      ///< of the whole run
  std::int64_t batches = 0;                     ///< in an epoch; 0: unknown, and learnt from the first epoch
  std::FILE* out = nullptr;                     ///< nullptr: stderr
  double (*seconds)() = nullptr;                ///< a clock of one's own, as tests want; nullptr: the steady clock
};

/// Epoch, share done, loss, validation loss and the time left, on a line that is narrower than the terminal:
///
///   epoch 12/60 [#########-----------]  45 %  loss 0.4321  valid 0.5012  left 0:42
///
/// The bar is rewritten at most ten times a second. It shows the share of the epoch's batches, or, where the first
/// epoch took less than a second, of the run. In a narrow terminal it gives up, in this order: its length, itself, the
/// percentage, the time left, the validation loss. It is coloured on a terminal, unless NO_COLOR is set (no-color.org).
/// Nothing is allocated after construction. An instance belongs to one thread.
///
///   Progress progress({.epochs = 60, .batches = 100});
///   for (int epoch = 1; epoch <= 60; ++epoch) {
///     progress.begin_epoch(epoch);
///     for (int b = 1; b <= 100; ++b) progress.batch(b, train_on(batch));
///     progress.end_epoch(epoch, loss, valid_loss);
///   }
///   progress.finish();
class Progress {
 public:
  /// Throws `ValueError` for fewer than one epoch or a negative number of batches.
  explicit Progress(const ProgressOptions& options);
  /// Ends the line, so that what is printed next (an error, say) starts on one of its own.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Epochs count from 1; the first may be a later one, where a run goes on.
  void begin_epoch(std::int64_t epoch);
  /// `done` batches of the epoch are over, the last with this loss. The bar shows the mean of those of the epoch so
  /// far.
  void batch(std::int64_t done, double loss);
  /// The epoch's loss, and that of the validation data, or any metric of them: NaN for none.
  void end_epoch(std::int64_t epoch, double loss, double valid = std::numeric_limits<double>::quiet_NaN());
  /// The last epoch that ended, and the time that it all took. What is reported later is ignored.
  void finish() noexcept;

  /// `bar`, `lines` or `none`: what `automatic` became.
  ProgressMode mode() const { return mode_; }

 private:
  double share_of_epoch() const;
  double share() const;  // what the bar shows
  double seconds_left(double elapsed) const;
  void draw();
  void draw_now_and_then();
  void write_epoch();

  ProgressMode mode_;
  std::FILE* out_;
  double (*clock_)();
  bool colour_ = false;
  bool line_open_ = false;  // a bar stands where the next output would go
  bool finished_ = false;
  bool short_epochs_ = false;
  std::int64_t epochs_, batches_;
  std::int64_t every_ = 1;  // of lines: the epochs that have one are its multiples
  std::int64_t first_epoch_ = 0, epoch_ = 0, done_ = 0;
  std::int64_t ended_epoch_ = 0, written_epoch_ = 0;
  double loss_sum_ = 0;  // of the epoch's batches
  std::int64_t losses_ = 0;
  double loss_ = std::numeric_limits<double>::quiet_NaN();  // of the last epoch that ended
  double valid_ = std::numeric_limits<double>::quiet_NaN();
  double start_ = 0;
  double drawn_ = -std::numeric_limits<double>::infinity();
  std::size_t drawn_columns_ = 0;
};

}  // namespace cinta
