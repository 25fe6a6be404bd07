#include <cinta/framework/core/sweep.hpp>

#include <cinta/framework/core/idle.hpp>
#include <cinta/framework/core/inspection.hpp>
#include <cinta/framework/core/reduction.hpp>
#include <cinta/framework/core/tape.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace cinta {
namespace {

// What `gradients_at` must do at each node up to `last`: 1, pass through; 2, an x; 3, both.
std::vector<std::uint8_t> marks(const Tape& tape, std::int32_t last, const std::vector<std::int32_t>& xs, bool cut) {
  std::vector<std::uint8_t> wanted(static_cast<std::size_t>(last) + 1, 0);
  for (const std::int32_t x : xs)
    if (x <= last) wanted[static_cast<std::size_t>(x)] = 2;
  for (std::int32_t i = 0; i <= last; ++i) {
    const Node& node = tape.nodes[static_cast<std::size_t>(i)];
    auto& mark = wanted[static_cast<std::size_t>(i)];
    if (cut && mark != 0) continue;
    for (std::int32_t e = 0; e < node.edges && (mark & 1) == 0; ++e) {
      const std::int32_t edge = tape.edges[static_cast<std::size_t>(node.first_edge + e)];
      if (edge >= 0 && wanted[static_cast<std::size_t>(edge)] != 0) mark = static_cast<std::uint8_t>(mark | 1);
    }
  }
  return wanted;
}

}  // namespace

NodeGradients::NodeGradients(std::size_t nodes) : gradients_(Idle<std::vector<Tensor>>::take()), nodes_(nodes) {
  if (gradients_->size() < nodes) gradients_->resize(nodes);
}

NodeGradients::~NodeGradients() {
  for (std::size_t i = 0; i < nodes_; ++i)
    if ((*gradients_)[i].defined()) (*gradients_)[i].reset();
  Idle<std::vector<Tensor>>::keep(std::move(gradients_));
}

void accumulate(Tensor& gradient, Tensor&& g, Where where) {
  if (!gradient.defined()) gradient = std::move(g);
  else if (Scope::current() != nullptr && Scope::current()->records())
    gradient = add_same_shape(Tensor(gradient), g, where);
  else if (is_unique(gradient.storage())) add_in_place(gradient, g);
  else if (is_unique(g.storage())) {
    add_in_place(g, gradient);
    gradient = std::move(g);
  } else gradient = add_same_shape(gradient, g, where);
}

Tensor& VjpContext::accumulator(int i, bool& add) {
  const Node& input = tape_.nodes[static_cast<std::size_t>(edge(i))];
  Tensor& slot = gradients_[static_cast<std::size_t>(edge(i))];
  add = slot.defined();
  if (!add) slot.allocate(input.shape, input.dtype);
  else (void)slot.mutable_raw();
  return slot;
}

[[noreturn, gnu::noinline]] static void refuse_gradient(const VjpContext& c, const Tensor& g, Dtype wanted) {
  if (!g.defined())
    throw ValueError(c.where(), fmt::format("{}: its rule gave a gradient that was never assigned", c.op().name));
  throw DtypeError(c.where(), fmt::format("{}: its rule gave a gradient of {} for an input of {}: convert it, g.to({})",
                                          c.op().name, to_string(g.dtype()), to_string(wanted), to_string(wanted)));
}

void VjpContext::give(int i, Tensor g) {
  const std::int32_t e = edge(i);
  const Node& input = tape_.nodes[static_cast<std::size_t>(e)];
  if (!g.defined() || g.dtype() != input.dtype) [[unlikely]]
    refuse_gradient(*this, g, input.dtype);
  if (!(g.shape() == input.shape)) g = sum_to(Arg(g, where()), Shape(input.shape));
  accumulate(gradients_[static_cast<std::size_t>(e)], std::move(g), where());
}

void sweep(Tape& tape, std::int32_t start, std::int32_t stop, NodeGradients& gradients, bool create_graph, bool release,
           const std::vector<std::uint8_t>* wanted) {
  for (std::int32_t i = start; i >= stop; --i) {
    Tensor& gradient = gradients[i];
    if (!gradient.defined()) continue;
    const auto index = static_cast<std::size_t>(i);
    const OpDef* op = tape.nodes[index].op;
    if (op == nullptr || (wanted != nullptr && (*wanted)[index] != 1)) continue;
    if (op->vjp == nullptr) [[unlikely]]
      throw TapeError(tape.nodes[index].where, fmt::format("{}: has no derivative", op->name));
    VjpContext context(tape, i, *gradients, wanted);
    const bool looked_at = inspected();
    if (looked_at) [[unlikely]]
      inspect_before_vjp(context);
    if (!create_graph && op->backward != nullptr) op->backward(context);
    else op->vjp(context);
    if (looked_at) [[unlikely]]
      inspect_after_vjp(context, *gradients);
    gradient.reset();
    if (release) {
      const Node& node = tape.nodes[index];
      Tensor* saved = tape.saved.data() + node.first_saved;
      for (Tensor* end = saved + node.saved; saved != end; ++saved) saved->reset();
    }
  }
}

std::vector<Tensor> gradients_at(Tape& tape, const std::vector<Seed>& seeds, const std::vector<std::int32_t>& xs,
                                 bool cut, bool create_graph) {
  std::int32_t last = -1;
  for (const Seed& seed : seeds) last = std::max(last, seed.node);
  std::vector<std::uint8_t> wanted = marks(tape, last, xs, cut);
  NodeGradients gradients(static_cast<std::size_t>(last) + 1);
  std::vector<Tensor> kept(xs.size());  // taken when the sweep reaches the x, which may pass it on
  const PausedRecording paused(!create_graph);
  for (const Seed& seed : seeds) accumulate(gradients[seed.node], Tensor(seed.gradient), {});
  for (std::int32_t i = last; i >= 0; --i) {
    auto& mark = wanted[static_cast<std::size_t>(i)];
    if (mark == 0 || !gradients[i].defined()) continue;
    if ((mark & 2) != 0)
      for (std::size_t k = 0; k < xs.size(); ++k)
        if (xs[k] == i) kept[k] = gradients[i];
    if ((mark & 1) == 0) continue;
    mark = 1;
    sweep(tape, i, i, gradients, create_graph, false, &wanted);
  }
  return kept;
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

}  // namespace cinta
