// Optimizer: a rule and its state, apart from any model; and groups, which give some parameters other settings.
// A light header, for everybody: optimizers.hpp has the ones to start from, chain.hpp composes new ones.
#pragma once

#include <cinta/framework/core/gradients.hpp>
#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/core/visit.hpp>
#include <cinta/framework/optim/hyper.hpp>

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace cinta {

namespace optim {
class Rule;
}

/// Options of `Optimizer::step`.
struct StepOptions {
  bool allow_unused = false;  ///< skip parameters without a gradient instead of throwing
  long epoch = 0;             ///< what schedules and links may know, see Step
  double loss = 0;            ///< of the batch
  double metric = 0;          ///< the last of the validation data
};

/// Settings for the parameters of one group; those not given are the optimizer's own.
struct GroupOptions {
  std::optional<Hyper> learning_rate = {};                 ///< in place of the optimizer's, as the others are
  std::optional<Hyper> weight_decay = {};                  ///< λ
  std::optional<Hyper> momentum = {};                      ///< μ
  std::optional<Hyper> beta1 = {};                         ///< β₁
  std::optional<Hyper> beta2 = {};                         ///< β₂
  std::optional<Hyper> epsilon = {};                       ///< ε
  std::vector<std::pair<std::string, Hyper>> others = {};  ///< any setting, by name
  bool freeze = false;                                     ///< leave these parameters as they are
};
/// Parameters by their names, and what they take instead.
struct ParameterGroup {
  std::string pattern;        ///< of names: `*` is any text, dots too, `?` any one character
  GroupOptions options = {};  ///< what they take instead
};

/// A method of optimization with its state (moments, counts), as a value: a copy goes on by itself, and shares memory
/// until it does. It holds no model: state is kept by parameter name, in field order.
class Optimizer {
 public:
  /// Of a compiled chain: `chain` makes these.
  explicit Optimizer(std::unique_ptr<optim::Rule> rule);
  /// A copy goes on by itself.
  Optimizer(const Optimizer& other);
  /// The source may only be assigned to, or destroyed.
  Optimizer(Optimizer&&) noexcept;
  /// Takes the other's rule and state.
  Optimizer& operator=(const Optimizer& other);
  /// Takes the other's rule and state.
  Optimizer& operator=(Optimizer&&) noexcept;
  ~Optimizer();

  /// Updates every parameter of the model that is not frozen, in place: p ← p + u, u the chain's result. Gradients of
  /// other models are ignored, and are applied as they are, finite or not. Everything is checked before anything is
  /// written: `TapeError` for a parameter without a gradient (unless `allow_unused`, which leaves it and its state
  /// alone) or made of recorded values; `ValueError` for one never initialised, a model other than the state's, or a
  /// pattern of a group that no name fits; `ShapeError`, `DtypeError` for gradients or state that don't fit.
  template <class M>
  void step(M& model, const Gradients& gradients, StepOptions options = {}, Where where = Where::here()) {
    parameters_.clear();
    visit(model, [&](const Name&, auto& leaf) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(leaf)>, Parameter>) {
        static_assert(!std::is_const_v<std::remove_reference_t<decltype(leaf)>>,
                      "step writes parameters: the model may not be const");
        parameters_.push_back(&leaf);
      }
    });
    const auto name_all = [&](std::vector<std::string>& names) {
      visit(model, [&](const Name& name, auto& leaf) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(leaf)>, Parameter>) names.push_back(name.str());
      });
    };
    step(parameters_, name_all, gradients, options, where);
  }
  /// The same for parameters in hand; `names` appends the name of each, and is called only when they are not those of
  /// the step before.
  void step(std::span<Parameter* const> parameters, FunctionRef<void(std::vector<std::string>&)> names,
            const Gradients& gradients, const StepOptions& options, Where where);

  /// "adamw"; "chain" for a chain that was given no name.
  const std::string& name() const;
  /// Updates so far.
  std::int64_t step_count() const { return t_; }

  /// A setting by name: `hyper("learning_rate")`. Throws `ValueError` for an unknown one.
  Hyper hyper(std::string_view setting, Where where = Where::here()) const;
  /// Sets it from the next step on, for all parameters but those of groups with a value of their own. Throws
  /// `ValueError` for an unknown name, or a schedule where only a number will do.
  void set_hyper(std::string_view setting, const Hyper& value, Where where = Where::here());
  /// `set_hyper("learning_rate", value)`.
  void set_learning_rate(const Hyper& value, Where where = Where::here()) { set_hyper("learning_rate", value, where); }
  /// Every setting as text, in the chain's order, then each group's own as "pattern: setting". A setting whose name
  /// occurred before is "name_2".
  std::vector<std::pair<std::string, std::string>> settings() const;
  /// "adamw(beta1 = 0.9, …, learning_rate = cosine(0.001, 1000, 0))"
  std::string text() const;

  /// The state as named tensors for a checkpoint: "step", and for each parameter "hidden.weight/updates" and its slots,
  /// "hidden.weight/m". Empty before the first step.
  std::vector<std::pair<std::string, Tensor>> state() const;
  /// What the state's tensors take, and what a step keeps beside it.
  std::size_t state_bytes() const;
  /// Goes on from a `state`: the next step checks it against its model. Throws `ValueError` for names that this
  /// optimizer has no use for, or misses; the optimizer is then as it was.
  void set_state(const std::vector<std::pair<std::string, Tensor>>& state, Where where = Where::here());

  /// `optimizer` with groups: a parameter belongs to the first whose pattern its name fits, if any. The first step
  /// throws `ValueError` for a pattern that no name fits.
  friend Optimizer groups(Optimizer optimizer, const std::vector<ParameterGroup>& groups, Where where);

 private:
  struct Group;
  struct Entry;
  struct Variant;
  struct Piece;

  void bind(std::span<Parameter* const> parameters, FunctionRef<void(std::vector<std::string>&)> names, Where where);
  std::vector<Entry> bound_entries(std::span<Parameter* const> parameters, const std::vector<std::string>& names,
                                   Where where) const;
  void assign_groups(std::vector<Entry>& entries, Where where) const;
  bool check(std::span<Parameter* const> parameters, const Gradients& gradients, const StepOptions& options,
             Where where);
  static const Tensor* gradient_of(const Parameter& parameter, const Entry& entry, const Gradients& gradients,
                                   const StepOptions& options, Where where);
  void plan(std::span<Parameter* const> parameters, Where where);
  std::size_t variant_of(const Entry& entry);
  static void check_state(const Entry& entry, const Tensor& value, Where where);
  void make_state(Entry& entry, const Tensor& value) const;
  void count();
  template <class F> void each_piece(F f);
  void update(int segment);
  void measure(int segment);
  std::vector<std::string> slot_names() const;

  std::vector<Group> groups_;   // the first is for all parameters that no other takes
  std::vector<Entry> entries_;  // one for each parameter, in field order
  std::int64_t t_ = 0;

  // How a step's work is cut; kept from step to step.
  std::vector<Parameter*> parameters_;
  std::vector<Variant> variants_;
  std::vector<Piece> pieces_;
  std::vector<std::size_t> blocks_;  // the first piece of each, and their number
  std::vector<double> partials_;
  bool planned_ = false;
};

Optimizer groups(Optimizer optimizer, const std::vector<ParameterGroup>& groups, Where where = Where::here());

}  // namespace cinta
