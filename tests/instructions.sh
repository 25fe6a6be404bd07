#!/usr/bin/env bash
# Instructions of a tiny op, forward and with backward, and of a whole small training step, under ceilings: what a change to the
# tape, the pool or the optimizers costs, without the machine's noise. Usage: instructions.sh PROGRAM, which is
# tests/instructions.cpp. AVX2 kernels, since valgrind knows no AVX-512. Skipped (77) where valgrind is missing.
set -euo pipefail
command -v valgrind >/dev/null || { echo "skipped: valgrind is not installed"; exit 77; }
program=$1
out=$(mktemp); trap 'rm -f "$out"' EXIT

# The instructions of a run of N turns.
count() {
  CINTA_ISA=v3 CINTA_NUM_THREADS=1 valgrind --tool=callgrind --callgrind-out-file="$out" "$program" "$1" "$2" 2>&1 | sed -n 's/.*Collected : //p'
}
failed=0
while read -r name turns ceiling; do
  few=$(count "$name" "$turns")
  many=$(count "$name" $((11 * turns)))
  each=$(((many - few) / (10 * turns)))
  echo "$name: $each instructions, at most $ceiling"
  [ "$each" -gt 0 ] && [ "$each" -le "$ceiling" ] || failed=1
done <<'END'
tiny_forward 1000 580
tiny_backward 1000 1000
step 20 10000
END
exit $failed
