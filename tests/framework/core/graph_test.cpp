// The graph of a recording: its nodes, edges and names; the text; that the DOT is well formed.
#include "core_support.hpp"

#include <cinta/framework/core/graph.hpp>
#include <cinta/framework/core/tape.hpp>
#include <cinta/ops/ops.hpp>

#include <boost/test/unit_test.hpp>

#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace {

using namespace cinta;

struct Net {
  Parameter weight{zeros({2, 3})}, bias{zeros({3})};
  std::map<std::string, Parameter> more;
};

// Every line of the DOT is one of the few forms, each node is declared once and before its edges.
bool well_formed(const std::string& dot, std::size_t nodes, std::size_t edges) {
  static const std::regex node(
      R"re(  n(\d+) \[label="((?:[^"\\\n]|\\.)*)", tooltip="((?:[^"\\\n]|\\.)*)"(, shape=ellipse)?\];)re"),
      edge(R"(  n(\d+) -> n(\d+);)"), style(R"re(  node \[shape=box, fontname="sans-serif"\];)re");
  std::istringstream lines(dot);
  std::string line;
  std::set<std::string> declared;
  std::size_t seen_edges = 0;
  if (!std::getline(lines, line) || line != "digraph recording {") return false;
  while (std::getline(lines, line) && line != "}") {
    std::smatch m;
    if (std::regex_match(line, m, node)) {
      if (!declared.insert(m[1]).second) return false;
    } else if (std::regex_match(line, m, edge)) {
      if (!declared.contains(m[1]) || !declared.contains(m[2])) return false;
      ++seen_edges;
    } else if (!std::regex_match(line, style)) {
      return false;
    }
  }
  return line == "}" && !std::getline(lines, line) && declared.size() == nodes && seen_edges == edges;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(graph)

BOOST_AUTO_TEST_CASE(every_op_stands_with_its_shape_its_line_and_its_inputs) {
  const Net net;
  const Recording recording;
  const int line = __LINE__ + 2;
  const Tensor x = variable(ones({4, 2}));
  const Tensor y = tanh(linear(x, net.weight, net.bias));
  const Tensor l = sum(y * ones({4, 3}));
  const Graph g = cinta::graph(net);
  const std::string at = std::to_string(line), next = std::to_string(line + 1);
  BOOST_TEST(g.text() == "%0 = variable  f32 [4, 2]  graph_test.cpp:" + std::to_string(line - 1) +
                             "\n%1 = parameter weight  f32 [2, 3]  graph_test.cpp:" + at +
                             "\n%2 = parameter bias  f32 [3]  graph_test.cpp:" + at +
                             "\n%3 = linear(%0, weight, bias)  f32 [4, 3]  graph_test.cpp:" + at +
                             "\n%4 = tanh(%3)  f32 [4, 3]  graph_test.cpp:" + at +
                             "\n%5 = mul(%4, constant)  f32 [4, 3]  graph_test.cpp:" + next +
                             "\n%6 = sum(%5)  f32 []  graph_test.cpp:" + next + "\n");
  std::ostringstream out;
  out << g;
  BOOST_TEST(out.str() == g.text());
  BOOST_TEST(static_cast<std::size_t>(l.node()) == g.nodes.size() - 1);
}

BOOST_AUTO_TEST_CASE(without_a_model_parameters_are_told_by_number) {
  const Net net;
  const Recording recording;
  (void)(net.bias * 2);
  BOOST_TEST(cinta::graph().text().starts_with("%0 = parameter  f32 [3]"));
  BOOST_TEST(contains(cinta::graph().text(), "(%0"));
}

BOOST_AUTO_TEST_CASE(the_dot_is_well_formed_for_names_with_quotes_and_backslashes_too) {
  Net net;
  net.more.emplace("a \"b\" \\ c", Parameter(zeros({3})));
  const Recording recording;
  const Tensor x = variable(ones({4, 2}));
  const Tensor h = linear(x, net.weight, net.bias);
  (void)sum(h * h * ones({4, 3}) + net.more.begin()->second);
  const Graph g = cinta::graph(net);
  std::size_t edges = 0;
  for (const GraphNode& n : g.nodes)
    for (const std::int32_t input : n.inputs) edges += input >= 0;
  BOOST_TEST(edges == 3u + 2 + 1 + 2 + 1);
  BOOST_TEST(well_formed(g.dot(), g.nodes.size(), edges), g.dot());
  BOOST_TEST(contains(g.dot(), R"(a \"b\" \\ c)"), g.dot());
  BOOST_TEST(contains(g.dot(), R"([label="linear\nf32 [4, 3]")"), g.dot());
}

BOOST_AUTO_TEST_CASE(it_is_empty_after_backward_and_an_error_outside_a_scope) {
  const Net net;
  {
    const Recording recording;
    (void)backward(sum(net.bias * 2));
    BOOST_TEST(cinta::graph(net).nodes.empty());
    BOOST_TEST(well_formed(cinta::graph(net).dot(), 0, 0));
    const Evaluation evaluation;
    BOOST_CHECK_THROW((void)cinta::graph(net), TapeError);
  }
  const int line = __LINE__ + 1;
  const std::string s = sentence_of<TapeError>([&] { (void)cinta::graph(); });
  BOOST_TEST(s ==
             place(line) +
                 "graph: nothing is recorded here: open a scope first, Training training; or Recording recording;");
}

BOOST_AUTO_TEST_SUITE_END()
