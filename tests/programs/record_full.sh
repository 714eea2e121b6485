#!/bin/sh
# record_full.sh: profiles of this folder's programs with every frame, and with
# Go's hidden ones, of several releases: tests/golden/full/goX.Y/NAME.pb.gz at
# rate 1, NAME.sampled.pb.gz at 524288, NAME.hidden.pb.gz as Go writes it.
#
#   HMAP=build/hmap tests/programs/record_full.sh GOROOT…
#
# Run from the project's top.
set -eu
export GO111MODULE=off GOTOOLCHAIN=local TZ=UTC LC_ALL=C
hmap=$(realpath "${HMAP:-build/hmap}")
top=$PWD
work=${WORK:-/app}
mkdir -p "$work"

for root in "$@"; do
    release=$("$root/bin/go" env GOVERSION | sed 's/^\(go1\.[0-9]*\).*/\1/')
    to=$top/tests/golden/full/$release
    overlay=$("$hmap" overlay -goroot "$root")
    mkdir -p "$to"
    for src in tests/programs/map_*.go tests/programs/none_*.go; do
        name=$(basename "$src" .go)
        files="profile.go $name.go"
        # shellcheck disable=SC2086
        (cd tests/programs &&
            "$root/bin/go" build -trimpath -overlay "$overlay" \
                -o "$work/$name" $files &&
            "$root/bin/go" build -trimpath -o "$work/$name.hidden" $files)
        "$work/$name" -o "$to/$name.pb.gz"
        "$work/$name.hidden" -o "$to/$name.hidden.pb.gz"
        "$work/$name" -rate 524288 -times 25 -o "$to/$name.sampled.pb.gz"
        rm "$work/$name" "$work/$name.hidden"
    done
done
