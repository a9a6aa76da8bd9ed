#!/bin/bash
# sessions.sh <port> <file.md> -- prints the page with its sessions as they run now, on the server of that port, whose database 0 should be empty.
#
# A session is a ```console block. Each of its lines that begins with redis-cli's prompt is run; what stands below it is replaced by what came.
# `console resp3` talks RESP3. So docs/guide.md is true as long as this prints it as it is, which the suite `docs` compares.
set -euo pipefail
prompt='127.0.0.1:6379> '
port=$1
options=
block=

while IFS= read -r line; do
    if [[ $line == '```console'* ]]; then
        block=yes
        options=
        [[ $line != *resp3 ]] || options=-3
        printf '%s\n' "$line"
    elif [[ $line == '```' || -z $block ]]; then
        block=
        printf '%s\n' "$line"
    elif [[ $line == "$prompt"* ]]; then
        printf '%s\n' "$line"
        redis-cli -p "$port" --no-raw $options <<<"${line#"$prompt"}" | sed '/^$/d'
    fi
done <"$2"
