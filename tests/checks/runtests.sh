#!/bin/sh
# runtests.sh PROGRAM…: runs each Criterion program and adds up their closing
# lines. A program that runs no test, or ends otherwise than well, is a failure.
set -u
passed=0
failed=0
for program in "$@"; do
    out=$("$program" --verbose=1 2>&1) # seeds are on level info
    status=$?
    line=$(printf '%s\n' "$out" | grep 'Synthesis: ' | tail -n 1 |
        sed 's/\x1b\[[0-9;]*m//g')
    tested=$(printf '%s' "$line" | sed -n 's/.*Tested: *\([0-9]*\).*/\1/p')
    good=$(printf '%s' "$line" | sed -n 's/.*Passing: *\([0-9]*\).*/\1/p')
    printf '%-36s %s\n' "$(basename "$program")" "${good:-0} of ${tested:-0}"
    passed=$((passed + ${good:-0}))
    failed=$((failed + ${tested:-0} - ${good:-0}))
    if [ "$status" -ne 0 ] || [ "${tested:-0}" -eq 0 ]; then
        [ "${tested:-0}" -gt "${good:-0}" ] || failed=$((failed + 1))
        printf '%s\n' "$out" "$(basename "$program"): exit status $status"
    fi
done
echo "tests: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
