#!/usr/bin/env python3
# For check_snippets.sh: writes the code blocks of documents into files of a folder, and compares what a program prints.
#   snippets.py FOLDER DOCUMENT…
#   snippets.py --compare EXPECTED FOUND
import pathlib
import re
import sys

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
MAIN = """int main() {
  Net net;
  init(net, {.seed = 1});
  save(net, "model.safetensors");
  save_npz("mnist.npz", {{"x_train", zeros({20, 28, 28}, u8)}, {"y_train", zeros({20}, u8)}});
  const Tensor x{{0, 0}, {0, 1}, {1, 0}, {1, 1}}, y{{0}, {1}, {1}, {0}};
%s}
"""
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


def split(folder, name):
    """Writes the blocks of one document; returns how many there were of each kind."""
    text, fragments, programs, shells, definitions = pathlib.Path(name).read_text(), [], 0, 0, 0
    blocks = list(BLOCK.finditer(text))
    for number, found in enumerate(blocks):
        language, code = found.groups()
        line = text.count("\n", 0, found.start(2)) + 1
        stem = folder / f"{name.replace('/', '_')}_{line}"
        if language == "sh" and all(l.startswith("cinta ") for l in code.splitlines()):
            pathlib.Path(f"{stem}.sh").write_text(code)
            shells += 1
        if language != "cpp":
            continue
        marked = f'#line {line} "{name}"\n{code}'
        if code.startswith("// fragment"):
            body = marked.replace("// fragment\n", "\n", 1)
            fragments.append((line, f"static void fragment_{line}([[maybe_unused]] Net net, [[maybe_unused]] Tensor x, "
                                    f"[[maybe_unused]] Tensor y) {{\n{body}}}\n"))
        elif re.search(r"^int main\(", code, re.M):
            programs += 1
            if code.startswith("// compiled, not run"):
                pathlib.Path(f"{stem}.linked.cpp").write_text(marked)
                continue
            pathlib.Path(f"{stem}.program.cpp").write_text(marked)
            if number + 1 < len(blocks) and blocks[number + 1][1] == "":
                pathlib.Path(f"{stem}.program.expected").write_text(blocks[number + 1][2])
        else:
            definitions += 1
            pathlib.Path(f"{stem}.definitions.cpp").write_text(marked)
    if fragments:
        calls = "".join(f"  fragment_{line}(net, x, y);\n" for line, _ in fragments)
        (folder / f"{name.replace('/', '_')}.fragments.cpp").write_text(
            PREAMBLE + "".join(body for _, body in fragments) + MAIN % calls)
    return [programs, len(fragments), definitions, shells]


def compare(expected, found):
    """Whether the lines agree, `…` standing for any number of them."""
    pattern = "".join(r"(?:.*\n)*" if line == "…" else re.escape(line) + " *\n"
                      for line in expected.rstrip("\n").split("\n"))
    if re.fullmatch(pattern, found.rstrip("\n") + "\n"):
        return True
    print(f"expected:\n{expected}\nprinted:\n{found}")
    return False


if sys.argv[1] == "--compare":
    sys.exit(0 if compare(*(pathlib.Path(p).read_text() for p in sys.argv[2:4])) else 1)
counts = [sum(kind) for kind in zip(*(split(pathlib.Path(sys.argv[1]), name) for name in sys.argv[2:]))]
print("%d programs, %d fragments, %d definitions, %d runs of the program" % tuple(counts))
sys.exit(0 if all(counts) else "a kind of block was not found")
