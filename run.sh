#!/usr/bin/env bash
# Installs what is missing, builds the program and runs it: ./run.sh ARGS is `cinta ARGS`.
# The data set fashion-mnist is installed when it is first asked for.
# Without arguments it trains the churn network on the table that comes with it.
set -euo pipefail
. "$(dirname -- "$0")/cmake/setup.sh"
install_packages $program_packages
case " $* " in *[\ =]fashion-mnist\ *) install_packages dataset-fashion-mnist ;; esac
build "$root/build" cinta_program
if [ $# -eq 0 ]; then
  set -- train --data "$root/datasets/telco_churn.csv" --target churn --seed 1 --out "$root/build/churn_model"
fi
exec "$root/build/cli/cinta" "$@"
