#!/bin/bash
# What the official image's entry point does: settings, boot hooks, then the supervisor.
set -eo pipefail

echo "Mailroom stand-in for localstack/localstack: built from the Python package index, not the official image."

# Any setting may carry the prefix LOCALSTACK_; the two about the host are called so themselves.
for name in $(compgen -e LOCALSTACK_); do
    case $name in
        LOCALSTACK_HOST | LOCALSTACK_HOSTNAME | LOCALSTACK_[0-9]*) ;;
        *) export "${name#LOCALSTACK_}=${!name}" ;;
    esac
done

mkdir -p /var/lib/localstack/logs
# shellcheck disable=SC1091 # it is in the image
source /opt/code/localstack/.venv/bin/activate

if [ -d /etc/localstack/init/boot.d ]; then
    python3 -m localstack.runtime.init BOOT
fi

exec localstack-supervisor "$@"
