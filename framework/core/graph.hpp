// The graph of the current recording, to be read or drawn. A light header, for everybody.
#pragma once

#include <cinta/framework/core/parameter.hpp>
#include <cinta/framework/core/visit.hpp>

#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

namespace cinta {

/// One recorded op, or a leaf. Its number is its place in `Graph::nodes`; inputs come before what they make.
struct GraphNode {
  std::string op;                    // "parameter" or "variable" for a leaf
  std::string name;                  // a parameter's in the model that was passed, else empty
  Dtype dtype = f32;                 // of its value
  Shape shape;                       // of its value
  std::vector<std::int32_t> inputs;  // numbers of nodes; −1 for a constant
  Where where;                       // the user's call; for a leaf, its first use
};

/// A recording, to be read.
struct Graph {
  std::vector<GraphNode> nodes;  // in order of recording

  /// A line for each node: `%4 = linear(%3, hidden.weight, hidden.bias)  f32 [32, 10]  net.cpp:12`.
  std::string text() const;
  /// For Graphviz, `dot -Tsvg`: boxes for ops, ovals for leaves; constants are left out.
  std::string dot() const;
};
/// Its text.
std::ostream& operator<<(std::ostream& out, const Graph& graph);

namespace detail {
Graph graph_of(const std::vector<std::pair<std::string, const Parameter*>>& names, Where where);
}

/// What this scope has recorded so far. Throws `TapeError` outside a recording scope.
inline Graph graph(Where where = Where::here()) { return detail::graph_of({}, where); }
/// The same with the model's parameters by name.
template <Module M> Graph graph(const M& net, Where where = Where::here()) {
  std::vector<std::pair<std::string, const Parameter*>> names;
  visit(net, [&](const Name& name, const auto& leaf) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(leaf)>, Parameter>) names.emplace_back(name.str(), &leaf);
  });
  return detail::graph_of(names, where);
}

}  // namespace cinta
