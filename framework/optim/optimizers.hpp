// The optimizers to start from, compiled in the library; chain.hpp composes others. A light header, for everybody.
//
// Every number may be a schedule (schedules.hpp). `weight_decay` is added to the gradient, as in PyTorch, but for
// adamw. `clip_norm` first scales all gradients down to that global norm. Each throws `ValueError` for a number outside
// its range.
#pragma once

#include <cinta/framework/optim/optimizer.hpp>
#include <cinta/framework/optim/schedules.hpp>

namespace cinta {

/// Options of `gradient_descent` and `sgd`.
struct DescentOptions {
  Hyper weight_decay = 0;
  std::optional<Hyper> clip_norm = {};
};
/// p ← p − η g. `sgd` is the same.
Optimizer gradient_descent(Hyper learning_rate, const DescentOptions& options = {}, Where where = Where::here());
/// p ← p − η g: `gradient_descent` under its other name.
Optimizer sgd(Hyper learning_rate, const DescentOptions& options = {}, Where where = Where::here());

/// Options of `momentum` and `nesterov`.
struct MomentumOptions {
  Dialect dialect = Dialect::torch;  // `keras`: v ← μ v + η g, p ← p − v, which differs when η changes on the way
  Hyper dampening = 0;
  Hyper weight_decay = 0;
  std::optional<Hyper> clip_norm = {};
};
/// b ← μ b + (1 − d) g, p ← p − η b; b = g in a parameter's first update. PyTorch's SGD(momentum = μ, dampening = d).
/// Lectures often write Keras' form, ν ← γ ν + η g, p ← p − ν: the same while η is constant.
Optimizer momentum(Hyper learning_rate, Hyper mu = 0.9, const MomentumOptions& options = {},
                   Where where = Where::here());
/// b as above, p ← p − η (g + μ b). PyTorch's SGD(nesterov = True).
Optimizer nesterov(Hyper learning_rate, Hyper mu = 0.9, const MomentumOptions& options = {},
                   Where where = Where::here());

/// Options of `adagrad`.
struct AdagradOptions {
  Hyper learning_rate_decay = 0;
  double initial = 0;
  double epsilon = 1e-10;
  Dialect dialect = Dialect::torch;  // `keras`: ε stands inside the root
  Hyper weight_decay = 0;
  std::optional<Hyper> clip_norm = {};
};
/// s ← s + g², p ← p − η / (1 + (t − 1) κ) · g / (√s + ε). Duchi, Hazan and Singer 2011.
/// Lectures often write η / √(ε + s): `Dialect::keras`.
Optimizer adagrad(Hyper learning_rate = 0.01, const AdagradOptions& options = {}, Where where = Where::here());

/// Options of `rmsprop`.
struct RmspropOptions {
  Hyper decay = 0.99;
  double epsilon = 1e-8;
  bool centred = false;
  Hyper momentum = 0;
  Hyper weight_decay = 0;
  std::optional<Hyper> clip_norm = {};
};
/// s ← α s + (1 − α) g², p ← p − η g / (√s + ε); centred by s − ḡ²; with momentum, p ← p − η b, b ← μ b + g / (√s + ε).
/// Hinton's Coursera lecture 6e, 2012.
Optimizer rmsprop(Hyper learning_rate = 0.01, const RmspropOptions& options = {}, Where where = Where::here());

/// Options of `adam`.
struct AdamOptions {
  Hyper beta1 = 0.9;
  Hyper beta2 = 0.999;
  double epsilon = 1e-8;
  bool amsgrad = false;
  Hyper weight_decay = 0;
  std::optional<Hyper> clip_norm = {};
};
/// p ← p − η m̂ / (√v̂ + ε). Kingma and Ba 2015, arXiv:1412.6980.
Optimizer adam(Hyper learning_rate = 1e-3, const AdamOptions& options = {}, Where where = Where::here());

/// Options of `adamw`.
struct AdamWOptions {
  Hyper beta1 = 0.9;
  Hyper beta2 = 0.999;
  double epsilon = 1e-8;
  bool amsgrad = false;
  std::optional<Hyper> clip_norm = {};
};
/// p ← p − η (m̂ / (√v̂ + ε) + λ p). Loshchilov and Hutter 2019, arXiv:1711.05101.
Optimizer adamw(Hyper learning_rate = 1e-3, Hyper weight_decay = 0.01, const AdamWOptions& options = {},
                Where where = Where::here());

/// The names that `optimizer_by_name` takes, sorted.
const std::vector<std::string>& optimizer_names();
/// `optimizer_by_name("adam", 1e-3)`: one of those above with its defaults; `lecture_momentum` and `lecture_adagrad`
/// are `momentum` and `adagrad` in Keras' dialect. Throws `ValueError` for another name.
Optimizer optimizer_by_name(std::string_view name, Hyper learning_rate, Where where = Where::here());

}  // namespace cinta
