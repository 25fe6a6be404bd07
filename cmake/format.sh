#!/usr/bin/env bash
# Formats every source with clang-format 14; --check only tells which are not.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=-i
[ "${1:-}" = --check ] && mode="--dry-run -Werror"
git ls-files '*.cpp' '*.hpp' | xargs clang-format-14 $mode
