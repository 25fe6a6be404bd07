#!/usr/bin/env bash
# clang-tidy 14 over the sources of the library and the program; kernels are left out, for it reads xsimd's insides for minutes.
#   tidy.sh BUILD_FOLDER [FILE…]   the folder holds compile_commands.json; default: all files
set -euo pipefail
cd -- "$(dirname -- "$0")/.."
folder=$1; shift
[ $# -gt 0 ] || mapfile -t files < <(find framework ops models cli -name '*.cpp' ! -name '*.kernel.cpp' ! -name format.cpp)
[ $# -eq 0 ] || files=("$@")
# What it says of other people's headers is a count alone, on stderr.
printf '%s\0' "${files[@]}" | xargs -0 -n 4 -P "$(nproc)" clang-tidy-14 --quiet -p "$folder" 2> >(grep -v 'warnings\? generated' >&2)
