# shellcheck shell=sh
# Sourced by the other scripts: need_uv and need_python set $uv and $python, or end with an error.

uv_requirement='uv>=0.9,<0.15'

# An office's certificate authority is in the system's store, which pip reads by itself; uv's own
# list does not have it. Its older releases know the second name.
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-1}" UV_NATIVE_TLS="${UV_NATIVE_TLS:-1}"
# One authority for both, whichever tool it was set for; and without this a pip.conf would win.
authority=${SSL_CERT_FILE:-${PIP_CERT:-}}
[ -z "$authority" ] || export SSL_CERT_FILE="$authority" PIP_CERT="${PIP_CERT:-$authority}"
# One index for both, whichever tool it was set for.
index=${UV_DEFAULT_INDEX:-${UV_INDEX_URL:-${PIP_INDEX_URL:-}}}
if [ -n "$index" ]; then
    export UV_DEFAULT_INDEX="$index" PIP_INDEX_URL="${PIP_INDEX_URL:-$index}"
    unset UV_INDEX_URL
fi
# A folder that scripts/bundle.sh wrote, and no network. uv has no variable for --no-index.
if [ -n "${BUNDLE:-}" ]; then
    [ -d "$BUNDLE" ] || { echo "error: BUNDLE is $BUNDLE, which is no folder; make bundle writes one" >&2; exit 2; }
    BUNDLE=$(cd "$BUNDLE" && pwd)
    export UV_OFFLINE=1 UV_FIND_LINKS="$BUNDLE" PIP_NO_INDEX=1 PIP_FIND_LINKS="$BUNDLE" UV_PYTHON_DOWNLOADS=never
fi

# What checkouts share, as in src/mailroom/packaging/shared.py.
case ${XDG_CACHE_HOME:-} in
    /*) cache=$XDG_CACHE_HOME/mailroom ;;
    *) if [ "$(id -u)" = 0 ]; then cache=/var/cache/mailroom; else cache=${HOME:-}/.cache/mailroom; fi ;;
esac

# uv's own cache, in the checkout where the user's can't be written to. Without HOME there is none.
if [ -z "${UV_CACHE_DIR:-}" ]; then
    case ${XDG_CACHE_HOME:-} in
        /*) uv_cache=$XDG_CACHE_HOME/uv ;;
        *) uv_cache=${HOME:-/dev/null}/.cache/uv ;;
    esac
    { mkdir -p "$uv_cache" && [ -w "$uv_cache" ]; } 2>/dev/null || export UV_CACHE_DIR="$PWD/.envs/uv-cache"
fi

# uv from PATH, else one of our own from the package index, kept for all checkouts.
find_uv() {
    [ -z "${uv:-}" ] || return 0
    if uv --version >/dev/null 2>&1; then
        uv=uv
        return
    fi
    if ! .envs/uv/bin/uv --version >/dev/null 2>&1; then
        rm -rf .envs/uv
        fetch_uv || { rm -rf .envs/uv; return 1; }
    fi
    uv=.envs/uv/bin/uv
}

fetch_uv() {
    sum=$(echo "$uv_requirement" | cksum)
    shared=$cache/uv-${sum%% *}
    if ! "$shared" --version >/dev/null 2>&1; then
        echo "installing uv"
        # A Python that was found before is likelier to have venv and pip than Debian's own.
        "${python:-python3}" -m venv .envs/uv || return
        .envs/uv/bin/pip install --quiet --disable-pip-version-check "$uv_requirement" || return
        # A program of one file, so it runs from anywhere. Without a cache it stays in the checkout.
        { mkdir -p "$cache" && cp .envs/uv/bin/uv "$shared.$$" && mv "$shared.$$" "$shared"; } 2>/dev/null || return 0
        rm -rf .envs/uv
    fi
    mkdir -p .envs/uv/bin
    ln -s "$shared" .envs/uv/bin/uv
}

need_uv() {
    find_uv && return
    echo "error: uv is not on PATH and could not be installed with python3 -m venv and pip." >&2
    echo "  Install it (https://docs.astral.sh/uv/) and run this again." >&2
    exit 1
}

is_python313() {
    "$1" -c 'import sys; raise SystemExit(sys.version_info[:2] != (3, 13) or sys.implementation.name != "cpython")' >/dev/null 2>&1
}

find_python_with_uv() {
    found=$("$uv" python find --no-project 'cpython==3.13.*' 2>/dev/null) && is_python313 "$found"
}

# CPython 3.13 from PATH, pyenv's versions, or uv (which may fetch one).
need_python() {
    [ -z "${python:-}" ] || return 0
    for candidate in python3.13 python3 "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/3.13.*/bin/python; do
        if is_python313 "$candidate"; then
            python=$(command -v "$candidate")
            return
        fi
    done
    if find_uv; then
        if ! find_python_with_uv; then
            echo "fetching CPython 3.13 with uv"
            "$uv" python install --quiet 3.13 || true
        fi
        if find_python_with_uv; then
            python=$found
            return
        fi
        tried="among uv's own, and uv could not fetch one"
    else
        tried="and uv, which could fetch one, is not there and could not be installed"
    fi
    cat >&2 <<MESSAGE
error: no CPython 3.13. Looked for python3.13 and python3 on PATH, in pyenv's versions,
  $tried.
  Get one with any of:  pyenv install 3.13 | uv python install 3.13 | your system's packages
MESSAGE
    exit 1
}
