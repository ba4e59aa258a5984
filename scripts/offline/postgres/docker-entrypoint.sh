#!/bin/bash
# The documented interface of the official image: POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB,
# POSTGRES_INITDB_ARGS (each also as …_FILE), POSTGRES_INITDB_WALDIR, POSTGRES_HOST_AUTH_METHOD,
# PGDATA, and the scripts in /docker-entrypoint-initdb.d, run once, on an empty data folder.
set -euo pipefail
shopt -s nullglob

log() { echo "$(basename "$0"): $*"; }

fail() {
    log "error: $*" >&2
    exit 1
}

# setting NAME DEFAULT: from NAME, or from the file that NAME_FILE names, but not from both.
setting() {
    local name=$1 file=${1}_FILE
    if [ -n "${!name:-}" ] && [ -n "${!file:-}" ]; then
        fail "both $name and $file are set (but are exclusive)"
    fi
    if [ -n "${!file:-}" ]; then
        printf -v "$name" '%s' "$(<"${!file}")"
    else
        printf -v "$name" '%s' "${!name:-$2}"
    fi
    export "${name?}"
    unset "$file"
}

read_settings() {
    setting POSTGRES_PASSWORD ''
    setting POSTGRES_USER postgres
    setting POSTGRES_DB "$POSTGRES_USER"
    setting POSTGRES_INITDB_ARGS ''
    : "${POSTGRES_HOST_AUTH_METHOD:=}"
}

refuse_unsafe_settings() {
    if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
        fail "Database is uninitialized and superuser password is not specified.
       Set POSTGRES_PASSWORD to a non-empty value for the superuser, or
       POSTGRES_HOST_AUTH_METHOD=trust to let everybody in without one (not recommended)."
    fi
    if [ "$POSTGRES_HOST_AUTH_METHOD" = trust ]; then
        log "warning: POSTGRES_HOST_AUTH_METHOD=trust lets anyone with access to the port in, without a password" >&2
    fi
    # Since 18 the volume is the folder above; data in the old place would be lost with the container.
    if grep -q ' /var/lib/postgresql/data ' /proc/self/mountinfo; then
        fail "there is a volume at /var/lib/postgresql/data, where PostgreSQL 18's image keeps nothing: mount /var/lib/postgresql"
    fi
}

# shellcheck disable=SC2016,SC2034 # eval expands what it is given
create_cluster() {
    local waldir=()
    [ -z "${POSTGRES_INITDB_WALDIR:-}" ] || waldir=(--waldir "$POSTGRES_INITDB_WALDIR")
    # The socket is in Debian's place, and in the one where these binaries look for it.
    local sockets=unix_socket_directories=/var/run/postgresql,/tmp
    # POSTGRES_INITDB_ARGS is a piece of command line, quotes and all.
    eval 'initdb --username="$POSTGRES_USER" --pwfile=<(printf "%s\n" "$POSTGRES_PASSWORD") --set="$sockets" "${waldir[@]}" '"$POSTGRES_INITDB_ARGS"
    local method=${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption)}
    printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
}

run_sql() {
    PGHOST='' PGHOSTADDR='' psql --variable ON_ERROR_STOP=1 --no-password --no-psqlrc \
        --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" "$@"
}

run_init_script() {
    log "running $1"
    case $1 in
        *.sh)
            # shellcheck disable=SC1090 # without the run bit, the official image sources it
            if [ -x "$1" ]; then "$1"; else . "$1"; fi
            ;;
        *.sql) run_sql --file "$1" ;;
        *.sql.gz) gunzip --stdout "$1" | run_sql ;;
        *) log "ignoring $1" ;;
    esac
}

initialize() {
    create_cluster
    # No TCP yet, so that a health check does not take an unfinished database for a ready one.
    PGUSER=$POSTGRES_USER pg_ctl --wait --options="-c listen_addresses='' -p 5432" start
    if [ "$POSTGRES_DB" != postgres ]; then
        echo 'CREATE DATABASE :"db" ;' | run_sql --dbname postgres --variable db="$POSTGRES_DB"
    fi
    local script
    for script in /docker-entrypoint-initdb.d/*; do
        run_init_script "$script"
    done
    PGUSER=$POSTGRES_USER pg_ctl --mode=fast --wait stop
    log 'PostgreSQL init process complete; ready for start up.'
}

[ "${1:0:1}" != - ] || set -- postgres "$@"
[ "${1:-}" = postgres ] || exec "$@"

if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA" ${POSTGRES_INITDB_WALDIR:+"$POSTGRES_INITDB_WALDIR"}
    find "$PGDATA" ${POSTGRES_INITDB_WALDIR:+"$POSTGRES_INITDB_WALDIR"} /var/run/postgresql \! -user postgres -exec chown postgres '{}' +
    # PostgreSQL refuses to run as root.
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

log "Mailroom stand-in for postgres:18: binaries from the Python package index, not the official image."
mkdir -p "$PGDATA"
chmod 700 "$PGDATA" || true
if [ -s "$PGDATA/PG_VERSION" ]; then
    log 'PostgreSQL Database directory appears to contain a database; Skipping initialization'
else
    read_settings
    refuse_unsafe_settings
    initialize
fi
exec "$@"
