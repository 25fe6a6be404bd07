// Anomaly mode: training stops at the first op whose value or gradient is not finite, and says which and where.
// A light header, for everybody.
#pragma once

#include <cinta/framework/core/op.hpp>

#include <vector>

namespace cinta {

/// A value or gradient that is not finite, found in anomaly mode.
struct AnomalyError : Error {
  using Error::Error;
};

/// While one of these lives, in any thread, every recorded op checks its value and, in the backward pass, the gradients
/// that it gives: the first that is infinite or NaN throws `AnomalyError` with the op's name, the element and the line
/// of the call. Ops of constants alone are not recorded, and not checked. It reads every value once more: for the
/// search, not for every run.
class [[nodiscard]] AnomalyMode {
 public:
  AnomalyMode();
  ~AnomalyMode();
  AnomalyMode(const AnomalyMode&) = delete;
  AnomalyMode& operator=(const AnomalyMode&) = delete;
};

// For inspection.hpp.
/// Throws unless the value of a node that was just recorded is finite.
void check_value(const char* op, const Tensor& y, Where where, const Input* inputs, std::size_t count);
/// Throws unless the gradients that a vjp just gave are finite.
void check_gradients(const VjpContext& context, const std::vector<Tensor>& gradients);

}  // namespace cinta
