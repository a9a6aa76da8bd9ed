#!/bin/bash
# run.sh -- `make bench`: measures on a server of its own and writes docs/benchmarks.md. make bench N=20000 is a quick try, which is only printed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
cc=${CC:-gcc}
variant=${VARIANT:-$(basename "${cc##* }")}
n=${N:-500000}
dir=$root/build/bench

fail() { echo "make bench: $*" >&2; exit 1; }

free_port() {
    local port
    for port in {7480..7580}; do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
    fail 'no free port between 7480 and 7580'
}

start() {
    rm -rf "$dir" && mkdir -p "$dir"
    redis-server --port "$port" --bind 127.0.0.1 --dir "$dir" --save '' --appendonly no --enable-debug-command yes --loadmodule "$root/nonrel.so" \
        >"$dir/redis.log" 2>&1 &
    server=$!
    trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true; rm -rf "$dir"' EXIT
    local tries
    for tries in {1..100}; do
        [[ $(redis-cli -p "$port" PING 2>/dev/null) != PONG ]] || return 0
        sleep 0.1
    done
    cat "$dir/redis.log" >&2
    fail 'the server did not start'
}

info() { redis-cli -p "$port" INFO "$1" | tr -d '\r' | sed -n "s/^$2://p"; }

machine() {
    printf -- '- Machine: %s, %s cores, %s of memory, %s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
        "$(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)" "$(uname -s) $(uname -r | cut -d - -f 1)"
    printf -- '- Server: redis-server %s (%s), no append-only file, no replica\n' "$(info server redis_version)" "$(info memory mem_allocator)"
    printf -- '- Module: NONREL %s, %s, -O2\n' "$(info nonrel nonrel_version)" "$("$cc" --version | head -n 1)"
    printf -- '- Day: %s\n' "$(date -u +%Y-%m-%d)"
}

# Microseconds of the server for one call of a command, of so many.
reading() { # <what it shows> <calls> <command> <arguments>...
    local what=$1 calls=$2 stat usec
    shift 2
    redis-cli -p "$port" CONFIG RESETSTAT >/dev/null
    redis-benchmark -p "$port" -n "$calls" -c 1 -r "$n" -q "$@" >/dev/null
    stat=cmdstat_$(tr '[:upper:]' '[:lower:]' <<<"$1")
    usec=$(info commandstats "$stat" | sed 's/.*usec_per_call=\([0-9.]*\).*/\1/')
    printf '| %s | `%s` | %s |\n' "$what" "$*" "$usec"
}

readings() {
    printf '| what | command | us |\n| --- | --- | ---: |\n'
    reading 'one entity' 20000 NONREL.GET saved.Person __rand_int__
    reading 'ten of a set index' 20000 NONREL.QUERY saved.Person FILTER city city500 LIMIT 0 10
    reading 'ten of a prefix' 20000 NONREL.QUERY saved.Person FILTER name__startswith ab LIMIT 0 10
    reading 'the ten newest' 20000 NONREL.QUERY saved.Person ORDER -created LIMIT 0 10
    reading 'the ten newest of a city' 200 NONREL.QUERY saved.Person FILTER city city500 ORDER -created LIMIT 0 10
    reading 'a count by an index' 20000 NONREL.COUNT saved.Person FILTER age__range '[30,39]'
    reading 'a count by two indexes' 200 NONREL.COUNT saved.Person FILTER city city500 age__gte 50
    reading 'a count without an index' 5 NONREL.COUNT saved.Person FILTER salary__lt 1000
}

page() {
    cat <<PAGE
# Benchmarks

Written by \`make bench\`, which takes some minutes. Figures of another machine differ, ratios less so.

$(machine)

## A SAVE beside the same commands sent by hand

$n entities of seven fields, three of them with an ordered index and one with a set index (1,000 values, skewed), are
written three times in one run: by \`NONREL.SAVE\`; by \`HSET\`, \`SADD\` and three \`ZADD\` in one \`MULTI\`; and by the same with
the fourth \`ZADD\`, that of the primary keys' index, which a SAVE does too. The last writes exactly the keys that the SAVE
writes (compared by \`DEBUG DIGEST-VALUE\`). The ways take turns, 5,000 entities each, so that all meet the same sizes and
caches. The goal is at most 1.3 times the server time.

$1

- Server time is that of \`INFO commandstats\`: of \`nonrel.save\`, and of \`exec\` and \`multi\`. The time of \`exec\` includes the
  commands that it runs; what \`commandstats\` does not see is the reading and queueing of seven or eight commands by hand
  in place of one. The CPU of the process includes that, for all ways, and the replies.
- Members of the sorted sets are made by the client beforehand when written by hand; \`SAVE\` makes them itself, checks
  every value, and looks whether the entity is there already. By hand neither is done: written twice with another value,
  the indexes would be wrong.

## Reading

On the entities that the SAVEs wrote: microseconds of the server for one call, by \`INFO commandstats\`.

$2

## Workloads over both stores

H is one \`HSET\` of the same entity in the same run; the goals are for the memory store.

$3
PAGE
}

# Both stores in turn, each on an empty server.
workloads() {
    local store
    for store in native memory; do
        redis-cli -p "$port" FLUSHALL >/dev/null
        "$root/build/$variant/bench/bench_people" "$port" "$store" "$n" || return 1
        echo
    done
}

port=$(free_port)
start
table=$("$root/build/$variant/bench/bench_save" "$port" "$n")
echo "$table"
reads=$(readings)
echo "$reads"
people=$(workloads) || { echo "$people"; exit 1; }
echo "$people"
[[ $n == 500000 ]] || { echo "$n entities are a try: docs/benchmarks.md stays as it is."; exit 0; }
page "$table" "$reads" "$people" >"$dir/benchmarks.md"
cp "$dir/benchmarks.md" docs/benchmarks.md
echo 'Written to docs/benchmarks.md.'
