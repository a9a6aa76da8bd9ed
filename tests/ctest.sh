#!/bin/bash
# ctest.sh <directory> -- runs every cmocka program t_* of a directory, some at a time, and counts their tests.
#
# A program that crashes, hangs or ends before its plan is done counts as one failure more. What a failed program printed is shown.
# ONLY names the programs that are wanted (all, when it is empty). WRAP is put before each program (valgrind). N goes through to the programs that
# count by it.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
directory=$1
logs=$directory/log

run_one() { # <program> -> log and status in $logs
    local name=${1##*/}
    # shellcheck disable=SC2086 # WRAP is a command and its arguments
    { CMOCKA_MESSAGE_OUTPUT=TAP timeout -k 10 "${TEST_TIMEOUT:-900}" ${WRAP:-} "$1"; } >"$logs/$name.log" 2>&1
    echo $? >"$logs/$name.status"
    (flock 9 && report "$name") 9>"$logs/lock"
}

report() { # <name>: one line for people; on failure the output too
    local name=$1 status planned ok bad skipped
    status=$(<"$logs/$name.status")
    ok=$(grep -cE '^ok [0-9]+' "$logs/$name.log")
    skipped=$(grep -cE '^not ok [0-9]+ # SKIP' "$logs/$name.log")
    bad=$(grep -E '^not ok [0-9]+' "$logs/$name.log" | grep -vc '# SKIP')
    planned=$(sed -n 's/^1\.\.\([0-9][0-9]*\).*/\1/p' "$logs/$name.log" | awk '{ n += $1 } END { print n + 0 }')
    [[ $bad -gt 0 || ($status -eq 0 && $planned -gt 0 && $((ok + bad + skipped)) -eq $planned) ]] || bad=1
    echo "$ok $bad" >"$logs/$name.count"
    if [[ $bad -eq 0 ]]; then
        printf '  ok      %-24s %4d\n' "$name" "$ok"
    else
        { printf '  FAILED  %-24s %4d of %d failed, exit status %d\n' "$name" "$bad" "$planned" "$status"
          grep -vE '^ok [0-9]+' "$logs/$name.log" | tail -n 60 | sed 's/^/    | /'; }
    fi
}

export -f run_one report
export logs WRAP

# Leftovers of sources that are gone are no tests.
programs=()
for source in tests/t_*.c; do
    name=$(basename "$source" .c)
    [[ ! -e $source || (-n ${ONLY:-} && " $ONLY " != *" $name "*) ]] || programs+=("$directory/$name")
done
[[ ${#programs[@]} -gt 0 ]] || { echo '0 passed, 0 failed'; exit 0; }
rm -rf "$logs" && mkdir -p "$logs"
printf '%s\0' "${programs[@]}" | xargs -0 -n 1 -P "$(nproc)" bash -c 'run_one "$1"' _
cat "$logs"/*.count | awk '{ ok += $1; bad += $2 } END { printf "%d passed, %d failed\n", ok, bad; exit bad > 0 }'
