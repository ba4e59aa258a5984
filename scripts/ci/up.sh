#!/bin/sh
# Brings up the application of the working directory in a job of CI: builds Mailroom's environments
# where they are missing, then runs `mailroom up` with the arguments given.
# With GITHUB_OUTPUT and GITHUB_ENV, as in GitHub Actions, it writes outputs and variables there.
set -eu
mailroom_home=$(cd "$(dirname "$0")/../.." && pwd)
mailroom="$mailroom_home/.venv/bin/mailroom"

"$mailroom_home/scripts/install.sh"
"$mailroom" up "$@"
[ -n "${GITHUB_OUTPUT:-}" ] || exit 0

# Masks the database's URL in the log, and sets the variables for the steps that follow.
"$mailroom" env --format github
"$mailroom" env --format json | "$mailroom_home/.venv/bin/python" -c '
import json, sys
variables = json.load(sys.stdin)
for output, name in (("endpoint", "AWS_ENDPOINT_URL"), ("database-url", "DATABASE_URL")):
    print(f"{output}={variables.get(name, str())}")
' >>"$GITHUB_OUTPUT"
echo "command=$mailroom" >>"$GITHUB_OUTPUT"
