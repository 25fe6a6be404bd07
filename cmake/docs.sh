#!/usr/bin/env bash
# Builds the HTML reference of the public headers into build/reference, and fails on any warning: a public symbol without
# documentation is one.
set -euo pipefail
. "$(dirname -- "$0")/setup.sh"
install_packages doxygen
cd "$root"
mkdir -p build/reference
doxygen docs/Doxyfile
echo "build/reference/html/index.html"
