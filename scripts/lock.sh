#!/bin/sh
# Renews every lock: newest versions that the *.in files and pyproject.toml admit, with hashes, without URLs.
set -eu
cd "$(dirname "$0")/.."

. scripts/find-tools.sh
need_uv

lock() {
    "$uv" pip compile --quiet --upgrade --universal --python-version 3.13 \
        --generate-hashes --no-emit-index-url --no-header "$@"
}

lock pyproject.toml --group dev --no-emit-package mailroom-rules -o requirements.txt
lock --exclude-newer 2026-02-27 emulator/requirements.in -o emulator/requirements.txt
lock --exclude-newer 2026-02-27 emulator/gateway.in -o emulator/gateway.txt
lock emulator/ministack.in -o emulator/ministack.txt
lock emulator/runtime.in -o emulator/runtime.txt
lock emulator/debugger.in -o emulator/debugger.txt
lock emulator/deployment.in -o emulator/deployment.txt
lock functions/requirements.in -o functions/requirements.txt
