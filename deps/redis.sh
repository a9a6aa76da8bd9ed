#!/bin/bash
# redis.sh -- makes the source tree of the installed Redis stand in build/redis: it has redismodule.h and the TCL test harness.
#
# The tree is the distribution's own source package, of the version that is installed, fetched by apt under a private configuration:
# its lists and its cache are in build/apt, those of the system are left alone. REDIS_SRC=<dir> takes a tree that is there already.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
apt=$root/build/apt
tree=$root/build/redis
header=$root/build/include/redismodule.h

say() { printf 'deps: %s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

installed_version() { redis-server --version | sed -n 's/.* v=\([0-9][0-9.]*\).*/\1/p'; }
tree_version() { sed -n 's/^#define REDIS_VERSION "\(.*\)"/\1/p' "$1/src/version.h" 2>/dev/null || true; }
codename() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; }

# The system's own Debian mirrors, as sources: same options and keys, main only, no backports.
sources_deb822() { # <file>
    awk -v RS= -v ORS='\n\n' '
        { text = "\n" $0 "\n"; low = tolower(text) }
        low ~ /\nenabled:[ \t]*(no|false|0)/ { next }
        low !~ /\ntypes:[^\n]*deb/ || text !~ /\nComponents:[^\n]*main/ { next }
        text !~ /\nURIs:[^\n]*(\/debian|\/debian-security|mirror\+file:[^ \n]*)\/?[ \t]*\n/ { next }
        {
            n = split($0, line, "\n"); out = ""
            for (i = 1; i <= n; i++) {
                if (line[i] ~ /^#/) continue
                if (tolower(line[i]) ~ /^types:/) line[i] = "Types: deb-src"
                if (tolower(line[i]) ~ /^components:/) line[i] = "Components: main"
                if (tolower(line[i]) ~ /^suites:/) gsub(/[ \t][^ \t]*-backports[^ \t]*/, "", line[i])
                out = out (out == "" ? "" : "\n") line[i]
            }
            print out
        }' "$1"
}

sources_one_line() { # <file>
    awk '
        $1 != "deb" && $1 != "deb-src" { next }
        {
            options = ""; rest = $0
            sub(/^[ \t]*deb(-src)?[ \t]+/, "", rest)
            if (match(rest, /^\[[^\]]*\][ \t]*/)) { options = substr(rest, 1, RLENGTH); rest = substr(rest, RLENGTH + 1) }
            n = split(rest, word, /[ \t]+/)
            if (word[1] !~ /(\/debian|\/debian-security)\/?$|^mirror\+file:/ || word[2] ~ /-backports/) next
            for (i = 3; i <= n; i++) if (word[i] == "main") { print "deb-src " options word[1] " " word[2] " main"; break }
        }' "$1" | sort -u
}

write_sources() {
    local file name=0
    rm -rf "$apt/sources.list.d"
    mkdir -p "$apt/sources.list.d"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
        name=$((name + 1))
        case $file in
        *.list) [[ ! -f $file ]] || sources_one_line "$file" >"$apt/sources.list.d/$name.list" ;;
        *.sources) sources_deb822 "$file" >"$apt/sources.list.d/$name.sources" ;;
        esac
    done
    find "$apt/sources.list.d" -type f -empty -delete
    [[ -z $(ls "$apt/sources.list.d") ]] || return 0
    say "no Debian mirror among the system's package sources; taking deb.debian.org"
    printf 'deb-src http://deb.debian.org/debian %s main\n' "$(codename)" "$(codename)-updates" >"$apt/sources.list.d/debian.list"
    printf 'deb-src http://deb.debian.org/debian-security %s-security main\n' "$(codename)" >>"$apt/sources.list.d/debian.list"
}

write_configuration() {
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/download"
    cat >"$apt/apt.conf" <<CONF
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "$apt/sources.list.d";
Dir::State::Lists "$apt/lists";
Dir::Cache "$apt/cache";
Acquire::Languages "none";
Acquire::Retries "3";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
CONF
    # Files under the checkout may be out of reach for apt's own user.
    [[ $(id -u) -ne 0 ]] || echo 'APT::Sandbox::User "root";' >>"$apt/apt.conf"
}

apt_get() { apt-get -q -c "$apt/apt.conf" "$@"; }

fetch() { # <upstream version> -> the tarball in build/apt/download
    local package
    package=$(dpkg-query -W -f '${source:Package}=${source:Version}' redis-server 2>/dev/null || true)
    say "fetching the source of Redis $1 (once)"
    write_sources
    write_configuration
    apt_get update >&2 || say "some package sources did not answer; trying with the rest"
    # The tarball is the same in every Debian revision of a version, so that the newest will do when the installed one is gone.
    (cd "$apt/download" && { apt_get source --download-only --tar-only "$package" || apt_get source --download-only --tar-only redis; }) >&2 ||
        die "the Redis source package could not be fetched. Set REDIS_SRC to a source tree of Redis $1"
}

unpack() { # <upstream version>
    local tarball
    tarball=$(find "$apt/download" -name "redis_$1.orig.tar.*" ! -name '*.asc' | head -n 1)
    [[ -n $tarball ]] || die "the mirrors have $(ls "$apt/download"), not Redis $1. Set REDIS_SRC to a source tree of Redis $1"
    rm -rf "$tree.new" "$tree"
    mkdir -p "$tree.new"
    tar -xf "$tarball" -C "$tree.new" --strip-components=1 --no-same-owner
    mv "$tree.new" "$tree"
    rm -rf "$apt"
}

main() {
    local want have source=${REDIS_SRC:-}
    want=$(installed_version)
    [[ -n $want ]] || die "redis-server is not installed"
    if [[ -z $source ]]; then
        source=$tree
        [[ $(tree_version "$tree") == "$want" ]] || { fetch "$want" && unpack "$want"; }
    fi
    source=$(cd "$source" && pwd)
    have=$(tree_version "$source")
    [[ -n $have ]] || die "$source is no source tree of Redis: there is no src/version.h"
    [[ $have == "$want" ]] || die "$source is Redis $have, the installed redis-server is $want: they must be the same"
    # The header alone, so that no other header of the server can be included by mistake.
    mkdir -p "${header%/*}"
    cmp -s "$source/src/redismodule.h" "$header" || cp "$source/src/redismodule.h" "$header"
}

main "$@"
