#include <cinta/framework/core/recompute.hpp>

#include <cinta/framework/core/sweep.hpp>
#include <cinta/framework/core/tape.hpp>

#include <fmt/format.h>

namespace cinta {
namespace {

// What the function may know of its first run: it finds the same when it runs again.
struct Attributes {
  std::int32_t function;
  bool training;
  std::uint64_t seed;
  std::int64_t pass, ordinal, first_row;
};

// A run of the function, on a tape of its own inside that of the node, or on that tape itself.
class Run : public Scope {
 public:
  Run(const Attributes& a, Tape& outer, Where where) : Scope(true, a.training, a.seed, a.pass, a.first_row, where) {
    set_ordinal(a.ordinal);
    tape()->outer = &outer;
  }
  Run(const Attributes& a, Tape& tape, Where where, std::nullptr_t)
      : Scope(tape, a.training, a.seed, a.pass, a.first_row, where) {
    set_ordinal(a.ordinal);
  }
  ~Run() = default;
};

// The arguments as leaves of the inner tape.
std::vector<Tensor> adopted(Tape& tape, const std::vector<Tensor>& xs, Where where) {
  std::vector<Tensor> leaves = xs;
  for (Tensor& x : leaves)
    if (x.node() >= 0) {
      const std::int32_t node = tape.adopt(x, where);
      x = x.detach();
      x.set_node(node, tape.recording());
    }
  return leaves;
}

// The node of the outer tape that a leaf of the inner one stands for.
std::int32_t outer_node(const Tape& inner, const Leaf& leaf, Tape& outer, Where where) {
  for (const Adopted& a : inner.adopted)
    if (a.node == leaf.node) return a.outer;
  const Node& node = inner.nodes[static_cast<std::size_t>(leaf.node)];
  const Tensor value = inner.saved[static_cast<std::size_t>(node.first_saved)];
  if (leaf.slot < 0) throw TapeError(where, "recompute: the function marks a variable of its own inside: pass it in");
  return outer.leaf(leaf.slot, leaf.generation, value, where);
}

[[noreturn]] void refuse_other_path(Where where) {
  throw TapeError(where,
                  "recompute: the function used other parameters or values when it ran again than at first, or one of "
                  "its parameters was written in between");
}

void check_same_result(const VjpContext& c, const Tensor& y) {
  if (y.defined() && y.shape() == c.output_shape() && y.dtype() == c.dtype()) return;
  throw TapeError(c.where(), fmt::format("recompute: the function returned {} when it ran again, and {} {} at first",
                                         y.defined() ? fmt::format("{} {}", to_string(y.dtype()), to_string(y.shape()))
                                                     : std::string("nothing"),
                                         to_string(c.dtype()), to_string(c.output_shape())));
}

std::vector<Tensor> saved_arguments(const VjpContext& c) {
  std::vector<Tensor> xs;
  for (int i = 0; i < c.saved_count(); ++i) xs.push_back(c.saved(i));
  return xs;
}

void replay(VjpContext& c) {
  const auto a = c.attributes<Attributes>();
  Tape& outer = c.tape();
  const Where where = c.where();
  Run run(a, outer, where);
  Tape& inner = *run.tape();
  const Tensor y =
      outer.recomputations[static_cast<std::size_t>(a.function)]->run(adopted(inner, saved_arguments(c), where));
  check_same_result(c, y);
  const std::int32_t last = recorded_node(Arg(y, where), "recompute");
  const std::size_t nodes = outer.nodes.size();
  bool same = inner.leaves.size() == static_cast<std::size_t>(c.inputs());
  for (std::size_t i = 0; i < inner.leaves.size() && same; ++i)
    same = outer_node(inner, inner.leaves[i], outer, where) == c.edge(static_cast<int>(i));
  if (!same || outer.nodes.size() != nodes) refuse_other_path(where);
  NodeGradients gradients(inner.nodes.size());
  const PausedRecording paused(true);
  // The gradients so far go on inside, so that the sums are taken in the order that they have without `recompute`.
  for (int i = 0; i < c.inputs(); ++i)
    if (c.needs(i)) gradients[inner.leaves[static_cast<std::size_t>(i)].node] = c.take(i);
  accumulate(gradients[last], c.take_gradient(), where);
  sweep(inner, last, 0, gradients, false, true, nullptr);
  for (int i = 0; i < c.inputs(); ++i)
    if (c.needs(i)) c.put(i, std::move(gradients[inner.leaves[static_cast<std::size_t>(i)].node]));
}

// Differentiable again: the function runs on the tape itself.
void replay_recorded(VjpContext& c) {
  const auto a = c.attributes<Attributes>();
  Tape& tape = c.tape();
  const Where where = c.where();
  const Tensor g = c.gradient();
  const std::size_t leaves = tape.leaves.size();
  const Run run(a, tape, where, nullptr);
  const Tensor y = tape.recomputations[static_cast<std::size_t>(a.function)]->run(saved_arguments(c));
  check_same_result(c, y);
  std::vector<std::int32_t> edges;
  for (int i = 0; i < c.inputs(); ++i) edges.push_back(c.edge(i));
  std::vector<Tensor> gradients =
      gradients_at(tape, {{recorded_node(Arg(y, where), "recompute"), g}}, edges, true, true);
  if (tape.leaves.size() != leaves) refuse_other_path(where);
  for (int i = 0; i < c.inputs(); ++i)
    if (Tensor& gradient = gradients[static_cast<std::size_t>(i)]; gradient.defined() && c.needs(i))
      c.give(i, std::move(gradient));
}

const OpDef recompute_op{"recompute", replay_recorded, replay};

}  // namespace

Tensor detail::recompute(std::unique_ptr<const Recomputation> f, std::vector<Tensor> xs, Where where) {
  Scope* scope = Scope::current();
  if (scope == nullptr || !scope->records()) return f->run(xs);
  Tape& outer = *scope->tape();
  const Attributes a{static_cast<std::int32_t>(outer.recomputations.size()),
                     scope->training(),
                     scope->seed(),
                     scope->pass(),
                     scope->ordinal(),
                     scope->first_row()};
  Tensor y;
  std::vector<Input> inputs;
  {
    Run run(a, outer, where);
    Tape& inner = *run.tape();
    y = f->run(adopted(inner, xs, where));
    scope->set_ordinal(run.ordinal());
    if (!y.defined()) throw ValueError(where, "recompute: the function returned a tensor that was never assigned");
    if (y.node() < 0) return y;
    (void)recorded_node(Arg(y, where), "recompute");
    for (const Leaf& leaf : inner.leaves) inputs.push_back({nullptr, outer_node(inner, leaf, outer, where)});
    y = y.detach();
  }
  outer.recomputations.push_back(std::move(f));
  Record record(recompute_op, y, where, inputs.data(), inputs.size());
  for (const Tensor& x : xs) record.save(Input{&x, x.node()});
  record.attributes(a);
  return y;
}

}  // namespace cinta
