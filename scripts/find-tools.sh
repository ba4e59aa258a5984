# shellcheck shell=sh
# Sourced by the other scripts: need_uv and need_python set $uv and $python, or end with an error.

# uv from PATH, else one of our own from the package index.
find_uv() {
    [ -z "${uv:-}" ] || return 0
    if uv --version >/dev/null 2>&1; then
        uv=uv
        return
    fi
    if ! .envs/uv/bin/uv --version >/dev/null 2>&1; then
        echo "installing uv into .envs/uv"
        rm -rf .envs/uv
        # A Python that was found before is likelier to have venv and pip than Debian's own.
        if ! "${python:-python3}" -m venv .envs/uv ||
            ! .envs/uv/bin/pip install --quiet --disable-pip-version-check 'uv>=0.9,<0.15'; then
            rm -rf .envs/uv
            return 1
        fi
    fi
    uv=.envs/uv/bin/uv
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
