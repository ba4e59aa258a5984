#!/bin/sh
# Builds the four environments of the project from their locks. What a lock names is installed once
# for all checkouts of this machine, in the user's cache (src/mailroom/packaging/shared.py).
# Idempotent: an environment whose inputs have not changed is left alone.
#   .venv             the project: CLI and tests
#   .envs/engine      LocalStack and the plugin that runs Lambda functions
#   .envs/python3.13  what AWS's managed runtime offers to a function
#   .envs/debugger    what a function that is debugged gets besides
# With an argument it builds one of these alone:
#   lint              .envs/lint, what `make lint` runs
#   functions         .envs/functions, where the functions' unit tests run on the versions that go to AWS
set -eu
cd "$(dirname "$0")/.."

. scripts/find-tools.sh

installer=src/mailroom/packaging/shared.py

# Whether the shared environment knows its user, which may have been moved; else it could be pruned.
recorded() {
    users=${whole%.inputs}.users
    # Another user's can't be written to.
    [ ! -w "$users" ] || grep -qsxF "$(pwd -P)/$env" "$users"/*
}

# build NAME LOCK [PROJECT...]: an environment from a lock, and editable projects on top of it.
build() {
    env=$1 lock=$2
    shift 2
    lock_stamp=$(cksum <"$lock")
    stamp=$lock_stamp whole=$env/.inputs
    if [ $# != 0 ]; then
        # The folder counts, as an environment that was moved does not run.
        stamp=$(pwd; { cat "$lock" scripts/install.sh "$installer"; for project; do cat "$project/pyproject.toml"; done; } | cksum)
        whole=$env/.shared/.inputs
    fi
    if [ -x "$env/bin/python" ] && [ -e "$whole" ] && [ "$(cat "$env/.inputs" 2>/dev/null)" = "$stamp" ] && recorded; then
        return
    fi
    need_python
    need_uv
    # What is locked is kept once for all checkouts; the rest is in a small environment of this one.
    "$python" -I -B "$installer" "$uv" "$env" "$stamp" "$lock" "$lock_stamp" "$@"
    built=yes
}

built=

case ${1:-} in
    # No `&&`, which would switch off `set -e` in build.
    lint) build .envs/lint scripts/lint.txt; exit ;;
    functions) build .envs/functions tests/functions.txt; exit ;;
esac

build .venv requirements.txt rules .
build .envs/engine emulator/requirements.txt rules emulator/plugin
build .envs/python3.13 emulator/runtime.txt
build .envs/debugger emulator/debugger.txt

# What the first `up` would install and check for seconds. Findings are for `up` to name.
if [ -n "$built" ]; then
    # What is found is kept by a digest of all that was read, so checkouts share it.
    if [ ! -e .envs/checked ] && mkdir -p "$cache/checked" 2>/dev/null; then
        ln -sfn "$cache/checked" .envs/checked
    fi
    echo "preparing the first up"
    .venv/bin/python -m mailroom.environments.preparation || :
fi
