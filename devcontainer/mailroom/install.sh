#!/bin/sh
# Installs Mailroom into /opt/mailroom of a development container that has git, make and Python.
set -eu
home=${MAILROOM_HOME:-/opt/mailroom}

[ -n "${SOURCE:-}" ] || { echo "error: the option source has no address of Mailroom's repository" >&2; exit 2; }
git clone --quiet --depth 1 --branch "${VERSION:-main}" "$SOURCE" "$home"
make -C "$home" install
