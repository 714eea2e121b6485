#!/bin/sh
# arm64.sh ROOT: the tests on another machine. Makes a Debian root for arm64 at
# ROOT (mmdebstrap) where there is none, builds everything for it by Debian's
# cross compiler, and runs the tests inside under qemu-user. Needs root, and the
# packages crossbuild-essential-arm64, mmdebstrap, arch-test, qemu-user-static
# and protobuf-c-compiler.
set -eu
cd "$(dirname "$0")/../.."
root=$1
libraries="libunwind-dev,uthash-dev,libprotobuf-c-dev,zlib1g-dev,\
libsmartcols-dev,libjansson-dev,libdw-dev,libre2-dev,libelf-dev,\
libcurl4-openssl-dev,libcriterion-dev,libc6-dev,libstdc++-12-dev"

# What tells the kernel that qemu runs such programs; a container has none.
mountpoint -q /proc/sys/fs/binfmt_misc ||
    mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
[ -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ] ||
    cat /usr/lib/binfmt.d/qemu-aarch64.conf >/proc/sys/fs/binfmt_misc/register
[ -d "$root/usr/include" ] ||
    mmdebstrap --variant=minbase --architectures=arm64 \
        --include="$libraries" bookworm "$root"

make -s -j"$(nproc)" ARCH=arm64 SYSROOT="$root" all build-tests
mkdir -p "$root/src"
mountpoint -q "$root/src" || mount --bind . "$root/src"
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
mountpoint -q "$root/dev/pts" ||
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -sf pts/ptmx "$root/dev/ptmx"
mkdir -p "$root/dev/shm" # what Criterion's processes share
mountpoint -q "$root/dev/shm" ||
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
trap 'umount "$root/src" "$root/proc" "$root/dev/pts" "$root/dev/shm"' EXIT
chroot "$root" sh -c 'cd /src && build/arm64/hmap version &&
    HMAP=build/arm64/hmap tests/checks/runtests.sh \
        $(find build/arm64/tests -name "test_*" -type f -perm -u+x | sort)'
