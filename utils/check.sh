#!/usr/bin/env bash
# Builds everything and runs every test; --full adds the slow ones: the
# sanitizer build, sanitized programs, clang-tidy on every file, the Debian
# packages in a clean root.
# The last line is "N passed, N failed".
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/utils/setup.sh"

build release all graph-compile-unittests graph-compile-doc
case "${1:-}" in
"") ;;
--full) build asan all graph-compile-unittests ;;
*)
  echo "usage: utils/check.sh [--full]" >&2
  exit 2
  ;;
esac
exec /usr/bin/python3 "$root/utils/run_tests.py" "$@"
