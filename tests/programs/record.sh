#!/bin/sh
# record.sh: builds the programs of this folder with an installed Go, runs them
# and records what the tests compare with:
#
#   tests/golden/profiles/NAME.pb.gz          at rate 1
#   tests/golden/profiles/NAME.sampled.pb.gz  at rate 524288, the workload 25 times
#   tests/golden/profiles/savings.tsv         what the very run of the profile allocated,
#                                             and runs with a hint in the mean
#   tests/golden/profiles/goview.pb.gz, *.debug1.txt, *.trace.gz
#   tests/golden/pprof/NAME.want              pprof's own reports
#
# Run from the project's top; the answers are those of the Go that is found.
set -eu
export GO111MODULE=off TZ=UTC LC_ALL=C
top=$PWD
prof=$top/tests/golden/profiles
want=$top/tests/golden/pprof
work=${WORK:-/app} # stands in the profiles as the programs' place
mkdir -p "$work" "$prof" "$want"

build() {
    (cd tests/programs && go build -trimpath -o "$work/$1" profile.go "$1.go")
}

printf 'program\tobjects\tbytes\thinted_objects\thinted_bytes\n' \
    > "$prof/savings.tsv"
for src in tests/programs/map_*.go tests/programs/none_*.go; do
    name=$(basename "$src" .go)
    build "$name"
    was=$("$work/$name" -measure -o "$prof/$name.pb.gz")
    "$work/$name" -rate 524288 -times 25 -o "$prof/$name.sampled.pb.gz"
    case $name in map_*)
        for _ in 1 2 3 4 5 6 7 8 9; do
            "$work/$name" -hint -measure
        done | awk -v OFS='\t' -v name="$name" -v was="$was" '
            { objects += $1; bytes += $2 }
            END {
                split(was, w, " ")
                print name, w[1], w[2], objects / NR, bytes / NR
            }' >> "$prof/savings.tsv" ;;
    esac
done
(cd tests/programs && go build -trimpath -o "$work/goview" goview.go)
GODEBUG=cpu.aes=off GOGC=off "$work/goview" "$prof/goview.pb.gz"
GODEBUG=allocfreetrace=1 "$work/map_inlined" 2>&1 >/dev/null |
    gzip -9n > "$prof/map_inlined.trace.gz"
"$work/map_inlined" -text -o "$prof/map_inlined.debug1.txt"
"$work/map_string_string" -rate 4096 -text -o "$prof/map_string_string.debug1.txt"

report() { # PROFILE PPROF-FLAGS… : one section
    file=$1
    shift
    echo "\$ $*"
    (cd "$prof" && go tool pprof "$@" "$file" 2>/dev/null)
}

for name in map_int_int map_inlined map_nested map_group none_json \
    none_printf none_closures none_scan none_buffer.sampled \
    none_json.sampled; do
    f=$name.pb.gz
    {
        for t in alloc_objects alloc_space inuse_objects inuse_space; do
            report $f -top -sample_index=$t
            report $f -top -cum -sample_index=$t
        done
        report $f -top -nodecount=3
        report $f -tree
        report $f -tree -cum -nodecount=6 -sample_index=alloc_objects
        report $f -peek=work
        case $name in none_json | none_printf) ;; # long, and nothing new
        *) report $f -traces -sample_index=alloc_objects ;;
        esac
    } > "$want/$name.want"
done
for name in none_json none_printf map_inlined; do
    f=$name.pb.gz
    {
        for flags in -focus=json -ignore='reflect|add' \
            '-focus=main.*work -ignore=Sprintf' -hide='^main' \
            '-hide=runtime -nodecount=3' '-focus=strconv|regexp' \
            '-focus=\.go$' '-hide=^encoding/json' '-focus=(?i)JSON' \
            -diff_base=none_scan.pb.gz -diff_base=none_json.pb.gz; do
            # shellcheck disable=SC2086
            report $f -top -sample_index=alloc_space $flags
            [ $name = map_inlined ] || continue
            # shellcheck disable=SC2086
            report $f -tree -cum $flags
            # shellcheck disable=SC2086
            report $f -traces $flags
        done
    } > "$want/$name.flags.want"
done
