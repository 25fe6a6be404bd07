#!/usr/bin/env bash
# Compiles every ```cpp block of README.md, CONTRIBUTING.md and docs/ against a build with GCC, lets Clang read it too, and runs
# what can run; the line in the document is named when one fails.
#   docs/check_snippets.sh BUILD_FOLDER
# - A block with a `main` is a program. When the next block has no language, it is what the program prints, but for lines
#   that are only `…`, which stand for any. One that begins with `// compiled, not run` is linked alone.
# - A block that begins with `// fragment` becomes the body of a function that has an initialised model `net`, tensors `x` and
#   `y`, and the headers for ops and optimizers of one's own; it runs.
# - Any other block is definitions, and is compiled.
# - An ```sh block of nothing but `cinta …` commands runs, in a folder with datasets/.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ln -s "$(cd "$1" && pwd)" "$work/build"
build=$work/build  # without spaces, whatever stands above
cd "$root"
python3 docs/snippets.py "$work" README.md CONTRIBUTING.md docs/*.md

mkdir -p "$work/include/cinta" "$work/run"
flags="-std=c++20 -O0 -march=x86-64-v3 -ffp-contract=off -I $work/include -I $build/include"
# Reading the umbrella header once takes off a third.
g++ $flags -w -x c++-header cinta.hpp -o "$work/include/cinta/cinta.hpp.gch"
clang++-14 $flags -w -x c++-header cinta.hpp -o "$work/cinta.pch"
libraries="$build/libcinta.a $(PKG_CONFIG_PATH=$build pkg-config --libs cinta | sed 's/-lcinta//')"
compile() {
  case $1 in
    *.definitions.cpp) g++ $flags -c "$1" -o "${1%.cpp}.o" ;;
    *) g++ $flags "$1" $libraries -o "${1%.cpp}" ;;
  esac && clang++-14 $flags -fsyntax-only -include-pch "$work/cinta.pch" "$1" || touch "$work/failed"
}
export flags libraries work
export -f compile
find "$work" -name '*.cpp' -print0 | sort -z | xargs -0 -n 1 -P "$(nproc)" bash -c 'compile "$0"'
[ ! -e "$work/failed" ] || exit 1

cd "$work/run"
ln -s "$root/datasets" datasets
printf 'id;club;protein;wins\n1;A;high;yes\n2;B;low;no\n3;A;medium;yes\n4;B;high;no\n' >athletes.csv
printf '\0\0\010\001\0\0\0\002\001\002' >train-images-idx3-ubyte.gz
for program in "$work"/*.program "$work"/*.fragments; do
  "$program" >out 2>error || { cat out error; echo "$(basename "$program"): ends with an error"; exit 1; }
  if [ -e "$program.expected" ]; then
    python3 "$root/docs/snippets.py" --compare "$program.expected" out || { echo "$(basename "$program") prints something else"; exit 1; }
  fi
done
for script in "$work"/*.sh; do
  PATH=$build/cli:$PATH bash -e "$script" >out 2>&1 || { cat out; echo "$(basename "$script"): a command fails"; exit 1; }
done
echo "all compile, and what can run does"
