# Sourced by the other scripts: need_uv and need_python set $uv and $python, or end with an error.

# uv from PATH, else one of our own from the package index.
need_uv() {
    [ -z "${uv:-}" ] || return 0
    if command -v uv >/dev/null 2>&1; then
        uv=uv
        return
    fi
    uv=.envs/uv/bin/uv
    [ -x "$uv" ] && return
    echo "installing uv into .envs/uv"
    if ! python3 -m venv .envs/uv || ! .envs/uv/bin/pip install --quiet --disable-pip-version-check 'uv>=0.9,<0.15'; then
        rm -rf .envs/uv
        echo "error: uv is not on PATH and could not be installed with python3 -m venv and pip." >&2
        echo "  Install it (https://docs.astral.sh/uv/) and run this again." >&2
        exit 1
    fi
}

is_python313() {
    "$1" -c 'import sys; raise SystemExit(sys.version_info[:2] != (3, 13) or sys.implementation.name != "cpython")' >/dev/null 2>&1
}

# CPython 3.13 from PATH, pyenv's versions, or uv (which may fetch one).
need_python() {
    [ -z "${python:-}" ] || return 0
    for candidate in python3.13 python3 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13.*/bin/python; do
        if is_python313 "$candidate"; then
            python=$(command -v "$candidate")
            return
        fi
    done
    need_uv
    if python=$("$uv" python find --no-project 'cpython==3.13.*' 2>/dev/null) && is_python313 "$python"; then
        return
    fi
    echo "fetching CPython 3.13 with uv"
    if "$uv" python install --quiet 3.13 && python=$("$uv" python find --no-project 'cpython==3.13.*') && is_python313 "$python"; then
        return
    fi
    cat >&2 <<'MESSAGE'
error: no CPython 3.13. Looked for python3.13 and python3 on PATH, in pyenv's versions
  and among uv's own, and uv could not fetch one.
  Get one with any of:  pyenv install 3.13 | uv python install 3.13 | your system's packages
MESSAGE
    exit 1
}
