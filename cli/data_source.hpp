// The data that a command is given: by a file, a folder or the name of a data set. For the subcommands.
#pragma once

#include <cinta/framework/data/array_data.hpp>
#include <cinta/framework/data/array_encoder.hpp>
#include <cinta/framework/data/encoder.hpp>

#include <string>

namespace cinta::cli {

/// The path of a data set known by name: "fashion-mnist", which Debian's dataset-fashion-mnist installs; another name
/// is a path. A file or folder of that name is preferred. Throws `ValueError`, with the command to run, when it is not
/// installed.
std::string data_path(const std::string& name);

/// The rows that a model is to be applied to, in the form that it takes.
///
/// A table model takes a CSV file, or arrays whose x has a column for each of the encoder's. An array model takes
/// arrays (of those with a test part, that part), or a CSV file of numbers, where `labels` names the column of targets.
/// Throws `DataError` for anything else.
Table data_for(const Encoder& encoder, const std::string& path, const std::string& labels);
ArrayData data_for(const ArrayEncoder& encoder, const std::string& path, const std::string& labels);

}  // namespace cinta::cli
