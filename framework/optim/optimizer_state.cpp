// The state of an Optimizer: whose it is, and how it is written down.
#include <cinta/framework/core/nearest.hpp>
#include <cinta/framework/optim/optimizer_parts.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace cinta {

// ---- binding to a model

namespace {

ValueError other_model(const std::string& sentence, Where where) {
  return ValueError(where, "step: this optimizer's state is of another model: " + sentence);
}

}  // namespace

void throw_other_shape(const std::string& name, const Shape& before, const Shape& now, Where where) {
  throw other_model(fmt::format("\"{}\" was {} and is {}", name, to_string(before), to_string(now)), where);
}

void Optimizer::bind(std::span<Parameter* const> parameters, FunctionRef<void(std::vector<std::string>&)> names,
                     Where where) {
  if (parameters.empty()) throw ValueError(where, "step: the model has no parameters");
  std::vector<std::string> all;
  names(all);
  std::vector<Entry> entries = bound_entries(parameters, all, where);
  assign_groups(entries, where);
  entries_ = std::move(entries);
  planned_ = false;
}

std::vector<Optimizer::Entry> Optimizer::bound_entries(std::span<Parameter* const> parameters,
                                                       const std::vector<std::string>& names, Where where) const {
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& p = *parameters[i];
    Entry e;
    if (!entries_.empty()) {
      const auto old =
          std::find_if(entries_.begin(), entries_.end(), [&](const Entry& o) { return o.name == names[i]; });
      if (old == entries_.end()) throw other_model(fmt::format("it has no parameter \"{}\"", names[i]), where);
      if (old->shape_known && !(old->shape == p.shape())) throw_other_shape(names[i], old->shape, p.shape(), where);
      e = *old;
    }
    e.name = names[i];
    e.shape = p.shape();
    e.shape_known = true;
    e.slot = p.slot().index();
    e.generation = p.slot().generation();
    entries.push_back(std::move(e));
  }
  const auto place = [&](const Entry& old) { return std::find(names.begin(), names.end(), old.name) - names.begin(); };
  for (const Entry& old : entries_)
    if (place(old) == std::ssize(names))
      throw other_model(fmt::format("this one has no parameter \"{}\"", old.name), where);
  for (const Entry& old : entries_) {
    const Entry& e = entries[static_cast<std::size_t>(place(old))];
    const bool moved = old.slot != e.slot || old.generation != e.generation;
    if (moved && old.slot >= 0 && Slot::alive(old.slot, old.generation))
      throw other_model(
          fmt::format("the \"{}\" that it stepped before lives on; take a copy of the optimizer for each model",
                      old.name),
          where);
  }
  return entries;
}

void Optimizer::assign_groups(std::vector<Entry>& entries, Where where) const {
  std::vector<bool> used(groups_.size(), false);
  for (Entry& e : entries) {
    e.group = 0;
    for (std::size_t g = groups_.size(); g-- > 1;)
      if (fits(groups_[g].pattern, e.name)) {
        used[g] = true;
        e.group = g;
      }
    e.freeze = groups_[e.group].freeze;
  }
  for (std::size_t g = 1; g < groups_.size(); ++g) {
    if (used[g]) continue;
    const std::string& pattern = groups_[g].pattern;
    const auto nearest = std::min_element(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) {
      return edit_distance(pattern, a.name) < edit_distance(pattern, b.name);
    });
    throw ValueError(where, fmt::format("step: no parameter's name fits the group \"{}\"; the nearest is \"{}\"",
                                        pattern, nearest->name));
  }
}

// ---- as named tensors

std::vector<std::string> Optimizer::slot_names() const {
  std::vector<std::string> names;
  groups_[0].rule->each_slot_name([&](std::string_view name) { unique_name(name, names); });
  return names;
}

std::vector<std::pair<std::string, Tensor>> Optimizer::state() const {
  std::vector<std::pair<std::string, Tensor>> state;
  if (entries_.empty()) return state;
  const std::vector<std::string> slots = slot_names();
  state.emplace_back("step", scalar(static_cast<double>(t_), f64));
  for (const Entry& e : entries_) {
    state.emplace_back(e.name + "/updates", scalar(static_cast<double>(e.updates), f64));
    for (std::size_t k = 0; k < e.slots.size(); ++k) state.emplace_back(e.name + '/' + slots[k], e.slots[k]);
  }
  return state;
}

std::size_t Optimizer::state_bytes() const {
  std::size_t bytes = 0;
  for (const Entry& e : entries_) {
    for (const Tensor& slot : e.slots) bytes += slot.defined() ? capacity_of(*slot.storage()) : 0;
    bytes += e.between.defined() ? capacity_of(*e.between.storage()) : 0;
  }
  return bytes;
}

namespace {

std::int64_t count_of(const std::string& name, const Tensor& x, Where where) {
  const double n = x.defined() && x.size() == 1 ? x.item<double>() : -1;
  if (!(n >= 0 && n <= 0x1p53) || std::trunc(n) != n)
    throw ValueError(where, fmt::format("set_state: \"{}\" is no count", name));
  return static_cast<std::int64_t>(n);
}

}  // namespace

void Optimizer::set_state(const std::vector<std::pair<std::string, Tensor>>& state, Where where) {
  const std::vector<std::string> slots = slot_names();
  std::vector<std::string> known = slots;
  known.push_back("updates");
  std::vector<Entry> entries;
  std::int64_t t = state.empty() ? 0 : -1;
  for (const auto& [name, tensor] : state) {
    if (name == "step") {
      t = count_of(name, tensor, where);
      continue;
    }
    const std::size_t slash = name.rfind('/');
    const std::string part = slash == name.npos ? name : name.substr(slash + 1);
    const auto found = std::find(known.begin(), known.end(), part);
    if (slash == name.npos || found == known.end())
      throw ValueError(
          where, fmt::format("set_state: {} has no use for \"{}\"{}", this->name(), name, did_you_mean(part, known)));
    const std::string owner = name.substr(0, slash);
    if (entries.empty() || entries.back().name != owner) {
      entries.emplace_back();
      entries.back().name = owner;
      entries.back().shape_known = false;
    }
    Entry& e = entries.back();
    if (part == "updates") {
      e.updates = count_of(name, tensor, where);
      continue;
    }
    if (!tensor.defined() || !is_floating(tensor.dtype()))
      throw ValueError(where, fmt::format("set_state: \"{}\" is neither f32 nor f64", name));
    if (e.shape_known && !(e.shape == tensor.shape()))
      throw ShapeError(where, fmt::format("set_state: \"{}\" has shape {} where its parameter has {}", name,
                                          to_string(tensor.shape()), to_string(e.shape)));
    e.slots.resize(slots.size());
    e.slots[static_cast<std::size_t>(found - known.begin())] = tensor.detach();
    e.shape = tensor.shape();
    e.shape_known = true;
  }
  if (t < 0) throw ValueError(where, "set_state: \"step\" is missing");
  for (const Entry& e : entries) {
    if (e.updates > 0 && e.slots.size() != slots.size())
      throw ValueError(where, fmt::format("set_state: \"{}/{}\" is missing", e.name, slots[0]));
    for (std::size_t k = 0; k < e.slots.size(); ++k) {
      if (!e.slots[k].defined())
        throw ValueError(where, fmt::format("set_state: \"{}/{}\" is missing", e.name, slots[k]));
      if (e.slots[k].dtype() != e.slots[0].dtype())
        throw DtypeError(where,
                         fmt::format("set_state: \"{}/{}\" is {}, \"{}/{}\" {}", e.name, slots[k],
                                     to_string(e.slots[k].dtype()), e.name, slots[0], to_string(e.slots[0].dtype())));
    }
  }
  entries_ = std::move(entries);
  t_ = t;
}

}  // namespace cinta
