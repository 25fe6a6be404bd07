// First values of parameters: `init`, and the named schemes for weights. A light header, for everybody.
#pragma once

#include <cinta/framework/nn/module.hpp>

#include <optional>

namespace cinta {

// Schemes: how a weight of `fan_in` inputs and `fan_out` outputs is drawn. Normal ones are not cut off, as PyTorch's
// (Keras cuts at ±2σ and widens σ to make up for it; `truncated_normal` cuts).

/// Uniform in ±√(6 / (in + out)). Glorot and Bengio, AISTATS 2010 (PyTorch's xavier_uniform).
Initializer glorot_uniform(std::int64_t fan_in, std::int64_t fan_out);
/// Normal, σ = √(2 / (in + out)).
Initializer glorot_normal(std::int64_t fan_in, std::int64_t fan_out);
/// Uniform in ±√(6 / in), for ReLU and its like. He et al. 2015, arXiv:1502.01852 (PyTorch's kaiming_uniform).
Initializer he_uniform(std::int64_t fan_in, std::int64_t fan_out);
/// Normal, σ = √(2 / in).
Initializer he_normal(std::int64_t fan_in, std::int64_t fan_out);
/// Uniform in ±√(3 / in). LeCun et al., "Efficient BackProp", 1998.
Initializer lecun_uniform(std::int64_t fan_in, std::int64_t fan_out);
/// Normal, σ = √(1 / in).
Initializer lecun_normal(std::int64_t fan_in, std::int64_t fan_out);
/// Every element the value; `constant_value(0)` for zeros.
Initializer constant_value(double value);
/// Normal with this σ, cut at ±2σ.
Initializer truncated_normal(double deviation);

/// A scheme by its function, or an initializer whatever the fans: `{.weight_init = he_normal}`, `{.weight_init =
/// constant_value(0)}`.
class Scheme {
 public:
  /// A scheme, as the functions above.
  using Function = Initializer (*)(std::int64_t fan_in, std::int64_t fan_out);
  /// One of the schemes.
  constexpr Scheme(Function function) : function_(function) {}
  /// An initializer, whatever the fans.
  constexpr Scheme(Initializer initializer) : fixed_(initializer) {}
  /// How a weight of these fans is drawn.
  Initializer operator()(std::int64_t fan_in, std::int64_t fan_out) const {
    return function_ != nullptr ? function_(fan_in, fan_out) : fixed_;
  }

 private:
  Function function_ = nullptr;
  Initializer fixed_;
};
template <> inline constexpr bool is_opaque_v<Scheme> = true;

/// Options of `init`.
struct InitOptions {
  std::uint64_t seed = 0;             ///< of every draw
  Dtype dtype = f32;                  ///< of the parameters, and of the buffers that are floats
  std::optional<Scheme> scheme = {};  ///< for parameters of two axes, [in, out], in place of what their layers chose
};

namespace detail {
void init(const std::vector<ModuleLeaf>& leaves, const InitOptions& options, Where where);
}

/// Gives every parameter its first values (again, if it had some), frozen ones too. Each is drawn from (seed, its
/// name), so that adding or reordering layers changes no other. Parameters made from a tensor keep its values, and only
/// take the dtype. Throws `DtypeError` unless the dtype is f32 or f64.
template <class M> void init(M& net, InitOptions options = {}, Where where = Where::here()) {
  detail::init(detail::leaves_of(net), options, where);
}

}  // namespace cinta
