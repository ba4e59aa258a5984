# shellcheck shell=sh disable=SC2016 # apt, not the shell, expands the fields
# Sourced by docker-engine.sh and offline-images.sh: where this machine gets Debian's packages from.

# The release that the stand-ins are made of: its Python is the 3.13 that LocalStack needs,
# and its docker-compose is Compose v2, which bookworm does not have.
# shellcheck disable=SC2034 # the scripts that source this use it
debian_suite=trixie

# debian_mirror: the address of the archive, from this machine's own apt configuration,
# so that an office's mirror is used without being named twice. Fails if there is none.
debian_mirror() {
    mirror=$(apt-get indextargets --format '$(REPO_URI)' \
        'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 2>/dev/null | sed -n 1p)
    if [ -z "$mirror" ]; then
        # apt knows a repository's origin only once it has fetched its index.
        apt-get -qq update >/dev/null 2>&1 || true
        mirror=$(apt-get indextargets --format '$(REPO_URI)' \
            'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 2>/dev/null | sed -n 1p)
    fi
    [ -n "$mirror" ] && printf '%s\n' "$mirror"
}

# quietly COMMAND...: runs it, and shows what it printed only if it fails.
quietly() {
    if output=$("$@" 2>&1); then
        return 0
    fi
    printf '%s\n' "$output" | tail -n 20 >&2
    return 1
}

# debian_install PACKAGE...: from the index that is there; if that is missing or stale, from a new one.
debian_install() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" >/dev/null 2>&1 && return
    apt-get -qq update >/dev/null 2>&1 || true
    DEBIAN_FRONTEND=noninteractive quietly apt-get -qq install -y --no-install-recommends "$@"
}
