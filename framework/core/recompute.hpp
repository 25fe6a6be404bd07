// recompute: gradient checkpointing. A light header, for everybody.
#pragma once

#include <cinta/framework/core/op.hpp>
#include <cinta/framework/core/visit.hpp>

namespace cinta {

namespace detail {

Tensor recompute(std::unique_ptr<const Recomputation> f, std::vector<Tensor> xs, Where where);

// A module is kept by address, as the model that it belongs to outlives the step; any other function by value.
template <class F> constexpr bool kept_by_address() {
  if constexpr (std::is_class_v<F>) return Module<F> && !std::is_empty_v<F> && (std::is_aggregate_v<F> || HasVisit<F>);
  else return false;
}

template <class F, std::size_t... I> class RecomputationOf : public Recomputation {
 public:
  explicit RecomputationOf(const F& f) : f_(keep(f)) {}
  Tensor run(const std::vector<Tensor>& xs) const override {
    if constexpr (kept_by_address<F>()) return (*f_)(xs[I]...);
    else return f_(xs[I]...);
  }

 private:
  static auto keep(const F& f) {
    if constexpr (kept_by_address<F>()) return &f;
    else return f;
  }
  std::conditional_t<kept_by_address<F>(), const F*, F> f_;
};

}  // namespace detail

/// y = f(x, …), computed once more in the backward pass instead of keeping what it saved: the memory of f's inside is
/// that of one run, for the time of one more forward pass. The bits of y and of the gradients that `backward` and
/// `grad` give are those of f(x, …) itself, dropout included; where gradients are recorded again, sums may be taken in
/// another order. Gradients reach x, the parameters that f uses, and recorded values that it captures.
///
/// f is a layer (an lvalue: it is kept by address, and must live until `backward`) or a function, kept by value. It
/// must do the same when it runs again. Throws `ValueError` when it returns a tensor that was never assigned, and
/// `TapeError` in the backward pass when it used other parameters or values than the first time, returned another shape
/// or type, or when one of its parameters was written in between. Chen et al. 2016, arXiv:1604.06174.
template <class F> Tensor recompute(F&& f, const Arg& x) {
  using Function = std::decay_t<F>;
  static_assert(std::is_lvalue_reference_v<F> || !detail::kept_by_address<Function>(),
                "recompute: the layer is gone before backward runs it again: pass one that lives on");
  return detail::recompute(std::make_unique<detail::RecomputationOf<Function, 0>>(f), {tensor_of(x, "recompute")},
                           x.where());
}
/// The same for two arguments.
template <class F> Tensor recompute(F&& f, const Arg& x, const Arg& y) {
  using Function = std::decay_t<F>;
  static_assert(std::is_lvalue_reference_v<F> || !detail::kept_by_address<Function>(),
                "recompute: the layer is gone before backward runs it again: pass one that lives on");
  return detail::recompute(std::make_unique<detail::RecomputationOf<Function, 0, 1>>(f),
                           {tensor_of(x, "recompute"), tensor_of(y, "recompute")}, x.where());
}

}  // namespace cinta
