// The array encoder: what turns images and matrices of numbers, and their targets, into what a network takes; learned
// from the training part and saved with the model. A light header.
#pragma once

#include <cinta/framework/data/array_data.hpp>
#include <cinta/framework/data/encoder.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cinta {

/// Options of `ArrayEncoder::fit`.
struct ArrayEncoderOptions {
  std::optional<Task> task = {};  ///< inferred when not given
  Size max_levels = 1000;         ///< classes; more are refused
};

/// Inputs and targets of examples as a network takes them. A value.
///
/// - An example is flattened, and its numbers become (x − mean) / deviation, over n and computed in f64 in two passes:
/// one
///   mean and one deviation for all of them where they are images or other u8 (of any scale: x / 255 would give the
///   same), one for each feature where they are rows of other numbers. What does not vary becomes 0.
/// - Targets: whole numbers are classes where the array has an integer type and its numbers are in [0, max_levels), and
///   where they look like labels (`infer_task`); other numbers are a regression.
class ArrayEncoder {
 public:
  /// What it encodes.
  using Data = ArrayData;

  /// Throws `DataError`, naming the data and the example, when there is no target, for numbers that are not finite, for
  /// one class or one value alone, and for more than `max_levels` classes.
  static ArrayEncoder fit(const ArrayData& data, const ArrayEncoderOptions& options = {});

  /// [n, features]. Throws `DataError` for examples of another size or scale than the training part's (u8 where it had
  /// fractions, fractions where it had u8), for numbers that are not finite, and `DtypeError` unless f32 or f64.
  Tensor features(const ArrayData& data, Dtype dtype = f32) const;
  /// As `Encoder::targets`. Throws `DataError` for a target that is absent or outside the range of the type, or a class
  /// that the training part did not have.
  Tensor targets(const ArrayData& data, Dtype dtype = f32) const;
  /// [n]; undefined when the data have none. Throws `DataError` for a negative or infinite one, and when all are 0.
  Tensor weights(const ArrayData& data, Dtype dtype = f32) const;
  /// All three.
  Batch encode(const ArrayData& data, Dtype dtype = f32) const;
  /// As `Encoder::decode`.
  Tensor decode(const Tensor& predictions, Where where = Where::here()) const;

  /// What is to be predicted, found or given.
  Task task() const { return target_.task; }
  /// The name of the target.
  const std::string& target() const { return target_.name; }
  /// The classes by index, spelled as numbers; none for a regression.
  const std::vector<std::string>& classes() const { return target_.classes; }
  /// What a network for it gives for each example: 1, or the number of classes.
  std::int64_t outputs() const;
  /// Of an example: 784 for one of shape [28, 28].
  std::int64_t feature_count() const { return example_.size(); }
  /// The shape of an example.
  const Shape& example() const { return example_; }
  /// What is subtracted.
  const std::vector<double>& means() const { return means_; }
  /// What divides.
  const std::vector<double>& deviations() const { return deviations_; }
  /// What was decided on the way and may be meant otherwise, a sentence each.
  const std::vector<std::string>& notes() const { return notes_; }

  /// As JSON, and back: with the same doubles. Throws `FileError`, beginning with `name`, for text that is no encoder.
  std::string to_json() const;
  /// Throws `FileError`, beginning with `name`, for text that is no encoder.
  static ArrayEncoder from_json(std::string_view json, std::string_view name = "encoder.json");

 private:
  void check_inputs(const ArrayData& data) const;

  Shape example_;
  bool bytes_ = false;                      // trained on u8
  std::vector<double> means_, deviations_;  // one for all features, or one each
  EncodedTarget target_;
  std::vector<std::string> notes_;
};

}  // namespace cinta
