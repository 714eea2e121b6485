#!/bin/sh
# goref.sh: every "Go: file.go name" in a comment names a function, method, type
# or constant that stands in that file of the Go source tree. Needs one: GOROOT,
# else `go env GOROOT`, else where Debian's golang-1.19-src puts it; and for what
# newer releases have, those in HMAP_GOROOTS.
set -eu
cd "$(dirname "$0")/../.."

root=${GOROOT:-$(go env GOROOT 2>/dev/null || true)}
[ -n "$root" ] || root=/usr/share/go-1.19
if [ ! -d "$root/src/runtime" ]; then
    echo "goref: no Go source tree here (golang-1.19-src has one): skipped"
    exit 0
fi

roots=$root/src
oldest=1
for newer in "${HMAP_GOROOTS:-}"/1.*/src; do
    [ -d "$newer/runtime" ] || continue
    roots=$roots:$newer
    oldest=
done

git ls-files -co --exclude-standard '*.c' '*.h' |
    grep -E '^(runtime|alloc|map|tools)/' |
    ROOTS=$roots OLDEST=$oldest xargs perl tests/checks/goref.pl
