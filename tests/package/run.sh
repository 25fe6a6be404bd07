#!/usr/bin/env bash
# The package as its users have it: a build is installed into an empty folder, as a static and as a shared library; a project
# with no flag of its own is built against each with GCC and Clang, and what was built is run; likewise by pkg-config. A project
# that adds the tree instead must get none of our warning flags, and run too.
#   run.sh BUILD_FOLDER [CMAKE OPTION…]   the options of that build, for the shared library, which is built beside it
set -euo pipefail
. "$(dirname -- "$0")/common.sh"
budget=3000000  # bytes of a stripped program with the library in it

run_all() { (cd "$work" && "$1/xor" >/dev/null && "$1/own_loop" && "$1/own_loss") || fail "a program in ${1##*/} failed"; }

quietly cmake -S "$root" -B "$build-shared" -G Ninja -DBUILD_SHARED_LIBS=ON -DCINTA_BUILD_PROGRAM=OFF "$@"
quietly cmake --build "$build-shared"
for kind in static shared; do
  installed="$work/$kind installed"
  from=$build; [ $kind = static ] || from=$build-shared
  quietly cmake --install "$from" --prefix "$installed"
  if grep -rIlF -e "$build" "$installed"; then fail "the files above name the build folder"; fi
  for cxx in g++ clang++-14; do
    user_project "$here" "$work/$kind-$cxx" $cxx -DCMAKE_PREFIX_PATH="$installed"
    run_all "$work/$kind-$cxx"
  done

  mkdir "$work/pc"
  export PKG_CONFIG_PATH; PKG_CONFIG_PATH=$(dirname "$(find "$installed" -name cinta.pc)")
  if [ $kind = shared ]; then  # before 1.0 a program asks the loader for its minor version
    version=$(pkg-config --modversion cinta)
    readelf -d "${PKG_CONFIG_PATH%/pkgconfig}/libcinta.so" | grep -qF "[libcinta.so.${version%.*}]" || fail "the soname has no minor version"
  fi
  # shellcheck disable=SC2046
  eval g++ "'$here/xor.cpp'" $(pkg-config --cflags --libs cinta) -o "'$work/pc/xor'"
  (cd "$work" && LD_LIBRARY_PATH=${PKG_CONFIG_PATH%/pkgconfig} pc/xor >/dev/null) || fail "the program built by pkg-config failed"
  rm -r "$work/pc"
done

strip -o "$work/xor" "$work/static-g++/xor"
size=$(stat -c %s "$work/xor")
[ "$size" -le $budget ] || fail "a program takes $size bytes, more than the $budget of the budget"
others=$(readelf -d "$work/xor" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | grep -vE '^(libtbb|libsleef|libstdc\+\+|libm|libgcc_s|libc)\.so|^ld-' || true)
[ -z "$others" ] || fail "a program wants more than TBB, SLEEF and the C and C++ libraries: $others"

# The tree added: its sources are compiled there as anywhere, so one of each kind is enough, and the library that the programs are
# linked with is the one that was built from the same sources. A second build of all would take minutes.
quietly cmake -S "$here" -B "$work/added" -G Ninja -DCINTA_TREE="$root" -DCMAKE_BUILD_TYPE=Release
if ninja -C "$work/added" -t commands xor | grep 'xor\.cpp' | grep -e -Wall -e -Wextra -e -Wshadow -e fmt=; then
  fail "a project that adds the tree gets our flags"
fi
quietly ninja -C "$work/added" cinta/CMakeFiles/cinta.dir/framework/io/npz.cpp.o \
  cinta/CMakeFiles/cinta_kernels_v3.dir/framework/core/random.kernel.cpp.o
cp "$build/libcinta.a" "$work/added/cinta/libcinta.a"
for program in xor own_loop own_loss; do
  quietly ninja -C "$work/added" "CMakeFiles/$program.dir/$program.cpp.o"
  link=$(ninja -C "$work/added" -t commands "$program" | tail -n 1)
  (cd "$work/added" && quietly bash -c "$link")
done
run_all "$work/added"
echo "the installed package serves GCC and Clang, static (a program of $size bytes) and shared, pkg-config, and so does the tree when added"
