#!/usr/bin/env bash
# Headers of one version and a library of another: CMake refuses to pair them, and a program that was paired all the same
# ends with one sentence.
#   version.sh BUILD_FOLDER
set -euo pipefail
. "$(dirname -- "$0")/common.sh"
installed=$work/installed
quietly cmake --install "$build" --prefix "$installed"

# CMake: the same minor version, or an earlier patch of it.
printf 'cmake_minimum_required(VERSION 3.25)\nproject(user LANGUAGES CXX)\nfind_package(cinta ${WANTED} CONFIG REQUIRED)\n' >"$work/CMakeLists.txt"
finds() { cmake -S "$work" -B "$work/wants" -G Ninja -DWANTED="$1" -DCMAKE_PREFIX_PATH="$installed" >"$work/log" 2>&1; }
version=$("$installed/bin/cinta" --version | sed 's/cinta //')
IFS=. read -r major minor patch <<<"$version"
for wanted in "$version" "$major.$minor"; do finds "$wanted" || { cat "$work/log" >&2; fail "find_package refuses its own version"; }; done
for wanted in "$major.$((minor + 1))" $([ "$minor" = 0 ] || echo "$major.$((minor - 1))") "$((major + 1)).0" "$version.1" "$major.$minor.$((patch + 1))"; do
  if finds "$wanted"; then fail "find_package takes $version for $wanted"; fi
  grep -q "version: $version" "$work/log" || { cat "$work/log" >&2; fail "find_package does not name what it found"; }
done

# A program: two sources, of which one was compiled against headers that call themselves otherwise.
mkdir "$work/other"
cp -r "$installed/include/cinta" "$work/other/cinta"
define() { sed -i "s/#define CINTA_VERSION_$1 .*/#define CINTA_VERSION_$1 $2/" "$work/other/cinta/framework/core/version.hpp"; }
printf '#include <cinta/cinta.hpp>\nint part() { return 0; }\n' >"$work/part.cpp"
printf '#include <cinta/cinta.hpp>\n#include <cstdio>\nint part();\nint main() { return std::puts("runs") < 0 || part(); }\n' >"$work/main.cpp"
libraries=$(PKG_CONFIG_PATH=$(dirname "$(find "$installed" -name cinta.pc)") pkg-config --libs cinta)
for cxx in g++ clang++-14; do
  quietly $cxx -std=c++20 -O1 -I"$installed/include" -c "$work/main.cpp" -o "$work/main.o"
  check() {  # check MAJOR MINOR PATCH
    define MAJOR "$1"; define MINOR "$2"; define PATCH "$3"
    quietly $cxx -std=c++20 -I"$work/other" -c "$work/part.cpp" -o "$work/part.o"
    # shellcheck disable=SC2086
    quietly $cxx "$work/main.o" "$work/part.o" $libraries -o "$work/program"
    code=0; "$work/program" >"$work/out" 2>"$work/error" || code=$?
  }
  check "$major" "$minor" 7
  if [ $code != 0 ] || [ -s "$work/error" ]; then fail "another patch version is refused ($cxx)"; fi
  check "$major" $((minor + 1)) 0
  expected="cinta: this program was compiled against version $major.$((minor + 1)).0 and runs with the library of version $version: \
compile it again, with the headers of that library"
  if [ $code != 1 ] || [ -s "$work/out" ] || [ "$(cat "$work/error")" != "$expected" ]; then
    cat "$work/out" "$work/error" >&2; fail "another minor version gives code $code and the above ($cxx)"
  fi
done
echo "another minor version is refused by find_package, and by the program when it starts"
