# Sourced by run.sh, test.sh and .ci/run: installs what is missing, and configures and builds with little noise.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

program_packages="g++ cmake ninja-build ccache pkg-config libxtensor-dev libxsimd-dev libtbb-dev libsleef-dev libfmt-dev nlohmann-json3-dev libcli11-dev"
test_packages="librandom123-dev libboost-test-dev clang-14 clang-format-14 python3"

# Installs those of the named Debian packages that are missing; needs the network only then.
install_packages() {
  local missing=() p
  for p in "$@"; do
    [ "$(dpkg-query -W -f='${Status}' "$p" 2>/dev/null)" = "install ok installed" ] || missing+=("$p")
  done
  [ ${#missing[@]} -eq 0 ] && return
  echo "installing: ${missing[*]}" >&2
  local sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
  export DEBIAN_FRONTEND=noninteractive
  local log; log=$(mktemp)
  { $sudo apt-get update && $sudo apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; exit 1; }
  rm -f "$log"
}

# build FOLDER TARGETS -- CMAKE OPTIONS: says one line, and everything when it fails.
build() {
  local folder=$1 targets=$2 log; shift 2
  log=$(mktemp)
  echo "building $targets in ${folder#"$root"/}" >&2
  { cmake -S "$root" -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER_LAUNCHER=ccache "$@" &&
    ninja -C "$folder" $targets; } >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; exit 1; }
  rm -f "$log"
}
