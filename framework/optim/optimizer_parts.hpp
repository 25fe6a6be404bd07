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

/// The state of one parameter, and its part of a step.
struct Optimizer::Entry {
  std::string name;
  Shape shape;
  bool shape_known = true;  // not in a state that was just read, of a parameter without slots
  std::int32_t slot = -1;   // the Parameter's; −1 until a model is bound
  std::uint32_t generation = 0;
  std::size_t group = 0;
  bool freeze = false;  // its group's
  std::int64_t updates = 0;
  std::vector<Tensor> slots;  // empty before its first update
  Tensor between;             // the update between two segments of the chain; no state

  std::int64_t size = 0;  // 0: the step leaves the parameter alone
  Dtype dtype = f32;
  optim::Slice slice;
  std::vector<void*> slot_pointers;  // the slice's
  std::size_t variant = 0, first_partial = 0;

  int type() const { return dtype == f32 ? 0 : 1; }  // as in Passes
  void point_to_slots() {
    Tensor* tensor = slots.data();
    for (void*& pointer : slot_pointers) pointer = tensor++->mutable_raw();
  }
};

/// Parameters that take the same scalars: of one group, with the same number of updates.
struct Optimizer::Variant {
  std::size_t group;
  std::int64_t updates;
};

/// A run of one parameter's elements, which one thread updates.
struct Optimizer::Piece {
  const Entry* entry;
  std::int64_t begin, end;
};

/// Throws `ValueError`: the state is of another model, whose parameter of this name had another shape.
[[noreturn]] void throw_other_shape(const std::string& name, const Shape& before, const Shape& now, Where where);
/// Calls f(name, setting) for each setting; a name that occurred before gets a number: "momentum_2".
void each_setting(optim::Rule& rule, FunctionRef<void(const std::string&, const optim::Setting&)> f);
/// Makes a name unique among those before it, in the same way.
std::string unique_name(std::string_view name, std::vector<std::string>& before);
/// Writes a setting; throws `ValueError` when there is none of that name or it can't take the value.
void set_setting(optim::Rule& rule, std::string_view name, const Hyper& value, Where where);
/// Whether `name` fits `pattern`: `*` is any text, `?` any one character.
bool fits(std::string_view pattern, std::string_view name);

}  // namespace cinta
