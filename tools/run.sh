#!/bin/bash
# run.sh -- `make run`: a redis-server with the module and real data in build/run, a few queries with their answers, and how to go on.
#
# What runs already is used again, and data that is there is not loaded twice. The server is left running; tools/stop.sh ends it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
source tools/server.sh

fail() { echo "make run: $*" >&2; exit 1; }
title() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[[ -t 1 ]] || title() { printf '\n%s\n' "$*"; }

free_port() { # the one of last time if it can be had, so that clients find their way back
    local port
    for port in "$(server_port)" {7379..7479}; do
        [[ -n $port ]] || continue
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
    fail 'no free port between 7379 and 7479'
}

configure() { # <port>
    cat >"$server_dir/redis.conf" <<CONF
# Written by make run.
bind 127.0.0.1
port $1
daemonize yes
dir "$server_dir"
pidfile "$server_dir/redis.pid"
logfile "$server_dir/redis.log"
appendonly yes
save ""
loadmodule "$root/nonrel.so"
CONF
}

start() {
    mkdir -p "$server_dir"
    local port
    port=$(free_port)
    configure "$port"
    : >"$server_dir/redis.log"
    redis-server "$server_dir/redis.conf"
    server_wait || { tail -n 20 "$server_dir/redis.log" >&2; fail "the server did not start; its log is $server_dir/redis.log"; }
    echo "Started redis-server with nonrel.so on 127.0.0.1:$port."
}

# The mark tells a load that went through from one that was interrupted: loading again completes it.
load() {
    local count
    count=$(cli NONREL.COUNT debian.Package 2>/dev/null || true)
    if [[ $count =~ ^[1-9][0-9]*$ && -e $server_dir/loaded ]]; then
        echo "The data is there: $count packages."
        return
    fi
    title "$ nonrel load debian -p $(server_port)"
    ./nonrel load debian -p "$(server_port)"
    touch "$server_dir/loaded"
}

show() { # <what it shows> <command>...
    local word line=''
    title "# $1"
    shift
    for word in "$@"; do
        [[ $word =~ ^[A-Za-z0-9_.:,/@=-]+$ ]] || word="'$word'"
        line+=" $word"
    done
    echo "\$ redis-cli -p $(server_port)$line"
    cli -e --no-raw "$@"
}

queries() {
    show 'How many packages?' NONREL.COUNT debian.Package
    show 'One of them, some of its fields' NONREL.GET debian.Package bash FIELDS name version section installed_size summary
    show 'The three largest editors' \
        NONREL.QUERY debian.Package FILTER section editors ORDER -installed_size LIMIT 0 3 FIELDS name installed_size
    show 'How was that done?' \
        NONREL.EXPLAIN QUERY debian.Package FILTER section editors ORDER -installed_size LIMIT 0 3 FIELDS name installed_size
    show 'Required, not essential, larger than 500 KiB' \
        NONREL.QUERY debian.Package FILTER priority required essential false installed_size__gt 500 FIELDS name installed_size
    show 'How was that done?' \
        NONREL.EXPLAIN QUERY debian.Package FILTER priority required essential false installed_size__gt 500 FIELDS name installed_size
    show 'An entity is a plain hash' HMGET debian.Package:bash name section priority
}

if server_pid >/dev/null; then
    server_wait || fail "the server does not answer; its log is $server_dir/redis.log"
    echo "Already running on 127.0.0.1:$(server_port)."
    [[ ! nonrel.so -nt $server_dir/redis.pid ]] || echo 'It runs an older build of nonrel.so: make stop, then make run, starts the new one.'
else
    start
fi
load
queries
title 'Connect'
echo "  redis-cli -p $(server_port)"
title 'Stop'
echo '  make stop'
