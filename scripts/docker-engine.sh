#!/bin/sh
# Makes a Docker engine with Compose v2 answer, from Debian's packages alone.
#   scripts/docker-engine.sh          does nothing where one answers already
#   scripts/docker-engine.sh --stop   ends the engine that this script started, and no other
# Exit status: 0 it answers, 3 it cannot be had here (one line says what is missing), 2 wrong usage.
set -eu
cd "$(dirname "$0")/.."

. scripts/offline/debian.sh

state=/run/mailroom-docker
log=$state/dockerd.log
pidfile=$state/dockerd.pid

missing() {
    echo "no Docker engine: $*" >&2
    exit 3
}

engine_answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }
compose_answers() { docker compose version >/dev/null 2>&1; }

# The process this script started, if it lives: a pid alone might be somebody else's by now.
our_engine() {
    pid=$(cat "$pidfile" 2>/dev/null) && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dockerd ]
}

require_debian() {
    [ "$(id -u)" = 0 ] || missing "only root can install and start one; run this as root, or install Docker yourself"
    { [ -r /etc/os-release ] && (. /etc/os-release && [ "${ID:-}" = debian ]); } ||
        missing "this is not Debian; install Docker and Compose v2 yourself"
}

install_engine() {
    command -v dockerd >/dev/null && command -v docker >/dev/null && return
    echo "installing Docker from Debian's packages"
    # A new machine has no index yet, and then nothing could be looked up in it.
    apt-cache show docker.io >/dev/null 2>&1 || apt-get -qq update >/dev/null 2>&1 || true
    client=
    # Since trixie the client is a package of its own.
    [ -z "$(apt-cache search --names-only '^docker-cli$')" ] || client=docker-cli
    debian_install docker.io iptables iproute2 $client || missing "apt could not install docker.io"
}

install_compose() {
    case $(apt-cache policy docker-compose | sed -n 's/^ *Candidate: //p') in
        [2-9].* | [1-9][0-9].*)
            debian_install docker-compose || missing "apt could not install docker-compose"
            return
            ;;
    esac
    echo "fetching Compose v2 from Debian $debian_suite"
    mirror=$(debian_mirror) || missing "apt has no Debian archive to fetch Compose v2 from"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $debian_suite main" >"$work/sources.list"
    # An apt configuration of its own, thrown away afterwards: the system never sees the other
    # release, so nothing else can be upgraded from it. The binary needs nothing but libc.
    (
        cd "$work"
        for action in update 'download docker-compose'; do
            # shellcheck disable=SC2086 # an action is a verb and its argument
            quietly apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
                -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root $action
        done
        dpkg-deb -x docker-compose_*.deb tree
        install -D -m 755 tree/usr/libexec/docker/cli-plugins/docker-compose \
            /usr/local/lib/docker/cli-plugins/docker-compose
    ) || missing "Compose v2 could not be fetched from $debian_suite"
    rm -rf "$work"
    trap - EXIT
}

start_engine() {
    mkdir -p "$state/bin"
    if [ -d /run/systemd/system ]; then
        systemctl start docker || missing "systemctl start docker failed; see journalctl -u docker"
        touch "$state/service"
        return
    fi
    grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null || missing "the kernel has no overlay file system"
    # Some kernels have only the older of the two packet filters. Links in a folder of our own
    # choose it for this engine, where update-alternatives would choose it for the whole machine.
    if iptables-legacy -t nat -S >/dev/null 2>&1; then
        for tool in iptables iptables-save iptables-restore ip6tables; do
            ln -sf "$(command -v "$(echo "$tool" | sed 's/tables/tables-legacy/')")" "$state/bin/$tool"
        done
    elif ! iptables -t nat -S >/dev/null 2>&1; then
        missing "the kernel offers no NAT table to iptables"
    fi
    cat /proc/sys/net/ipv4/ip_forward >"$state/ip_forward"
    PATH="$state/bin:$PATH" iptables -S FORWARD | sed -n 's/^-P FORWARD //p' >"$state/forward_policy"
    echo "starting dockerd (log: $log)"
    PATH="$state/bin:$PATH" setsid dockerd --pidfile "$pidfile" >"$log" 2>&1 </dev/null &
    launched=$!
    for _ in $(seq 300); do
        engine_answers && return
        kill -0 "$launched" 2>/dev/null ||
            missing "dockerd ended at once: $(grep -v '^ *$' "$log" | tail -n 1 | cut -c 1-300)"
        sleep 0.1
    done
    kill "$launched" 2>/dev/null || true
    missing "dockerd did not answer within 30 s; see $log"
}

# dockerd leaves its bridges and packet filter rules behind when it ends.
clean_network() {
    for bridge in $(ip -o link show type bridge | sed -n 's/^[0-9]*: \(docker0\|br-[0-9a-f]\{12\}\):.*/\1/p'); do
        ip link delete "$bridge"
    done
    PATH="$state/bin:$PATH"
    iptables-save | grep -vE 'DOCKER|docker0|br-[0-9a-f]{12}' |
        sed "s/^:FORWARD [A-Z]*/:FORWARD $(cat "$state/forward_policy")/" | iptables-restore
    cat "$state/ip_forward" >/proc/sys/net/ipv4/ip_forward
}

stop_engine() {
    if [ -e "$state/service" ]; then
        if [ -d /run/systemd/system ]; then systemctl stop docker.socket docker; else service docker stop; fi
    elif our_engine; then
        kill "$pid"
        # It first stops its containers, which may take their ten seconds to end.
        for _ in $(seq 600); do
            [ -e "/proc/$pid" ] || break
            sleep 0.1
        done
        if [ -e "/proc/$pid" ]; then
            echo "error: dockerd (process $pid) did not end within 60 s; see $log" >&2
            exit 1
        fi
        clean_network
        rm -rf /var/run/docker /var/run/docker.sock
        # Its own, unless the machine runs another containerd.
        [ -S /run/containerd/containerd.sock ] || rm -rf /run/containerd
    else
        echo "no engine that this script started is running"
        return
    fi
    rm -rf "$state"
    echo "stopped the Docker engine; its images stay in /var/lib/docker"
}

case ${1:-} in
    --stop) stop_engine && exit ;;
    '') ;;
    *)
        sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
        exit 2
        ;;
esac

if ! engine_answers; then
    if [ -n "${DOCKER_HOST:-}" ]; then
        missing "DOCKER_HOST is $DOCKER_HOST, and nothing answers there; unset it to have one started here"
    fi
    if [ -S /var/run/docker.sock ] && [ ! -w /var/run/docker.sock ]; then
        missing "you may not use the one that runs; join the group docker (sudo usermod -aG docker $(id -un)) and log in again"
    fi
    require_debian
    install_engine
    # Where services start on installation, it may answer by now.
    if engine_answers; then
        mkdir -p "$state" && touch "$state/service"
    else
        start_engine
    fi
fi
if ! compose_answers; then
    require_debian
    install_compose
    compose_answers || missing "Compose v2 was installed, but docker compose does not run"
fi
echo "Docker engine $(docker version --format '{{.Server.Version}}'), Compose $(docker compose version --short)"
