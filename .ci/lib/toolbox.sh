# shellcheck shell=bash
# Where the distribution has no JDK 25, the script goes on in a container that has one: same user, same paths, the
# machine's own Docker and network. Nothing is installed on the machine but Docker.

continue_in_toolbox() {
    if [[ -n ${WORKERPOOL_IN_TOOLBOX:-} ]]; then fail "The toolbox image has no JDK $jdk_version." "Remove it and run again: docker image rm $toolbox_image"; fi
    ensure_docker
    if [[ $(docker context show 2>/dev/null) != default || -n ${DOCKER_HOST:-} ]]; then
        fail "There is no JDK $jdk_version here, and this system's packages have none." "Install one (for example from https://adoptium.net) and set JAVA_HOME to it."
    fi
    title "No JDK $jdk_version here and none in this system's packages: going on in a container that has one"
    ensure_base_image
    if ! docker image inspect "$toolbox_image" >/dev/null 2>&1; then
        run "Building $toolbox_image" docker build -t "$toolbox_image" --build-arg BASE="$base_image" --build-arg JDK="$jdk_version" .ci/toolbox
    fi
    choose_toolbox_options
    exec docker run --rm --init "${toolbox_options[@]}" "$toolbox_image" "./$script" "${script_arguments[@]}"
}

choose_toolbox_options() {
    local name path
    mkdir -p "$HOME/.cache" "$HOME/.m2" "$HOME/go"
    toolbox_options=(--network host --user "$(id -u):$(id -g)" --group-add "$(stat -c %g /var/run/docker.sock)" -w "$PWD")
    if [[ -t 0 && -t 1 ]]; then toolbox_options+=(-it); fi
    for path in /var/run/docker.sock "$PWD" "$HOME/.cache" "$HOME/.m2" "$HOME/go"; do toolbox_options+=(-v "$path:$path"); done
    # Who the user is, and whom the machine trusts, where it knows more than Debian does.
    for path in /etc/passwd /etc/group /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/java/cacerts; do
        [[ ! -s $path ]] || toolbox_options+=(-v "$path:$path:ro")
    done
    toolbox_options+=(-e WORKERPOOL_IN_TOOLBOX=yes -e "HOME=$HOME" -e "USER=$(id -un)")
    for name in "${!WORKERPOOL_@}" TERM COLUMNS GOPROXY http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
        [[ -z ${!name:-} ]] || toolbox_options+=(-e "$name")
    done
}
