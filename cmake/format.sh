#!/usr/bin/env bash
# Formats every source with clang-format 14; --check changes nothing and fails when one is not formatted.
set -euo pipefail
cd -- "$(dirname -- "$0")/.."
mode=-i
[ "${1:-}" != --check ] || mode="--dry-run -Werror"
find cinta.hpp framework ops models cli docs examples tests benchmarks -name '*.[ch]pp' -print0 | xargs -0 -n 40 -P "$(nproc)" clang-format-14 $mode
