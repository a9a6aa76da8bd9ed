#!/bin/bash
# redis_asan.sh -- builds the Redis of the source package with AddressSanitizer, in build/redis-asan: a released server hides a use after free.
#
# The tree of deps/redis.sh (or REDIS_SRC) stays as it is; the build is made in a copy, by Redis's own Makefile, once for each version and compiler.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source=${REDIS_SRC:-build/redis}
tree=build/redis-asan
log=build/redis-asan.log
stamp=$tree/built
cc=${CC:-gcc}
want="$(sed -n 's/^#define REDIS_VERSION "\(.*\)"/\1/p' "$source/src/version.h") by $("$cc" --version | head -n 1)"

[[ ! -x $tree/src/redis-server || $(cat "$stamp" 2>/dev/null) != "$want" ]] || exit 0
echo "deps: building Redis with AddressSanitizer, $want (once)" >&2
rm -rf "$tree"
mkdir -p "$tree"
cp -a "$source/." "$tree/"
unset MAKEFLAGS MFLAGS MAKELEVEL
# Without what needs packages more: the suites use neither TLS nor systemd.
make -C "$tree" -j"$(nproc)" CC="$cc" SANITIZER=address MALLOC=libc BUILD_TLS=no USE_SYSTEMD=no >"$log" 2>&1 || {
    tail -n 40 "$log" >&2
    echo "deps: Redis could not be built with AddressSanitizer; all of it in $log" >&2
    exit 1
}
echo "$want" >"$stamp"
