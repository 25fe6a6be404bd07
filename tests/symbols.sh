#!/bin/sh
# Reads the objects of a build with nm and fails when
# - a kernel object has a weak symbol without its instruction set's name (v3, v4): of two copies the linker keeps one, which
#   may be the AVX-512 copy on a machine without, or the copy of a user's own flags (docs/design.md, "Kernels");
# - any object of the library but those that draw calls a transcendental function of libm, whose bits vary with the machine.
#   symbols.sh BUILD_FOLDER
build=${1:?symbols.sh BUILD_FOLDER}
transcendental='(exp|exp2|expm1|log|log2|log10|log1p|sin|cos|tan|sincos|sinh|cosh|tanh|asin|acos|atan|atan2|asinh|acosh|atanh'
transcendental="$transcendental|pow|cbrt|hypot|erf|erfc|lgamma|tgamma)f?"
found=$(mktemp) && trap 'rm -f "$found"' EXIT
checked=0

# each FOLDER COMMAND…: runs COMMAND with each object's path added.
each() {
  folder=$build/CMakeFiles/$1; shift
  [ -d "$folder" ] || { echo "$folder is missing: was the library built there?"; exit 1; }
  find "$folder" -name '*.o' ! -path '*/framework/report/*' >"$found"
  while IFS= read -r object; do
    checked=$((checked + 1))
    "$@" "$object"
  done <"$found"
}

# DW.ref.__gxx_personality_v0 holds one address, the same in every copy. Names of lambdas in lambdas stay mangled.
weak_symbols() {
  nm -C --defined-only "$2" | sed -n 's/^[0-9a-f]* [VWuvw] //p' | grep -v '^DW\.ref\.__gxx_personality_v0$' |
    grep -vE "(cinta|rules|detail)::$1::|xsimd_cinta_$1::|^_ZN5cinta2$1" | sed "s|^|${2##*/}, $1: weak: |"
}
libm_calls() { nm -u "$1" | awk '{ print $2 }' | sed 's/@.*//' | grep -xE "$transcendental" | sed "s|^|${1##*/}: libm's |"; }

breaches=$(
  each cinta_kernels_v3.dir weak_symbols v3
  each cinta_kernels_v4.dir weak_symbols v4
  for folder in cinta.dir cinta_kernels_v3.dir cinta_kernels_v4.dir; do each "$folder" libm_calls; done
  [ "$checked" -gt 0 ] || echo "no object was found in $build"
)
[ -z "$breaches" ] || { echo "$breaches"; exit 1; }
echo "every kernel symbol carries its instruction set's name, and nothing calls libm's transcendental functions"
