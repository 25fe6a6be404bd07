// gradcheck: recorded gradients against finite differences in f64. For tests, of the library and of users' own ops.
#pragma once

#include <cinta/framework/core/parallel.hpp>
#include <cinta/ops/ops.hpp>

#include <string>

namespace cinta {

/// Options of `gradcheck`.
struct GradcheckOptions {
  int order = 1;            // 2 also checks the gradient of the gradient
  double tolerance = 1e-6;  // of |analytic − numeric|, relative to 1 + |numeric|
  double step = 1e-3;       // of the five-point difference, relative to 1 + |x|
  std::uint64_t seed = 1;   // of the projections
};

/// What `gradcheck` found.
struct GradcheckResult {
  bool passed = true;   ///< whether all agree
  double worst = 0;     ///< the largest relative error met
  std::string message;  ///< of the first failure: order, input, element, both values
  /// Whether all agree.
  explicit operator bool() const { return passed; }
};

/// Compares the gradients of v·f(x) with respect to every element of every x, v random, with five-point differences;
/// for order 2 those of u·∇(v·f), u random, with respect to every x and v. The gradients come once by `backward` and
/// once by `grad(…, create_graph)`, which must agree. Throws `DtypeError` unless all xs are f64: pass constants of
/// other types inside f.
GradcheckResult gradcheck_vector(FunctionRef<Tensor(const std::vector<Tensor>&)> f, const std::vector<Tensor>& xs,
                                 GradcheckOptions options);

/// The same for a function of one to four tensors, or of a vector of them.
template <class F> GradcheckResult gradcheck(F&& f, const std::vector<Tensor>& xs, GradcheckOptions options = {}) {
  return gradcheck_vector(
      [&](const std::vector<Tensor>& x) -> Tensor {
        if constexpr (std::is_invocable_v<F&, const std::vector<Tensor>&>) return f(x);
        else if constexpr (std::is_invocable_v<F&, const Tensor&>) return f(x.at(0));
        else if constexpr (std::is_invocable_v<F&, const Tensor&, const Tensor&>) return f(x.at(0), x.at(1));
        else if constexpr (std::is_invocable_v<F&, const Tensor&, const Tensor&, const Tensor&>)
          return f(x.at(0), x.at(1), x.at(2));
        else return f(x.at(0), x.at(1), x.at(2), x.at(3));
      },
      xs, options);
}

}  // namespace cinta
