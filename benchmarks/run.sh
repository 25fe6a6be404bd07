#!/usr/bin/env bash
# Builds and runs the benchmarks: benchmarks/run.sh [steps|ops|gemm|optim|compile|all] [--json FILE] [--quick] [--alone]
# Figures are medians; each case runs in a process of its own. Steps run beside libtorch, whose package is installed when it is
# missing; with --alone they do not.
set -euo pipefail
. "$(dirname -- "$0")/../cmake/setup.sh"
build=${CINTA_BENCH_BUILD:-$root/build-bench}
what=all
json=/dev/null quick= alone=0
while [ $# -gt 0 ]; do
  case $1 in
    steps | ops | gemm | optim | compile | all) what=$1 ;;
    --json) json=${2:?--json wants a file}; shift ;;
    --quick) quick=yes ;;
    --alone) alone=1 ;;
    *) echo "benchmarks/run.sh: there is no \"$1\"; it takes steps, ops, gemm, optim, compile or all, and --json FILE, --quick and --alone" >&2; exit 2 ;;
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

# The libtorch side of the steps, where it can be had.
build_peer() {
  peer=()
  [ "$alone" = 0 ] || return 0
  install_packages libtorch-dev
  if [ "$root/benchmarks/peers/libtorch_steps.cpp" -nt "$build/libtorch_steps" ] || [ "$root/benchmarks/step_cases.hpp" -nt "$build/libtorch_steps" ]; then
    g++ -O2 -std=c++17 -I/usr/include/torch/csrc/api/include "$root/benchmarks/peers/libtorch_steps.cpp" -ltorch -ltorch_cpu -lc10 -o "$build/libtorch_steps"
  fi
  peer=(--peer "$build/libtorch_steps")
}

steps() {
  build_peer
  echo "== steps: whole training steps and passes, beside their floors and libtorch =="
  "$root/benchmarks/compare.py" "$build/benchmarks/steps" "${peer[@]}" --json "$json" ${quick:+--quick}
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
