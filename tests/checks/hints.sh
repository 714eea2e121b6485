#!/bin/sh
# hints.sh: what explain says that hints save, held against real programs that
# were given them: each program of tests/programs runs once as it is, with every
# frame, and nine times with its maps made with their size.
#
#   HMAP=build/hmap tests/checks/hints.sh [GOROOT…]
#
# Without a GOROOT the oldest and the newest that there are: the PATH's, and
# below $HMAP_GOROOTS. Fails where fewer than 12 programs of a release are within
# 5 % of both objects and bytes. Programs whose one map grows on several lines,
# or some of whose maps get no hint, cannot be: they are listed all the same.
set -eu
export GO111MODULE=off GOTOOLCHAIN=local GOFLAGS=''
hmap=$(realpath "${HMAP:-build/hmap}")
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

if [ $# = 0 ]; then
    command -v go >/dev/null && set -- "$(go env GOROOT)"
    newest=$(find "${HMAP_GOROOTS:-/nonexistent}" -maxdepth 1 -name '1.*' \
        2>/dev/null | sort -V | tail -n 1)
    [ -z "$newest" ] || set -- "$@" "$newest"
fi
if [ $# = 0 ]; then
    echo "SKIPPED: needs go in the PATH, or HMAP_GOROOTS=DIR" >&2
    exit 0
fi

saved() { # PROFILE: objects and bytes that hints save by explain
    "$hmap" explain -json -all "$1" | perl -MJSON::PP -e '
        my ($objects, $bytes) = (0, 0);
        for my $line (@{decode_json(join "", <STDIN>)->{lines}}) {
            for (map { $_->{own} // () } @{$line->{maps}}) {
                $objects += $_->{saved_objects};
                $bytes += $_->{saved_bytes};
            }
        }
        print "$objects $bytes\n"'
}

failed=0
cd tests/programs
for root in "$@"; do
    go=$root/bin/go
    [ -x "$go" ] || go=go
    overlay=$("$hmap" overlay -goroot "$root")
    "$go" version
    : > "$work/table"
    for src in map_*.go; do
        "$go" build -trimpath -overlay "$overlay" -o "$work/p" profile.go "$src"
        was=$("$work/p" -measure -o "$work/p.pb.gz")
        says=$(saved "$work/p.pb.gz")
        for _ in 1 2 3 4 5 6 7 8 9; do
            "$work/p" -hint -measure
        done | awk -v name="${src%.go}" -v was="$was" -v says="$says" '
            function off(a, b) { return 100 * (a - b) / (b ? b : 1) }
            { objects += $1; bytes += $2 }
            END {
                split(was, w, " "); split(says, s, " ")
                o = w[1] - objects / NR; b = w[2] - bytes / NR
                printf "%-20s %8d objects, really %8d %+6.1f%%  ",
                    name, s[1], o, off(s[1], o)
                printf "%9d bytes, really %9d %+6.1f%%\n", s[2], b, off(s[2], b)
            }' | tee -a "$work/table"
    done
    within=$(sed 's/%//g' "$work/table" | awk '
        $6 <= 5 && $6 >= -5 && $11 <= 5 && $11 >= -5 { n++ } END { print n + 0 }')
    echo "$within programs within 5 %"
    [ "$within" -ge 12 ] || failed=1
done
exit $failed
