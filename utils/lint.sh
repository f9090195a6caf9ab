#!/usr/bin/env bash
# Checks form: clang-format, layers, white space, licence headers. With --fix
# formats instead of complaining; with --tidy [BASE] also runs clang-tidy on the
# files changed since BASE (all files without BASE), which needs a built dev or
# release preset.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/utils/setup.sh"
cd "$root"

fix=false
tidy=false
base=""
while [ $# -gt 0 ]; do
  case "$1" in
  --fix) fix=true ;;
  --tidy)
    tidy=true
    if [ $# -gt 1 ] && [ "${2#--}" = "$2" ]; then
      base=$2
      shift
    fi
    ;;
  *)
    echo "usage: utils/lint.sh [--fix] [--tidy [BASE]]" >&2
    exit 2
    ;;
  esac
  shift
done

status=0
complain() {
  echo "error: $1" >&2
  status=1
}

mapfile -t sources < <(git ls-files '*.cpp' '*.h' '*.c')
mapfile -t texts < <(git ls-files '*.cpp' '*.h' '*.c' '*.td' '*.py' '*.sh' '*.md' '*.mlir' '*.txt' '*.cmake' '*.proto')

if $fix; then
  clang-format-22 -i "${sources[@]}"
else
  clang-format-22 --dry-run --Werror "${sources[@]}" || complain "some files are not formatted: utils/lint.sh --fix"
fi
utils/check_layers.py || complain "a room includes what it must not (utils/check_layers.py)"
utils/check_tests.py || complain "an op, a pass or a constraint has no test (utils/check_tests.py)"
if grep -nE '[[:blank:]]+$' "${texts[@]}" | grep -v '^test/fixtures/'; then
  complain "white space at the end of lines"
fi
tab=$(printf '\t')
if grep -n "$tab" "${texts[@]}"; then
  complain "tabs"
fi
for file in "${sources[@]}" $(git ls-files '*.td'); do
  head -n 8 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception' ||
    complain "$file: no licence header"
done
if git grep -nE 'TODO|FIXME|XXX' -- '*.cpp' '*.h' '*.c' '*.td' | grep -v 'TODO(#[0-9]'; then
  complain "a TODO needs an issue: TODO(#123): ..."
fi

if $tidy; then
  build=build/release
  [ -f "$build/compile_commands.json" ] || build=build/dev
  if [ -n "$base" ]; then
    mapfile -t changed < <(git diff --name-only --diff-filter=d "$base" -- 'lib/*.cpp' 'runtime/*.c' 'tools/*.cpp')
  else
    mapfile -t changed < <(git ls-files 'lib/*.cpp' 'runtime/*.c' 'tools/*.cpp')
  fi
  if [ ${#changed[@]} -gt 0 ]; then
    printf '%s\n' "${changed[@]}" | xargs -P "$(nproc)" -n 4 clang-tidy-22 --quiet -p "$build" ||
      complain "clang-tidy found something"
  fi
fi
[ $status -eq 0 ] && echo "lint: no complaints"
exit $status
