#!/bin/sh
# sameoutput.sh OLD NEW [FLAGS…]: two builds of hmap print the same: the tour, the
# claims, every recorded workload and every recorded profile. What differs is
# shown. FLAGS go to the new one alone (-go 1.19), where it wants them.
# Where threads race no two runs are equal: sync-map, contention and cross-free
# are left out, and of gctrace's lines the times.
set -u
old=$1 new=$2
shift 2
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
differing=0

# gctrace's lines without what a clock said, and source files by the name
# that they have today.
untimed() {
    sed -E -e 's/@[0-9.]+s [0-9]+%: [0-9.+]+ ms clock, [0-9.+\/]+ ms cpu/@/' \
        -e 's,"(file|site)": "[a-z/]+/,"\1": ",' \
        -e 's,"file": "map.c","file": "mapany.c",' -e '/"(line|RSS)": [0-9]+/d'
}

# compare NAME COMMAND ARG…: the same arguments to both.
compare() {
    name=$1 command=$2
    shift 2
    { "$old" "$command" "$@" 2>&1; echo "exit $?"; } | untimed >"$dir/old"
    { "$new" "$command" $flags "$@" 2>&1; echo "exit $?"; } | untimed >"$dir/new"
    cmp -s "$dir/old" "$dir/new" && return
    differing=$((differing + 1))
    echo "== $name"
    diff "$dir/old" "$dir/new" | head -n 40
}

flags=$*
count=0
scenarios=$("$old" scenarios -tsv | awk -F '\t' 'NR > 1 { print $1 }')
for s in $scenarios; do
    case $s in sync-map | contention | cross-free) continue ;; esac
    compare "run $s" run "$s"
    compare "run -json $s" run -json "$s"
    count=$((count + 2))
done
compare claims claims
for f in tests/golden/go1.19/*.txt; do
    compare "replay $f" replay "$f"
    count=$((count + 1))
done
for f in $(find tests/golden/profiles -name '*.gz' -o -name '*.txt' | sort); do
    compare "explain $f" explain "$f"
    compare "top $f" top "$f"
    count=$((count + 2))
done
echo "sameoutput: $count commands, $differing differ"
[ "$differing" -eq 0 ]
