#!/usr/bin/env bash
# Builds and runs the benchmarks: benchmarks/run.sh [steps|ops|gemm|optim|scaling|epoch|compile|all] [--json FILE] [--quick] [--alone]
# Figures are medians; each case runs in a process of its own. Steps and compile times are set beside libtorch, gemm beside
# OpenBLAS, oneDNN and LIBXSMM, whose packages are installed when they are missing; with --alone they are not.
set -euo pipefail
. "$(dirname -- "$0")/../cmake/setup.sh"
build=${CINTA_BENCH_BUILD:-$root/build-bench}
what=all
json=/dev/null quick= alone=0
while [ $# -gt 0 ]; do
  case $1 in
    steps | ops | gemm | optim | scaling | epoch | compile | all) what=$1 ;;
    --json) json=${2:?--json wants a file}; shift ;;
    --quick) quick=yes ;;
    --alone) alone=1 ;;
    *) echo "benchmarks/run.sh: there is no \"$1\"; it takes steps, ops, gemm, optim, scaling, epoch, compile or all, and --json FILE, --quick and --alone" >&2; exit 2 ;;
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

gemm() {
  echo "== gemm: matrix products =="
  if [ "$alone" = 1 ]; then "$build/benchmarks/gemm_bench"; return; fi
  install_packages libopenblas-dev libdnnl-dev libxsmm-dev
  g++ -O2 -std=c++17 -fopenmp "$root/benchmarks/peers/gemm_peers.cpp" -lopenblas -ldnnl -lxsmm -lxsmmext -ldl -o "$build/gemm_peers"
  "$root/benchmarks/compare_gemm.py" "$build/benchmarks/gemm_bench" "$build/gemm_peers" --json "$json" ${quick:+--quick}
}

scaling() {
  echo "== scaling: two threads beside one =="
  "$root/benchmarks/compare.py" "$build/benchmarks/steps" --scaling --json "$json" ${quick:+--quick}
}

epoch() {
  echo "== epoch: fit beside the same steps on a batch at hand, and what comes before and after =="
  CINTA_BENCH_JSON=$json "$build/benchmarks/epoch_bench" "$root/datasets/telco_churn.csv" churn
}

compile() {
  echo "== compile: seconds of processor time, best of 3 =="
  local out; out=$(mktemp -d)
  trap 'rm -rf "$out"' RETURN
  echo '#include <cinta/cinta.hpp>
int main() {}' >"$out/umbrella.cpp"
  awk '/^```cpp/{f=1; next} /^```/{if (f) exit} f' "$root/README.md" >"$out/readme.cpp"
  local torch=
  if [ "$alone" = 0 ]; then
    install_packages libtorch-dev
    torch=-I/usr/include/torch/csrc/api/include
    echo '#include <torch/torch.h>
int main() {}' >"$out/torch_umbrella.cpp"
    cp "$root/benchmarks/peers/libtorch_readme.cpp" "$out/torch_readme.cpp"
  fi
  for cxx in g++ clang++-14; do
    command -v $cxx >/dev/null || continue
    for f in umbrella readme ${torch:+torch_umbrella torch_readme}; do
      local best=
      for _ in 1 2 3; do
        local t; t=$( { TIMEFORMAT=%U; time $cxx -std=c++20 -O2 -I"$build/include" $torch -c "$out/$f.cpp" -o "$out/$f.o"; } 2>&1 )
        if [ -z "$best" ] || awk "BEGIN{exit !($t < $best)}"; then best=$t; fi
      done
      printf '%-12s %-14s %6.2f s\n' $cxx "$f" "$best"
      echo "{\"case\": \"compile_$f\", \"compiler\": \"$cxx\", \"seconds\": $best}" >>"$json"
    done
  done
  g++ -std=c++20 -O2 -I"$build/include" "$out/readme.cpp" "$build/libcinta.a" -ltbb -lsleef -o "$out/readme" && strip "$out/readme"
  printf 'the README program, stripped, with Cinta linked statically: %.1f MB\n' "$(stat -c %s "$out/readme" | awk '{print $1 / 1e6}')"
}

build_benchmarks
case $what in
  ops | optim) echo "== $what =="; "$build/benchmarks/${what}_bench" ;;
  all) for part in steps gemm scaling epoch; do $part; done; for b in optim ops; do echo "== $b =="; "$build/benchmarks/${b}_bench"; done; compile ;;
  *) $what ;;
esac
