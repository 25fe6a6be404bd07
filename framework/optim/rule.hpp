// Rule: what an Optimizer erases a chain to, and ChainRule, the rule of a chain of links. For chain.hpp and
// optimizers.cpp; light, since the loops themselves come compiled, as a table of Passes.
#pragma once

#include <cinta/framework/core/fields.hpp>
#include <cinta/framework/core/parallel.hpp>
#include <cinta/framework/optim/link.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cinta::optim {

/// One setting of a link: exactly one of the pointers is set.
struct Setting {
  std::string_view name;
  Hyper* hyper = nullptr;
  double* number = nullptr;
  bool* flag = nullptr;
  Dialect* dialect = nullptr;
};

/// A chain without its types. Scalars are prepared in variants: one for each number of updates that parameters have
/// had.
class Rule {
 public:
  virtual ~Rule() = default;
  virtual std::unique_ptr<Rule> clone() const = 0;
  virtual void each_setting(FunctionRef<void(const Setting&)> f) = 0;
  virtual void each_slot_name(FunctionRef<void(std::string_view)> f) const = 0;
  /// This rule's links and the scalars of one variant of so many; good until it is asked with a larger number of them.
  virtual Prepared chain(std::size_t variant, std::size_t variants) = 0;
  virtual void prepare(std::size_t variant, const Step& step) = 0;
  /// Tells the barrier at the start of `segment` the total of its measure.
  virtual void conclude(int segment, std::size_t variant, double total) = 0;

  std::string name;
  const Passes* passes = nullptr;
  int slots = 0, segments = 1;
  bool begins_with_barrier = false;
};

template <class... L> class ChainRule final : public Rule {
 public:
  ChainRule(std::string chain_name, const Passes& chain_passes, L... links)
      : links_(collect(Indices<L...>{}, std::move(links)...)) {
    name = std::move(chain_name);
    passes = &chain_passes;
    slots = Layout<L...>::slots;
    segments = Layout<L...>::segments;
    begins_with_barrier = Layout<L...>::barriers[0];
  }

  std::unique_ptr<Rule> clone() const override { return std::make_unique<ChainRule>(*this); }

  void each_setting(FunctionRef<void(const Setting&)> f) override {
    each([&](auto, auto& link) {
      using Link = std::remove_cvref_t<decltype(link)>;
      if constexpr (Aggregate<Link> && !std::is_empty_v<Link>)
        for_each_field(link, [&](std::string_view field, auto& value) {
          using Field = std::remove_cvref_t<decltype(value)>;
          Setting setting{field};
          if constexpr (std::is_same_v<Field, Hyper>) setting.hyper = &value;
          else if constexpr (std::is_same_v<Field, double>) setting.number = &value;
          else if constexpr (std::is_same_v<Field, bool>) setting.flag = &value;
          else if constexpr (std::is_same_v<Field, Dialect>) setting.dialect = &value;
          else return;  // no setting: what the link keeps for itself
          f(setting);
        });
    });
  }

  void each_slot_name(FunctionRef<void(std::string_view)> f) const override {
    const_cast<ChainRule*>(this)->each([&](auto, auto& link) {
      using Link = std::remove_cvref_t<decltype(link)>;
      for (std::size_t k = 0; k < static_cast<std::size_t>(Link::slots); ++k) {
        if constexpr (requires { Link::slot_names; }) f(Link::slot_names[k]);
        else f("slot");
      }
    });
  }

  Prepared chain(std::size_t variant, std::size_t variants) override {
    if (variants > scalars_.size()) scalars_.resize(variants);
    return {&links_, &scalars_[variant]};
  }

  void prepare(std::size_t variant, const Step& step) override {
    each([&](auto i, auto& link) {
      using Link = std::remove_cvref_t<decltype(link)>;
      if constexpr (requires { link.prepare(step); })
        static_cast<ScalarsAt<decltype(i)::value, Link>&>(scalars_[variant]).scalars = link.prepare(step);
    });
  }

  void conclude(int segment, std::size_t variant, double total) override {
    each([&](auto i, auto& link) {
      using Link = std::remove_cvref_t<decltype(link)>;
      if constexpr (is_barrier<Link>)
        if (Layout<L...>::segment(i) == segment)
          link.conclude(static_cast<ScalarsAt<decltype(i)::value, Link>&>(scalars_[variant]).scalars, total);
    });
  }

 private:
  template <int... I> static LinksOf<L...> collect(std::integer_sequence<int, I...>, L... links) {
    return {{std::move(links)}...};
  }
  template <class F> void each(F f) {
    [&]<int... I>(std::integer_sequence<int, I...>) {
      (f(std::integral_constant<int, I>{}, static_cast<LinkAt<I, L>&>(links_).link), ...);
    }
    (Indices<L...>{});
  }

  LinksOf<L...> links_;
  std::vector<AllScalarsOf<L...>> scalars_;
};

}  // namespace cinta::optim
