#!/usr/bin/env bash
# From a fresh Debian 12 to a running program: installs what is missing, builds
# the compiler, compiles an example graph to an executable and runs it.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/utils/setup.sh"

build release graph-compile gcrt gcrt_main

out="$root/build/quickstart"
mkdir -p "$out"
cd "$root/examples"
# Prints a command as a user would type it, then runs it.
show() {
  echo "\$ $*"
  "$@"
}
echo
show "$root/build/release/bin/graph-compile" counter.pbtxt --config counter.json -o "$out/counter"
show "$out/counter" --function count --steps 3 --save "$out/state.safetensors"
show "$out/counter" --function count --load "$out/state.safetensors"
echo
echo "The compiler is build/release/bin/graph-compile; README.md says what next."
