// The encoder: what turns the rows of a table into tensors, learned from the training part and saved with the model.
// A light header.
#pragma once

#include <cinta/framework/core/size.hpp>
#include <cinta/framework/core/tensor.hpp>
#include <cinta/framework/data/batches.hpp>
#include <cinta/framework/data/task.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cinta {

/// A column of numbers in which a few cells are words: mistakes in it, or numbers that are names. `CsvOptions::types`
/// says which.
struct MixedColumn : DataError {
  /// From the column's doubt.
  explicit MixedColumn(const Column& mixed);
  std::string column;  ///< its name
};

/// Options of `Encoder::fit`.
struct EncoderOptions {
  std::optional<Task> task = {};  ///< inferred when not given: see `infer_task`
  std::optional<std::string> positive =
      {};  ///< of two classes the one that 1 stands for; else true, or the second in order
  std::map<std::string, std::vector<std::string>> ordered = {};  ///< categories with an order, lowest first
  std::optional<std::string> weight = {};  ///< a column that says how much each row counts: no feature
  std::vector<std::string> drop = {};      ///< columns to leave out: identifiers, and what is known only afterwards
  Size max_levels = 1000;                  ///< a column of more categories is refused: it is an identifier, most often
  bool standardize_target = true;          ///< of a regression; `decode` undoes it
};

/// What an encoder did that the model was not trained for. Columns with nothing to tell do not occur.
struct EncodingReport {
  /// What happened in one column.
  struct Column {
    std::string name;                            ///< as in the header
    std::int64_t imputed = 0;                    ///< missing cells
    std::map<std::string, std::int64_t> unseen;  ///< categories that the training part did not have, and how often
  };
  std::vector<Column> columns;  ///< in the order of the table

  /// Missing cells in all columns.
  std::int64_t imputed() const;
  /// Cells of unseen categories in all columns.
  std::int64_t unseen() const;
};

/// How one column becomes features.
struct EncodedColumn {
  /// What becomes of a cell: a standardised number, 0 or 1, one feature for each category, a standardised rank.
  enum class Kind { number, boolean, one_hot, ordered };

  std::string name;                 ///< as in the header
  Kind kind = Kind::number;         ///< what becomes of its cells
  double mean = 0;                  ///< of number, boolean and ordered; what a missing cell counts as
  double deviation = 0;             ///< of number and ordered, over n; 0 for a constant column
  bool indicator = false;           ///< whether cells were missing in training: one more feature, 1 where one is
  std::vector<std::string> levels;  ///< of one_hot and ordered; of boolean, how false and true are spelled

  /// How many features it becomes.
  std::int64_t features() const;
};

/// How the target column is told.
struct EncodedTarget {
  std::string name;                       ///< as in the header
  Task task = Task::regression;           ///< found or given
  ColumnType type = ColumnType::numeric;  ///< of its cells
  double mean = 0;                        ///< of a regression: what is subtracted
  double deviation = 1;                   ///< and what divides
  std::vector<std::string> classes;  ///< of the others, in order: for a binary task the negative and the positive one
};

/// Features and targets of the rows of a table, as a model takes them. A value.
///
///     Table table = read_csv("churn.csv");
///     Partition part = partition(table, "churn", {.test = 0.2});
///     Encoder encoder = Encoder::fit(table.select(part.train), "churn");
///     Batch train = encoder.encode(table.select(part.train)), test = encoder.encode(table.select(part.test));
///
/// Everything is learned from the rows given to `fit`: give it the training part alone.
/// - Numbers become (x − mean) / deviation, computed in f64 in two passes; a constant column becomes 0.
/// - Booleans (yes/no, sí/no, true/false, 0/1) become one feature, 0 or 1, whichever words a later file uses.
/// - Categories become one feature each, in the order of their bytes: 1 for the row's, 0 for the others. One that was
/// not seen
///   in training has 0 in all of them, and is counted. Categories with an order given become their rank, standardised.
/// - A missing cell counts as the mean (in a one-hot column as none), and is counted. When the training part has
/// missing cells
///   in a column, one more feature says where they are.
/// - A column without a present cell in the training part is left out; `notes` says so.
class Encoder {
 public:
  /// What it encodes.
  using Data = Table;

  /// Throws `DataError`, naming file, column and lines, when there is no such target (or it has missing cells, one
  /// class or one value), when a column has more than `max_levels` categories, when a category is none of the order
  /// given for it, and when no feature is left; `MixedColumn` for a column with a `doubt`, unless it is dropped,
  /// ordered or a target whose task is given; `ValueError` for options that contradict themselves.
  static Encoder fit(const Table& table, std::string_view target, const EncoderOptions& options = {});
  /// The same from some rows of the table.
  static Encoder fit(const Table& table, std::string_view target, const EncoderOptions& options,
                     std::span<const std::int64_t> rows);

  /// [n, features]. The target may be absent; other columns that the model does not know are passed over.
  /// Throws `DataError` when a column is missing, when a cell is no number where numbers were trained on, and when a
  /// number is too far from them for the type; `DtypeError` unless f32 or f64.
  Tensor features(const Table& table, Dtype dtype = f32) const;

  /// Regression: (y − mean) / deviation, [n, 1]. Binary: 0 or 1, [n, 1]. Multiclass: the class's index, i32, [n].
  /// Throws `DataError`, naming the lines, for missing cells, for numbers outside the range of the type and for classes
  /// that the training part did not have.
  Tensor targets(const Table& table, Dtype dtype = f32) const;

  /// How much each row counts in the loss, [n]: the cells of the column given as `weight`; undefined without one.
  /// Throws `DataError`, naming file and line, for a weight that is missing, negative or no number, and when all are 0.
  Tensor weights(const Table& table, Dtype dtype = f32) const;

  /// All three.
  Batch encode(const Table& table, Dtype dtype = f32) const;

  /// Predictions of a regression in the units of the table: y · deviation + mean. Throws `ValueError` for another task.
  Tensor decode(const Tensor& predictions, Where where = Where::here()) const;

  /// What is missing and what was not seen in training, in these rows.
  EncodingReport report(const Table& table) const;

  /// What is to be predicted, found or given.
  Task task() const { return target_.task; }
  /// The name of the target column.
  const std::string& target() const { return target_.name; }
  /// The column of weights, when one was given.
  const std::optional<std::string>& weight() const { return weight_; }
  /// The classes by index, as the table spells them; none for a regression.
  const std::vector<std::string>& classes() const { return target_.classes; }
  /// The class that 1 stands for. Throws `ValueError` unless the task is binary.
  const std::string& positive_label(Where where = Where::here()) const;
  /// What a network for it gives for each row: 1, or the number of classes for multiclass.
  std::int64_t outputs() const;

  /// The width of `features`, and the name of each: "tenure", "contract=One year", "total_charges is missing".
  std::int64_t feature_count() const;
  /// The name of each feature, in their order.
  std::vector<std::string> feature_names() const;

  /// How each column becomes features.
  const std::vector<EncodedColumn>& columns() const { return columns_; }
  /// How the target is told.
  const EncodedTarget& encoded_target() const { return target_; }
  /// What was decided on the way and may be meant otherwise, a sentence each.
  const std::vector<std::string>& notes() const { return notes_; }

  /// The encoder as JSON, and back: with the same doubles.
  std::string to_json() const;
  /// Throws `FileError`, beginning with `name`, for text that is no encoder.
  static Encoder from_json(std::string_view json, std::string_view name = "encoder.json");

 private:
  std::vector<EncodedColumn> columns_;
  EncodedTarget target_;
  std::optional<std::string> weight_;
  std::vector<std::string> notes_;
};

}  // namespace cinta
