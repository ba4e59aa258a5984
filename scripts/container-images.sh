#!/bin/sh
# Gets the images of docker-compose.yml: the official ones where they are here or can be pulled,
# else stand-ins, built by scripts/offline-images.sh.
# Exit status: 0 all there, 3 they cannot be had here (one line says why), else a build failed.
set -eu
cd "$(dirname "$0")/.."

images='localstack/localstack:4.14.0 postgres:18'
label=org.mailroom.stand-in

official() {
    docker image inspect "$1" >/dev/null 2>&1 &&
        [ -z "$(docker image inspect --format "{{index .Config.Labels \"$label\"}}" "$1" 2>/dev/null)" ]
}

pulled() {
    echo "pulling $1"
    # A registry that does not answer may keep a client waiting.
    said=$(timeout 600 docker pull --quiet "$1" 2>&1) && return
    echo "not pulled: $(printf '%s\n' "$said" | tail -n 1 | cut -c 1-200)"
    return 1
}

for image in $images; do
    official "$image" || pulled "$image" || {
        code=0
        scripts/offline-images.sh || code=$?
        # 4: beside the stand-ins there is an official image, which stays.
        [ $code != 4 ] || code=0
        exit $code
    }
done
