#!/bin/bash
# run.sh [suite...] -- runs tcl-tests/suites/*.tcl by Redis's own harness, on the installed redis-server with the module of this checkout.
#
# The harness wants to run in a source tree of Redis. Each suite gets such a tree of its own, made of links: `tests` to that of the source
# package, `src` to the installed programs. So suites run side by side, and one that crashes takes no other with it. The trees have short
# names, for the paths of sockets and what the harness writes into redis.conf; what they print is in build/tcl.
#
# MODULE is another module than that of the checkout, PROGRAMS a directory with other programs than the installed ones, LOGS another place for what is
# printed, TEST_TIMEOUT the seconds that a suite may take, and each of its tests. STORE, N, ROWS and SEED go through to the suites.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
redis=$(cd "${REDIS_SRC:-build/redis}" && pwd) || exit 1
logs=$root/${LOGS:-build/tcl}
module=$root/${MODULE:-nonrel.so}
timeout=${TEST_TIMEOUT:-1200}
trees=$(mktemp -d /tmp/nonrel.XXXXXX) || exit 1
trap 'rm -rf "$trees"' EXIT
programs='redis-server redis-cli redis-benchmark redis-check-aof redis-check-rdb'

make_tree() { # <suite>
    local tree=$trees/$1 entry program
    mkdir -p "$tree/src" "$tree/tests/tmp" "$tree/tests/unit/nonrel"
    for program in $programs; do ln -s "$(PATH=${PROGRAMS:+$root/$PROGRAMS:}$PATH command -v "$program")" "$tree/src/$program"; done
    for entry in assets helpers support; do ln -s "$redis/tests/$entry" "$tree/tests/$entry"; done
    # Its processes talk to each other over 127.0.0.1; a base system need not know that as localhost.
    sed 's/socket localhost /socket 127.0.0.1 /' "$redis/tests/test_helper.tcl" >"$tree/tests/test_helper.tcl"
    ln -s "$module" "$tree/nonrel.so"
    ln -s "$root/nonrel" "$tree/nonrel"
    ln -s "$root/tcl-tests/support" "$tree/tests/nonrel"
    ln -s "$root/tcl-tests/suites/$1.tcl" "$tree/tests/unit/nonrel/$1.tcl"
}

# Suites run side by side, and runs too: each has a hundred ports of its own as long as it holds the lock of their number. They lie below those that the system
# gives out by itself; the harness steps over what else is in use.
take_ports() { # -> $port, and the lock open as 8
    local slot
    while true; do
        for slot in {0..79}; do
            exec 8>"/tmp/nonrel-ports.$slot"
            flock -n 8 && port=$((20000 + slot * 150)) && return
        done
        sleep 1
    done
}

run_suite() { # <suite>
    make_tree "$1"
    local tree=$trees/$1 log=$logs/$1.log port status
    take_ports
    (cd "$tree" && NONREL_SO=$tree/nonrel.so NONREL_CLI=$tree/nonrel NONREL_ROOT=$root TERM=dumb \
        timeout -k 10 "$timeout" tclsh tests/test_helper.tcl --single "unit/nonrel/$1" --clients 1 --durable --dont-clean --timeout "${TEST_TIMEOUT:-300}" \
        --baseport "$port" --portcount 100) >"$log" 2>&1 </dev/null
    status=$?
    kill_servers "$tree"
    (flock 9 && report "$1" "$log" "$status") 9>"$trees/lock"
}

# What a run that ended early has left: the servers that work in its tree.
kill_servers() { # <tree>
    local process
    for process in /proc/[0-9]*; do
        [[ $(readlink "$process/cwd" 2>/dev/null) != "$1"/* ]] || kill -9 "${process##*/}" 2>/dev/null
    done
}

report() { # <suite> <log> <exit status>
    local ok bad
    ok=$(grep -c '^\[ok\]: ' "$2")
    bad=$(grep -cE '^\[(err|exception|TIMEOUT)\]: ' "$2")
    [[ $bad -gt 0 || ($3 -eq 0 && $ok -gt 0) ]] || bad=1
    echo "$ok $bad" >"$logs/$1.count"
    if [[ $bad -eq 0 ]]; then
        printf '  ok      %-24s %4d\n' "$1" "$ok"
    else
        cp -r "$trees/$1/tests/tmp" "$logs/$1"
        printf '  FAILED  %-24s %4d of %d failed, exit status %d; all of it in %s, the servers in %s\n%s\n' \
            "$1" "$bad" $((ok + bad)) "$3" "${2#"$root"/}" "${logs#"$root"/}/$1" "$({ failures "$2"; crashes "$logs/$1"; } | cut -c 1-600 | sed 's/^/    | /')"
    fi
}

# From each failure to the next line of the harness, without its summary; of a run that ended early, its end.
failures() { # <log>
    if grep -qE '^\[(err|exception|TIMEOUT)\]: ' "$1"; then
        awk '/^ +The End/ { exit } /^\[/ { show = /^\[(err|exception|TIMEOUT)\]: / } /^Logged (crash report|sanitizer)/ { show = 1 } show' "$1"
    else
        tail -n 40 "$1"
    fi | head -n 200
}

crashes() { # <copy of the servers' directories>: the stack of each server that crashed
    find "$1" -name stdout -exec awk '/STACK TRACE/ { show = 1 } /REGISTERS/ { show = 0 } show' {} + | head -n 60
}

export -f make_tree take_ports run_suite kill_servers report failures crashes
export root redis trees logs programs module timeout

rm -rf "$logs" && mkdir -p "$logs"
if [[ $# -gt 0 ]]; then suites=("$@"); else mapfile -t suites < <(find tcl-tests/suites -name '*.tcl' -printf '%f\n' | sed 's/\.tcl$//' | sort); fi
[[ ${#suites[@]} -gt 0 ]] || { echo '0 passed, 0 failed'; exit 0; }

printf '%s\0' "${suites[@]}" | xargs -0 -n 1 -P "$(nproc)" bash -c 'run_suite "$1"' _
cat "$logs"/*.count | awk '{ ok += $1; bad += $2 } END { printf "%d passed, %d failed\n", ok, bad; exit bad > 0 }'
