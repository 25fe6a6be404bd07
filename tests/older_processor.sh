#!/bin/sh
# On a processor without AVX2 (Intel's Nehalem of 2008, which qemu imitates) the program says so in one sentence, exit code 1.
#   older_processor.sh PROGRAM
program=${1:?older_processor.sh PROGRAM}
sentence="cinta: this processor has no AVX2 and FMA (x86-64-v3), which Cinta needs"
if ! command -v qemu-x86_64-static >/dev/null; then
  echo "skipped: qemu-x86_64-static is missing (Debian's qemu-user-static)"
  exit 77
fi
said=$(qemu-x86_64-static -cpu Nehalem "$program" --version 2>&1)
code=$?
[ "$code" -eq 1 ] && [ "$said" = "$sentence" ] || { echo "exit code $code, and it said: $said"; exit 1; }
