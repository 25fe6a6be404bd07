#!/usr/bin/env bash
# Makes tests/peers/*.csv anew with Debian's libtorch (1.13): what the suite `libtorch` compares with.
set -euo pipefail
. "$(dirname -- "$0")/../../cmake/setup.sh"
install_packages g++ libtorch-dev
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
g++ -O1 -std=c++17 -I/usr/include/torch/csrc/api/include "$root/tests/peers/libtorch_references.cpp" -ltorch -ltorch_cpu -lc10 -o "$work/make"
"$work/make" "$root/tests/peers/libtorch_trajectories.csv" "$root/tests/peers/libtorch_errors.csv"
