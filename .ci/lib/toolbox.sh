# shellcheck shell=bash
# Where the distribution has no JDK 25, the script goes on in a container that has one: same user, same paths, the
# machine's own Docker and network. Nothing is installed on the machine but Docker.

toolbox_image=workerpool/toolbox:$version

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
    local terminal=() variable
    [[ ! -t 0 || ! -t 1 ]] || terminal=(-it)
    mkdir -p "$cache" "$kubernetes_bin" "$HOME/.m2" "$HOME/go" "$HOME/.cache/go-build"
    local environment=(-e WORKERPOOL_IN_TOOLBOX=yes -e "HOME=$HOME" -e "USER=$(id -un)")
    for variable in TERM COLUMNS ${!WORKERPOOL_*} ${!TESTCONTAINERS_*} GOPROXY http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
        [[ -z ${!variable:-} ]] || environment+=(-e "$variable")
    done
    exec docker run --rm --init "${terminal[@]}" --network host "${environment[@]}" \
        --user "$(id -u):$(id -g)" --group-add "$(stat -c %g /var/run/docker.sock)" \
        -v /var/run/docker.sock:/var/run/docker.sock -v /etc/passwd:/etc/passwd:ro -v /etc/group:/etc/group:ro \
        -v /etc/ssl/certs:/etc/ssl/certs:ro -v "$HOME/.m2:$HOME/.m2" -v "$HOME/go:$HOME/go" -v "$HOME/.cache:$HOME/.cache" \
        -v "$PWD:$PWD" -w "$PWD" "$toolbox_image" "./$script" "${script_arguments[@]}"
}
