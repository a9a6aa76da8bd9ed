#!/bin/bash
# run.sh people|growth|latency|builds -- the targets bench, bench-growth, bench-latency and bench-builds: runs a benchmark and writes what it found into docs/.
#
# N says how many people there are, POSTS how many posts; with another number than the usual one it is a try, which is only printed. A benchmark that fails, or finds
# a wrong answer, writes nothing and ends with 1. PEER_SO and PEER_SERVER name another search module and the server that it needs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
cc=${CC:-gcc}
variant=${VARIANT:-$(basename "${cc##* }")}
dir=$root/build/bench
bin=$root/build/$variant/bench

machine() {
    printf -- '- Machine: %s, %s cores, %s of memory, %s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
        "$(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)" "$(uname -s) $(uname -r | cut -d - -f 1)"
    printf -- '- Load of the machine over the last minute, when it began and when it ended: %s\n' "$load, $(cut -d ' ' -f 1 /proc/loadavg)"
    printf -- '- Server: redis-server %s, no append-only file, no replica\n' \
        "$(redis-server --version | sed -n 's/.* v=\([0-9.]*\).* malloc=\([^ ]*\).*/\1 (\2)/p')"
    printf -- '- Module: %s, -O2\n' "$("$cc" --version | head -n 1)"
    [[ -z ${PEER_SO:-} ]] || printf -- '- Peer: %s on %s\n' "$(basename "$PEER_SO")" "$("${PEER_SERVER:-redis-server}" --version)"
    printf -- '- Day: %s\n' "$(date -u +%Y-%m-%d)"
}

growth_page() {
    if [[ -e docs/benchmarks-growth.md ]]; then echo "See [how cost grows](benchmarks-growth.md), written by \`make bench-growth\`."
    else echo "\`make bench-growth\` writes a page of its own, which has not been written yet."; fi
}

page() {
    cat <<PAGE
# Benchmarks

Written by \`make bench\`. Figures of another machine differ, ratios less so, and a machine that is busy makes all of them worse.

$(machine)

## What is measured

$n people with a fixed seed: age int, name char of 12, created int, city char of 1,000 values of skewed frequency, salary int (a
column without an index), title of four words. Indexes on age, name (exact and startswith), created and city. Every system
runs on a server of its own, one after the other; of two servers one always waits.

- **H** is one \`HSET\` of the same entity, on a plain server of the same kind, which gets the people in turns with the system, 5,000 and 5,000.
  Times are those of the server's own clock, all commands of the work added up (\`INFO commandstats\`); the best of three rounds in each of
  three passes through all the work.
- **By hand** is what a client does without a module: \`HSET\`, \`SADD\` and three \`ZADD\` in one \`MULTI\` for a write, and for a
  read the commands of sets and sorted sets, then an \`HGETALL\` for each entity. It has no index by salary: \`SORT ... BY\`.
- **RediSearch 1.2** is Debian's package \`redis-redisearch\`, loaded with SAFEMODE, TIMEOUT 0, MAXEXPANSIONS 10000000. It does not
  follow hashes by itself: a write is \`HSET\` and \`FT.ADDHASH\`. Names are TAGs. \`PEER_SO=... PEER_SERVER=... make bench\`
  measures another version, 2.0 or later, beside these.
- **RediSearch 2.10** are figures of the issue that set the goals, of Redis 7.2 on another day (save 4 H and 310 bytes without
  the suffix trie).
- Every answer is held to the data: counts to a count over the people, rows to the filter, their number, their values and
  their order, ties by primary key for NONREL. ✓ and ✗ say whether a goal is met. "Wrong" means that a peer gave another
  answer: below it says which.
- A restart is from the start of the process, with the RDB on disk, to the first answer that is true.

![server time of each workload](benchmarks.svg)

## Workloads

$(cat "$dir/tables.md")

Calls a second and latency are those of a client on the same machine, with a loop of its own; only where the work is one
command.

## How cost grows

$(growth_page)

## Inside texts and dates

The same people; \`name\` has a contains index from the beginning, \`title\` gets its own by INDEX CREATE, \`joined\` is of a
model with 500,000 datetimes and an index of the month. Needles that some 30 to 70 rows have. Goals are those of the memory
store, or of both.

$(cat "$dir/lookups.md")

## Groups and updates

The same people. Without its index, age is in a column. An update is of the 1,000 people with the lowest ids. A goal is that of the memory store.

$(cat "$dir/queries.md")

## Through relations

$posts posts by $((posts / 10)) authors of $((posts / 1000)) cities, four posts of ten published, in one command. By hand a client has a hash for each entity, sets of the
posts of each author and status and of the authors of each city, sorted sets of the usernames and of the times, and asks in two or three round trips; what it
then has to do itself, and the way there and back, is in its own time alone.

$(cat "$dir/joins.md")

## A SAVE beside the same commands sent by hand

$n entities of seven fields, three of them with an ordered index and one with a set index, in the native store, are written
three times in one run: by \`NONREL.SAVE\`; by \`HSET\`, \`SADD\` and three \`ZADD\` in one \`MULTI\`; and by the same with the fourth
\`ZADD\`, that of the primary keys' index, which a SAVE does too. The last writes exactly the keys that the SAVE writes
(compared by \`DEBUG DIGEST-VALUE\`). The ways take turns, 5,000 entities each, so that all meet the same sizes and caches. The
goal is at most 1.3 times the server time.

$(cat "$dir/save.md")

- Server time is that of \`INFO commandstats\`: of \`nonrel.save\`, and of \`exec\` and \`multi\`. The time of \`exec\` includes the
  commands that it runs; what \`commandstats\` does not see is the reading and queueing of seven or eight commands by hand
  in place of one. The CPU of the process includes that, for all ways, and the replies.
- Members of the sorted sets are made by the client beforehand when written by hand; \`SAVE\` makes them itself, checks
  every value, and looks whether the entity is there already. By hand neither is done: written twice with another value,
  the indexes would be wrong.
PAGE
}

# Publishes a page only when it is of the usual size.
publish() { # <whether> <name>...
    local usual=$1 name
    shift
    [[ $usual == yes ]] || { echo 'This was a try: docs/ stays as it is.'; return; }
    for name in "$@"; do cp "$dir/$name" "docs/$name"; echo "Written to docs/$name."; done
}

people() {
    n=${N:-500000}
    "$bin/bench_people" "$root/nonrel.so" "$n" "$dir/tables.md" "$dir/benchmarks.svg" || { cat "$dir/tables.md"; exit 1; }
    cat "$dir/tables.md"
    "$bin/bench_save" "$root/nonrel.so" "$n" >"$dir/save.md"
    cat "$dir/save.md"
    "$bin/bench_lookups" "$root/nonrel.so" "$n" >"$dir/lookups.md"
    cat "$dir/lookups.md"
    "$bin/bench_queries" "$root/nonrel.so" "$n" >"$dir/queries.md"
    cat "$dir/queries.md"
    posts=${POSTS:-$((n < 10000 ? 20000 : n * 2))}
    "$bin/bench_joins" "$root/nonrel.so" "$posts" >"$dir/joins.md"
    cat "$dir/joins.md"
    page >"$dir/benchmarks.md"
    publish "$([[ $n != 500000 || $posts != 1000000 ]] || echo yes)" benchmarks.md benchmarks.svg
}

growth() {
    local sizes=${N:-50000 500000 5000000}
    "$bin/bench_growth" "$root/nonrel.so" $sizes >"$dir/growth.md"
    cat >"$dir/benchmarks-growth.md" <<PAGE
# How cost grows

Written by \`make bench-growth\`: the people of [benchmarks](benchmarks.md), the memory store. Times are those of the server's
clock, the best of several rounds. "At this size" is the mean of the last tenth of the entities that are written; HSET is
measured on a plain server. A scan counts rows by the column salary, which has no index.

$(machine)

$(cat "$dir/growth.md")

Point work is to grow with log N at most, a scan is to take less than 2 ns a row and column, and SAVE divided by HSET at the
largest size is to be at most 1.5 times what it is at the smallest.
PAGE
    cat "$dir/growth.md"
    publish "$([[ -n ${N:-} ]] || echo yes)" benchmarks-growth.md
}

latency() {
    "$bin/bench_latency" "$root/nonrel.so" "${STORE:-memory}" "${N:-5000000}" 30
}

builds() {
    "$bin/bench_builds" "$root/nonrel.so" "${STORE:-native}" "${N:-1000000}"
}

load=$(cut -d ' ' -f 1 /proc/loadavg)
rm -rf "$dir" && mkdir -p "$dir"
case ${1:-} in
people | growth | latency | builds) "$1" ;;
*) echo 'usage: tests/bench/run.sh people|growth|latency|builds' >&2; exit 2 ;;
esac
