#!/bin/sh
# Makes a release in dist/: dates the changelog's entry, sets the version of the three packages, builds
# wheels and sdists, an SBOM of what they are locked to, and checksums; then commits and tags.
# Publishes and pushes nothing: .github/workflows/release.yml does that for a tag that is pushed.
#   scripts/release.sh VERSION            all of it
#   scripts/release.sh --artifacts        the files alone, of the version that is there
set -eu
cd "$(dirname "$0")/.."

PATH="$PWD/.envs/lint/bin:$PATH"
projects='. rules emulator/plugin'

refused() { echo "error: $*" >&2; exit 2; }

artifacts() {
    rm -rf dist
    mkdir dist
    for project in $projects; do
        python -m build --no-isolation --outdir dist "$project" >/dev/null
    done
    twine check --strict dist/* >/dev/null
    for lock in requirements functions/requirements emulator/requirements; do
        cyclonedx-py requirements --output-reproducible --of JSON \
            --output-file "dist/sbom-$(echo "$lock" | tr / -).cdx.json" "$lock.txt"
    done
    (cd dist && sha256sum -- * >SHA256SUMS)
    ls dist
}

version=${1:?which version? scripts/release.sh 1.2.3}
[ "$version" != --artifacts ] || { artifacts && exit; }

echo "$version" | grep -Eqx '[0-9]+\.[0-9]+\.[0-9]+' || refused "$version is no version like 1.2.3"
[ -z "$(git status --porcelain)" ] || refused "the checkout has changes; commit them first"
! git rev-parse --quiet --verify "refs/tags/v$version" >/dev/null || refused "there is a tag v$version already"
grep -q '^\[project.urls\]' pyproject.toml ||
    refused "pyproject.toml has no [project.urls]: a release says where its sources are"
awk '/^## Unreleased/ { on = 1; next } /^## / { on = 0 } on && /^- / { found = 1 } END { exit !found }' CHANGELOG.md ||
    refused "CHANGELOG.md says nothing under Unreleased"

sed -i.bak "s/^## Unreleased$/## Unreleased\n\n## $version - $(date -u +%F)/" CHANGELOG.md
for project in $projects; do
    sed -i.bak "s/^version = \".*\"$/version = \"$version\"/" "$project/pyproject.toml"
    rm "$project/pyproject.toml.bak"
done
rm CHANGELOG.md.bak
artifacts
git commit --quiet --all --message "Release $version"
git tag --annotate "v$version" --message "Release $version"
echo "committed and tagged v$version; push it when you have looked at it: git push --follow-tags"
