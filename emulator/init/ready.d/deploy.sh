#!/bin/sh
# Runs in LocalStack's container once it answers: brings the topology up, by the same code as everywhere else.
# The container is healthy only if this ends with 0.
set -eu

PYTHONPATH=/opt/mailroom/checkout/src PYTHONDONTWRITEBYTECODE=1 exec /opt/mailroom/deployment/bin/python -m mailroom.environments.compose.deploy
