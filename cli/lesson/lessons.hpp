// The lessons of `cinta lesson`, one file each: what is computed comes from the library and models/, never from here.
#pragma once

#include "report.hpp"

namespace cinta::cli {

void teach_inputs(Report& report);
void teach_perceptron(Report& report);
void teach_xor(Report& report);
void teach_activations(Report& report);
void teach_descent(Report& report);
void teach_mlp(Report& report);
void teach_backprop(Report& report);
void teach_regularisation(Report& report);
void teach_churn(Report& report);

/// Where the data sets are that come with Cinta: CINTA_DATASETS when set, else the installed folder, else that of the
/// source tree. Throws `FileError` when the file is in none of them.
std::string dataset_path(const std::string& file);

}  // namespace cinta::cli
