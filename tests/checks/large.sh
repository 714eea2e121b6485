#!/bin/sh
# large.sh: what explain costs where profiles are large or many.
#
#   HMAP=build/hmap tests/checks/large.sh [PROFILES]
#
# Processor time: of profiles just below 1 MB, at most 0.5 s; of those with
# 200,000 samples, at most 2 s, and of twice as many at most twice as much and a
# half. They are the standard library's type checking (tests/golden/std), many
# such programs side by side, with frames and without.
#
# Memory: -ndjson over 100, 1,000 … up to PROFILES profiles (10,000), 20 of the
# last damaged: the peak, which must not grow, and the rows of errors, each with
# its file's name.
set -eu
export LC_ALL=C
hmap=$(realpath "${HMAP:-build/hmap}")
cut=$(dirname "$hmap")/tests/programs/cutstacks
golden=$PWD/tests/golden
most=${1:-10000}
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
failed=0

seconds() { # ARGS…: processor time of an explain, in seconds
    /usr/bin/time -o "$work/time" -f '%U %S' "$hmap" explain "$@" >/dev/null
    awk '{ print $1 + $2 }' "$work/time"
}

limit() { # SECONDS MOST: remembers where it is more
    awk "BEGIN { exit !($1 > $2) }" || return 0
    echo "  above $2 s"
    failed=1
}

large() { # PROFILE SAMPLES ARGS…
    large_from=$1
    large_samples=$2
    shift 2
    "$cut" "$@" -samples "$large_samples" "$large_from" "$work/p.pb.gz"
}

size() {
    stat -c %s "$work/p.pb.gz"
}

for release in 1.19 1.27; do
    for kind in '' .sampled; do
        for hide in '' "-hide $release"; do
            from=$golden/std/go$release/types$kind.pb.gz
            name="go$release types$kind ${hide:+hidden}"
            # shellcheck disable=SC2086
            {
                large "$from" 200000 $hide
                samples=$((200000 * 980 / ($(size) / 1000)))
                t=$(seconds "$work/p.pb.gz")
                all=$(seconds -all "$work/p.pb.gz")
                large "$from" 400000 $hide
                twice=$(seconds "$work/p.pb.gz")
                [ $samples -lt 400000 ] || samples=400000
                large "$from" $samples $hide
                mega=$(seconds "$work/p.pb.gz")
            }
            echo "$name: $(size) bytes, $samples samples: $mega s;" \
                "200,000 samples: $t s, -all $all s; 400,000: $twice s"
            [ "$(size)" -gt 1000000 ] || [ $samples = 400000 ] ||
                limit "$mega" 0.5
            limit "$t" 2
            limit "$twice" "(2.5 * $t)"
        done
    done
done

# --- many ---

n=0
for f in "$golden"/std/*/*.pb.gz "$golden"/full/*/*.pb.gz; do
    n=$((n + 1))
    cp "$f" "$work/$n.pb.gz"
done
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    head -c $((600 + 20 * i)) "$work/$i.pb.gz" > "$work/bad$i.pb.gz"
done
peak=
for many in 100 1000 "$most"; do
    awk -v many="$many" -v n="$n" -v dir="$work" 'BEGIN {
        for (i = 0; i < many; i++)
            printf "%s/%s%d.pb.gz%c", dir, i % (many / 20) ? "" : "bad",
                i % (many / 20) ? i % n + 1 : i / (many / 20) + 1, 0
    }' > "$work/list"
    /usr/bin/time -o "$work/time" -f '%M %U %S' \
        "$hmap" explain -ndjson -files0-from - < "$work/list" > "$work/rows"
    bad=$(grep '"error":' "$work/rows" | grep -c "\"source\":\"$work/bad")
    read -r kb user sys < "$work/time"
    echo "$many profiles: $(wc -l < "$work/rows") rows, $bad of errors;" \
        "peak $kb kB, $user s and $sys s"
    [ "$bad" = 20 ] || failed=1
    [ "$kb" -le $((${peak:-$kb} * 11 / 10)) ] || failed=1
    peak=${peak:-$kb}
done
exit $failed
