#!/bin/sh
# Brings the locks up to date with the *.in files and pyproject.toml, with hashes, without URLs.
# Versions that are locked already stay, where they can.
#   scripts/lock.sh             all locks
#   scripts/lock.sh functions   the functions' lock alone, as `mailroom lock` does
#   --upgrade, before that:     the newest versions
set -eu
cd "$(dirname "$0")/.."

. scripts/find-tools.sh
need_uv

upgrade=
if [ "${1:-}" = --upgrade ]; then
    upgrade=--upgrade
    shift
fi

lock() {
    "$uv" pip compile --quiet $upgrade --universal --python-version 3.13 \
        --generate-hashes --no-emit-index-url --no-header "$@"
}

# The digests of emulator/images.txt, where a registry answers; else they stay, and it says so.
lock_images() {
    while read -r pinned _ tag; do
        image=${pinned%@*}:$tag
        if digest=$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$image" 2>/dev/null); then
            pinned=${pinned%@*}@$digest
        else
            echo "$image keeps its digest: no registry answers, or docker has no buildx" >&2
        fi
        echo "$pinned # $tag"
    done <emulator/images.txt >emulator/images.txt.new
    mv emulator/images.txt.new emulator/images.txt
}

lock functions/requirements.in -o functions/requirements.txt
[ "${1:-}" != functions ] || exit 0
lock pyproject.toml --extra aws --group dev --no-emit-package mailroom-rules -o requirements.txt
lock tests/functions.in --constraint functions/requirements.txt -o tests/functions.txt
# LocalStack 4.14.0 admits newer dependencies than it runs with, so its lock has those of its
# release's day, but for these: what meets data from elsewhere (TLS, HTTP, YAML), and cfn-lint, by
# whose schemas the engine judges templates. pyOpenSSL 26 has no X509.add_extensions, by which
# LocalStack makes its certificate, and 25 bounds cryptography.
newer=
for name in certifi cffi cfn-lint charset-normalizer cryptography dnspython docker h2 hpack idna \
    joserfc jsonpatch jsonpointer jinja2 markupsafe pyasn1 pygments pyyaml python-dotenv \
    requests setuptools urllib3 werkzeug; do
    newer="$newer --exclude-newer-package $name=2026-11-28"
done
# shellcheck disable=SC2086 # options, one word each
lock --exclude-newer 2026-02-27 $newer emulator/requirements.in -o emulator/requirements.txt
lock --exclude-newer 2026-02-27 emulator/gateway.in -o emulator/gateway.txt
lock emulator/ministack.in -o emulator/ministack.txt
lock emulator/runtime.in -o emulator/runtime.txt
lock emulator/debugger.in -o emulator/debugger.txt
lock emulator/deployment.in -o emulator/deployment.txt
lock scripts/lint.in -o scripts/lint.txt
[ -z "$upgrade" ] || lock_images
