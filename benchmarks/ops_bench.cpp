// Every row of the table of ops, forward and with backward, on tensors of 64K elements where the op is elementwise, and
// on the table's own shapes elsewhere: nanoseconds a call.
#include "limits.hpp"

#include "../tests/op_cases.hpp"

#include <cstdio>
#include <set>

using namespace cinta;

int main() {
  std::printf("%-44s %14s %14s\n", "op", "forward ns", "+ backward ns");
  std::set<std::string> seen;
  for (const OpCase& c : op_cases()) {
    OpCase large = c;
    const std::string name = c.name.substr(0, c.name.find(" ["));
    if (!seen.insert(name).second) continue;
    bool elementwise = !c.inputs.empty();
    for (InputSpec& i : large.inputs) elementwise = elementwise && i.shape.rank() == 0;
    if (elementwise)
      for (InputSpec& i : large.inputs) i.shape = Shape{1 << 16};
    const auto x = inputs_of(large, f32);
    const double forward = bench::median_seconds([&] { (void)large.run(x); }, 5, 0.02);
    double both = 0;
    if (c.order > 0)
      both = bench::median_seconds(
          [&] {
            Recording recording;
            std::vector<Tensor> leaves;
            for (const Tensor& t : x) leaves.push_back(variable(t));
            (void)backward(sum(large.run(leaves)));
          },
          5, 0.02);
    std::printf("%-44s %14.0f %14.0f\n", (name + (elementwise ? " [65536]" : "")).c_str(), 1e9 * forward, 1e9 * both);
  }
}
