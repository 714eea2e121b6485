#!/bin/sh
# syncoracle.sh PROGRAM COUNT SEED: COUNT random workloads for sync.Map, run on
# real Go and compared by PROGRAM (test_syncoracle).
set -eu
cd "$(dirname "$0")/../.."
program=$1 count=$2 seed=$3

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp tests/oracle/syncmap/*.go tests/oracle/syncmap/*.s "$dir"
printf 'module syncmap\n\ngo 1.19\n' > "$dir/go.mod"
(cd "$dir" && GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local go build -o syncmap .)
mkdir "$dir/work"
"$dir/syncmap" -generate "$count" "$seed" "$dir/work"
HMAP_SYNCMAP=$dir/work "$program"
echo "sync.Map: $count workloads of seed $seed, every line as in Go"
