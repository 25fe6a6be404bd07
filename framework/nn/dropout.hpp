// Dropout. A light header, for everybody.
#pragma once

#include <cinta/framework/core/arg.hpp>

namespace cinta {

/// In a `Training` scope y = x · mask / (1 − p), where an element of the mask is 0 with probability p; elsewhere y = x.
///
/// The mask is a function of the scope's seed, its pass, how many random ops came before in the pass, and of row and
/// column: a row (along the first axis) has the same mask alone, in any batch and in any shard, and no state is kept.
/// The gradient has the same mask. Throws `ValueError` unless p is in [0, 1). Srivastava et al., JMLR 15 (2014).
class Dropout {
 public:
  /// Throws `ValueError` unless p is in [0, 1).
  explicit Dropout(double p = 0.5, Where where = Where::here());

  Tensor operator()(const Arg& x) const;

  /// The probability of 0.
  double p() const { return p_; }

  template <class Self> static void visit(Self&, auto&&) {}

 private:
  double p_;
};

/// The same as a function.
Tensor dropout(const Arg& x, double p);

}  // namespace cinta
