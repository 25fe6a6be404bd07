#include <cinta/framework/core/graph.hpp>

#include <cinta/framework/core/op.hpp>

#include <fmt/format.h>

#include <ostream>

namespace cinta {
namespace {

// "net.cpp:12", or nothing.
std::string place_of(Where where) {
  if (where.file == nullptr) return "";
  const std::string_view file = where.file;
  return fmt::format("{}:{}", file.substr(file.rfind('/') + 1), where.line);
}

std::string label_of(const Graph& graph, std::int32_t node) {
  if (node < 0) return "constant";
  const GraphNode& n = graph.nodes[static_cast<std::size_t>(node)];
  return n.name.empty() ? fmt::format("%{}", node) : n.name;
}

// A quoted string of DOT: a quote is escaped, a backslash would begin an escape of its own.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

bool is_leaf(const GraphNode& n) { return n.inputs.empty() && (n.op == "parameter" || n.op == "variable"); }

}  // namespace

Graph detail::graph_of(const std::vector<std::pair<std::string, const Parameter*>>& names, Where where) {
  const Scope* scope = Scope::current();
  if (scope == nullptr || !scope->records())
    throw TapeError(where,
                    "graph: nothing is recorded here: open a scope first, Training training; or Recording recording;");
  const Tape& tape = *scope->tape();
  Graph graph;
  for (const Node& node : tape.nodes) {
    GraphNode& n = graph.nodes.emplace_back();
    n.op = node.op != nullptr ? node.op->name : "variable";
    n.dtype = node.dtype;
    n.shape = node.shape;
    n.where = node.where;
    n.inputs.assign(tape.edges.begin() + node.first_edge, tape.edges.begin() + node.first_edge + node.edges);
    if (node.op != nullptr) continue;
    const Leaf& leaf = tape.leaves[static_cast<std::size_t>(node.leaf)];
    if (leaf.slot < 0) continue;
    n.op = "parameter";
    for (const auto& [name, p] : names)
      if (p->slot().index() == leaf.slot && p->slot().generation() == leaf.generation) n.name = name;
  }
  return graph;
}

std::string Graph::text() const {
  std::string out;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const GraphNode& n = nodes[i];
    std::string inputs;
    for (const std::int32_t input : n.inputs) inputs += (inputs.empty() ? "" : ", ") + label_of(*this, input);
    const std::string call = is_leaf(n) ? n.op + (n.name.empty() ? "" : " " + n.name) : n.op + "(" + inputs + ")";
    out += fmt::format("%{} = {}  {} {}  {}\n", i, call, to_string(n.dtype), to_string(n.shape), place_of(n.where));
  }
  return out;
}

std::string Graph::dot() const {
  std::string out = "digraph recording {\n  node [shape=box, fontname=\"sans-serif\"];\n";
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const GraphNode& n = nodes[i];
    const std::string title = n.name.empty() ? n.op : n.name,
                      type = fmt::format("{} {}", to_string(n.dtype), to_string(n.shape));
    std::string label = quoted(title + "\n" + type);
    const std::size_t line_end = label.find('\n');
    label.replace(line_end, 1, "\\n");
    out += fmt::format("  n{} [label={}, tooltip={}{}];\n", i, label, quoted(place_of(n.where)),
                       is_leaf(n) ? ", shape=ellipse" : "");
    for (const std::int32_t input : n.inputs)
      if (input >= 0) out += fmt::format("  n{} -> n{};\n", input, i);
  }
  return out + "}\n";
}

std::ostream& operator<<(std::ostream& out, const Graph& graph) { return out << graph.text(); }

}  // namespace cinta
