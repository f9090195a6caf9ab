#!/bin/sh
# usage: build-with-pkg-config.sh PREFIX CC [FLAG..]
#
# Compiles the example in the current folder in every way that programs link it
# with pkg-config and the C compiler CC, and runs the programs. The package is
# installed under PREFIX.
set -e
PKG_CONFIG_PATH=$(dirname "$(find "$1" -name gcrt.pc)")
export PKG_CONFIG_PATH
shift

graph_compile=$(pkg-config --variable=compiler graph-compile)
cflags=$(pkg-config --cflags gcrt)
libs=$(pkg-config --libs gcrt)
model="running_mean.pbtxt --config running_mean.json"

# shellcheck disable=SC2086 # several words each
{
  $graph_compile $model -c
  "$@" $cflags running_mean.c running_mean.o $libs -o with_object
  $graph_compile $model --emit=lib
  "$@" $cflags running_mean.c running_mean.a -lm -pthread -o with_library
  $graph_compile $model --emit=shared
  "$@" $cflags running_mean.c ./running_mean.so -Wl,-rpath,'$ORIGIN' -o with_shared_library
}
for program in with_object with_library with_shared_library; do
  echo "$program: $(./$program | head -n 1)"
done
