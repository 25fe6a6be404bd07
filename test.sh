#!/usr/bin/env bash
# Installs what is missing, builds the program and all tests, and runs them; arguments go to ctest.
# CINTA_BUILD_DIR and CINTA_CMAKE_OPTIONS, when set, choose another build folder and its options.
set -euo pipefail
. "$(dirname -- "$0")/cmake/setup.sh"
install_packages $program_packages $test_packages
folder=${CINTA_BUILD_DIR:-$root/build}
build "$folder" all -DCINTA_BUILD_TESTS=ON ${CINTA_CMAKE_OPTIONS:-}
ctest --test-dir "$folder" --output-on-failure -j "$(nproc)" "$@"
