#!/usr/bin/env bash
# Checks that each mistake in this folder is refused with its sentence, by every compiler that is present.
#   run.sh [compiler…]      default: g++ clang++-14
# A file's first line is `// expect: sentence`, which the first error of each compiler must contain, or
# `// compiles`, and then it must. A second line `// flags: …` adds flags.
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d) && trap 'rm -rf "$tree"' EXIT
ln -s "$(cd "$here/../.." && pwd)" "$tree/cinta"
[ $# -gt 0 ] || set -- g++ clang++-14
export tree

# check COMPILER FILE: says what is wrong, and notes it in the folder.
check() {
  local compiler=$1 file=$2 first flags name output
  first=$(head -n 1 "$file")
  name=$(basename "$file")
  flags=$(sed -n '2s|^// flags: ||p' "$file")
  echo "$compiler $name" >>"$tree/checked"
  output=$("$compiler" -std=c++20 $flags -Wall -Wextra -Wpedantic -Wshadow -fsyntax-only -I"$tree" "$file" 2>&1)
  local status=$?
  case $first in
    "// compiles")
      [ $status -eq 0 ] && [ -z "$output" ] && return
      echo "$compiler: $name: should compile without a warning:" ;;
    "// expect: "*)
      if [ $status -eq 0 ]; then
        echo "$compiler: $name: compiled, but should be refused"
      else
        grep -m 1 'error:' <<<"$output" | grep -qF -- "${first#// expect: }" && return
        echo "$compiler: $name: the first error does not say \"${first#// expect: }\":"
      fi ;;
    *) echo "$name: its first line is neither '// expect: sentence' nor '// compiles'" ;;
  esac
  touch "$tree/failed"
  head -n 20 <<<"$output"
}
export -f check

for compiler in "$@"; do
  command -v "$compiler" >/dev/null || { echo "$compiler: not found, skipped" >&2; continue; }
  printf "$compiler\0%s\0" "$here"/*.cpp
done | xargs -0 -n 2 -P "$(nproc)" bash -c 'check "$@"' check
[ -s "$tree/checked" ] || { echo "no compiler was found"; exit 1; }
[ ! -e "$tree/failed" ] || exit 1
echo "compile_fail: $(wc -l <"$tree/checked") checks passed"
