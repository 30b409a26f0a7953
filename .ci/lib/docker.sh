# shellcheck shell=bash
# A Docker daemon that answers and is new enough: the running one, else an installed one that is started, else one
# that is installed.

ensure_docker() {
    [[ -n ${docker_ready:-} ]] && return
    if ! docker_answers; then
        if docker_refuses_user; then join_docker_group; fi
        if [[ -n ${DOCKER_HOST:-} ]]; then
            fail "Docker at DOCKER_HOST=$DOCKER_HOST does not answer." "Start it, or unset DOCKER_HOST to use the Docker of this machine."
        fi
        [[ -n $(command -v docker) && -n $(command -v dockerd) ]] || install_docker
        docker_answers || docker_refuses_user || start_docker
        if docker_refuses_user; then join_docker_group; fi
    fi
    confirm_docker_version "$(docker version --format '{{.Server.Version}}')"
    docker_ready=yes
}

docker_answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }
docker_refuses_user() { [[ $(LC_ALL=C docker version 2>&1) == *'permission denied'* ]]; }

confirm_docker_version() {
    if ((${1%%.*} >= docker_minimum)); then return; fi
    fail "Docker $1 is too old: $docker_minimum is needed (older ones cannot start the cluster's container everywhere)." \
        "Upgrade it (https://docs.docker.com/engine/install/), or remove it: this script then installs a newer one."
}

# A member of the group docker who has not logged in since gets the right through sg; with sudo one becomes a member.
join_docker_group() {
    if [[ -n ${WORKERPOOL_REGROUPED:-} ]] || { ! user_is_in_docker_group && ! sudo -v 2>/dev/null; }; then
        fail "$(id -un) may not use Docker: not root, not in the group docker, and no sudo." \
            "Have an administrator run \`usermod -aG docker $(id -un)\`, log in again, then run this script again."
    fi
    if ! user_is_in_docker_group; then
        note "Adding $(id -un) to the group docker (undo: sudo gpasswd -d $(id -un) docker)"
        sudo usermod -aG docker "$(id -un)"
    fi
    export WORKERPOOL_REGROUPED=yes
    exec sg docker -c "$(printf '%q ' "$PWD/$script" "${script_arguments[@]}")"
}

user_is_in_docker_group() { getent group docker | cut -d: -f4 | tr , '\n' | grep -qx "$(id -un)"; }

install_docker() {
    title "Docker is missing: installing it"
    confirm_room /var/lib 2 "Docker"
    refresh_packages "Docker $docker_minimum or newer"
    local offered packages=(docker.io iptables)
    offered=$(candidate docker.io)
    if [[ -n $offered ]] && ((${offered%%.*} >= docker_minimum)); then
        [[ -z $(candidate docker-cli) ]] || packages+=(docker-cli) # the client, where it is a package of its own
        install Docker "${packages[@]}"
    elif offer_trixie; then
        install Docker docker.io/trixie docker-cli/trixie iptables
    else
        fail "This system offers Docker ${offered:-nothing}, and $docker_minimum is needed." "Install it: https://docs.docker.com/engine/install/"
    fi
}

start_docker() {
    need_root "Starting Docker"
    confirm_docker_version "$(dockerd --version | sed -E 's/^[^0-9]*([0-9.]+).*/\1/')"
    if [[ -d /run/systemd/system ]]; then
        run "Starting Docker" as_root systemctl start docker
        return
    fi
    : "${docker_log:=/var/log/workerpool-dockerd.log}"
    run "Starting Docker" launch_docker
    note "Docker was started by this script and stays up after it. Its log: $docker_log"
    note "To stop it: $(is_root || echo 'sudo ')kill \$(cat /var/run/docker.pid)"
}

# Its own session, so that it outlives this script and the shell.
launch_docker() {
    as_root sh -c "setsid dockerd </dev/null >$docker_log 2>&1 &"
    local _
    for _ in {1..60}; do
        if docker_answers || docker_refuses_user; then return; fi
        sleep 0.5
    done
    as_root cat "$docker_log"
    return 1
}
