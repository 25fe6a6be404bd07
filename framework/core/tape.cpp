#include <cinta/framework/core/tape.hpp>

#include <cinta/framework/core/inspection.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdio>

namespace cinta {
namespace {

std::atomic<std::uint64_t> recordings{0};
constexpr std::size_t warn_bytes = std::size_t{2} << 30;

[[gnu::noinline]] void warn_of_size(Tape& tape) {
  tape.warned = true;
  std::fprintf(
      stderr,
      "%sthis recording has passed 2 GB without a backward: open the scope inside the loop, or use Evaluation\n",
      prefix(tape.opened).c_str());
}

Scope& recording_scope(const char* what, Where where) {
  Scope* scope = Scope::current();
  if (scope == nullptr || !scope->records())
    throw TapeError(
        where,
        fmt::format("{}: nothing is recorded here: open a scope first, Training training; or Recording recording;",
                    what));
  return *scope;
}

}  // namespace

void Tape::open(Where where) {
  recording_ = (recordings.fetch_add(1, std::memory_order_relaxed) + 1) << 32;
  opened = where;
  cleared = {};
  warned = false;
  began = 0;
}

void Tape::clear(Where where) {
  if (!nodes.empty()) forget_nodes();  // else nothing has been recorded since it was cleared
  cleared = where;
  ++recording_;
  began = 0;
}

void Tape::forget_nodes() {
  nodes.clear();
  edges.clear();
  saved.clear();
  attributes.clear();
  for (const Leaf& leaf : leaves)
    if (leaf.slot >= 0) leaf_of_slot[static_cast<std::size_t>(leaf.slot)] = -1;
  leaves.clear();
  recomputations.clear();
  adopted.clear();
  recorded_bytes = 0;
}

std::int32_t Tape::add_leaf(std::int32_t slot, std::uint32_t generation, const Tensor& value, Where where) {
  if (inspected()) [[unlikely]]
    inspect_leaf(*this, slot < 0 ? "variable" : "parameter", value, where);
  const auto number = static_cast<std::int32_t>(nodes.size());
  Node& node = append(nodes, nullptr, where, value, edges.size(), saved.size());
  node.saved = 1;
  node.leaf = static_cast<std::int32_t>(leaves.size());
  append(saved, value);  // holds the buffer, so that a parameter written later shows a different one
  append(leaves, Leaf{number, slot, generation});
  if (slot >= 0) leaf_of_slot[static_cast<std::size_t>(slot)] = node.leaf;  // last: an append may throw
  return number;
}

std::int32_t Tape::leaf(const Parameter& parameter, Where where) {
  return leaf(parameter.slot().index(), parameter.slot().generation(), parameter.raw_value(), where);
}

std::int32_t Tape::leaf(std::int32_t slot, std::uint32_t generation, const Tensor& value, Where where) {
  const auto index = static_cast<std::size_t>(slot);
  if (index < leaf_of_slot.size() && leaf_of_slot[index] < 0) [[likely]]
    return add_leaf(slot, generation, value, where);
  return known_leaf(slot, generation, value, where);
}

// The leaf that the slot has already, unless its parameter was written since or the slot was never seen.
std::int32_t Tape::known_leaf(std::int32_t slot, std::uint32_t generation, const Tensor& value, Where where) {
  const auto index = static_cast<std::size_t>(slot);
  if (index >= leaf_of_slot.size()) leaf_of_slot.resize(std::max(index + 1, 2 * leaf_of_slot.size()), -1);
  const std::int32_t known = leaf_of_slot[index];
  if (known >= 0) {
    const Leaf& leaf = leaves[static_cast<std::size_t>(known)];
    const Node& node = nodes[static_cast<std::size_t>(leaf.node)];
    if (leaf.generation == generation && saved[static_cast<std::size_t>(node.first_saved)].storage() == value.storage())
      return leaf.node;
  }
  return add_leaf(slot, generation, value, where);
}

std::int32_t Tape::adopt(const Tensor& value, Where where) {
  if (outer == nullptr) return -1;
  const std::int32_t there = value.recording() == outer->recording() ? value.node() : outer->adopt(value, where);
  if (there < 0) return -1;
  for (const Adopted& a : adopted)
    if (a.outer == there) return a.node;
  adopted.push_back({there, add_leaf(-1, 0, value, where)});
  return adopted.back().node;
}

std::int32_t checked_node(const Arg& arg, Scope& scope) {
  const Tensor& t = *arg.tensor();
  Tape& tape = *scope.tape();
  if (t.node() < 0) {
    const Parameter& p = *arg.parameter();
    return p.frozen() || !is_floating(t.dtype()) ? -1 : tape.leaf(p, arg.where());
  }
  if (t.recording() == tape.recording()) return t.node();
  if (const std::int32_t leaf = tape.adopt(t, arg.where()); leaf >= 0) return leaf;
  if (t.recording() >> 32 == tape.recording() >> 32)
    throw TapeError(
        arg.where(),
        fmt::format("this value was recorded before {} cleared its tape: detach it (x.detach()), or keep the "
                    "tape with backward(loss, {{.retain_graph = true}})",
                    tape.cleared.file == nullptr
                        ? std::string("backward")
                        : "line " + std::to_string(tape.cleared.line) + " of " + tape.cleared.file));
  throw TapeError(arg.where(),
                  "this value belongs to another recording, live or ended: detach it (x.detach()), or compute it "
                  "inside this scope");
}

void refuse_undefined(const Arg& arg, const char* op) {
  if (arg.is_number())
    throw ValueError(arg.where(), fmt::format("{}: takes a tensor, not the number {}", op, arg.number()));
  if (arg.parameter() != nullptr) (void)arg.parameter()->value(arg.where());
  throw ValueError(arg.where(), fmt::format("{}: this tensor is empty: it was never assigned", op));
}

Tensor tensor_of(const Arg& arg, const char* op) {
  const Input input = input_of(arg, op);
  Tensor t = *input.tensor;
  if (input.node >= 0) t.set_node(input.node, Scope::current()->tape()->recording());
  return t;
}

void Record::add_node(const OpDef& op, Tensor& y, Where where, const Input* inputs, std::size_t count) {
  tape_ = Scope::current()->tape();
  Tape& tape = *tape_;
  const auto number = static_cast<std::int32_t>(tape.nodes.size());
  Node& node = append(tape.nodes, &op, where, y, tape.edges.size(), tape.saved.size());
  node.edges = static_cast<std::int32_t>(count);
  for (std::size_t i = 0; i < count; ++i) append(tape.edges, inputs[i].node);
  y.set_node(number, tape.recording());
  tape.recorded_bytes += capacity_of(*y.storage());
  if (inspected()) [[unlikely]]
    inspect_node(op.name, y, where, inputs, count);
  if (tape.recorded_bytes > warn_bytes && !tape.warned) [[unlikely]]
    warn_of_size(tape);
}

Tensor variable(const Tensor& x, Where where) {
  Scope& scope = recording_scope("variable", where);
  if (!x.defined()) throw ValueError(where, "variable: this tensor is empty: it was never assigned");
  if (!is_floating(x.dtype()))
    throw DtypeError(where, fmt::format("variable: {} has no gradients: convert it, x.to(f32)", to_string(x.dtype())));
  Tensor leaf = x.detach();
  leaf.set_node(scope.tape()->add_leaf(-1, 0, leaf, where), scope.tape()->recording());
  return leaf;
}

}  // namespace cinta
