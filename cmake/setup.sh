# Sourced by run.sh, test.sh and .ci/run: installs what is missing, and configures and builds with little noise.
# shellcheck shell=bash disable=SC2034
root=$(CDPATH="" cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

program_packages="g++ cmake ninja-build ccache pkg-config libxtensor-dev libxsimd-dev libtbb-dev libsleef-dev libfmt-dev
  nlohmann-json3-dev libcli11-dev zlib1g-dev libminizip-dev"
test_packages="librandom123-dev libboost-test-dev clang-14 clang-format-14 clang-tidy-14 python3 gnuplot-nox valgrind"

# Objects are found again whatever the name of the build folder and wherever the tree lies.
export CCACHE_BASEDIR="$root" CCACHE_NOHASHDIR=1

# quietly COMMAND…: shows what it says only when it fails.
quietly() {
  local log; log=$(mktemp)
  "$@" >"$log" 2>&1 || { local code=$?; cat "$log" >&2; rm -f "$log"; return $code; }
  rm -f "$log"
}

# Installs those of the named Debian packages that are missing; needs the network, and root or sudo, only then.
install_packages() {
  local missing=() p sudo=
  for p in "$@"; do
    [ "$(dpkg-query -W -f='${Status}' "$p" 2>/dev/null)" = "install ok installed" ] || missing+=("$p")
  done
  [ ${#missing[@]} -ne 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    sudo=sudo
    command -v sudo >/dev/null || { echo "these packages are missing, and there is no sudo to install them: ${missing[*]}" >&2; exit 1; }
  fi
  echo "installing ${missing[*]}" >&2
  local apt="$sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120"
  quietly $apt update || exit 1
  quietly $apt install -y --no-install-recommends "${missing[@]}" || exit 1
}

# build FOLDER TARGETS [CMAKE OPTION…]: one line of progress on a terminal, one line elsewhere, and all of it on failure.
build() {
  local folder=$1 targets=$2; shift 2
  local name=${folder#"$root"/}
  quietly cmake -S "$root" -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER_LAUNCHER=ccache "$@" || exit 1
  if [ -t 1 ] && [ -t 2 ]; then
    (cd "$folder" && NINJA_STATUS="building [%f/%t] " ninja $targets) || exit 1
    printf '\033[A\033[2K'  # its last line, which says that all is done
  else
    echo "building ${targets//_program/} in $name" >&2
    quietly ninja -C "$folder" $targets || exit 1
  fi
}
