#!/bin/bash
# lint.sh -- the rules of docs/architecture.md that a few lines of awk can check. Each rule is one test; offenders are named by file and line.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
layers='base types model store table query exec plan engine cli'
passed=0
failed=0

rule() { # <rule> <offenders>
    if [[ -z $2 ]]; then
        passed=$((passed + 1))
        echo "  ok      $1"
    else
        failed=$((failed + 1))
        printf '  FAILED  %s\n%s\n' "$1" "$(sed 's/^/    | /' <<<"$2")"
    fi
}

files() { find "$@" -name '*.[ch]' -type f 2>/dev/null | sort; } # <folder>...
scan() { # <awk program> <folder>... -- the program sees FILENAME, FNR, and rank of each layer
    local program=$1
    shift
    files "$@" | xargs -r awk -v layers="$layers" '
        BEGIN { n = split(layers, name, " "); for (i = 1; i <= n; i++) rank[name[i]] = i }
        function offend(why) { print FILENAME ":" FNR ": " why }
        '"$program"
}

# A header is named by its layer: "base/err.h". Layer 0 is no layer.
order=$(scan '
    /^[ \t]*#[ \t]*include[ \t]*"/ {
        split(FILENAME, at, "/"); split($0, quoted, "\""); split(quoted[2], to, "/")
        if (!(at[2] in rank)) offend("src/" at[2] " is no layer")
        else if (!(to[1] in rank)) offend("\"" quoted[2] "\" names no layer")
        else if (rank[to[1]] > rank[at[2]]) offend(at[2] " includes \"" quoted[2] "\" of a later layer")
    }' src)
server=$(scan '/^[ \t]*#[ \t]*include.*redismodule\.h/ { offend($0) }' src)
hiredis=$(scan '/^[ \t]*#[ \t]*include.*hiredis/ && FILENAME !~ /^src\/cli\// { offend($0) }' src module)
glue=$(scan '
    /^[ \t]*#[ \t]*include[ \t]*"/ {
        split($0, quoted, "\""); split(quoted[2], to, "/")
        if (index(quoted[2], "/") && (!(to[1] in rank) || to[1] == "cli")) offend("module includes \"" quoted[2] "\"")
    }' module)
words=$(scan '/(^|[^A-Za-z0-9_])(TODO|FIXME|XXX|HACK)([^A-Za-z0-9_]|$)/ { offend($0) }' src module tests tools)
calls=$(scan '
    /(^|[^A-Za-z0-9_])(setlocale|localeconv|strcoll|sprintf|strcpy|strcat|gets|atoi)[ \t]*\(/ { offend($0) }' src module tests tools)
twins=$(find src module -name '*.[ch]' -type f -printf '%f %p\n' 2>/dev/null | sort |
    awk '$1 == last { print path; print $2 } { last = $1; path = $2 }' | sort -u)
broken=$(find . -path ./build -prune -o -path ./.git -prune -o -name '*.sh' -type f -exec bash -n {} \; 2>&1)

rule 'a layer includes only itself and those before it' "$order"
rule 'src does not know the server' "$server"
rule 'hiredis is for the command-line program only' "$hiredis"
rule 'the module includes its own headers and those of the engine' "$glue"
rule 'nothing is left for later' "$words"
rule 'no call that depends on the locale or knows no bounds' "$calls"
rule 'file names are unique' "$twins"
rule 'shell scripts parse' "$broken"

long=$(files src module tests tools | xargs -r wc -l | awk '$2 != "total" && $1 > 600 { print "  warning " $2 " has " $1 " lines" }')
[[ -z $long ]] || echo "$long"
echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
