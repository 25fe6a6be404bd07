# Sourced by the scripts of this folder, which name BUILD_FOLDER first: a temporary folder `work`, and what tells a failure.
# shellcheck shell=bash disable=SC2034
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(cd -- "$here/../.." && pwd)
build=$1; shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { echo "package: $*" >&2; exit 1; }
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "failed: $*"; }; }

# user_project SOURCE FOLDER COMPILER [CMAKE OPTION…]: configured and built against what CMAKE_PREFIX_PATH names, without a
# warning.
user_project() {
  local source=$1 folder=$2 compiler=$3; shift 3
  quietly cmake -S "$source" -B "$folder" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" "$@"
  quietly cmake --build "$folder"
  if grep -q warning: "$work/log"; then cat "$work/log"; fail "$compiler warns"; fi
}
