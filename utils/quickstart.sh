#!/usr/bin/env bash
# From a fresh Debian 12 to a running program: installs what is missing, builds
# the compiler, compiles an example graph to an executable and runs it.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/utils/setup.sh"

build release graph-compile gcrt gcrt_main

# Prints a command as a user would type it, then runs it.
show() {
  echo "\$ $*"
  "$@"
}

cd "$root"
out=build/quickstart
mkdir -p $out
echo
show build/release/bin/graph-compile examples/running_mean.pbtxt --config examples/running_mean.json -o $out/running_mean
show $out/running_mean --function update --input x=examples/batch.npy --output mean=$out/mean.npy --save $out/state.safetensors
show $out/running_mean --function update --input x=examples/not_finite.npy --load $out/state.safetensors || echo "exit status $?: the assertion held the update back"
echo
echo "The compiler is build/release/bin/graph-compile; README.md says what next."
