#!/usr/bin/env bash
# Installs what utils/packages.txt lists and is missing, on Debian 12. Sourced by
# quickstart.sh, check.sh and lint.sh; does nothing when all is there.

# Prints the packages of packages.txt that are not installed.
missing_packages() {
  local package
  grep -v -e '^#' -e '^$' "$root/utils/packages.txt" | while read -r package; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
  done
}

# Runs a command as root.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "error: installing packages needs root: run this script as root, or install sudo" >&2
    exit 1
  fi
}

# Prints the mirror of Debian that is in use.
debian_mirror() {
  local mirror
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    grep -v '^#' | grep -o 'https\?://[^ ]*/debian/\?' | head -n 1)
  echo "${mirror%/}"
}

# Prints the line that adds the security suite, on the mirror that is in use.
security_suite_line() {
  echo "deb $(debian_mirror)-security bookworm-security main"
}

install_packages() {
  local missing
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  echo "Installing:" $missing
  as_root apt-get update -q || exit 1
  if ! apt-cache show libmlir-22-dev >/dev/null 2>&1; then
    {
      echo "error: the package libmlir-22-dev is not known to apt: LLVM 22 comes with Debian 12's security suite."
      echo "Add this line to /etc/apt/sources.list and run the script again:"
      echo "  $(security_suite_line)"
    } >&2
    exit 1
  fi
  # shellcheck disable=SC2086 # one word per package
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing || exit 1
}

# build PRESET TARGET..: configures once and builds.
build() {
  local preset=$1
  shift
  local log="$root/build/$preset-configure.log"
  mkdir -p "$root/build"
  if ! (cd "$root" && cmake --preset "$preset") >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
  fi
  cmake --build "$root/build/$preset" --target "$@" || exit 1
}

install_packages
