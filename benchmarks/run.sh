#!/usr/bin/env bash
# Builds and runs the benchmarks: benchmarks/run.sh [steps|ops|gemm|optim|compile|all] [--json FILE]
# Figures are medians; each case runs in a process of its own.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
build=${CINTA_BENCH_BUILD:-$root/build-bench}
what=all
json=/dev/null
while [ $# -gt 0 ]; do
  case $1 in
    steps | ops | gemm | optim | compile | all) what=$1 ;;
    --json) json=${2:?--json wants a file}; shift ;;
    *) echo "benchmarks/run.sh: there is no \"$1\"; it takes steps, ops, gemm, optim, compile or all, and --json FILE" >&2; exit 2 ;;
  esac
  shift
done
: >"$json"

build_benchmarks() {
  local launcher=()
  command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCINTA_BUILD_BENCHMARKS=ON -DCINTA_BUILD_PROGRAM=OFF "${launcher[@]}" >/dev/null
  ninja -C "$build" benchmarks >/dev/null
}

steps() {
  echo "== steps: a training step, and one op on 4 × 4 =="
  "$build/benchmarks/steps" limits | awk '{printf "this machine: %s GFLOP/s of f32 multiply-adds, %s GB/s of triad, all threads\n", $1, $2}'
  printf '%-14s %12s %12s %10s %8s\n' case "µs" "floor µs" "of floor" threads
  for c in tiny_forward tiny_backward a b c d e; do
    for threads in 1 2; do
      case $c in tiny* | a | b) [ $threads = 1 ] || continue ;; esac
      CINTA_NUM_THREADS=$threads "$build/benchmarks/steps" "$c" | tee -a "$json" |
        python3 -c 'import json, sys
r = json.loads(sys.stdin.read())
f = r.get("floor_us")
print("%-14s %12.3f %12s %10s %8d" % (r["case"], r["cinta_us"], "%.2f" % f if f else "-", "%.0f %%" % (100 * r["floor_fraction"]) if f else "-", r["threads"]))'
    done
  done
}

compile() {
  echo "== compile: seconds of processor time, best of 3 =="
  local out; out=$(mktemp -d)
  trap 'rm -rf "$out"' RETURN
  echo '#include <cinta/cinta.hpp>
int main() {}' >"$out/umbrella.cpp"
  awk '/^```cpp/{f=1; next} /^```/{if (f) exit} f' "$root/README.md" >"$out/readme.cpp"
  for cxx in g++ clang++-14; do
    command -v $cxx >/dev/null || continue
    for f in umbrella readme; do
      local best=
      for _ in 1 2 3; do
        local t; t=$( { TIMEFORMAT=%U; time $cxx -std=c++20 -O2 -I"$build/include" -c "$out/$f.cpp" -o "$out/$f.o"; } 2>&1 )
        if [ -z "$best" ] || awk "BEGIN{exit !($t < $best)}"; then best=$t; fi
      done
      printf '%-12s %-12s %6.2f s\n' $cxx "$f" "$best"
      echo "{\"case\": \"compile_$f\", \"compiler\": \"$cxx\", \"seconds\": $best}" >>"$json"
    done
  done
  g++ -std=c++20 -O2 -I"$build/include" "$out/readme.cpp" "$build/libcinta.a" -ltbb -lsleef -o "$out/readme" && strip "$out/readme"
  printf 'the README program, stripped, with Cinta linked statically: %.1f MB\n' "$(stat -c %s "$out/readme" | awk '{print $1 / 1e6}')"
}

build_benchmarks
case $what in
  steps) steps ;;
  compile) compile ;;
  ops | gemm | optim) echo "== $what =="; "$build/benchmarks/${what}_bench" ;;
  all) steps; for b in gemm optim ops; do echo "== $b =="; "$build/benchmarks/${b}_bench"; done; compile ;;
esac
