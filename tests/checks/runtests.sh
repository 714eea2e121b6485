#!/bin/sh
# runtests.sh PROGRAM…: runs each Criterion program and adds up their closing
# lines. A program that runs no test, or ends otherwise than well, is a failure;
# but what a test misses here (a toolchain, a terminal) skips it, with its reason.
# What failed is said once more at the end, where a log's reader looks first.
set -u
passed=0
failed=0
skipped=0
failures=
for program in "$@"; do
    out=$("$program" --verbose=1 2>&1) # seeds are on level info
    status=$?
    line=$(printf '%s\n' "$out" | grep 'Synthesis: ' | tail -n 1 |
        sed 's/\x1b\[[0-9;]*m//g')
    tested=$(printf '%s' "$line" | sed -n 's/.*Tested: *\([0-9]*\).*/\1/p')
    good=$(printf '%s' "$line" | sed -n 's/.*Passing: *\([0-9]*\).*/\1/p')
    printf '%-36s %s\n' "$(basename "$program")" "${good:-0} of ${tested:-0}"
    reasons=$(printf '%s\n' "$out" | grep 'SKIP' | sed 's/\x1b\[[0-9;]*m//g')
    if [ -n "$reasons" ]; then
        printf '%s\n' "$reasons"
        skipped=$((skipped + $(printf '%s\n' "$reasons" | grep -c '^\[SKIP\]')))
    fi
    passed=$((passed + ${good:-0}))
    failed=$((failed + ${tested:-0} - ${good:-0}))
    if [ "$status" -ne 0 ] || { [ "${tested:-0}" -eq 0 ] && [ -z "$reasons" ]; }; then
        [ "${tested:-0}" -gt "${good:-0}" ] || failed=$((failed + 1))
        printf '%s\n' "$out" "$(basename "$program"): exit status $status"
        failures="$failures$(basename "$program"), exit status $status
$(printf '%s\n' "$out" | grep -E '\[(FAIL|CRASH)\]|Assertion failed|: Timeout|timed out' |
            sed 's/\x1b\[[0-9;]*m//g' | head -n 20)
"
    fi
done
printf '%s' "$failures"
echo "tests: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
