#!/usr/bin/env bash
# Installs the Debian packages with apt into a clean Debian 12, and there compiles,
# links and runs the example. Needs a built release preset, root and debootstrap;
# where it cannot run it says why, and its status is 77.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/utils/setup.sh"

skip() {
  echo "skipped: $1"
  exit 77
}

[ "$(id -u)" -eq 0 ] || skip "only root can make a root folder of its own"
command -v debootstrap >/dev/null || skip "debootstrap is not installed"

folder=$(mktemp -d)
clean=$folder/debian
log=$folder/log
clean_up() {
  mountpoint -q "$clean/proc" && umount "$clean/proc"
  rm -rf --one-file-system "$folder"
}
trap clean_up EXIT

# Runs a command silently; shows what it said if it fails.
quietly() {
  "$@" >"$log" 2>&1 || {
    tail -n 40 "$log" >&2
    echo "error: $* failed" >&2
    return 1
  }
}

echo "Making the packages"
quietly cpack -G DEB --config "$root/build/release/CPackConfig.cmake" -B "$folder/packages"

echo "Making a clean Debian 12"
mirror=$(debian_mirror)
debootstrap --variant=minbase bookworm "$clean" "$mirror" >"$log" 2>&1 ||
  skip "debootstrap failed on $mirror: $(tail -n 1 "$log")"
printf '%s\n' "deb $mirror bookworm main" "$(security_suite_line)" >"$clean/etc/apt/sources.list"
apt-config dump | grep -i '^Acquire::.*Proxy' >"$clean/etc/apt/apt.conf.d/90proxy" || true
mount -t proc proc "$clean/proc" || skip "nothing can be mounted"

echo "Installing the packages there"
mkdir "$clean/packages" "$clean/work"
cp "$folder"/packages/*.deb "$clean/packages"
in_clean() {
  chroot "$clean" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"
}
quietly in_clean apt-get update
quietly in_clean sh -c 'apt-get install -q -y --no-install-recommends /packages/*.deb pkg-config'

echo "Compiling and running the example there"
cp "$root/test/EndToEnd/Inputs/build-with-pkg-config.sh" "$clean/work"
in_clean sh -ec '
  cd /work
  cp -r /usr/share/doc/graph-compile/examples/* .
  graph-compile --version
  graph-compile running_mean.pbtxt --config running_mean.json -o mean
  ./mean --function update --input x=batch.npy --output mean=mean.npy
  ./build-with-pkg-config.sh /usr cc | tee programs
  [ "$(grep -c ": mean 3" programs)" = 3 ]'
echo "The packages work in a clean Debian 12"
