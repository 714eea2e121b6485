#!/bin/sh
# record_std.sh: profiles of the standard library's own jobs (std/), with every
# frame, of several releases: tests/golden/std/goX.Y/JOB.pb.gz at rate 1,
# JOB.sampled.pb.gz at 524288, the job done eight times. Stacks are cut to the
# line that allocates and two of its callers (cutstacks.c), else they were ten
# times as large.
#
#   make build/tests/programs/cutstacks
#   HMAP=build/hmap tests/programs/record_std.sh GOROOT…
#
# Run from the project's top.
set -eu
export GO111MODULE=off GOTOOLCHAIN=local GOFLAGS='' TZ=UTC LC_ALL=C
hmap=$(realpath "${HMAP:-build/hmap}")
cut=$(dirname "$hmap")/tests/programs/cutstacks
top=$PWD
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

for root in "$@"; do
    export GOROOT="$root"
    release=$("$root/bin/go" env GOVERSION | sed 's/^\(go1\.[0-9]*\).*/\1/')
    to=$top/tests/golden/std/$release
    overlay=$("$hmap" overlay -goroot "$root")
    mkdir -p "$to"
    (cd tests/programs/std &&
        "$root/bin/go" build -trimpath -overlay "$overlay" -o "$work/std" .)
    for job in types json gob xml template printer regexp http; do
        "$work/std" -src "$root/src" -o "$work/p" $job
        "$cut" "$work/p" "$to/$job.pb.gz"
        "$work/std" -src "$root/src" -rate 524288 -times 8 -o "$work/p" $job
        "$cut" "$work/p" "$to/$job.sampled.pb.gz"
    done
done
