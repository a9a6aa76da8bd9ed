#!/bin/bash
# asan.sh [suite...] -- the suites over both stores (or that of STORE) on the server of deps/redis_asan.sh, with the module MODULE, built by the same compiler.
#
# What either does wrong with memory ends the server, and its suite fails by that; so it does by a leak, which is looked for when a server ends.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
export PROGRAMS=build/redis-asan/src MODULE
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1
failed=0
for store in ${STORE:-native memory}; do
    echo "-- $store store"
    STORE=$store LOGS=build/tcl-asan-$store tcl-tests/run.sh "$@" || failed=1
done
exit "$failed"
