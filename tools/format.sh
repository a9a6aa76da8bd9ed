#!/bin/bash
# format.sh [file...] -- clang-format in place, of all sources when none is named. Tables, structs and enums at file scope and macros are left
# as they are: people align them by column, and the formatter does not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

ranges() { # <file> -> -lines=from:to of all the rest. What opens with a brace at the end of an unindented line is no function.
    awk '
        function flush() { if (from && from <= last) print "-lines=" from ":" last; from = 0 }
        { last = NR - 1 }
        table { if (/^}/) table = 0; next }
        macro { macro = /\\$/; next }
        /^[^ \t}\/*#].*[{][ \t]*$/ { flush(); table = 1; next }
        /^[ \t]*#[ \t]*define/ { flush(); macro = /\\$/; next }
        !from { from = NR }
        END { last = NR; flush() }' "$1"
}

[[ $# -gt 0 ]] || mapfile -t files < <(find src module tests tools -name '*.[ch]' -type f | sort)
for file in "${@:-${files[@]}}"; do
    mapfile -t lines < <(ranges "$file")
    [[ ${#lines[@]} -eq 0 ]] || clang-format -i "${lines[@]}" "$file"
done
