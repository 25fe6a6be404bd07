#include <cinta/framework/optim/optimizers.hpp>

#include <cinta/framework/core/nearest.hpp>
#include <cinta/framework/optim/compiled_passes.hpp>
#include <cinta/framework/optim/rule.hpp>

#include <fmt/format.h>

#include <limits>

namespace cinta {
namespace {

using optim::compiled_passes;

template <class... L> Optimizer make(const char* name, const std::optional<Hyper>& clip_norm,
                                     const optim::ClippablePasses<L...>& passes, std::type_identity_t<L>... links) {
  if (!clip_norm) return Optimizer(std::make_unique<optim::ChainRule<L...>>(name, passes.plain, std::move(links)...));
  return Optimizer(std::make_unique<optim::ChainRule<ClipByGlobalNorm, L...>>(
      name, passes.clipped, ClipByGlobalNorm{*clip_norm}, std::move(links)...));
}

/// Checks numbers; what a schedule will give is not known.
struct Check {
  const char* name;
  Where where;

  const Check& least(const char* setting, const Hyper& h, double low = 0) const {
    return within(setting, h, low, std::numeric_limits<double>::infinity());
  }
  const Check& share(const char* setting, const Hyper& h) const { return within(setting, h, 0, 1); }
  const Check& norm(const std::optional<Hyper>& clip_norm) const {
    return clip_norm ? least("clip_norm", *clip_norm) : *this;
  }

 private:
  const Check& within(const char* setting, const Hyper& h, double low, double high) const {
    if (!h.is_number() || (h.value({}) >= low && h.value({}) < high)) return *this;
    throw ValueError(
        where, high == 1 ? fmt::format("{}: {} is {}, outside [{}, 1)", name, setting, h.text(), low)
                         : fmt::format("{}: {} is {}, not a finite number from {} on", name, setting, h.text(), low));
  }
};

Optimizer descent(const char* name, Hyper learning_rate, const DescentOptions& o, Where where) {
  Check{name, where}.least("the learning rate", learning_rate).least("weight_decay", o.weight_decay).norm(o.clip_norm);
  return make(name, o.clip_norm, compiled_passes.descent, {o.weight_decay}, {std::move(learning_rate)});
}

Optimizer with_momentum(const char* name, Hyper learning_rate, Hyper mu, bool is_nesterov, const MomentumOptions& o,
                        Where where) {
  Check{name, where}
      .least("the learning rate", learning_rate)
      .share("mu", mu)
      .share("dampening", o.dampening)
      .least("weight_decay", o.weight_decay)
      .norm(o.clip_norm);
  if (o.dialect == Dialect::keras) {
    if (!o.dampening.is_number() || o.dampening.value({}) != 0)
      throw ValueError(where, fmt::format("{}: Keras' form has no dampening", name));
    return make(name, o.clip_norm, compiled_passes.velocity, {o.weight_decay}, {std::move(learning_rate)},
                {std::move(mu), 0, is_nesterov});
  }
  return make(name, o.clip_norm, compiled_passes.momentum, {o.weight_decay}, {std::move(mu), o.dampening, is_nesterov},
              {std::move(learning_rate)});
}

Optimizer with_squares(const char* name, Hyper learning_rate, const AdagradOptions& o, Where where) {
  Check{name, where}
      .least("the learning rate", learning_rate)
      .least("learning_rate_decay", o.learning_rate_decay)
      .least("initial", o.initial)
      .least("epsilon", o.epsilon)
      .least("weight_decay", o.weight_decay)
      .norm(o.clip_norm);
  return make(name, o.clip_norm, compiled_passes.adagrad, {o.weight_decay},
              {o.learning_rate_decay, o.initial, o.epsilon, o.dialect}, {std::move(learning_rate)});
}

}  // namespace

Optimizer gradient_descent(Hyper learning_rate, const DescentOptions& options, Where where) {
  return descent("gradient_descent", std::move(learning_rate), options, where);
}
Optimizer sgd(Hyper learning_rate, const DescentOptions& options, Where where) {
  return descent("sgd", std::move(learning_rate), options, where);
}
Optimizer momentum(Hyper learning_rate, Hyper mu, const MomentumOptions& options, Where where) {
  return with_momentum("momentum", std::move(learning_rate), std::move(mu), false, options, where);
}
Optimizer nesterov(Hyper learning_rate, Hyper mu, const MomentumOptions& options, Where where) {
  return with_momentum("nesterov", std::move(learning_rate), std::move(mu), true, options, where);
}

Optimizer adagrad(Hyper learning_rate, const AdagradOptions& options, Where where) {
  return with_squares("adagrad", std::move(learning_rate), options, where);
}

Optimizer rmsprop(Hyper learning_rate, const RmspropOptions& o, Where where) {
  Check{"rmsprop", where}
      .least("the learning rate", learning_rate)
      .share("decay", o.decay)
      .least("epsilon", o.epsilon)
      .share("momentum", o.momentum)
      .least("weight_decay", o.weight_decay)
      .norm(o.clip_norm);
  const bool plain = o.momentum.is_number() && o.momentum.value({}) == 0;
  if (plain && !o.centred)
    return make("rmsprop", o.clip_norm, compiled_passes.rmsprop, {o.weight_decay}, {o.decay, o.epsilon},
                {learning_rate});
  if (plain)
    return make("rmsprop", o.clip_norm, compiled_passes.centred, {o.weight_decay}, {o.decay, o.epsilon},
                {learning_rate});
  if (!o.centred)
    return make("rmsprop", o.clip_norm, compiled_passes.rmsprop_momentum, {o.weight_decay}, {o.decay, o.epsilon},
                {o.momentum}, {learning_rate});
  return make("rmsprop", o.clip_norm, compiled_passes.centred_momentum, {o.weight_decay}, {o.decay, o.epsilon},
              {o.momentum}, {learning_rate});
}

Optimizer adam(Hyper learning_rate, const AdamOptions& o, Where where) {
  Check{"adam", where}
      .least("the learning rate", learning_rate)
      .share("beta1", o.beta1)
      .share("beta2", o.beta2)
      .least("epsilon", o.epsilon)
      .least("weight_decay", o.weight_decay)
      .norm(o.clip_norm);
  if (o.amsgrad)
    return make("adam", o.clip_norm, compiled_passes.amsgrad, {o.weight_decay}, {o.beta1, o.beta2, o.epsilon},
                {learning_rate});
  return make("adam", o.clip_norm, compiled_passes.adam, {o.weight_decay}, {o.beta1, o.beta2, o.epsilon},
              {learning_rate});
}

Optimizer adamw(Hyper learning_rate, Hyper weight_decay, const AdamWOptions& o, Where where) {
  Check{"adamw", where}
      .least("the learning rate", learning_rate)
      .share("beta1", o.beta1)
      .share("beta2", o.beta2)
      .least("epsilon", o.epsilon)
      .least("weight_decay", weight_decay)
      .norm(o.clip_norm);
  if (o.amsgrad)
    return make("adamw", o.clip_norm, compiled_passes.adamw_amsgrad, {o.beta1, o.beta2, o.epsilon}, {weight_decay},
                {learning_rate});
  return make("adamw", o.clip_norm, compiled_passes.adamw, {o.beta1, o.beta2, o.epsilon}, {weight_decay},
              {learning_rate});
}

const std::vector<std::string>& optimizer_names() {
  static const std::vector<std::string> names{
      "adagrad",          "adam",     "adamw",    "gradient_descent", "lecture_adagrad",
      "lecture_momentum", "momentum", "nesterov", "rmsprop",          "sgd"};
  return names;
}

Optimizer optimizer_by_name(std::string_view name, Hyper learning_rate, Where where) {
  if (name == "adagrad") return adagrad(std::move(learning_rate), {}, where);
  if (name == "adam") return adam(std::move(learning_rate), {}, where);
  if (name == "adamw") return adamw(std::move(learning_rate), 0.01, {}, where);
  if (name == "gradient_descent") return gradient_descent(std::move(learning_rate), {}, where);
  if (name == "lecture_adagrad")
    return with_squares("lecture_adagrad", std::move(learning_rate), {.dialect = Dialect::keras}, where);
  if (name == "lecture_momentum")
    return with_momentum("lecture_momentum", std::move(learning_rate), 0.9, false, {.dialect = Dialect::keras}, where);
  if (name == "momentum") return momentum(std::move(learning_rate), 0.9, {}, where);
  if (name == "nesterov") return nesterov(std::move(learning_rate), 0.9, {}, where);
  if (name == "rmsprop") return rmsprop(std::move(learning_rate), {}, where);
  if (name == "sgd") return sgd(std::move(learning_rate), {}, where);
  throw ValueError(where, fmt::format("unknown optimizer \"{}\"{}", name, did_you_mean(name, optimizer_names())));
}

}  // namespace cinta
