#!/bin/sh
# record.sh GOROOT: asks a Go release what its fallback hash makes of made-up
# values and prints its answers, for tests/golden/hashes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/*.go "$here/empty.s" "$work"
cd "$work"
printf 'module hashes\n\ngo 1.22\n' >go.mod
export GOROOT="$1" GOTOOLCHAIN=local GOFLAGS=-mod=mod
# From 1.23 on the linker wants to be told that linkname is meant; earlier ones do
# not know the flag.
"$GOROOT/bin/go" build -ldflags=-checklinkname=0 -o hashes . 2>/dev/null ||
    "$GOROOT/bin/go" build -o hashes .
GODEBUG=cpu.aes=off ./hashes
