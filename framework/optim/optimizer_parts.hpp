// What an Optimizer keeps; for its own sources.
#pragma once

#include <cinta/framework/optim/optimizer.hpp>
#include <cinta/framework/optim/rule.hpp>

namespace cinta {

/// Settings that some parameters share.
struct Optimizer::Group {
  std::string pattern;  // empty for the first
  std::unique_ptr<optim::Rule> rule;
  bool freeze = false;
  std::vector<std::string> own;  // the settings that differ from the first group's

  Group(std::string names, std::unique_ptr<optim::Rule> its_rule)
      : pattern(std::move(names)), rule(std::move(its_rule)) {}
  Group(const Group& other) : pattern(other.pattern), rule(other.rule->clone()), freeze(other.freeze), own(other.own) {}
  Group(Group&&) noexcept = default;
  Group& operator=(Group&&) noexcept = default;
};

/// The state of one parameter.
struct Optimizer::Entry {
  std::string name;
  Shape shape;
  bool shape_known = true;  // not in a state that was just read, of a parameter without slots
  std::int32_t slot = -1;   // the Parameter's; −1 until a model is bound
  std::uint32_t generation = 0;
  std::size_t group = 0;
  std::int64_t updates = 0;
  std::vector<Tensor> slots;         // empty before its first update
  Tensor between;                    // the update between two segments of the chain; no state
  bool counted = false;              // the step under way is in `updates`
  const Tensor* gradient = nullptr;  // of the step under way; null: leave the parameter alone
};

/// One parameter's part of a step.
struct Optimizer::Job {
  int type = 0;  // 0 for f32, 1 for f64
  std::size_t group = 0, variant = 0;
  void* p = nullptr;
  const void* g = nullptr;
  void* u = nullptr;
  std::size_t first_slot = 0;  // in slot_pointers_
  std::int64_t size = 0;
  std::size_t first_partial = 0;
  double scale = 1;
};

/// Calls f(name, setting) for each setting; a name that occurred before gets a number: "momentum_2".
void each_setting(optim::Rule& rule, FunctionRef<void(const std::string&, const optim::Setting&)> f);
/// Makes a name unique among those before it, in the same way.
std::string unique_name(std::string_view name, std::vector<std::string>& before);
/// Writes a setting; throws `ValueError` when there is none of that name or it can't take the value.
void set_setting(optim::Rule& rule, std::string_view name, const Hyper& value, Where where);
/// Whether `name` fits `pattern`: `*` is any text, `?` any one character.
bool fits(std::string_view pattern, std::string_view name);

}  // namespace cinta
