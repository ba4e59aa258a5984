#!/bin/sh
# What `make lint` checks besides ruff and mypy: shell scripts, Dockerfiles, workflows, and the
# packages as they would be published. Needs no network once its environment is there.
set -eu
cd "$(dirname "$0")/.."

PATH="$PWD/.envs/lint/bin:$PATH"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# quietly COMMAND...: shows what it printed only if it fails.
quietly() {
    "$@" >"$work/said" 2>&1 || {
        cat "$work/said"
        echo "failed: $*" >&2
        exit 1
    }
}

# files PATTERN...: the tracked and new files of the checkout, without what git ignores.
files() { git ls-files --cached --others --exclude-standard -- "$@"; }

# shellcheck disable=SC2046 # no file of the checkout has a space in its name
{
    quietly shellcheck --external-sources $(files '*.sh' .ci/run) scripts/offline/localstack/localstack
    quietly hadolint $(files '*Dockerfile')
    quietly check-jsonschema --builtin-schema vendor.github-workflows $(files '.github/workflows/*.yml')
    quietly check-jsonschema --builtin-schema vendor.github-actions action.yml $(files 'actions/*.yml')
    quietly check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
    quietly check-jsonschema --builtin-schema vendor.compose-spec $(files 'docker-compose*.yml')
}
quietly zizmor --offline --no-progress .github action.yml actions

for project in . rules emulator/plugin; do
    quietly cmp LICENSE "$project/LICENSE"
    quietly validate-pyproject "$project/pyproject.toml"
    # The address of the sources and of the authors is known when there is a release.
    quietly pyroma --min 9 --skip-tests Url,AuthorEmail "$project"
    quietly python -m build --no-isolation --outdir "$work/dist" "$project"
done
quietly twine check --strict "$work"/dist/*
quietly check-wheel-contents "$work"/dist/*.whl

# Each package declares what it imports.
quietly deptry src
(cd rules && quietly deptry src)
(cd emulator/plugin && quietly deptry src)
