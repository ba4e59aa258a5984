#!/bin/sh
# Writes a folder from which `make install BUNDLE=folder` installs without a network: the wheels of
# every lock for this system and architecture, uv, and the build backend.
#   scripts/bundle.sh FOLDER
set -eu
cd "$(dirname "$0")/.."

. scripts/find-tools.sh
need_python

folder=${1:?which folder takes the wheels?}
mkdir -p "$folder"
# uv cannot download into a folder; pip can.
download() { "$python" -m pip download --quiet --quiet --disable-pip-version-check --dest "$folder" --prefer-binary "$@"; }

for lock in requirements.txt emulator/requirements.txt emulator/runtime.txt emulator/debugger.txt \
    functions/requirements.txt scripts/lint.txt tests/functions.txt; do
    echo "downloading what $lock names"
    download --no-deps --require-hashes --requirement "$lock"
done
# The build backend is one for the three packages that are installed from the checkout.
download "$uv_requirement" 'uv_build>=0.9,<0.15'
echo "wrote $folder: make install BUNDLE=$folder"
