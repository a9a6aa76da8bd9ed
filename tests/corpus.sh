#!/bin/bash
# corpus.sh <directory of fuzzers> -- replays tests/corpus/<name>/* through fuzz_<name>, one test a file.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
fuzzers=$1
passed=0
failed=0

for folder in tests/corpus/*/; do
    fuzzer=$fuzzers/fuzz_$(basename "$folder")
    while IFS= read -r -d '' input; do
        if output=$(timeout -k 10 300 "$fuzzer" "$input" 2>&1); then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            printf '  FAILED  %s\n%s\n' "$input" "$(tail -n 40 <<<"$output" | sed 's/^/    | /')"
        fi
    done < <(find "$folder" -type f -print0 | sort -z)
done
echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
