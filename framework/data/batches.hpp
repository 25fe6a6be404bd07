// Batches: data cut into parts, in an order that is a function of seed and epoch. For loops by hand and for `fit`.
// A light header, for everybody.
#pragma once

#include <cinta/framework/core/fields.hpp>
#include <cinta/framework/core/tensor.hpp>
#include <cinta/framework/data/batch_order.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cinta {

/// Examples: inputs and targets, one row each, and the weight of each row in the loss when they differ. A whole data
/// set is one too: `Batch data{x, y};`.
///
/// Any aggregate of tensors serves in its place, a batch of two inputs for one: `struct Pair { Tensor left, right, y;
/// };`. Its tensors have one row an example (undefined ones have none); other fields are carried along, and
/// `first_row`, `index` and `epoch` are filled when it has them.
struct Batch {
  Tensor x;                    ///< [n, …], the inputs
  Tensor y = {};               ///< [n, …], the targets, where there are any
  Tensor weight = {};          ///< [n] or [n, 1]; undefined: all alike
  std::int64_t first_row = 0;  ///< of a part that `rows` cut: the row of the whole batch that it begins with
  std::int64_t index = 0;      ///< the number of the batch in its epoch
  std::int64_t epoch = 0;      ///< the number of the epoch, from 0
};

namespace detail {

template <class T> inline constexpr bool is_tensor_list = false;
template <class A> inline constexpr bool is_tensor_list<std::vector<Tensor, A>> = true;
template <std::size_t N> inline constexpr bool is_tensor_list<std::array<Tensor, N>> = true;
template <> inline constexpr bool is_tensor_list<std::optional<Tensor>> = true;

template <class T> inline constexpr bool holds_no_tensor = std::is_arithmetic_v<T> || std::is_enum_v<T> ||
                                                           std::is_same_v<T, std::string> ||
                                                           std::is_same_v<T, std::string_view>;

/// f(name, tensor&) for each tensor of a batch, undefined ones included; one in a list or a nested struct goes by the
/// name of the field that it is in.
template <class B, class F> void for_each_tensor(B& batch, F&& f) {
  for_each_field(batch, [&]<class T>(std::string_view name, T& field) {
    using Field = std::remove_cv_t<T>;
    if constexpr (std::is_same_v<Field, Tensor>) f(name, field);
    else if constexpr (std::is_same_v<Field, std::optional<Tensor>>) {
      if (field) f(name, *field);
    } else if constexpr (is_tensor_list<Field>) {
      for (auto& tensor : field) f(name, tensor);
    } else if constexpr (!holds_no_tensor<Field>) {
      static_assert(Aggregate<Field>,
                    "a batch holds tensors, numbers and text, lists of tensors, and structs of these");
      if constexpr (Aggregate<Field>) for_each_tensor(field, [&](std::string_view, auto& tensor) { f(name, tensor); });
    }
  });
}

/// The rows of a tensor of a batch, compared with those before it (−1: there are none yet).
void count_rows(std::string_view name, const Tensor& tensor, std::string_view& first, std::int64_t& rows, Where where);
/// Throws `ValueError` when [begin, end) is no range of rows.
void check_range(std::int64_t begin, std::int64_t end, std::int64_t rows, Where where);

}  // namespace detail

/// The number of examples of a batch. Throws `ShapeError` when its tensors disagree, when one has no axis, or when
/// there is none, and `TapeError` when one is recorded (gradients would end here unnoticed: detach it).
template <class B> std::int64_t rows_of(const B& batch, Where where = Where::here()) {
  std::string_view first;
  std::int64_t rows = -1;
  detail::for_each_tensor(batch, [&](std::string_view name, const Tensor& tensor) {
    detail::count_rows(name, tensor, first, rows, where);
  });
  if (rows < 0) throw ShapeError(where, "the batch holds no tensor");
  return rows;
}

/// The rows [begin, end) of every tensor of a batch, as a batch; of all rows, the same buffers. `first_row` says where
/// the part begins. Throws `ValueError` for what is no range of its rows, and as `rows_of` does.
template <class B> B rows(const B& batch, std::int64_t begin, std::int64_t end, Where where = Where::here()) {
  detail::check_range(begin, end, rows_of(batch, where), where);
  B part(batch);
  detail::for_each_tensor(part, [&](std::string_view, Tensor& tensor) {
    if (tensor.defined()) tensor = rows_between(tensor, begin, end);
  });
  if constexpr (requires {
                  { part.first_row } -> std::same_as<std::int64_t&>;
                })
    part.first_row += begin;
  return part;
}

/// The rows with these numbers, in this order, repeats allowed: a part of a `Partition`. Throws `DataError` for a
/// number outside [0, rows), and as `rows_of` does.
template <class B> B rows(const B& batch, std::span<const std::int64_t> numbers, Where where = Where::here()) {
  rows_of(batch, where);
  B part(batch);
  detail::for_each_tensor(part, [&](std::string_view, Tensor& tensor) {
    if (tensor.defined()) tensor = gather_rows(tensor, numbers, where);
  });
  return part;
}

/// What `fit` and loops by hand take batches from: an epoch begins, and batches come until there is none.
template <class S>
concept BatchSourceLike = requires(S& source, std::int64_t epoch) {
  source.begin_epoch(epoch);
  { source.next().has_value() } -> std::convertible_to<bool>;
  { rows_of(*source.next()) } -> std::same_as<std::int64_t>;
};

/// Batches of data in memory, epoch after epoch. The rows of each are a function of (seed, epoch, index) alone.
///
/// A batch's buffers come from the pool, so once the first batches are gone nothing is allocated. A single batch of
/// all rows in their order shares the buffers of the data.
template <class B = Batch> class BatchSource {
 public:
  /// Throws as `rows_of` does for the data, `DataError` when they have no rows, and `ValueError` for options out of
  /// range.
  explicit BatchSource(const B& data, const BatchOptions& options = {}, Where where = Where::here())
      : data_(data), order_(rows_of(data_, where), options, where) {
    detail::for_each_tensor(data_, [&](std::string_view, const Tensor& tensor) { tensors_.push_back(tensor); });
  }

  /// Starts an epoch, at one of its batches: an interrupted run goes on where it stopped.
  void begin_epoch(std::int64_t epoch, std::int64_t first_batch = 0) { order_.begin_epoch(epoch, first_batch); }

  /// The next batch of the epoch, or nothing at its end. Without `begin_epoch`, of epoch 0.
  std::optional<B> next() {
    std::optional<B> batch(std::in_place, data_);
    if (!next(*batch)) batch.reset();
    return batch;
  }

  /// The same into a batch that came from here, whose buffers are used again when nobody else holds them; false, and
  /// the batch as it was, at the end of the epoch.
  bool next(B& batch) {
    if (!order_.advance()) return false;
    std::size_t at = 0;
    detail::for_each_tensor(batch, [&](std::string_view, Tensor& tensor) {
      const Tensor& from = tensors_[at++];
      if (from.defined()) order_.take(from, tensor);
    });
    if constexpr (requires {
                    { batch.first_row } -> std::same_as<std::int64_t&>;
                  })
      batch.first_row = 0;
    if constexpr (requires {
                    { batch.index } -> std::same_as<std::int64_t&>;
                  })
      batch.index = order_.index();
    if constexpr (requires {
                    { batch.epoch } -> std::same_as<std::int64_t&>;
                  })
      batch.epoch = order_.epoch();
    return true;
  }

  /// The whole data.
  const B& data() const { return data_; }
  /// The number of examples.
  std::int64_t rows() const { return order_.rows(); }
  /// The number of batches of an epoch.
  std::int64_t batches_per_epoch() const { return order_.batches(); }
  /// As they were given.
  const BatchOptions& options() const { return order_.options(); }

 private:
  B data_;
  std::vector<Tensor> tensors_;  // of the data, in the order in which they are met in a batch
  BatchOrder order_;
};

/// The batches of `options.epochs` epochs, for a range-for.
template <class B> class BatchRange {
 public:
  struct End {};
  class Iterator {
   public:
    explicit Iterator(BatchRange& range) : range_(&range) {}
    const B& operator*() const { return *range_->batch_; }
    const B* operator->() const { return &*range_->batch_; }
    Iterator& operator++() {
      range_->advance();
      return *this;
    }
    bool operator==(End) const { return range_->done_; }

   private:
    BatchRange* range_;
  };

  /// The batches of a source.
  explicit BatchRange(BatchSource<B> source) : source_(std::move(source)) {}

  /// From the first epoch on, each time.
  Iterator begin() {
    epoch_ = 0;
    done_ = source_.options().epochs == 0;
    if (!done_) {
      source_.begin_epoch(0);
      batch_.emplace(source_.data());
      advance();
    }
    return Iterator(*this);
  }
  /// The end of the last epoch.
  End end() const { return {}; }

  /// Where the batches come from.
  const BatchSource<B>& source() const { return source_; }

 private:
  void advance() {
    while (!source_.next(*batch_)) {
      if (++epoch_ >= source_.options().epochs) {
        done_ = true;
        return;
      }
      source_.begin_epoch(epoch_);
    }
  }

  BatchSource<B> source_;
  std::optional<B> batch_;
  std::int64_t epoch_ = 0;
  bool done_ = false;
};

/// `data` cut into batches, for loops by hand; `BatchSource` says what is thrown.
///
///     for (const Batch& b : batches({x, y}, {.size = 64, .seed = 1, .epochs = 10})) …
inline BatchRange<Batch> batches(const Batch& data, const BatchOptions& options = {}, Where where = Where::here()) {
  return BatchRange<Batch>(BatchSource<Batch>(data, options, where));
}
/// The same for an aggregate of one's own.
template <class B> BatchRange<B> batches(const B& data, const BatchOptions& options = {}, Where where = Where::here()) {
  return BatchRange<B>(BatchSource<B>(data, options, where));
}

}  // namespace cinta
