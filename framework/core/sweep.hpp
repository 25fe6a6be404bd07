// The sweep from values back to their leaves: what backward, grad and recompute share. For the tape itself.
#pragma once

#include <cinta/framework/core/op.hpp>

#include <memory>
#include <vector>

namespace cinta {

/// Gradients by node, in a vector that is reused: sweeps nest when a vjp differentiates.
class NodeGradients {
 public:
  explicit NodeGradients(std::size_t nodes);
  ~NodeGradients();
  NodeGradients(const NodeGradients&) = delete;
  NodeGradients& operator=(const NodeGradients&) = delete;
  std::vector<Tensor>& operator*() { return *gradients_; }
  /// Promises that none of them is defined any more, so that nothing is left to forget: 10 instructions a node.
  void done() { nodes_ = 0; }
  Tensor& operator[](std::int32_t node) { return (*gradients_)[static_cast<std::size_t>(node)]; }

 private:
  std::unique_ptr<std::vector<Tensor>> gradients_;  // as long as the longest sweep, undefined between sweeps
  std::size_t nodes_;
};

/// Hides the scope while a sweep must record nothing, without a scope of its own.
class PausedRecording {
 public:
  explicit PausedRecording(bool paused) : scope_(Scope::current()) {
    if (paused) Scope::set_current(nullptr);
  }
  ~PausedRecording() { Scope::set_current(scope_); }
  PausedRecording(const PausedRecording&) = delete;
  PausedRecording& operator=(const PausedRecording&) = delete;

 private:
  Scope* scope_;
};

/// Adds g, of the gradient's shape, to it: the first takes the buffer, later ones add in place unless they are
/// recorded.
void accumulate(Tensor& gradient, Tensor&& g, Where where);

/// Runs the vjps of nodes [stop, start], newest first. `release` frees what each op saved as the sweep passes it;
/// `wanted` marks the nodes to be passed through with 1.
void sweep(Tape& tape, std::int32_t start, std::int32_t stop, NodeGradients& gradients, bool create_graph, bool release,
           const std::vector<std::uint8_t>* wanted);

struct Seed {
  std::int32_t node;
  Tensor gradient;
};

/// The gradients of Σ seed·value with respect to the nodes `xs`, undefined for one that nothing leads to. Each path is
/// followed to the leaves, or, if `cut`, to the first x that it meets.
std::vector<Tensor> gradients_at(Tape& tape, const std::vector<Seed>& seeds, const std::vector<std::int32_t>& xs,
                                 bool cut, bool create_graph);

/// The node of y in this scope's recording; throws `TapeError` when it has none.
std::int32_t recorded_node(const Arg& y, const char* what);

}  // namespace cinta
