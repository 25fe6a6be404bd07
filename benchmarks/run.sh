#!/usr/bin/env bash
# Builds and runs the benchmarks: benchmarks/run.sh [steps|ops|gemm|optim|scaling|epoch|compile|all] [--json FILE] [--quick] [--alone]
# Steps and compile times are set beside libtorch, gemm beside OpenBLAS, oneDNN and LIBXSMM, whose packages are installed when
# they are missing; with --alone they are not. --quick: three rounds of steps, gemm and scaling instead of nine, one of compile
# instead of three. ops and optim write no JSON.
set -euo pipefail
. "$(dirname -- "$0")/../cmake/setup.sh"
build=${CINTA_BENCH_BUILD:-$root/build-bench}
what=all
json=/dev/null quick= alone=0
while [ $# -gt 0 ]; do
  case $1 in
    steps | ops | gemm | optim | scaling | epoch | compile | all) what=$1 ;;
    --json) json=${2:?--json wants a file}; shift ;;
    --quick) quick=1 ;;
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
  echo "== compile: what a program weighs, and seconds of processor time to compile it, the best of ${quick:-3} =="
  local out files=(umbrella readme own) torch=
  out=$(mktemp -d)
  trap 'rm -rf "$out"' RETURN
  echo '#include <cinta/cinta.hpp>
int main() {}' >"$out/umbrella.cpp"
  awk '/^```cpp/{f=1; next} /^```/{if (f) exit} f' "$root/README.md" >"$out/readme.cpp"
  cp "$root/benchmarks/peers/cinta_own.cpp" "$out/own.cpp"
  if [ "$alone" = 0 ]; then
    install_packages libtorch-dev
    torch=-I/usr/include/torch/csrc/api/include
    files+=(torch_umbrella torch_readme torch_own)
    echo '#include <torch/torch.h>
int main() {}' >"$out/torch_umbrella.cpp"
    cp "$root/benchmarks/peers/libtorch_readme.cpp" "$out/torch_readme.cpp"
    cp "$root/benchmarks/peers/libtorch_own.cpp" "$out/torch_own.cpp"
  fi
  for cxx in g++ clang++-14; do
    command -v $cxx >/dev/null || continue
    for f in "${files[@]}"; do
      local best= t
      for _ in $(seq "${quick:-3}"); do
        if ! t=$( { TIMEFORMAT=%U; time $cxx -std=c++20 -O2 -march=x86-64-v3 -ffp-contract=off -I"$build/include" $torch -c "$out/$f.cpp" -o "$out/$f.o" 2>"$out/said"; } 2>&1 ); then
          printf '%-12s %-14s does not compile it: %s\n' $cxx "$f" "$(grep -m 1 error "$out/said")"
          continue 2
        fi
        if [ -z "$best" ] || awk "BEGIN{exit !($t < $best)}"; then best=$t; fi
      done
      printf '%-12s %-14s %6.2f s\n' $cxx "$f" "$best"
      echo "{\"case\": \"compile_$f\", \"compiler\": \"$cxx\", \"seconds\": $best}" >>"$json"
      case $cxx/$f in
        g++/readme) weigh readme "$build/libcinta.a" -ltbb -lsleef ;;
        g++/torch_readme) weigh torch_readme -ltorch -ltorch_cpu -lc10 ;;
      esac
    done
  done
}

# The stripped program of $out/NAME.o linked with the rest, and the libraries it needs beside the C and C++ ones.
weigh() {
  local name=$1 own needed
  shift
  g++ "$out/$name.o" "$@" -o "$out/$name" && strip "$out/$name"
  own=$(stat -c %s "$out/$name")
  needed=$(readelf -d "$out/$name" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | grep -vE '^(libstdc|libm|libgcc_s|libc)\b|^ld-')
  local loaded=0 file
  for file in $(ldd "$out/$name" | grep -F "$needed" | awk '{print $3}'); do loaded=$((loaded + $(stat -Lc %s "$file"))); done
  printf 'its program, stripped: %.1f MB, and %.1f MB of %s\n' "$(awk "BEGIN{print $own / 1e6}")" "$(awk "BEGIN{print $loaded / 1e6}")" "$(echo $needed)"
  echo "{\"case\": \"size_$name\", \"bytes\": $own, \"libraries\": \"$(echo $needed)\", \"library_bytes\": $loaded}" >>"$json"
}

build_benchmarks
case $what in
  ops | optim) echo "== $what =="; "$build/benchmarks/${what}_bench" ;;
  all) for part in steps gemm scaling epoch; do $part; done; for b in optim ops; do echo "== $b =="; "$build/benchmarks/${b}_bench"; done; compile ;;
  *) $what ;;
esac
