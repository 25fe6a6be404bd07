#!/usr/bin/env python3
"""Breaks the rules of the derivatives, one at a time, on a copy of the tree, and runs the tests against each: every mutant must
be killed. All mutants are compiled at once, each chosen by the environment variable CINTA_MUTANT.

  tests/mutants.py [--keep FOLDER] [--only TEXT] [--list]

What is mutated: every expression that a `vjp` in ops/elementwise_rules.hpp and a backward kernel in ops/softmax.kernel.cpp
returns, and the slope of every function of dual numbers (a sign, an operator, an operand dropped, operands or arguments swapped,
a constant, a comparison); and in ops/*.cpp, dropout, recompute and the tape's own ops what a rule gives to each input (negated,
doubled, zero) and whether it adds to what is there.
Prints the number made and killed; exit code 1 unless every survivor is among EQUIVALENT, with its reason.
"""
import argparse, ast, copy, os, pathlib, re, shutil, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parent.parent
SUITES = ["tests/op_cases.cpp", "tests/ops/op_cases_test.cpp", "tests/ops/elementwise_test.cpp", "tests/ops/softmax_test.cpp",
          "tests/ops/reduce_test.cpp", "tests/ops/matmul_test.cpp", "tests/ops/linear_test.cpp", "tests/ops/index_ops_test.cpp",
          "tests/ops/layout_test.cpp",
          "tests/ops/map_test.cpp", "tests/ops/dual_test.cpp", "tests/ops/custom_test.cpp",
          "tests/framework/nn/dropout_test.cpp", "tests/framework/core/recompute_test.cpp",
          "tests/framework/core/transforms_test.cpp", "tests/framework/core/grad_test.cpp",
          "tests/framework/core/tape_test.cpp", "tests/framework/nn/cross_entropy_test.cpp", "tests/framework/nn/losses_test.cpp"]
# Mutants that change nothing anybody can see: (part of the description, why).
EQUIVALENT = [
    ("Maximum: select(x == y, g * 0.5, select(x <= y, 0, g))", "x = y was decided before"),
    ("Maximum: select(x == y, g * 0.5, select(y <= x, 0, g))", "x = y was decided before"),
    ("Minimum: select(x == y, g * 0.5, select(x >= y, 0, g))", "x = y was decided before"),
    ("Minimum: select(x == y, g * 0.5, select(y >= x, 0, g))", "x = y was decided before"),
    ("LeakyRelu: select(x >= 0, 0, g * x)", "g x is 0 at x = 0"),
    ("Elu: select(x >= 0, 0, g * expm1(x))", "eˣ − 1 is 0 at x = 0"),
]

OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}
COMPARISONS = {ast.Gt: [ast.GtE, ast.Lt], ast.GtE: [ast.Gt, ast.LtE], ast.Lt: [ast.LtE, ast.Gt], ast.LtE: [ast.Lt, ast.GtE],
               ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq]}

PACKS = {"g", "x", "y", "u", "s", "t", "low", "high", "slope", "alpha", "mask"}


def is_address(node):
    """`g + i`: where a pack is loaded from."""
    return isinstance(node, ast.BinOp) and isinstance(node.left, ast.Name) and isinstance(node.right, ast.Name) and node.right.id == "i"


def is_pack(node):
    """Whether what is left of an expression is still one value a lane, and no plain number."""
    return any(isinstance(n, ast.Call) or (isinstance(n, ast.Name) and n.id in PACKS) for n in ast.walk(node))


def mutations(tree):
    """Every tree that differs from this one in one place."""
    if not isinstance(tree.body, ast.UnaryOp):
        yield ast.Expression(ast.UnaryOp(ast.USub(), copy.deepcopy(tree.body)))
    nodes = list(ast.walk(tree))
    for index, node in enumerate(nodes):
        def changed(change):
            t = copy.deepcopy(tree)
            change(list(ast.walk(t))[index])
            return t

        def replaced(get):
            t = copy.deepcopy(tree)
            target = list(ast.walk(t))[index]
            new = get(target)

            class Replace(ast.NodeTransformer):
                def visit(self, n):
                    return new if n is target else super().visit(n)
            return Replace().visit(t)

        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS and not is_address(node):
            yield changed(lambda n: setattr(n, "op", OPERATORS[type(n.op)]()))
            if is_pack(node.left):
                yield replaced(lambda n: n.left)
            if is_pack(node.right):
                yield replaced(lambda n: n.right)
            if isinstance(node.op, (ast.Sub, ast.Div)):
                yield changed(lambda n: (lambda l, r: (setattr(n, "left", r), setattr(n, "right", l)))(n.left, n.right))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield replaced(lambda n: n.operand)
        if isinstance(node, ast.Compare):
            for op in COMPARISONS[type(node.ops[0])]:
                yield changed(lambda n: setattr(n, "ops", [op()]))
        if isinstance(node, ast.Call) and node.func.id in ("pow", "select"):
            def swap(n):
                n.args[-2], n.args[-1] = n.args[-1], n.args[-2]
            yield changed(swap)
        if isinstance(node, ast.Constant):
            yield changed(lambda n: setattr(n, "value", 1 if n.value == 0 else n.value * 2))


class Mutants:
    def __init__(self):
        self.descriptions = []

    def add(self, description):
        self.descriptions.append(description)
        return len(self.descriptions)

    def expression(self, text, where, unchanged=lambda e: e):
        """The expression with all its mutants, as one C++ expression."""
        tree = ast.parse(text.replace("::", "__"), mode="eval")
        original, seen, result = ast.unparse(tree), set(), ""
        for t in mutations(tree):
            e = ast.unparse(ast.fix_missing_locations(t))
            if e == original or e in seen or not re.search(r"[a-z]", e):
                continue
            seen.add(e)
            result += f"cinta_mutant == {self.add(f'{where}: {e}')} ? ({e.replace('__', '::')}) : "
        return f"({result}({text}))"


def mutate_rules(text, mutants):
    out, rule, inside = [], "", False
    for line in text.split("\n"):
        if found := re.match(r"struct (\w+) \{", line):
            rule = found.group(1)
        if " vjp(" in line:
            inside = True
        if inside and "return" in line and rule not in ("Sign", ""):
            line = re.sub(r"return (.*?);", lambda m: f"return {mutants.expression(m.group(1), rule)};", line)
        if line.rstrip() in ("  }", "};"):
            inside = False
        out.append(line)
    return "\n".join(out)


def mutate_softmax(text, mutants):
    """The lambdas inside `backward`, whose `return` may stand over two lines."""
    def function(m):
        return re.sub(r"return ([^;{}]*);", lambda r: f"return {mutants.expression(' '.join(r.group(1).split()), 'softmax.kernel')};",
                      m.group(0), flags=re.S)
    text = re.sub(r"static void backward\(.*?\n  }\n", function, text, flags=re.S)
    n = mutants.add("softmax.kernel: the class's own share is not subtracted")
    return text.replace("- g[r];", f"- (cinta_mutant == {n} ? 0 : g[r]);")


def mutate_dual(text, mutants):
    """The slopes that the macros of ops/dual_functions.hpp are given."""
    return re.sub(r"^(CINTA_DUAL_(?:FUNCTION|QUOTIENT)\((\w+), )(.*?)\)((?: *//.*)?)$",
                  lambda m: f"{m.group(1)}{mutants.expression(m.group(3), 'dual ' + m.group(2))}){m.group(4)}", text, flags=re.M)


def balanced(text, start):
    """The index behind the parenthesis that closes the one before `start`."""
    depth = 1
    while depth:
        depth += {"(": 1, ")": -1, "{": 1, "}": -1}.get(text[start], 0)
        start += 1
    return start


def mutate_gives(text, name, mutants):
    out, at = "", 0
    for found in re.finditer(r"c\.give\((\w+),\s*", text):
        if found.start() < at:
            continue
        end = balanced(text, found.end()) - 1
        what = f"{name}: give({found.group(1)}, {' '.join(text[found.end():end].split())[:60]})"
        first = mutants.add(what + " negated")
        mutants.add(what + " doubled"), mutants.add(what + " zero")
        out += text[at:found.end()] + f"cinta_mutated({first}, {text[found.end():end]})"
        at = end
    text = out + text[at:]

    def accumulator(m):
        n = mutants.add(f"{name}: {m.group(0).strip()[:60]} adds where it should not, or not where it should")
        return m.group(0) + f" if (cinta_mutant == {n}) add = !add;"
    text = re.sub(r"[^\n;{}]*c\.accumulator\([^;]*;", accumulator, text)
    for flag in ("transpose_a", "transpose_b"):
        text = re.sub(rf"\{{\.{flag} = true\}}", lambda m: f"{{.{flag} = cinta_mutant != {mutants.add(f'{name}: without {flag}')}}}", text)
    # An activation that is one op with linear: its derivative left out, in the kernel and in public ops.
    text = re.sub(r"if \(activation != nullptr\) gradient =", lambda m: "if (activation != nullptr && cinta_mutant != "
                  f"{mutants.add(f'{name}: backward without the activation')}) gradient =", text)
    text = re.sub(r"const Tensor g = (R::vjp\(.*\));", lambda m: "const Tensor g = cinta_mutant == "
                  f"{mutants.add(f'{name}: vjp without the activation')} ? c.gradient() : {m.group(1)};", text)
    text = re.sub(r"( +)sum_rows\(g, rows, out, db, add\);",
                  lambda m: f"{m.group(1)}if (cinta_mutant != {mutants.add(f'{name}: no gradient of the bias')}) {m.group(0).strip()}", text)
    return text


HEADER = """#pragma once
#include <cstdlib>
inline const int cinta_mutant = [] { const char* n = std::getenv("CINTA_MUTANT"); return n == nullptr ? 0 : std::atoi(n); }();
"""
GIVEN = """
namespace cinta {
class Arg;
Tensor mul(const Arg& x, const Arg& y);
inline Tensor cinta_mutated(int first, Tensor t) {
  if (cinta_mutant < first || cinta_mutant > first + 2) return t;
  const double factors[] = {-1, 2, 0};
  return mul(Arg(t, Where{}), Arg(factors[cinta_mutant - first], Where{}));
}
}
"""
RUNNER = """
#include <cstdlib>
struct StopAtFirst : boost::unit_test::test_observer {
  void assertion_result(boost::unit_test::assertion_result r) override { if (r == boost::unit_test::AR_FAILED) std::_Exit(1); }
  void exception_caught(const boost::execution_exception&) override { std::_Exit(1); }
  int priority() override { return -1; }
};
struct Stop { Stop() { boost::unit_test::framework::register_observer(*new StopAtFirst); } };
BOOST_TEST_GLOBAL_FIXTURE(Stop);
"""


def make(folder):
    """The copy with its mutants; the sources are changed in place."""
    for name in subprocess.check_output(["git", "-C", ROOT, "ls-files"], text=True).split("\n"):
        if name and not name.startswith("datasets/"):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    mutants = Mutants()
    (folder / "mutant.hpp").write_text(HEADER)
    include = "#include <cinta/mutant.hpp>\n"

    def rewrite(name, change, given=False):
        path = folder / name
        text = change(path.read_text())
        last = [m.end() for m in re.finditer(r"^#include .*\n", text, re.M)][-1]
        path.write_text(text[:last] + include + (GIVEN if given else "") + text[last:])
    rewrite("ops/elementwise_rules.hpp", lambda t: mutate_rules(t, mutants))
    rewrite("ops/softmax.kernel.cpp", lambda t: mutate_softmax(t, mutants))
    rewrite("ops/dual_functions.hpp", lambda t: mutate_dual(t, mutants))
    others = ["framework/core/tape_ops.cpp", "framework/core/recompute.cpp", "framework/nn/dropout.cpp"]
    for path in sorted((folder / "ops").glob("*.cpp")) + [folder / name for name in others]:
        name = str(path.relative_to(folder))
        if "c.give(" in path.read_text() and name != "ops/elementwise_ops.cpp":
            rewrite(name, lambda t: mutate_gives(t, path.name, mutants), given=True)
    (folder / "CMakeLists.txt").write_text((folder / "CMakeLists.txt").read_text().replace("optimization -O3", "optimization -O1"))
    runner = folder / "tests/runner.cpp"
    runner.write_text(runner.read_text() + RUNNER)
    return mutants.descriptions


def build(folder):
    run = lambda *command: subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)
    run("cmake", "-S", ".", "-B", "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DCINTA_BUILD_PROGRAM=OFF",
        "-DCMAKE_CXX_FLAGS_RELEASE=-O1")
    run("ninja", "-C", "build", "cinta")
    flags = ["-std=c++20", "-O1", "-march=x86-64-v3", "-ffp-contract=off", "-DBOOST_TEST_DYN_LINK", "-Dfmt=cinta_fmt",
             f'-DCINTA_SOURCE_DIR="{ROOT}"', "-Ibuild/include"]
    objects = []
    for source in SUITES + ["tests/runner.cpp"]:
        objects.append("build/" + source.replace("/", "_") + ".o")
        run("g++", *flags, "-w", "-c", source, "-o", objects[-1])
    run("g++", *objects, "build/libcinta.a", "-ltbb", "-lsleef", "-lz", "-lboost_unit_test_framework", "-o", "build/tests_of_mutants")


def survives(folder, number):
    try:
        return subprocess.run(["build/tests_of_mutants", "--log_level=nothing", "--report_level=no"], cwd=folder, timeout=300,
                              env={**os.environ, "CINTA_MUTANT": str(number), "CINTA_NUM_THREADS": "1"},
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--keep", help="build in this folder, or take what was built there, and leave it")
    options.add_argument("--only", default="", help="only mutants whose description has this text")
    options.add_argument("--list", action="store_true", help="list the mutants, run none")
    options = options.parse_args()
    folder = pathlib.Path(options.keep or tempfile.mkdtemp(prefix="cinta_mutants_"))
    folder.mkdir(exist_ok=True)
    try:
        descriptions = make(folder)
        chosen = [n for n, d in enumerate(descriptions, 1) if options.only in d]
        if options.list:
            print("\n".join(f"{n}: {descriptions[n - 1]}" for n in chosen))
            return 0
        if not (folder / "build/tests_of_mutants").exists():
            build(folder)
        if not survives(folder, 0):
            sys.exit("the tests fail without any mutant")
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            alive = [n for n, a in zip(chosen, pool.map(lambda n: survives(folder, n), chosen)) if a]
        unexplained = []
        for n in alive:
            reason = next((why for part, why in EQUIVALENT if part in descriptions[n - 1]), None)
            print(f"{'equivalent' if reason else 'SURVIVED'} {n}: {descriptions[n - 1]}{': ' + reason if reason else ''}")
            if reason is None:
                unexplained.append(n)
        print(f"{len(chosen)} mutants, {len(chosen) - len(alive)} killed, {len(alive) - len(unexplained)} equivalent, "
              f"{len(unexplained)} survived")
        return 1 if unexplained else 0
    finally:
        if not options.keep:
            shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
