// The order in which rows come in batches, and how rows are gathered. What is under batches.hpp; a light header.
#pragma once

#include <cinta/framework/core/size.hpp>
#include <cinta/framework/core/tensor.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace cinta {

/// In which order an epoch goes through the rows.
enum class Order {
  fixed,             ///< as they stand
  shuffled_once,     ///< in one random order, in every epoch
  reshuffled,        ///< in a random order of its own in each epoch
  with_replacement,  ///< each row drawn at random from all: some come twice, some not at all
};

/// All rows in one batch: `batches(data, {.size = full_batch})` is gradient descent in the strict sense.
inline constexpr Size full_batch = INT64_MAX;

/// How data are cut into batches. One example drawn at random per step (classical stochastic gradient descent) is
/// `{.size = 1, .order = Order::with_replacement}`.
struct BatchOptions {
  Size size = 64;                   ///< the last batch of an epoch may have fewer rows
  std::uint64_t seed = 0;           ///< of the order
  Size epochs = 1;                  ///< of `batches`; a source goes as far as it is asked
  bool shuffle = true;              ///< false is short for `.order = Order::fixed`
  Order order = Order::reshuffled;  ///< see `Order`
  bool drop_last = false;           ///< leave out a last batch that is not full
};

/// Which rows each batch of each epoch has: a function of (seed, epoch, index) and the number of rows alone.
/// Rows drawn with replacement make as many batches an epoch as a shuffle does, all of the full size.
class BatchOrder {
 public:
  /// Throws `ValueError` for a size or a number of epochs out of range, for a size larger than the data under
  /// `drop_last`, and for `.shuffle = false` beside a random order, and `DataError` when there are no rows.
  BatchOrder(std::int64_t rows, const BatchOptions& options, Where where = Where::here());

  void begin_epoch(std::int64_t epoch, std::int64_t first_batch = 0);
  /// Goes to the next batch of the epoch; false when there is none.
  bool advance();

  /// The rows of the batch, gathered from `from` into `to`, whose buffer is used again when it fits and is held by
  /// nobody else. All rows in their order are not copied: `to` then shares the buffer.
  void take(const Tensor& from, Tensor& to) const;

  std::int64_t rows() const { return rows_; }
  std::int64_t batches() const { return batches_; }
  std::int64_t index() const { return index_; }
  std::int64_t epoch() const { return epoch_; }
  const BatchOptions& options() const { return options_; }

 private:
  bool whole() const { return batches_ == 1 && end_ == rows_ && options_.order != Order::with_replacement; }
  void prepare(std::int64_t epoch);

  BatchOptions options_;
  std::int64_t rows_, size_, batches_;
  std::int64_t epoch_ = 0, index_ = -1, begin_ = 0, end_ = 0;
  std::int64_t prepared_epoch_ = -1;
  std::vector<std::int64_t> indices_;  // the rows of the prepared epoch, batch after batch
};

/// The rows of `x` (its first axis) with these numbers, in this order, off the tape.
/// Throws `DataError` for a number outside [0, n) and `ShapeError` for a scalar.
Tensor gather_rows(const Tensor& x, std::span<const std::int64_t> numbers, Where where = Where::here());

/// The rows [begin, end) of `x`, off the tape; of all rows the same buffer. The range has been checked.
Tensor rows_between(const Tensor& x, std::int64_t begin, std::int64_t end);

}  // namespace cinta
