// memory_report: what holds the memory of a training run. A light header, for everybody.
#pragma once

#include <cinta/framework/core/memory_watch.hpp>
#include <cinta/framework/nn/module.hpp>
#include <cinta/framework/optim/optimizer.hpp>

#include <string>

namespace cinta {

/// Bytes of buffers, as they were allocated (a buffer is up to a quarter larger than its elements).
struct MemoryReport {
  std::size_t parameters = 0;       // of the model, buffers such as running statistics included
  std::size_t optimizer_state = 0;  // moments and the like
  std::size_t recorded = 0;         // what this thread's recording has saved for the backward pass, without the above
  std::size_t other = 0;            // of all other tensors: data, gradients, copies of the model
  std::size_t pooled = 0;           // freed and kept to be used again: `release_pooled_memory` gives it back
  std::size_t peak = 0;             // most that all tensors held at once, of the `MemoryWatch` alive; 0 without one

  /// Of the peak, what came on top of what is held now: activations, gradients and what ops need on the way.
  std::size_t working_peak() const {
    const std::size_t held = parameters + optimizer_state + other;
    return peak > held ? peak - held : 0;
  }
  /// A line for each.
  std::string text() const;
};

namespace detail {
MemoryReport memory_report(const std::vector<Tensor>& of_model, std::size_t optimizer_state);
}

/// The memory of the process now, by what holds it; buffers that the model shares with others count as the model's.
template <class M> MemoryReport memory_report(const M& net, const Optimizer& optimizer) {
  std::vector<Tensor> of_model;
  visit(net, [&](const Name&, const auto& leaf) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(leaf)>, Parameter>) of_model.push_back(leaf.raw_value());
    else of_model.push_back(leaf.value());
  });
  return detail::memory_report(of_model, optimizer.state_bytes());
}

}  // namespace cinta
