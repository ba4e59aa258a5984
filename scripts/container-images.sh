#!/bin/sh
# Gets the images of docker-compose.yml: the official ones where they are here or can be pulled,
# by the digests of emulator/images.txt, else stand-ins, built by scripts/offline-images.sh.
# Exit status: 0 all there, 3 they cannot be had here (one line says why), else a build failed.
set -eu
cd "$(dirname "$0")/.."

label=org.mailroom.stand-in

# official PINNED IMAGE: whether it is here and by its digest; an image from an archive has none.
official() {
    digests=$(docker image inspect --format '{{.RepoDigests}}' "$2" 2>/dev/null) || return
    case $digests in
        *"${1#*@}"*) ;;
        *@*) return 1 ;;
    esac
    [ -z "$(docker image inspect --format "{{index .Config.Labels \"$label\"}}" "$2" 2>/dev/null)" ]
}

# pulled PINNED IMAGE: by its digest, under the tag that docker-compose.yml names.
pulled() {
    echo "pulling $2"
    # A registry that does not answer may keep a client waiting.
    said=$(timeout 600 docker pull --quiet "$1" 2>&1) && docker tag "$1" "$2" && return
    echo "not pulled: $(printf '%s\n' "$said" | tail -n 1 | cut -c 1-200)"
    return 1
}

while read -r pinned _ tag <&3; do
    image=${pinned%@*}:$tag
    official "$pinned" "$image" || pulled "$pinned" "$image" || {
        code=0
        scripts/offline-images.sh || code=$?
        # 4: beside the stand-ins there is an official image, which stays.
        [ $code != 4 ] || code=0
        exit $code
    }
done 3<emulator/images.txt
