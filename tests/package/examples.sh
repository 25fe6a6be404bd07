#!/usr/bin/env bash
# The examples and the project that `cinta new` writes, built with GCC and Clang against an installed package by nothing but
# their own CMakeLists.txt, and run; what they print is checked.
#   examples.sh BUILD_FOLDER
set -euo pipefail
. "$(dirname -- "$0")/common.sh"

# says TEXT COMMAND…: the command ends with 0 and a line that it prints fits the pattern.
says() {
  local pattern=$1; shift
  quietly "$@"
  grep -qE -- "$pattern" "$work/log" || { cat "$work/log" >&2; fail "no line of $(basename "$1") fits: $pattern"; }
}
# at_least NUMBER PATTERN COMMAND…: the number that stands where the pattern has (…) is that large.
at_least() {
  local least=$1 pattern=$2; shift 2
  says "$pattern" "$@"
  local found; found=$(sed -nE "s/.*$pattern.*/\1/p" "$work/log")
  awk -v found="$found" -v least="$least" 'BEGIN { exit !(found >= least) }' || fail "$(basename "$1"): $found is below $least"
}

export CMAKE_PREFIX_PATH=$work/installed
quietly cmake --install "$build" --prefix "$CMAKE_PREFIX_PATH"
cd "$work"
# Pictures in which the class is the place of a bright bar, in the files and the format of Fashion-MNIST.
mkdir bars
python3 - <<'PYTHON'
import gzip, random, struct
random.seed(1)
for part, n in (("train", 1280), ("t10k", 300)):
    labels = [random.randrange(10) for _ in range(n)]
    pixels = bytes(min(255, (150 if 2 * k + 3 <= column < 2 * k + 7 else 0) + random.randrange(100))
                   for k in labels for row in range(28) for column in range(28))
    with gzip.open(f"bars/{part}-images-idx3-ubyte.gz", "wb", 1) as f:
        f.write(struct.pack(">IIII", 0x803, n, 28, 28) + pixels)
    with gzip.open(f"bars/{part}-labels-idx1-ubyte.gz", "wb", 1) as f:
        f.write(struct.pack(">II", 0x801, n) + bytes(labels))
PYTHON
"$CMAKE_PREFIX_PATH/bin/cinta" new "$work/my net/first" >/dev/null || fail "cinta new failed"
for cxx in g++ clang++-14; do
  user_project "$root/examples" "$work/examples-$cxx" $cxx
  of=$work/examples-$cxx
  for answer in "0 xor 0 = 0" "0 xor 1 = 1" "1 xor 0 = 1" "1 xor 1 = 0" "with the same bits"; do says "$answer" "$of/xor"; done
  at_least 90 ': ([0-9.]+) % told right' "$of/two_inputs" "$root/datasets/digits.csv"
  says 'snake: derivatives of order 1 and 2 agree' "$of/own_op"
  says 'unit_rows: derivatives of order 1 and 2 agree' "$of/own_op"
  says 'squared error [0-9.]+e-0[5-9] there' "$of/own_op"
  at_least 0.95 'adamw .*accuracy ([0-9.]+)' "$of/own_optimizer" "$root/datasets/breast_cancer.csv"
  at_least 0.95 'adabelief .*accuracy ([0-9.]+)' "$of/own_optimizer" "$root/datasets/breast_cancer.csv"
  at_least 0.9 'epoch 4: .*accuracy ([0-9.]+)' "$of/fashion_mnist" bars 4
  code=0; "$of/fashion_mnist" nowhere >out 2>&1 || code=$?
  if [ $code != 1 ] || ! grep -q '^nowhere/train-images-idx3-ubyte.gz: ' out; then cat out; fail "fashion_mnist without data"; fi

  user_project "$work/my net/first" "$work/new-$cxx" $cxx
  quietly ctest --test-dir "$work/new-$cxx" --no-tests=error
  at_least 0.97 'accuracy +([0-9.]+)' "$work/new-$cxx/train"
  [ -s first.safetensors ] || fail "the new project did not save its model"
done
clothes=/usr/share/datasets/fashion-mnist  # Debian's dataset-fashion-mnist, where it is installed
[ ! -d $clothes ] || at_least 0.82 'epoch 1: .*accuracy ([0-9.]+)' "$work/examples-g++/fashion_mnist" $clothes 1
echo "the examples and the project of cinta new build against the installed package, with GCC and Clang, and run"
