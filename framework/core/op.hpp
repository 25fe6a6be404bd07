// What an op is, and how it is recorded: for those who write ops, and for the tape itself.
#pragma once

#include <cinta/framework/core/append.hpp>
#include <cinta/framework/core/arg.hpp>
#include <cinta/framework/core/scope.hpp>

#include <bit>
#include <initializer_list>
#include <memory>
#include <vector>

namespace cinta {

class VjpContext;

/// An op as the tape knows it. One static object an op.
struct OpDef {
  const char* name;  ///< as errors tell it
  /// Gives the inputs' gradients in terms of public ops, so that they can be differentiated again; null for an op
  /// without a derivative.
  void (*vjp)(VjpContext&) = nullptr;
  /// The same where nothing is recorded, faster: kernels that add into the inputs' gradients. Null: `vjp` serves.
  void (*backward)(VjpContext&) = nullptr;
};

/// One recorded op. Trivially destructible: what it saved lies in the tape's vectors.
struct Node {
  /// Of the value y, with edges and saved values still to be added at the given ends.
  Node(const OpDef* the_op, Where at, const Tensor& y, std::size_t edges_end, std::size_t saved_end)
      : op(the_op),
        where(at),
        first_edge(static_cast<std::int32_t>(edges_end)),
        first_saved(static_cast<std::int32_t>(saved_end)),
        dtype(y.dtype()),
        shape(y.shape()) {}

  const OpDef* op;  // null for a leaf
  Where where;      // the user's call
  std::int32_t first_edge, edges = 0;
  std::int32_t first_saved, saved = 0;
  std::int32_t attributes = 0;  // where its attributes begin
  std::int32_t leaf = -1;       // a leaf's number
  Dtype dtype;
  Shape shape;
};

/// A parameter or variable that a recording used.
struct Leaf {
  std::int32_t node;
  std::int32_t slot;  // −1 for a variable
  std::uint32_t generation;
};

/// A value of an outer recording that stands as a leaf in this one.
struct Adopted {
  std::int32_t outer, node;
};

/// A function that a node runs again in the backward pass (framework/core/recompute.hpp).
class Recomputation {
 public:
  virtual ~Recomputation() = default;
  virtual Tensor run(const std::vector<Tensor>& xs) const = 0;
};

/// A recording: nodes in order of creation, which is topological order.
class Tape {
 public:
  /// The number of this recording (high half, unique in the process) and of its clearings (low half).
  std::uint64_t recording() const { return recording_; }
  void open(Where where);
  /// Forgets all nodes; handles to their values become stale.
  void clear(Where where);

  /// The node of a parameter's leaf; a parameter written since its last use gets a second leaf.
  std::int32_t leaf(const Parameter& parameter, Where where);
  std::int32_t leaf(std::int32_t slot, std::uint32_t generation, const Tensor& value, Where where);
  std::int32_t add_leaf(std::int32_t slot, std::uint32_t generation, const Tensor& value, Where where);
  /// The leaf that stands for a value of an outer recording, or −1 when it belongs to none of them.
  std::int32_t adopt(const Tensor& value, Where where);

  std::vector<Node> nodes;
  std::vector<std::int32_t> edges;  // nodes of the inputs, −1 for constants
  std::vector<Tensor> saved;
  std::vector<std::uint64_t> attributes;  // words
  std::vector<Leaf> leaves;
  std::vector<std::int32_t> leaf_of_slot;  // −1: none yet
  std::vector<std::unique_ptr<const Recomputation>> recomputations;
  Tape* outer = nullptr;  // of a recording inside a recomputed function
  std::vector<Adopted> adopted;
  Where opened, cleared;  // the lines of the scope and of the last clearing
  std::size_t recorded_bytes = 0;
  bool warned = false;
  double began = 0;  // when its first node was recorded, for a profile

 private:
  std::int32_t known_leaf(std::int32_t slot, std::uint32_t generation, const Tensor& value, Where where);
  void forget_nodes();

  std::uint64_t recording_ = 0;
};

/// What an op sees of an argument: its values, and the node that its gradient flows to (−1: none).
struct Input {
  const Tensor* tensor;  ///< null never
  std::int32_t node;     ///< −1: none
};

/// The node of a recorded argument or a parameter; throws `TapeError` for a stale one, or one of another recording.
std::int32_t checked_node(const Arg& arg, Scope& scope);
/// Throws `ValueError` for a number, or a tensor without values.
[[noreturn]] void refuse_undefined(const Arg& arg, const char* op);

/// The tensor of an argument that must be one, in this thread's scope. Throws `ValueError` for a number or a tensor
/// without values.
inline Input input_of(const Arg& arg, const char* op, Scope* scope = Scope::current()) {
  const Tensor* t = arg.tensor();
  if (t == nullptr || !t->defined()) [[unlikely]]
    refuse_undefined(arg, op);
  if (scope == nullptr || !scope->records() || (t->node() < 0 && arg.parameter() == nullptr)) return {t, -1};
  if (arg.parameter() == nullptr && t->recording() == scope->tape()->recording()) return {t, t->node()};
  return {t, checked_node(arg, *scope)};
}

/// The argument as a tensor handle with its node: what a function written in terms of other ops passes on.
Tensor tensor_of(const Arg& arg, const char* op);

/// The values of an argument, whatever its recording: for ops that have no gradient, and for element access.
inline const Tensor& values_of(const Arg& arg, const char* op) {
  if (arg.tensor() == nullptr || !arg.tensor()->defined()) [[unlikely]]
    refuse_undefined(arg, op);
  return *arg.tensor();
}

/// An argument that no gradient flows to: a value whose tape was cleared is as good as any.
inline Input constant_of(const Arg& arg, const char* op) { return {&values_of(arg, op), -1}; }

/// Records y as made by `op` from `inputs`, if one of them is recorded; `saved` is what the vjp needs (y itself
/// allowed). The attributes are any trivially copyable value, read back by `VjpContext::attributes<A>()`.
class Record {
 public:
  /// Records y, if one of the inputs is recorded.
  Record(const OpDef& op, Tensor& y, Where where, std::initializer_list<Input> inputs)
      : Record(op, y, where, inputs.begin(), inputs.size()) {}
  /// The same for any number of inputs.
  Record(const OpDef& op, Tensor& y, Where where, const Input* inputs, std::size_t count) {
    bool recorded = false;
    for (std::size_t i = 0; i < count; ++i) recorded = recorded || inputs[i].node >= 0;
    if (recorded) add_node(op, y, where, inputs, count);
  }
  /// Whether anything was recorded.
  explicit operator bool() const { return tape_ != nullptr; }

  /// Keeps a value for the vjp.
  Record& save(const Tensor& t) {
    if (tape_ == nullptr) return *this;
    append(tape_->saved, t);
    ++tape_->nodes.back().saved;
    return *this;
  }
  /// Saves an argument as the tape knows it, so that second derivatives reach it.
  Record& save(const Input& input) {
    save(*input.tensor);
    if (tape_ != nullptr) tape_->saved.back().set_node(input.node, tape_->recording());
    return *this;
  }
  /// Keeps a trivially copyable value for the vjp.
  template <class A> Record& attributes(const A& a) {
    static_assert(std::is_trivially_copyable_v<A> && std::is_trivially_destructible_v<A>);
    if (tape_ == nullptr) return *this;
    std::uint64_t words[(sizeof(A) + 7) / 8] = {};
    __builtin_memcpy(words, &a, sizeof(A));
    tape_->nodes.back().attributes = static_cast<std::int32_t>(tape_->attributes.size());
    for (const std::uint64_t word : words) append(tape_->attributes, word);
    return *this;
  }

 private:
  void add_node(const OpDef& op, Tensor& y, Where where, const Input* inputs, std::size_t count);
  Tape* tape_ = nullptr;
};

/// What a vjp works on: the gradient of its op's result in, gradients of the inputs out.
class VjpContext {
 public:
  /// Of a node of the tape, whose gradient lies in `gradients`; made by the sweep.
  VjpContext(Tape& tape, std::int32_t node, std::vector<Tensor>& gradients, const std::vector<std::uint8_t>* wanted)
      : tape_(tape),
        node_(node),
        first_edge_(this->node().first_edge),
        first_saved_(this->node().first_saved),
        gradient_(gradients[static_cast<std::size_t>(node)]),
        gradients_(gradients),
        wanted_(wanted) {}

  /// ∂L/∂y, of y's shape.
  const Tensor& gradient() const { return gradient_; }
  /// The same, to be reused: its buffer may be written.
  Tensor take_gradient() { return std::move(gradient_); }
  /// The op whose vjp it is.
  const OpDef& op() const { return *node().op; }
  /// The number of inputs.
  int inputs() const { return node().edges; }
  /// Whether anybody needs the gradient of input i: compute no other.
  bool needs(int i) const {
    const std::int32_t e = edge(i);
    return e >= 0 && (wanted_ == nullptr || (*wanted_)[static_cast<std::size_t>(e)] != 0);
  }
  /// What was saved, as a value: a vjp records while it runs, so no reference into the tape may be kept.
  Tensor saved(int i) const { return saved_values(i); }
  /// The same without a copy, for `OpDef::backward`, which records nothing.
  const Tensor& saved_values(int i) const { return tape_.saved[static_cast<std::size_t>(first_saved_ + i)]; }
  /// The number of values that were saved.
  int saved_count() const { return node().saved; }
  /// The value that was kept by `Record::attributes`.
  template <class A> A attributes() const {
    A a;
    __builtin_memcpy(static_cast<void*>(&a), &tape_.attributes[static_cast<std::size_t>(node().attributes)], sizeof(A));
    return a;
  }
  /// The shape of input i, which needs(i).
  const Shape& input_shape(int i) const { return tape_.nodes[static_cast<std::size_t>(edge(i))].shape; }
  /// The element type of input i, which needs(i).
  Dtype input_dtype(int i) const { return tape_.nodes[static_cast<std::size_t>(edge(i))].dtype; }
  /// The shape of y.
  const Shape& output_shape() const { return node().shape; }
  /// The element type of y.
  Dtype dtype() const { return node().dtype; }
  /// The user's call.
  Where where() const { return node().where; }
  /// The tape of the node.
  Tape& tape() const { return tape_; }
  /// The tape's node of input i, −1 for a constant.
  std::int32_t edge(int i) const { return tape_.edges[static_cast<std::size_t>(first_edge_ + i)]; }

  /// Adds g to the gradient of input i; a broadcast is undone here: g may have any shape that input i broadcasts to.
  void give(int i, Tensor g);
  /// The gradient of input i as it stands, undefined when there is none yet, taken out to be added to and put back.
  Tensor take(int i) { return std::move(gradients_[static_cast<std::size_t>(edge(i))]); }
  /// Puts it back.
  void put(int i, Tensor g) { gradients_[static_cast<std::size_t>(edge(i))] = std::move(g); }
  /// The gradient of input i to be written in place, of its own shape; `add` says whether there is one already to add
  /// to (else its elements are undefined and must all be written). For `OpDef::backward`.
  Tensor& accumulator(int i, bool& add);

 private:
  const Node& node() const { return tape_.nodes[static_cast<std::size_t>(node_)]; }

  Tape& tape_;
  std::int32_t node_, first_edge_, first_saved_;
  Tensor& gradient_;
  std::vector<Tensor>& gradients_;
  const std::vector<std::uint8_t>* wanted_;
};

// The ops that the tape itself needs, recorded as any other.

/// The same value under a node of its own, so that its gradient can be told from that of x; the buffer is shared.
Tensor alias(const Arg& x);
/// x + y of equal shapes.
Tensor add_same_shape(const Tensor& x, const Tensor& y, Where where);
/// x summed over the axes that broadcasting gave it: the adjoint of `broadcast_to`.
Tensor sum_to(const Arg& x, const Shape& shape);
/// x repeated along axes of size 1 and new leading axes; throws `ShapeError` when it does not broadcast to `shape`.
Tensor broadcast_to(const Arg& x, const Shape& shape);

}  // namespace cinta
