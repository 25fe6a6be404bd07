#!/usr/bin/env bash
# Installs what is missing, builds the program and all tests, and runs them; arguments go to ctest.
set -euo pipefail
. "$(dirname "$0")/cmake/setup.sh"
install_packages $program_packages $test_packages
build "$root/build" all -DCINTA_BUILD_TESTS=ON
ctest --test-dir "$root/build" --output-on-failure -j "$(nproc)" "$@"
