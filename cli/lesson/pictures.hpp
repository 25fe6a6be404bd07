// Parts of figures that several lessons draw: classes as points, a line between them, what a model says over a region.
// For the files of cli/lesson.
#pragma once

#include "report.hpp"

#include <cinta/ops/ops.hpp>

#include <functional>

namespace cinta::cli {

/// The rows of x [n, 2] of each class, as points: open circles for 0, filled ones for 1. y is [n, 1] or [n].
std::vector<Series> class_points(const Tensor& x, const Tensor& y, const std::string& zero, const std::string& one);

/// Where w₀ x₀ + w₁ x₁ + b = 0, as long as a region of this size is wide; nothing when both weights are 0.
Series decision_line(const std::string& name, double w0, double w1, double b, Range shown);

/// f of [n, 2] → [n, 1] over a square region, at the middles of `places` × `places` cells.
Field region(const std::string& name, const std::function<Tensor(const Tensor&)>& f, Range shown, int places = 41);

/// The elements as doubles, row after row.
std::vector<double> numbers(const Tensor& x);

}  // namespace cinta::cli
