#!/bin/bash
# run.sh check|test|valgrind -- runs the stages one after the other and adds up their results.
#
# A stage is a command whose last line is `N passed, M failed`; one that ends in another way counts as one failure. A stage that fails
# does not stop those after it. The very last line of output is the total; the exit status says whether all passed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset MAKEFLAGS MFLAGS MAKELEVEL
make=${MAKE:-make}
cc=${CC:-gcc}
logs=build/test
passed=0
failed=0
mkdir -p "$logs"
rm -f "$logs"/*.log "$logs/summary"

build() { "$make" --no-print-directory -j"$(nproc)" "$@"; }

once() { # <command>... -- a stage that is one check: it passes or not
    if "$@"; then echo '1 passed, 0 failed'; else echo '0 passed, 1 failed'; fi
}

stage() { # <name> <command>...
    local name=$1 log="$logs/${1// /-}.log" start=$SECONDS status ok=0 bad=1 line
    shift
    printf '\n== %s\n' "$name"
    "$@" 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    line=$(tail -n 1 "$log")
    if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        ok=${BASH_REMATCH[1]} bad=${BASH_REMATCH[2]}
        [[ $status -eq 0 || $bad -gt 0 ]] || bad=1
    else
        echo "$name: ended with status $status and without a result"
    fi
    passed=$((passed + ok))
    failed=$((failed + bad))
    printf '%s: %d seconds\n' "$name" $((SECONDS - start))
    [[ $bad -eq 0 ]] || failures+=("$name: $bad failed")
}

c_tests() { # <number of random queries> <variant> <make arguments>...
    local n=$1 variant=$2
    shift 2
    [[ $variant != asan ]] || export JOINS=100 # a sixth of them: there each takes ten times as long
    build "$@" objects tests && N=$n tests/ctest.sh "build/$variant/test"
}

corpus() {
    build "${asan[@]}" fuzzers && tests/corpus.sh build/asan/fuzz
}

check_stages() { # <number of random queries>
    stage 'lint' tests/lint.sh
    stage 'build' once build CC="$cc" all
    stage 'C tests' c_tests "$1" "$(basename "${cc##* }")" CC="$cc"
}

# What does not look at the native store's keys, once more with the indexes in memory.
memory_tests() {
    ONLY='t_oracle t_inject t_engine t_lookup_properties t_ttl' STORE=memory N=$1 tests/ctest.sh "build/$(basename "${cc##* }")/test"
}

test_stages() {
    stage 'C tests, memory store' memory_tests 100000
    stage 'C tests with clang and sanitizers' c_tests 6000 asan "${asan[@]}"
    stage 'symbols' tests/t_symbols.sh
    [[ ! -e tools/reference.c ]] || stage 'documentation' once build CC="$cc" docs-check
    [[ ! -d tests/corpus ]] || stage 'corpus' corpus
    stage 'TCL suites' tcl-tests/run.sh
    stage 'TCL suites, memory store' env STORE=memory tcl-tests/run.sh
}

# The same tests; of the random queries fewer, since each takes some thirty times as long.
valgrind_stages() {
    export WRAP='valgrind -q --error-exitcode=99 --leak-check=full --suppressions=tests/valgrind.supp' TEST_TIMEOUT=3600
    stage 'C tests under valgrind' c_tests 1000 "$(basename "${cc##* }")" CC="$cc"
    stage 'C tests under valgrind, memory store' memory_tests 1000
}

failures=()
asan=(VARIANT=asan CC=clang SANITIZE=address,undefined)
case ${1:-} in
check) check_stages 10000 ;;
test) check_stages 300000 && test_stages ;;
valgrind) valgrind_stages ;;
*) echo 'usage: tests/run.sh check|test|valgrind' >&2; exit 2 ;;
esac

echo
[[ $failed -eq 0 ]] || printf 'FAILED  %s\n' "${failures[@]}"
echo "$passed passed, $failed failed" | tee "$logs/summary"
[[ $failed -eq 0 ]]
