# server.sh -- the server of `make run`, for run.sh and stop.sh to source: where it is, whether it runs, how to talk to it.

server_dir=$PWD/build/run

server_port() { sed -n 's/^port //p' "$server_dir/redis.conf" 2>/dev/null || true; }

cli() { redis-cli -p "$(server_port)" "$@"; }

# Its process, when that runs. A number in a file may be anybody's by now: it is ours if it works in our directory.
server_pid() {
    local pid
    pid=$(cat "$server_dir/redis.pid" 2>/dev/null) && [[ $pid =~ ^[0-9]+$ ]] || return 1
    [[ $(readlink "/proc/$pid/cwd") == "$server_dir" && $(tr '\0' ' ' <"/proc/$pid/cmdline") == *redis-server* ]] || return 1
    echo "$pid"
}

# Waits until it answers, also while it loads its data; false when it is gone.
server_wait() {
    local tries
    for tries in {1..1200}; do
        [[ $(cli PING 2>/dev/null) != PONG ]] || return 0
        [[ $tries -lt 20 ]] || server_pid >/dev/null || return 1
        sleep 0.1
    done
    return 1
}
