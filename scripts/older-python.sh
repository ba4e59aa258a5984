#!/bin/sh
# Tries the toolbox on another Python than the checkout's: checks its types for that version,
# installs it with the newest dependencies, imports each module, and runs unit tests that start
# nothing. Needs `make install` first.
#   scripts/older-python.sh 3.11
set -eu
cd "$(dirname "$0")/.."

. scripts/find-tools.sh
need_uv

version=${1:?which Python? scripts/older-python.sh 3.11}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

.venv/bin/mypy --python-version "$version" --cache-dir "$work/mypy" src rules/src
"$uv" venv --quiet --python "$version" "$work/venv"
"$uv" pip install --quiet --python "$work/venv/bin/python" ./rules . \
    hypothesis pyte pytest pytest-xdist testcontainers
# From another folder, so that what is imported is what was installed.
(cd "$work" && venv/bin/python -) <<'PROGRAM'
import importlib
import pathlib

import mailroom
import mailroom_rules

count = 0
for package in (mailroom, mailroom_rules):
    root = pathlib.Path(package.__path__[0])
    for file in root.rglob("*.py"):
        parts = file.relative_to(root).with_suffix("").parts
        if parts[-1] != "__main__":
            importlib.import_module(".".join([package.__name__, *parts]).removesuffix(".__init__"))
            count += 1
print(f"imported {count} modules")
PROGRAM
"$work/venv/bin/python" -m pytest --quiet -p no:cacheprovider tests/unit/logs tests/unit/executions
