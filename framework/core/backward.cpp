// The sweep from a loss back to its leaves.
#include <cinta/framework/core/op.hpp>
#include <cinta/framework/core/reduction.hpp>
#include <cinta/framework/core/tape.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace cinta {
namespace {

// Vectors of gradients by node, reused: sweeps nest when a vjp differentiates (map's second derivative).
class NodeGradients {
 public:
  explicit NodeGradients(std::size_t nodes) {
    auto& idle = idle_vectors();
    if (idle.empty()) {
      gradients_ = std::make_unique<std::vector<Tensor>>();
    } else {
      gradients_ = std::move(idle.back());
      idle.pop_back();
    }
    gradients_->resize(nodes);
  }
  ~NodeGradients() {
    gradients_->clear();
    idle_vectors().push_back(std::move(gradients_));
  }
  NodeGradients(const NodeGradients&) = delete;
  NodeGradients& operator=(const NodeGradients&) = delete;
  std::vector<Tensor>& operator*() { return *gradients_; }
  Tensor& operator[](std::int32_t node) { return (*gradients_)[static_cast<std::size_t>(node)]; }

 private:
  static std::vector<std::unique_ptr<std::vector<Tensor>>>& idle_vectors() {
    static thread_local std::vector<std::unique_ptr<std::vector<Tensor>>> idle;
    return idle;
  }
  std::unique_ptr<std::vector<Tensor>> gradients_;
};

// Hides the scope while a sweep must record nothing, without a scope of its own.
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

// Runs the vjps of nodes [stop, start], newest first. `release` frees what each op saved as the sweep passes it.
void sweep(Tape& tape, std::int32_t start, std::int32_t stop, NodeGradients& gradients, bool create_graph, bool release,
           const std::vector<std::uint8_t>* wanted) {
  for (std::int32_t i = start; i >= stop; --i) {
    if (!gradients[i].defined()) continue;
    const auto index = static_cast<std::size_t>(i);
    const OpDef* op = tape.nodes[index].op;
    if (op == nullptr || (wanted != nullptr && (*wanted)[index] != 1)) continue;
    if (op->vjp == nullptr) throw TapeError(tape.nodes[index].where, fmt::format("{}: has no derivative", op->name));
    VjpContext context(tape, i, std::move(gradients[i]), *gradients, wanted);
    if (!create_graph && op->backward != nullptr) op->backward(context);
    else op->vjp(context);
    if (release) {
      const Node& node = tape.nodes[index];
      for (std::int32_t s = 0; s < node.saved; ++s) tape.saved[static_cast<std::size_t>(node.first_saved + s)].reset();
    }
  }
}

std::int32_t recorded_node(const Arg& y, const char* what) {
  const Tensor& t = values_of(y, what);
  Scope* scope = Scope::current();
  if (scope == nullptr || !scope->records())
    throw TapeError(y.where(),
                    fmt::format("{}: nothing is recorded here: compute the loss inside Training or Recording", what));
  if (t.node() < 0 && y.parameter() == nullptr)
    throw TapeError(
        y.where(),
        fmt::format("{}: this value has no gradient path: no parameter or variable of this scope went into it", what));
  const std::int32_t node = checked_node(y, *scope);
  if (node < 0)
    throw TapeError(y.where(), fmt::format("{}: this value has no gradient path: its parameter is frozen", what));
  return node;
}

void require_scalar(const Tensor& y, const char* what, Where where) {
  if (y.size() != 1)
    throw ShapeError(where, fmt::format("{}: wants a loss of one element, not of shape {}: take its mean or sum", what,
                                        to_string(y.shape())));
}

}  // namespace

Tensor& VjpContext::accumulator(int i, bool& add) {
  const Node& input = tape_.nodes[static_cast<std::size_t>(edge(i))];
  Tensor& slot = gradients_[static_cast<std::size_t>(edge(i))];
  add = slot.defined();
  if (!add) slot = empty(input.shape, input.dtype);
  else (void)slot.mutable_raw();
  return slot;
}

void VjpContext::give(int i, Tensor g) {
  const std::int32_t e = edge(i);
  const Shape& shape = tape_.nodes[static_cast<std::size_t>(e)].shape;
  if (!(g.shape() == shape)) g = sum_to(Arg(g, where()), Shape(shape));
  Tensor& slot = gradients_[static_cast<std::size_t>(e)];
  if (!slot.defined()) slot = std::move(g);
  else if (Scope::current() != nullptr && Scope::current()->records())
    gradients_[static_cast<std::size_t>(e)] = add_same_shape(Tensor(slot), g, where());
  else if (is_unique(slot.storage())) add_in_place(slot, g);
  else if (is_unique(g.storage())) {
    add_in_place(g, slot);
    slot = std::move(g);
  } else slot = add_same_shape(slot, g, where());
}

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
  Gradients result;
  {
    NodeGradients gradients(tape.nodes.size());
    const PausedRecording paused(true);
    gradients[start] = filled(loss.tensor()->shape(), 1, loss.tensor()->dtype());
    try {
      sweep(tape, start, 0, gradients, false, !options.retain_graph, nullptr);
    } catch (...) {
      if (!options.retain_graph) tape.clear(loss.where());  // part of what it saved is gone
      throw;
    }
    for (const Leaf& leaf : tape.leaves)
      if (gradients[leaf.node].defined()) {
        Tensor g = std::move(gradients[leaf.node]);
        Tensor* later = nullptr;  // a parameter written between two uses has two leaves
        if (leaf.slot >= 0 && tape.leaf_of_slot[static_cast<std::size_t>(leaf.slot)] !=
                                  tape.nodes[static_cast<std::size_t>(leaf.node)].leaf) {
          for (const Leaf& other : tape.leaves)
            if (other.slot == leaf.slot && other.generation == leaf.generation && other.node > leaf.node &&
                gradients[other.node].defined())
              later = &gradients[other.node];
        }
        if (later != nullptr) *later = add_same_shape(*later, g, {});
        else
          result.add({leaf.slot, leaf.generation, leaf.slot < 0 ? leaf.node : -1, leaf.slot < 0 ? tape.recording() : 0,
                      std::move(g)});
      }
  }
  if (!options.retain_graph) {
    tape.clear(loss.where());
    scope.begin_next_pass();
  }
  return result;
}

std::vector<Tensor> grad(const Arg& y, const std::vector<Tensor>& xs, GradOptions options) {
  require_scalar(values_of(y, "grad"), "grad", y.where());
  return grad(y, xs, filled(y.tensor()->shape(), 1, y.tensor()->dtype()), options);
}

std::vector<Tensor> grad(const Arg& y, const std::vector<Tensor>& xs, const Tensor& seed, GradOptions options) {
  const std::int32_t start = recorded_node(y, "grad");
  if (!(seed.shape() == y.tensor()->shape()))
    throw ShapeError(y.where(), fmt::format("grad: the seed's shape {} is not that of y, {}", to_string(seed.shape()),
                                            to_string(y.tensor()->shape())));
  Tape& tape = *Scope::current()->tape();
  // 1: on a path from an x to y, to be passed through; 2: an x, whose gradient is wanted and which also passes it on
  // when it depends on another x.
  std::vector<std::uint8_t> wanted(static_cast<std::size_t>(start) + 1, 0);
  std::vector<std::int32_t> nodes;
  for (const Tensor& x : xs) {
    nodes.push_back(recorded_node(Arg(x, y.where()), "grad"));
    if (nodes.back() <= start) wanted[static_cast<std::size_t>(nodes.back())] = 2;
  }
  std::int32_t first = start;
  for (std::int32_t i = 0; i <= start; ++i) {
    const Node& node = tape.nodes[static_cast<std::size_t>(i)];
    auto& mark = wanted[static_cast<std::size_t>(i)];
    for (std::int32_t e = 0; e < node.edges && (mark & 1) == 0; ++e) {
      const std::int32_t edge = tape.edges[static_cast<std::size_t>(node.first_edge + e)];
      if (edge >= 0 && wanted[static_cast<std::size_t>(edge)] != 0) mark = static_cast<std::uint8_t>(mark | 1);
    }
    if (mark != 0) first = std::min(first, i);
  }
  NodeGradients gradients(static_cast<std::size_t>(start) + 1);
  std::vector<Tensor> kept(xs.size());  // of an x that passes its gradient on: taken when the sweep reaches it
  {
    const PausedRecording paused(!options.create_graph);
    gradients[start] = seed;
    for (std::int32_t i = start; i >= first; --i) {
      if (!gradients[i].defined()) continue;
      for (std::size_t k = 0; k < nodes.size(); ++k)
        if (nodes[k] == i) kept[k] = gradients[i];
      if ((wanted[static_cast<std::size_t>(i)] & 1) == 0) continue;
      wanted[static_cast<std::size_t>(i)] = 1;
      sweep(tape, i, i, gradients, options.create_graph, false, &wanted);
    }
  }
  for (std::size_t k = 0; k < xs.size(); ++k) {
    if (kept[k].defined()) continue;
    if (!options.allow_unused)
      throw TapeError(y.where(),
                      fmt::format("grad: the value does not depend on x number {} of shape {}: leave it out, or pass "
                                  "{{.allow_unused = true}} for zeros",
                                  k, to_string(xs[k].shape())));
    kept[k] = filled(xs[k].shape(), 0, xs[k].dtype());
  }
  if (!options.create_graph)
    for (Tensor& g : kept) g = g.detach();
  return kept;
}

}  // namespace cinta
