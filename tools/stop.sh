#!/bin/bash
# stop.sh -- `make stop`: ends the server of `make run`. Its data stays in build/run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tools/server.sh

pid=$(server_pid) || { echo 'No server of make run is running.'; exit 0; }
kill "$pid"
for _ in {1..600}; do
    if ! server_pid >/dev/null; then
        echo 'Stopped.'
        exit 0
    fi
    sleep 0.1
done
echo "The server (process $pid) does not end; its log is $server_dir/redis.log" >&2
exit 1
