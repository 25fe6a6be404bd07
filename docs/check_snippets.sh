#!/usr/bin/env bash
# Compiles every ```cpp block of README.md, CONTRIBUTING.md and docs/ (syntax only), and names the line of the one that fails.
#   docs/check_snippets.sh [compiler…]      default: g++
# A block stands as it is, as a file of its own. One that begins with `// fragment` becomes the body of a function that has a
# model `net`, tensors `x` and `y`, and the headers for ops and optimizers of one's own.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/include" && ln -s "$root" "$work/include/cinta"
[ $# -gt 0 ] || set -- g++

cd "$root"
python3 - "$work" README.md CONTRIBUTING.md docs/*.md <<'PYTHON'
import pathlib, re, sys
work = pathlib.Path(sys.argv[1])
PREAMBLE = """#include <cinta/cinta.hpp>
#include <cinta/framework/core/xtensor.hpp>
#include <cinta/framework/optim/chain.hpp>
#include <cinta/ops/custom.hpp>
#include <cinta/ops/gradcheck.hpp>
#include <cinta/ops/map.hpp>
#include <iostream>
using namespace cinta;
struct Net {
  Linear hidden{2, 8};
  Linear out{8, 1};
  Tensor operator()(const Tensor& x) const { return out(tanh(hidden(x))); }
};
"""
blocks = 0
for name in sys.argv[2:]:
    text, fragments = pathlib.Path(name).read_text(), []
    for found in re.finditer(r"^```cpp\n(.*?)^```$", text, re.M | re.S):
        blocks += 1
        line = text.count("\n", 0, found.start(1)) + 1
        code = f'#line {line} "{name}"\n{found.group(1)}'
        if found.group(1).startswith("// fragment"):
            fragments.append(f"[[maybe_unused]] static void fragment_{line}(Net net, Tensor x, Tensor y) {{\n{code}}}\n")
        else:
            (work / f"{name.replace('/', '_')}_{line}.cpp").write_text(code)
    if fragments:
        (work / f"{name.replace('/', '_')}.cpp").write_text(PREAMBLE + "".join(fragments))
if blocks == 0:
    sys.exit("no ```cpp block was found")
print(f"{blocks} snippets")
PYTHON

failed=0
for compiler in "$@"; do
  for file in "$work"/*.cpp; do
    "$compiler" -std=c++20 -march=x86-64-v3 -ffp-contract=off -fsyntax-only -I "$work/include" "$file" || failed=1
  done
  [ $failed = 0 ] && echo "$compiler: all compile"
done
exit $failed
