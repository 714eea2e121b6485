#!/bin/sh
# syncoracle.sh PROGRAM RELEASE COUNT SEED: COUNT random workloads for sync.Map, run
# on real Go of that release and compared by PROGRAM (test_syncoracle).
set -eu
cd "$(dirname "$0")/../.."
program=$1 release=$2 count=$3 seed=$4

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp tests/oracle/syncmap/*.go tests/oracle/syncmap/*.s "$dir"
printf 'module syncmap\n\ngo 1.19\n' > "$dir/go.mod"
if [ -d "${HMAP_GOROOTS:-}/$release" ]; then
    export GOROOT="$HMAP_GOROOTS/$release"
    PATH=$GOROOT/bin:$PATH
fi
export GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local
case $(go version) in
*"go version go$release"*) ;;
*)
    echo "syncoracle: no Go $release: name it by HMAP_GOROOTS=DIR (DIR/$release)" >&2
    exit 2
    ;;
esac
# Newer linkers want to be told that linkname is meant, older ones lack the flag.
(cd "$dir" && { go build -ldflags=-checklinkname=0 -o syncmap . 2>/dev/null ||
    go build -o syncmap .; })
mkdir "$dir/work"
"$dir/syncmap" -generate "$count" "$seed" "$dir/work"
HMAP_SYNCMAP=$dir/work HMAP_SYNCGO=$release "$program" --filter '*/other_recordings*'
echo "sync.Map: $count workloads of seed $seed, every line as in Go $release"
