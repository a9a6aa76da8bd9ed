#!/bin/bash
# t_symbols.sh -- what nonrel.so shows to the server's linker and wants from it. A symbol of a common name, on either side, would silently
# be bound to another library's: so the module exports its two entry points, and needs the C library alone.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
module=nonrel.so
passed=0
failed=0

expect() { # <test> <expected> <found>
    if [[ $2 == "$3" ]]; then
        passed=$((passed + 1))
        echo "  ok      $1"
    else
        failed=$((failed + 1))
        printf '  FAILED  %s\n    | expected: %s\n    | found:    %s\n' "$1" "$2" "$3"
    fi
}

words() { sort -u | paste -sd ' '; }
exported=$(nm -D --defined-only "$module" | awk '{ print $NF }' | words)
server=$(command -v redis-server)
borrowed=$(comm -12 <(nm -D --undefined-only "$module" | awk '{ print $NF }' | grep -v @ | sort -u) \
                    <(nm -D --defined-only "$server" | awk '{ print $NF }' | sort -u) | words)
foreign=$(readelf -d "$module" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -vE '^(libc|libm|libroaring|ld-linux.*)\.so\.' | words)
binding=$(readelf -d "$module" | grep -oE '\(SYMBOLIC\)|\bSYMBOLIC\b|BIND_NOW|\bNOW\b' | head -n 1 | wc -l)

expect 'the module exports its two entry points only' 'RedisModule_OnLoad RedisModule_OnUnload' "$exported"
expect 'the module takes no symbol of the server' '' "$borrowed"
expect 'the module needs no library but the C library and CRoaring' '' "$foreign"
expect 'the module is bound to itself and at load' '1' "$binding"
echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
