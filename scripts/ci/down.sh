#!/bin/sh
# Ends what up.sh started: writes a summary to GITHUB_STEP_SUMMARY, if that is set, copies the logs
# into a folder, and stops the environment. Goes on where a step fails, as it runs after failures.
#   down.sh FOLDER
set -u
mailroom_home=$(cd "$(dirname "$0")/../.." && pwd)
mailroom="$mailroom_home/.venv/bin/mailroom"
logs=${1:?which folder takes the logs?}

if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    "$mailroom" summary >>"$GITHUB_STEP_SUMMARY" || echo "no summary: nothing is up"
fi
mkdir -p "$logs"
state=${MAILROOM_STATE:-.mailroom}
[ ! -d "$state/logs" ] || cp -R "$state/logs/." "$logs"
"$mailroom" down
