// The settings of an Optimizer: read, written, printed, and changed for groups of parameters.
#include <cinta/framework/core/nearest.hpp>
#include <cinta/framework/optim/optimizer_parts.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace cinta {
namespace {

std::string text_of(const optim::Setting& s) {
  if (s.hyper != nullptr) return s.hyper->text();
  if (s.number != nullptr) return fmt::format("{}", *s.number);
  if (s.flag != nullptr) return *s.flag ? "true" : "false";
  return *s.dialect == Dialect::keras ? "keras" : "torch";
}

[[noreturn]] void throw_unknown(optim::Rule& rule, std::string_view name, Where where) {
  std::vector<std::string> known;
  each_setting(rule, [&](const std::string& known_name, const optim::Setting&) { known.push_back(known_name); });
  throw ValueError(where,
                   fmt::format("the optimizer {} has no setting \"{}\"{}", rule.name, name, did_you_mean(name, known)));
}

}  // namespace

std::string unique_name(std::string_view name, std::vector<std::string>& before) {
  std::string unique(name);
  for (int n = 2; std::find(before.begin(), before.end(), unique) != before.end(); ++n)
    unique = fmt::format("{}_{}", name, n);
  before.push_back(unique);
  return unique;
}

void each_setting(optim::Rule& rule, FunctionRef<void(const std::string&, const optim::Setting&)> f) {
  std::vector<std::string> names;
  rule.each_setting([&](const optim::Setting& s) { f(unique_name(s.name, names), s); });
}

void set_setting(optim::Rule& rule, std::string_view name, const Hyper& value, Where where) {
  bool found = false;
  each_setting(rule, [&](const std::string& setting_name, const optim::Setting& s) {
    if (setting_name != name) return;
    found = true;
    if (s.hyper != nullptr) {
      *s.hyper = value;
      return;
    }
    if (s.number == nullptr || !value.is_number())
      throw ValueError(where, fmt::format("{} of {} can't be {}{}", name, rule.name, value.text(),
                                          s.number != nullptr ? ": it takes a number" : ""));
    *s.number = value.value({});
  });
  if (!found) throw_unknown(rule, name, where);
}

const std::string& Optimizer::name() const { return groups_[0].rule->name; }

Hyper Optimizer::hyper(std::string_view setting, Where where) const {
  std::optional<Hyper> value;
  each_setting(*groups_[0].rule, [&](const std::string& name, const optim::Setting& s) {
    if (name != setting) return;
    if (s.hyper != nullptr) value = *s.hyper;
    else if (s.number != nullptr) value = *s.number;
    else if (s.flag != nullptr) value = *s.flag;
    else value = static_cast<int>(*s.dialect);
  });
  if (!value) throw_unknown(*groups_[0].rule, setting, where);
  return *value;
}

void Optimizer::set_hyper(std::string_view setting, const Hyper& value, Where where) {
  for (Group& g : groups_)
    if (std::find(g.own.begin(), g.own.end(), setting) == g.own.end()) set_setting(*g.rule, setting, value, where);
}

std::vector<std::pair<std::string, std::string>> Optimizer::settings() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (const Group& g : groups_) {
    if (g.freeze) all.emplace_back(g.pattern + ": freeze", "true");
    each_setting(*g.rule, [&](const std::string& name, const optim::Setting& s) {
      if (g.pattern.empty()) all.emplace_back(name, text_of(s));
      else if (std::find(g.own.begin(), g.own.end(), name) != g.own.end())
        all.emplace_back(g.pattern + ": " + name, text_of(s));
    });
  }
  return all;
}

std::string Optimizer::text() const {
  std::string text = name() + '(';
  const char* comma = "";
  for (const auto& [setting, value] : settings()) {
    text += comma + setting + " = " + value;
    comma = ", ";
  }
  return text + ')';
}

// ---- groups

bool fits(std::string_view pattern, std::string_view name) {
  // On a mismatch, the last star takes one more character.
  std::size_t p = 0, n = 0, star = pattern.npos, taken = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p, ++n;
    } else if (star != pattern.npos) {
      p = star + 1;
      n = ++taken;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

Optimizer groups(Optimizer optimizer, const std::vector<ParameterGroup>& groups, Where where) {
  for (const auto& [pattern, options] : groups) {
    if (pattern.empty()) throw ValueError(where, "groups: a pattern is empty; \"*\" fits every name");
    Optimizer::Group group(pattern, optimizer.groups_[0].rule->clone());
    group.freeze = options.freeze;
    const auto set = [&](std::string_view name, const std::optional<Hyper>& value) {
      if (!value) return;
      set_setting(*group.rule, name, *value, where);
      group.own.emplace_back(name);
    };
    set("learning_rate", options.learning_rate);
    set("weight_decay", options.weight_decay);
    set("momentum", options.momentum);
    set("beta1", options.beta1);
    set("beta2", options.beta2);
    set("epsilon", options.epsilon);
    for (const auto& [name, value] : options.others) set(name, value);
    optimizer.groups_.push_back(std::move(group));
  }
  for (Optimizer::Entry& e : optimizer.entries_) e.slot = -1;  // so that the next step assigns groups
  return optimizer;
}

}  // namespace cinta
