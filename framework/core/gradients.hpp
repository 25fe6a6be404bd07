// Gradients: what `backward` returns, found by parameter or variable. A light header, for everybody.
#pragma once

#include <cinta/framework/core/append.hpp>
#include <cinta/framework/core/arg.hpp>

#include <memory>
#include <vector>

namespace cinta {

/// The gradients of one loss: they own their buffers and outlive the tape that they came from.
class Gradients {
 public:
  struct Entry {
    Entry(std::int32_t slot_index, std::uint32_t slot_generation, std::int32_t of_node, std::uint64_t of_recording,
          Tensor&& g)
        : slot(slot_index),
          generation(slot_generation),
          node(of_node),
          recording(of_recording),
          gradient(std::move(g)) {}

    bool is_of(const Slot& s) const { return slot == s.index() && generation == s.generation(); }

    std::int32_t slot;  // of a parameter; −1 for a variable
    std::uint32_t generation;
    std::int32_t node;  // of a variable, with its recording
    std::uint64_t recording;
    Tensor gradient;
  };

  Gradients();
  /// A copy has buffers of its own.
  Gradients(const Gradients& other);
  Gradients(Gradients&&) noexcept = default;
  /// Takes a copy of the other's buffers.
  Gradients& operator=(const Gradients& other);
  Gradients& operator=(Gradients&&) noexcept = default;
  ~Gradients();

  /// The gradient of a parameter or variable, scaled by `scale()`. Throws `TapeError` when nothing that the loss was
  /// computed from used it.
  Tensor operator[](const Arg& parameter_or_variable) const;
  /// Whether the parameter has a gradient here.
  bool contains(const Parameter& parameter) const { return find(parameter.slot()) != nullptr; }
  /// How many parameters and variables have one.
  std::size_t size() const { return entries().size(); }

  /// Adds another loss's gradients: entries of both are summed, scales applied, others appended. Throws `DtypeError`
  /// where a parameter's type has changed.
  Gradients& operator+=(const Gradients& other);
  /// Every gradient times the factor.
  Gradients& operator*=(double factor) {
    scale_ *= factor;
    return *this;
  }
  /// What every gradient is still to be multiplied by (1 / Σ w of the examples' weights, for `fit`).
  double scale() const { return scale_; }
  /// Sets the factor.
  void set_scale(double scale) { scale_ = scale; }

  /// The gradient as backward left it, unscaled, or null. Fast when asked in the order of use.
  const Tensor* find(const Slot& slot) const {
    if (next_ < size() && entries()[next_].is_of(slot)) [[likely]]
      return &entries()[next_++].gradient;
    return search(slot);
  }
  /// Whether the gradient may be written in place by its only owner (clipping).
  Tensor* find_mutable(const Slot& slot) { return const_cast<Tensor*>(find(slot)); }
  /// Adds one entry; for `backward`.
  void add(std::int32_t slot, std::uint32_t generation, std::int32_t node, std::uint64_t recording, Tensor&& gradient) {
    append(entries(), slot, generation, node, recording, std::move(gradient));
  }

 private:
  std::vector<Entry>& entries() { return *entries_; }
  const std::vector<Entry>& entries() const { return *entries_; }
  const Tensor* search(const Slot& slot) const;
  const Entry* find_variable(const Tensor& variable) const;

  struct Recycle {
    void operator()(std::vector<Entry>* entries) const noexcept;
  };
  std::unique_ptr<std::vector<Entry>, Recycle> entries_;  // from a pool of this thread: a step allocates nothing
  double scale_ = 1;
  mutable std::size_t next_ = 0;  // where the next find begins
};

}  // namespace cinta
