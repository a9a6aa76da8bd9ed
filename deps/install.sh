#!/bin/bash
# install.sh <group>... -- installs the packages of deps/packages.txt that are missing, and does nothing at all when none is.
#
# Needs root or sudo only when something is missing. The packages start no service: redis-server is wanted for its program alone.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
policy=/usr/sbin/policy-rc.d

say() { printf 'deps: %s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

wanted() { # packages of the given groups
    local group
    for group in "$@"; do awk -v g="$group" '$1 == g { print $2 }' "$here/packages.txt"; done
}

missing() {
    dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
        awk -v wanted="$*" '
            $2 == "installed" { have[$1] = 1 }
            END { n = split(wanted, name, " "); for (i = 1; i <= n; i++) if (!(name[i] in have)) print name[i] }'
}

forbid_services() { # until this script ends, unless the system has a policy of its own
    [[ ! -e $policy && ! -L $policy ]] || return 0
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    trap 'rm -f "$policy"' EXIT
    chmod 755 "$policy"
}

install_as_root() {
    export DEBIAN_FRONTEND=noninteractive
    forbid_services
    apt-get -q update || say "apt-get update failed; trying with the lists that are there"
    apt-get -q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"
}

main() {
    [[ $# -gt 0 ]] || die "usage: deps/install.sh <group>..."
    local -a need
    command -v dpkg-query >/dev/null || {
        say "this is no Debian system: the packages of deps/packages.txt are yours to install"
        return 0
    }
    mapfile -t need < <(missing $(wanted "$@"))
    [[ ${#need[@]} -gt 0 ]] || return 0
    if [[ $(id -u) -ne 0 ]]; then
        command -v sudo >/dev/null || die "missing: ${need[*]}. Neither root nor sudo here; as root run: apt-get install ${need[*]}"
        say "missing: ${need[*]}; asking sudo to install them"
        exec sudo "$BASH" "$here/install.sh" "$@"
    fi
    say "installing ${need[*]}"
    install_as_root "${need[@]}"
}

main "$@"
