#!/usr/bin/env bash
# Installs a build into an empty folder, builds a user's project against it with each compiler, and runs what was built.
# run.sh BUILD_FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$1" --prefix "$work/installed" >/dev/null
for cxx in g++ clang++-14; do
  cmake -S "$here" -B "$work/$cxx" -DCMAKE_CXX_COMPILER=$cxx -DCMAKE_PREFIX_PATH="$work/installed" >/dev/null
  cmake --build "$work/$cxx" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  if grep -q warning: "$work/log"; then cat "$work/log"; exit 1; fi
  (cd "$work" && "$cxx/xor" && "$cxx/own_loop" && "$cxx/own_loss") || { echo "a program built by $cxx failed"; exit 1; }
done
echo "the installed package serves GCC and Clang"
