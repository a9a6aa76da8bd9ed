#!/bin/bash
# crash.sh [N] -- kills a server in the middle of work N times (10), and holds it to what it has acknowledged.
#
# Each round several clients insert, change and delete at full speed (appendfsync always, a rewrite of the AOF somewhere in between), the server
# gets SIGKILL, and starts again on the same files. Every acknowledged write must be there, a batch whole or not at all, and every index must
# agree with the entities. What a client was told is in its log: each reply names the pk, so a log alone tells what must be found.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
root=$PWD
rounds=${1:-10}
clients=4
dir=$(mktemp -d /tmp/nonrel-crash.XXXXXX) || exit 1
socket=$dir/s
server=
trap 'end_server; rm -rf "$dir"' EXIT

cli() { redis-cli -s "$socket" "$@"; }

end_server() {
    [[ -z $server ]] || kill -9 "$server" 2>/dev/null
    [[ -z $server ]] || wait "$server" 2>/dev/null
    server=
}

start_server() { # <preamble yes|no>
    redis-server --port 0 --unixsocket "$socket" --dir "$dir" --save '' --appendonly yes --appendfsync always --aof-use-rdb-preamble "$1" \
        --auto-aof-rewrite-percentage 0 --loadmodule "$root/nonrel.so" >>"$dir/log" 2>&1 &
    server=$!
    local tries
    for ((tries = 0; tries < 1200; tries++)); do
        [[ $(cli ping 2>/dev/null) != PONG ]] || return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.05
    done
    echo 'the server does not start'
    tail -n 40 "$dir/log"
    return 1
}

define() {
    cli nonrel.model set crash.Item '{"pk":"name","fields":{"name":{"type":"char"},"version":{"type":"int","index":true},
        "code":{"type":"char","unique":true},
        "kind":{"type":"char","index":["exact"]},"price":{"type":"decimal","max_digits":10,"decimal_places":2,"null":true,"index":true},
        "made":{"type":"datetime","auto_now_add":true,"index":true}}}' &&
        cli nonrel.model set crash.Auto '{"fields":{"tag":{"type":"char","unique":true}}}'
}

# The commands of one client, without end: an entity inserted, one inserted and changed, one inserted, changed and deleted, a pair in one batch,
# one with a drawn pk. Every reply is a line that names what was done.
commands() { # <client> <round>
    awk -v who="$2-$1" 'BEGIN {
        quote = "\x27"
        for (k = 1; ; k++) {
            name = who "-" k
            save = "nonrel.save crash.Item name %s version 1 code %s kind k" k % 7 " price " k % 100 ".25\n"
            printf save, "i-" name, "ci-" name
            printf save, "u-" name, "cu-" name
            printf "nonrel.save crash.Item name u-%s version 2 kind changed NULL price\n", name
            printf save, "d-" name, "cd-" name
            printf "nonrel.save crash.Item name d-%s version 2\n", name
            printf "eval \"redis.call(" quote "NONREL.DELETE" quote ", KEYS[1], "
            printf quote "PK" quote ", ARGV[1]) return ARGV[1]\" 1 crash.Item d-" name "\n"
            printf "nonrel.save crash.Item JSON " quote "[{\"name\":\"a-%s\",\"version\":1,\"code\":\"ca-%s\",\"kind\":\"pair\"},", name, name
            printf "{\"name\":\"b-%s\",\"version\":1,\"code\":\"cb-%s\",\"kind\":\"pair\"}]" quote "\n", name, name
            printf "eval \"return " quote "t-" quote " .. ARGV[1] .. " quote " " quote " .. redis.call(" quote "NONREL.SAVE" quote ", KEYS[1], " \
                quote "tag" quote ", ARGV[1])\" 1 crash.Auto %s\n", name
        }
    }' 2>/dev/null
}

# Sends until the server is gone. redis-cli goes on with the next command then, so its input is ended for it.
work() { # <client> <round>
    commands "$1" "$2" | (trap '' PIPE; while [[ ! -e $dir/stop ]] && IFS= read -r line; do echo "$line"; done) 2>/dev/null |
        cli >"$dir/acks.$2.$1" 2>/dev/null
}

load_and_kill() { # <round>
    local client pids=()
    rm -f "$dir/stop"
    for ((client = 1; client <= clients; client++)); do
        work "$client" "$1" &
        pids+=($!)
    done
    sleep "0.$((RANDOM % 5 + 2))"
    [[ $((RANDOM % 3)) -eq 0 ]] || cli bgrewriteaof >/dev/null
    sleep "0.$((RANDOM % 5 + 1))$((RANDOM % 10))"
    end_server
    touch "$dir/stop"
    wait "${pids[@]}"
}

# What is there, in lines: `<name> <version>` of items, `t-<tag> <pk>` of the others.
state() {
    cli nonrel.query crash.Item FIELDS name version | paste -d ' ' - - - - | awk '{ print $2, $4 }'
    cli nonrel.query crash.Auto FIELDS tag id | paste -d ' ' - - - - | awk '{ print "t-" $2, $4 }'
}

# Holds the state to the logs. How often a name is in a log is how far it got: 1 inserted, 2 changed, 3 deleted. The last name of a log may be one
# step further than the log says.
compare() { # <state> <log>...
    awk '
        FNR == NR { found[$1] = $2; next }
        FNR == 1 { last[++logs] = "" }
        /^[iudab]-[0-9]+-[0-9]+-[0-9]+$/ { steps[$1]++; last[logs] = $1; acknowledged++ }
        /^t-[0-9]+-[0-9]+-[0-9]+ [0-9]+$/ { drawn[$1] = $2; last[logs] = $1; acknowledged++ }
        /^[A-Z]+ / && !/^(Could|Error)/ { print "a client was told: " $0; bad++ }
        END {
            for (i in last) at_end[last[i]]
            for (name in steps) {
                deletable = name ~ /^d-/
                if (deletable && steps[name] == 3) { if (name in found) { print name " was deleted and is back"; bad++ } }
                else if (!(name in found)) { if (!(deletable && steps[name] == 2 && name in at_end)) { print name " is lost"; bad++ } }
                else if (found[name] < steps[name]) { print name " has lost its change"; bad++ }
            }
            for (name in drawn) if (found[name] != drawn[name]) { print name " is lost, or has another pk than " drawn[name]; bad++ }
            for (name in found) {
                other = name
                if (sub(/^a-/, "b-", other) && !(other in found)) { print name " is there without " other; bad++ }
                if (sub(/^b-/, "a-", other) && !(other in found)) { print name " is there without " other; bad++ }
            }
            if (!acknowledged) { print "nothing was acknowledged"; bad++ }
            print acknowledged + 0 > "/dev/stderr"
            exit bad > 0
        }' "$@"
}

check_indexes() {
    local model lines bad=0
    for model in crash.Item crash.Auto; do
        lines=$(cli nonrel.index check "$model")
        [[ -z $lines ]] || { echo "INDEX CHECK $model: $(head -n 5 <<<"$lines")"; bad=1; }
        lines=$(cli --scan --pattern "$model:*" | wc -l)
        [[ $lines -eq $(cli nonrel.count "$model") ]] || { echo "$model: $lines keys, COUNT says $(cli nonrel.count "$model")"; bad=1; }
    done
    return "$bad"
}

run_round() { # <round>
    local preamble=yes
    [[ $(($1 % 2)) -eq 1 ]] || preamble=no
    load_and_kill "$1"
    start_server "$preamble" || return 1
    state >"$dir/state"
    compare "$dir/state" "$dir"/acks.* 2>"$dir/acknowledged" >"$dir/differences" || { head -n 20 "$dir/differences"; return 1; }
    check_indexes || return 1
    printf '  ok      round %d: %d replies so far, %d entities\n' "$1" "$(cat "$dir/acknowledged")" "$(wc -l <"$dir/state")"
}

start_server yes && define >/dev/null || exit 1
for ((round = 1; round <= rounds; round++)); do
    run_round "$round" || { echo "  FAILED  round $round"; exit 1; }
done
echo "$rounds kills survived"
