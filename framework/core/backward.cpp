// backward: the gradients of a loss with respect to all that it was computed from.
#include <cinta/framework/core/inspection.hpp>
#include <cinta/framework/core/sweep.hpp>
#include <cinta/framework/core/tape.hpp>

#include <fmt/format.h>

#include <utility>

namespace cinta {
namespace {

void require_scalar(const Tensor& y, const char* what, Where where) {
  if (y.size() != 1)
    throw ShapeError(where, fmt::format("{}: wants a loss of one element, not of shape {}: take its mean or sum", what,
                                        to_string(y.shape())));
}

// The gradient of the loss itself.
void set_to_one(Tensor& gradient, const Tensor& loss) {
  gradient.allocate(loss.shape(), loss.dtype());
  if (loss.dtype() == f64) *gradient.own_data<double>() = 1;
  else *gradient.own_data<float>() = 1;
}

// A parameter that was written between two uses has two leaves: where the gradient of the later one is, else null.
Tensor* gradient_of_later_leaf(const Tape& tape, const Leaf& leaf, NodeGradients& gradients) {
  if (leaf.slot < 0 ||
      &tape.leaves[static_cast<std::size_t>(tape.leaf_of_slot[static_cast<std::size_t>(leaf.slot)])] == &leaf)
    return nullptr;
  Tensor* later = nullptr;
  for (const Leaf& other : tape.leaves)
    if (other.slot == leaf.slot && other.generation == leaf.generation && other.node > leaf.node &&
        gradients[other.node].defined())
      later = &gradients[other.node];
  return later;
}

}  // namespace

Gradients backward(const Arg& loss, BackwardOptions options) {
  const std::int32_t start = recorded_node(loss, "backward");
  require_scalar(*loss.tensor(), "backward", loss.where());
  Scope& scope = *Scope::current();
  Tape& tape = *scope.tape();
  for (const Leaf& leaf : tape.leaves)
    if (leaf.slot >= 0 && !Slot::alive(leaf.slot, leaf.generation))
      throw TapeError(tape.nodes[static_cast<std::size_t>(leaf.node)].where,
                      "the parameter used here is gone before backward: a layer was copied and the copy trained "
                      "(`for (auto layer : layers)` copies: write `auto& layer`)");
  if (tape.began > 0) [[unlikely]]
    trace_forward(tape, loss.where());
  Gradients result;
  {
    const TraceSpan span("backward", loss.where());
    NodeGradients gradients(tape.nodes.size());
    const PausedRecording paused(true);
    set_to_one(gradients[start], *loss.tensor());
    try {
      sweep(tape, start, 0, gradients, false, !options.retain_graph, nullptr);
    } catch (...) {
      if (!options.retain_graph) tape.clear(loss.where());  // part of what it saved is gone
      throw;
    }
    for (const Leaf& leaf : tape.leaves) {
      Tensor& g = gradients[leaf.node];
      if (!g.defined()) continue;
      if (Tensor* later = gradient_of_later_leaf(tape, leaf, gradients)) [[unlikely]]
        *later = add_same_shape(*later, std::exchange(g, Tensor()), {});
      else if (leaf.slot >= 0) result.add(leaf.slot, leaf.generation, -1, 0, std::move(g));
      else result.add(-1, leaf.generation, leaf.node, tape.recording(), std::move(g));
    }
    gradients.done();  // the sweep has reset those of ops
  }
  if (!options.retain_graph) {
    tape.clear(loss.where());
    scope.begin_next_pass();
  }
  return result;
}

}  // namespace cinta
