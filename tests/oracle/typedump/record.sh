#!/bin/sh
# record.sh [SEED [COUNT]]: asks the installed Go 1.19 about a table of types
# and prints its answers, for tests/golden/types.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GO111MODULE=off GOFLAGS=
go run "$here/gen/gen.go" "${1:-1}" "${2:-300}" >"$work/table.go"
cp "$here/main.go" "$here/value.go" "$here/empty.s" "$work"
cd "$work"
go build -o typedump .
GODEBUG=cpu.aes=off GOGC=off ./typedump
