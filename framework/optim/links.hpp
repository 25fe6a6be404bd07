// The library's links: what optimizers are chained from (link.hpp says what a link is). Light: needs no instruction
// set, until `chain` compiles a chain of them.
#pragma once

#include <cinta/framework/optim/link.hpp>

#define CINTA_LINK [[gnu::always_inline]]

namespace cinta {

/// u ← −η u: the last link of most chains.
struct ScaleByLearningRate {
  Hyper learning_rate;

  static constexpr auto name = "scale_by_learning_rate";
  static constexpr int slots = 0;
  struct Scalars {
    double factor;
  };
  Scalars prepare(const Step& t) const { return {-learning_rate.value(t)}; }
  CINTA_LINK auto operator()(const Scalars& c, auto u, auto /*g*/, auto /*p*/) const { return c.factor * u; }
};

/// u ← u + λ p before a method's own scaling: L2 regularisation, `weight_decay` of PyTorch's SGD, Adam, RMSprop,
/// Adagrad.
struct AddDecay {
  Hyper weight_decay;

  static constexpr auto name = "add_decay";
  static constexpr int slots = 0;
  struct Scalars {
    double decay;
  };
  Scalars prepare(const Step& t) const { return {weight_decay.value(t)}; }
  CINTA_LINK auto operator()(const Scalars& c, auto u, auto /*g*/, auto p) const {
    if (c.decay == 0) return u;  // not u + 0 p, which is NaN for an infinite p
    return u + c.decay * p;
  }
};

/// u ← u + λ p after a method's own scaling and before η: decoupled weight decay, as in AdamW.
/// Loshchilov and Hutter 2019, arXiv:1711.05101.
struct DecayedWeights {
  Hyper weight_decay = 0.01;

  static constexpr auto name = "decayed_weights";
  static constexpr int slots = 0;
  struct Scalars {
    double decay;
  };
  Scalars prepare(const Step& t) const { return {weight_decay.value(t)}; }
  CINTA_LINK auto operator()(const Scalars& c, auto u, auto /*g*/, auto p) const {
    if (c.decay == 0) return u;
    return u + c.decay * p;
  }
};

/// Momentum: b ← μ b + (1 − d) u, u ← b, or u + μ b with `nesterov`. The first update of a parameter sets b = u,
/// without dampening d, as PyTorch's. η stands outside the buffer (in Keras inside, which differs under a schedule).
/// Polyak 1964; Nesterov's form: Sutskever et al. 2013.
struct Trace {
  Hyper momentum = 0.9;
  Hyper dampening = 0;
  bool nesterov = false;

  static constexpr auto name = "trace";
  static constexpr int slots = 1;
  static constexpr std::array<const char*, 1> slot_names{"momentum"};
  struct Scalars {
    double momentum, share;
    bool nesterov;
  };
  Scalars prepare(const Step& t) const {
    return {momentum.value(t), t.updates == 1 ? 1 : 1 - dampening.value(t), nesterov};
  }
  CINTA_LINK auto operator()(const Scalars& c, auto u, auto /*g*/, auto /*p*/, auto& b) const {
    b = c.momentum * b + c.share * u;
    if (c.nesterov) return u + c.momentum * b;
    return b;
  }
};

/// Adam's direction: u = m̂ / (√v̂ + ε), with
///   m ← β₁ m + (1 − β₁) u,   v ← β₂ v + (1 − β₂) u²,
///   m̂ = m / (1 − β₁ᵗ),       v̂ = v / (1 − β₂ᵗ),
/// t counting the parameter's own updates. ε stands outside the root, after the bias correction, as in PyTorch;
/// `Dialect::keras` adds it to the uncorrected √v. Kingma and Ba 2015, arXiv:1412.6980.
struct ScaleByAdam {
  Hyper beta1 = 0.9;
  Hyper beta2 = 0.999;
  double epsilon = 1e-8;
  Dialect dialect = Dialect::torch;

  static constexpr auto name = "scale_by_adam";
  static constexpr int slots = 2;
  static constexpr std::array<const char*, 2> slot_names{"m", "v"};
  struct Scalars {
    double keep1, take1, keep2, take2, m_correction, v_correction, epsilon;
  };
  Scalars prepare(const Step& t) const;
  CINTA_LINK auto operator()(const Scalars& c, auto u, auto /*g*/, auto /*p*/, auto& m, auto& v) const {
    m = c.keep1 * m + c.take1 * u;
    v = c.keep2 * v + c.take2 * squared(u);
    return (m * c.m_correction) / (sqrt(v * c.v_correction) + c.epsilon);
  }
};

/// Adam's direction with the largest v so far instead of v. The maximum is of the uncorrected v, as PyTorch's.
/// Reddi, Kale and Kumar 2018, arXiv:1904.09237.
struct ScaleByAmsgrad {
  Hyper beta1 = 0.9;
  Hyper beta2 = 0.999;
  double epsilon = 1e-8;

  static constexpr auto name = "scale_by_amsgrad";
  static constexpr int slots = 3;
  static constexpr std::array<const char*, 3> slot_names{"m", "v", "v_max"};
  using Scalars = ScaleByAdam::Scalars;
  Scalars prepare(const Step& t) const { return ScaleByAdam{beta1, beta2, epsilon}.prepare(t); }
  CINTA_LINK auto operator()(const Scalars& c, auto u, auto /*g*/, auto /*p*/, auto& m, auto& v, auto& v_max) const {
    m = c.keep1 * m + c.take1 * u;
    v = c.keep2 * v + c.take2 * squared(u);
    v_max = maximum(v_max, v);
    return (m * c.m_correction) / (sqrt(v_max * c.v_correction) + c.epsilon);
  }
};

/// RMSprop's direction: u / (√s + ε), s ← α s + (1 − α) u². `Dialect::keras` has ε inside the root.
/// Hinton's Coursera lecture 6e, 2012.
struct ScaleByRms {
  Hyper decay = 0.99;
  double epsilon = 1e-8;
  Dialect dialect = Dialect::torch;

  static constexpr auto name = "scale_by_rms";
  static constexpr int slots = 1;
  static constexpr std::array<const char*, 1> slot_names{"square"};
  struct Scalars {
    double keep, take, inside, outside;
  };
  Scalars prepare(const Step& t) const {
    const double d = decay.value(t);
    return dialect == Dialect::keras ? Scalars{d, 1 - d, epsilon, 0} : Scalars{d, 1 - d, 0, epsilon};
  }
  CINTA_LINK auto operator()(const Scalars& c, auto u, auto /*g*/, auto /*p*/, auto& s) const {
    s = c.keep * s + c.take * squared(u);
    return u / (sqrt(s + c.inside) + c.outside);
  }
};

/// The same with the variance: u / (√(s − ḡ²) + ε), ḡ ← α ḡ + (1 − α) u. A difference that rounding made negative is 0.
/// Graves 2013, arXiv:1308.0850.
struct ScaleByCentredRms {
  Hyper decay = 0.99;
  double epsilon = 1e-8;
  Dialect dialect = Dialect::torch;

  static constexpr auto name = "scale_by_centred_rms";
  static constexpr int slots = 2;
  static constexpr std::array<const char*, 2> slot_names{"square", "mean"};
  using Scalars = ScaleByRms::Scalars;
  Scalars prepare(const Step& t) const { return ScaleByRms{decay, epsilon, dialect}.prepare(t); }
  CINTA_LINK auto operator()(const Scalars& c, auto u, auto /*g*/, auto /*p*/, auto& s, auto& mean) const {
    s = c.keep * s + c.take * squared(u);
    mean = c.keep * mean + c.take * u;
    return u / (sqrt(maximum(s - squared(mean), 0) + c.inside) + c.outside);
  }
};

/// Adagrad's direction: u / (√s + ε) / (1 + (t − 1) κ), s ← s + u², which starts at `initial`; κ is PyTorch's
/// `lr_decay`, t counts the parameter's updates. `Dialect::keras` has ε inside the root. Duchi, Hazan and Singer 2011.
struct ScaleByAdagrad {
  Hyper learning_rate_decay = 0;
  double initial = 0;
  double epsilon = 1e-10;
  Dialect dialect = Dialect::torch;

  static constexpr auto name = "scale_by_adagrad";
  static constexpr int slots = 1;
  static constexpr std::array<const char*, 1> slot_names{"sum"};
  struct Scalars {
    double start, inside, outside, factor;
  };
  Scalars prepare(const Step& t) const {
    const double factor = 1 / (1 + static_cast<double>(t.updates - 1) * learning_rate_decay.value(t));
    const bool keras = dialect == Dialect::keras;
    return {t.updates == 1 ? initial : 0, keras ? epsilon : 0, keras ? 0 : epsilon, factor};
  }
  CINTA_LINK auto operator()(const Scalars& c, auto u, auto /*g*/, auto /*p*/, auto& s) const {
    s = (s + c.start) + squared(u);
    return u / (sqrt(s + c.inside) + c.outside) * c.factor;
  }
};

/// Each element of u held in [−limit, limit]; a NaN stays. `clip_grad_value_`.
struct ClipByValue {
  Hyper limit = 1;  ///< of each element

  static constexpr auto name = "clip_by_value";
  static constexpr int slots = 0;
  struct Scalars {
    double limit;
  };
  Scalars prepare(const Step& t) const { return {limit.value(t)}; }
  CINTA_LINK auto operator()(const Scalars& c, auto u, auto /*g*/, auto /*p*/) const {
    return minimum(maximum(u, -c.limit), c.limit);
  }
};

/// u ← u · min(1, max_norm / ‖u‖), ‖u‖ the Euclidean norm over all parameters that are updated. At the threshold itself
/// nothing changes (PyTorch's `clip_grad_norm_` divides by ‖u‖ + 1e-6). A norm that is NaN makes every u NaN.
/// The norm is a sum of squares in double: of each parameter in chunks of 4,096 elements, each in 16 partial sums by
/// index modulo 16, folded in halves; chunks in the tree of reduction.hpp; parameters in field order. Pascanu, Mikolov
/// and Bengio 2013, arXiv:1211.5063.
struct ClipByGlobalNorm {
  Hyper max_norm = 1;  ///< of all elements together

  static constexpr auto name = "clip_by_global_norm";
  static constexpr int slots = 0;
  static constexpr bool barrier = true;
  struct Scalars {
    double max_norm, factor;
  };
  Scalars prepare(const Step& t) const { return {max_norm.value(t), 1}; }
  CINTA_LINK auto measure(const Scalars& /*c*/, auto u, auto /*g*/, auto /*p*/) const { return u * u; }
  void conclude(Scalars& c, double total) const;
  CINTA_LINK auto operator()(const Scalars& c, auto u, auto /*g*/, auto /*p*/) const {
    if (c.factor == 1) return u;
    return c.factor * u;
  }
};

}  // namespace cinta

#undef CINTA_LINK
