// What a column is predicted as: a number, one of two classes, or one of several. For the encoder and the partition.
#pragma once

#include <cinta/framework/data/table.hpp>

#include <string_view>

namespace cinta {

/// What is to be predicted: a number, one of two classes, one of several.
enum class Task { regression, binary, multiclass };

/// "regression", "binary" or "multiclass".
std::string_view to_string(Task task);

/// The task that a column asks for as a target, from its present cells:
/// - boolean, or two categories: binary; more categories: multiclass;
/// - numbers: regression, unless they are at most 20 different whole numbers and each stands in 3 rows or more, as
/// class
///   labels do (the digits 0 to 9): then binary for two of them and multiclass for more.
///
/// Whoever means it otherwise says so: `EncoderOptions::task`, `PartitionOptions::stratified`.
Task infer_task(const Column& column);

}  // namespace cinta
