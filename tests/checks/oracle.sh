#!/bin/sh
# oracle.sh BUILD RELEASE COUNT SEED: COUNT random workloads, half of them aimed,
# here and on real Go of that release, compared line by line; event by event
# where that Go can print them; and those of sync.Map.
set -eu
build=$1 release=$2 count=$3 seed=$4

"$build/hmap" verify -go "$release" -random "$count" -aimed -seed "$seed"
# Status 2: that release has no allocfreetrace, which a line has said.
"$build/hmap" verify -go "$release" -trace -random $((count / 20 + 1)) -seed "$seed" ||
    [ $? -eq 2 ]
tests/checks/syncoracle.sh "$build/tests/map/sync/test_syncoracle" \
    "$release" "$count" "$seed"
