#!/bin/sh
# goref.sh: every "Go: file.go name" in a comment names a function, method, type
# or constant that stands in that file of the Go source tree. Needs one: GOROOT,
# else `go env GOROOT`, else where Debian's golang-1.19-src puts it.
set -eu
cd "$(dirname "$0")/../.."

root=${GOROOT:-$(go env GOROOT 2>/dev/null || true)}
[ -n "$root" ] || root=/usr/share/go-1.19
if [ ! -d "$root/src/runtime" ]; then
    echo "goref: no Go source tree here (golang-1.19-src has one): skipped"
    exit 0
fi

git ls-files -co --exclude-standard '*.c' '*.h' |
    grep -E '^(runtime|alloc|map|tools)/' |
    ROOT=$root/src xargs perl tests/checks/goref.pl
