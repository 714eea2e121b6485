#!/bin/sh
# debian.sh SUITE DIR: README's two commands and the package on a Debian as it
# comes: a minimal root of SUITE (bookworm, trixie) at DIR, made by debootstrap
# where there is none, gets what is committed, make and gcc, then runs `make
# run`, `make test` as root and as a user, and `make deb`; the package is
# installed, asked, and removed; and what is said without /dev/pts and without
# /proc. Needs root. Prints a line a step; the output of each is DIR.STEP.log.
set -u
cd "$(dirname "$0")/../.." || exit 1
suite=$1
root=$2
failed=0

[ -x "$root/bin/sh" ] ||
    debootstrap --variant=minbase "$suite" "$root" >"$root.debootstrap.log" ||
    exit 1
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc" || exit 1
mountpoint -q "$root/dev/pts" ||
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts" || exit 1
ln -sf pts/ptmx "$root/dev/ptmx"
mkdir -p "$root/dev/shm" # what Criterion's processes share
mountpoint -q "$root/dev/shm" ||
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm" || exit 1
trap 'umount "$root/proc" "$root/dev/pts" "$root/dev/shm" 2>/dev/null' EXIT

step() { # NAME USER COMMAND
    if chroot "$root" su "$2" -c "cd /src && $3" >"$root.$1.log" 2>&1; then
        echo "$suite: $1: done; $(tail -n 1 "$root.$1.log")"
    else
        echo "$suite: $1: FAILED, $root.$1.log ends so:"
        tail -n 5 "$root.$1.log"
        failed=1
    fi
}

# What is said where DIR is empty.
without() { # NAME DIR COMMAND
    umount "$root/$2"
    step "without-$1" root "$3"
}

chroot "$root" sh -c 'apt-get update && apt-get install -y \
    --no-install-recommends make gcc git ca-certificates && {
    id someone || useradd -m someone; }' >"$root.setup.log" 2>&1 || exit 1
rm -rf "$root/src"
git clone -q --no-hardlinks . "$root/src"
step run root 'make run'
step test root 'make test'
chroot "$root" chown -R someone /src
step test-as-user someone 'make clean && make test'
step deb root 'git config --global --add safe.directory /src && make deb'
step install root 'dpkg -i build/deb/*.deb && hmap run first-inserts &&
    hmap version'
step remove root 'dpkg -r $(for d in build/deb/*.deb; do
    dpkg-deb -f "$d" Package; done) && ! command -v hmap'
without pts dev/pts 'HMAP=build/hmap tests/checks/runtests.sh \
    build/tests/tools/scenarios/test_cmd_run build/tests/tools/watch/test_cmd_heap'
without proc proc 'build/hmap run tiny 2>&1 >/dev/null | grep -F "without /proc"'
exit $failed
