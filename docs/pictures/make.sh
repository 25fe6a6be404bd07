#!/usr/bin/env bash
# Makes the pictures of this folder anew from real runs with their seeds: builds the programs here against a build of Cinta,
# runs them, and draws with gnuplot.
#   docs/pictures/make.sh BUILD_FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for program in "$here"/*.cpp; do
  name=$(basename "$program" .cpp)
  g++ -std=c++20 -O1 -march=x86-64-v3 -ffp-contract=off -I "$build/include" "$program" "$build/libcinta.a" \
    $(PKG_CONFIG_PATH=$build pkg-config --libs cinta | sed 's/-lcinta//') -o "$name"
  "./$name"
  gnuplot "$here/$name.gp"
  cp "$name.svg" "$here/$name.svg"
done
