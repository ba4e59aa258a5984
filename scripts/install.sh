#!/bin/sh
# Builds the four environments of the project from their locks.
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

# build NAME LOCK [PROJECT...]: an environment from a lock, and editable projects in it.
build() {
    env=$1 lock=$2
    shift 2
    # The folder counts, as an environment that was moved does not run.
    inputs=$(pwd; { cat "$lock" scripts/install.sh; for project; do cat "$project/pyproject.toml"; done; } | cksum)
    if [ -x "$env/bin/python" ] && [ "$(cat "$env/.inputs" 2>/dev/null)" = "$inputs" ]; then
        return
    fi
    need_python
    need_uv
    echo "building $env"
    # From nothing, so that one that was left half-built doesn't count: .inputs comes last.
    "$uv" venv --quiet --clear --python "$python" "$env"
    "$uv" pip sync --quiet --compile-bytecode --python "$env/bin/python" --require-hashes "$lock"
    for project; do
        "$uv" pip install --quiet --python "$env/bin/python" --no-deps --editable "$project"
    done
    printf '%s' "$inputs" >"$env/.inputs"
    built=yes
}

built=

case ${1:-} in
    lint) build .envs/lint scripts/lint.txt && exit ;;
    functions) build .envs/functions tests/functions.txt && exit ;;
esac

build .venv requirements.txt rules .
build .envs/engine emulator/requirements.txt rules emulator/plugin
build .envs/python3.13 emulator/runtime.txt
build .envs/debugger emulator/debugger.txt

# What `up` would check for seconds before its first deployment. Findings are for `up` to name.
if [ -n "$built" ]; then
    .venv/bin/python -m mailroom.deployment.checks || :
    .venv/bin/python -m mailroom.environments.table_trial || :
fi
