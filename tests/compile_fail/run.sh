#!/bin/sh
# Checks that each mistake in this folder is refused with its sentence, by every compiler that is present.
#   run.sh [compiler…]      default: g++ clang++-14
# A file's first line is `// expect: sentence`, which the first error of each compiler must contain, or
# `// compiles`, and then it must. A second line `// flags: …` adds flags.
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d) && trap 'rm -rf "$tree"' EXIT
ln -s "$(cd "$here/../.." && pwd)" "$tree/cinta"
[ $# -gt 0 ] || set -- g++ clang++-14
failed=0 checked=0
for compiler in "$@"; do
  command -v "$compiler" >/dev/null || { echo "$compiler: not found, skipped"; continue; }
  for file in "$here"/*.cpp; do
    checked=$((checked + 1))
    first=$(head -n 1 "$file")
    name=$(basename "$file")
    flags=$(sed -n '2s|^// flags: ||p' "$file")
    # shellcheck disable=SC2086
    "$compiler" -std=c++20 $flags -Wall -Wextra -Wpedantic -Wshadow -fsyntax-only -I"$tree" "$file" >"$tree/output" 2>&1
    status=$?
    case $first in
      "// compiles")
        [ $status -eq 0 ] && [ ! -s "$tree/output" ] && continue
        echo "$compiler: $name: should compile without a warning:" ;;
      "// expect: "*)
        if [ $status -eq 0 ]; then
          echo "$compiler: $name: compiled, but should be refused" && failed=1 && continue
        fi
        grep -m 1 'error:' "$tree/output" | grep -qF -- "${first#// expect: }" && continue
        echo "$compiler: $name: the first error does not say \"${first#// expect: }\":" ;;
      *) echo "$name: its first line is neither '// expect: sentence' nor '// compiles'" && failed=1 && continue ;;
    esac
    failed=1
    head -n 20 "$tree/output"
  done
done
[ $checked -gt 0 ] || { echo "no compiler was found"; exit 1; }
[ $failed -eq 0 ] && echo "compile_fail: $checked checks passed"
exit $failed
