#!/bin/sh
# headers.sh CC FLAGS…: every header compiles alone, so that including it needs
# no knowledge of what to include first. Left out are the loops of the benchmark:
# bodies that each peer completes, after it has defined what they call.
set -eu
cd "$(dirname "$0")/../.."
count=0
for header in $(git ls-files -co --exclude-standard '*.h' |
    grep -v '^tests/bench/.*loops\.h$'); do
    printf '#include "%s"\ntypedef int not_empty;\n' "$header" |
        "$@" -Wno-unused-function -x c -fmax-errors=3 -fsyntax-only - ||
        { echo "headers: $header does not stand alone" >&2; exit 1; }
    count=$((count + 1))
done
echo "headers: $count headers stand alone"
