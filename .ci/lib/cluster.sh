# shellcheck shell=bash
# One k3s node in Docker: started, filled with the images and the chart, asked, and removed again.
# A script sets `cluster` (the container's name), `k3s_image` and `KUBECONFIG` first, `cluster_options` for docker run
# and `server_options` for k3s.
: "${cluster:=}" "${k3s_image:=}"
cluster_options=()
server_options=()

# start_cluster IMAGE …: with these images in the node, which has no registry to pull them from.
start_cluster() {
    remove_cluster
    confirm_docker_room 3 "the cluster"
    run "Starting k3s ($k3s_image) and loading the images" launch_cluster "$@"
}

launch_cluster() {
    local loading _
    docker run -d --privileged --name "$cluster" --hostname "$cluster" --label "$project_label=$cluster" \
        --cgroupns host -v /sys/fs/cgroup:/sys/fs/cgroup:rw --tmpfs /run --tmpfs /var/run \
        -p 127.0.0.1::6443 "${cluster_options[@]}" "$k3s_image" server --disable=traefik --disable=metrics-server --tls-san=127.0.0.1 \
        "${server_options[@]}"
    load_images "$@" &
    loading=$!
    for _ in {1..360}; do
        if [[ $(docker logs "$cluster" 2>&1) == *'Node controller sync successful'* ]]; then
            write_kubeconfig
            wait "$loading"
            return
        fi
        if [[ $(docker inspect -f '{{.State.Running}}' "$cluster") != true ]]; then break; fi
        sleep 0.5
    done
    docker logs --tail 40 "$cluster"
    return 1
}

write_kubeconfig() {
    local address
    address=$(docker port "$cluster" 6443/tcp | head -n 1)
    mkdir -p "$(dirname "$KUBECONFIG")"
    (umask 077 && docker exec "$cluster" cat /etc/rancher/k3s/k3s.yaml | sed "s|https://[0-9.]*:6443|https://$address|" >"$KUBECONFIG")
}

cluster_exists() { docker container inspect "$cluster" >/dev/null 2>&1; }

# With its anonymous volumes; true also when there is none.
remove_cluster() {
    docker rm -fv "$cluster" >/dev/null 2>&1 || true
    rm -f "$KUBECONFIG"
}

# While the control plane starts, as soon as the node's containerd answers.
load_images() {
    until docker exec "$cluster" ctr version >/dev/null 2>&1; do
        sleep 0.2
        [[ $(docker inspect -f '{{.State.Running}}' "$cluster") == true ]]
    done
    docker save "$@" | docker exec -i "$cluster" ctr -n k8s.io images import -
}

install_chart() { # RELEASE [HELM OPTIONS …]
    local release=$1
    shift
    helm upgrade --install "$release" helm/workerpool-operator --namespace workerpool-system --create-namespace --wait --timeout 3m "$@"
}

# kill_worker NAMESPACE POD: SIGKILL to the worker from outside, as the kernel would; not to the primary that forked it.
kill_worker() {
    local primary
    primary=$(container_process "$1" "$2" worker)
    docker exec "$cluster" sh -c "kill -9 \$(cat /proc/$primary/task/$primary/children)"
}

# kill_container NAMESPACE POD CONTAINER: the same to its process 1.
kill_container() {
    local process
    process=$(container_process "$1" "$2" "$3")
    docker exec "$cluster" sh -c "kill -9 $process"
}

# container_process NAMESPACE POD CONTAINER: its process 1, as the node counts.
container_process() {
    local container process
    container=$(kubectl -n "$1" get pod "$2" -o jsonpath="{.status.containerStatuses[?(@.name==\"$3\")].containerID}")
    process=$(docker exec "$cluster" ctr -n k8s.io tasks ls | awk -v id="${container##*/}" '$1 == id {print $2}')
    [[ -n $process ]] || fail "Pod $2 has no running container $3 to kill."
    echo "$process"
}

# confirm_port_free PORT HOW_TO_CHOOSE
confirm_port_free() {
    local owner=''
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return; fi
    ! command -v ss >/dev/null || owner=$(ss -ltnpH "sport = :$1" 2>/dev/null | grep -oE '"[^"]+",pid=[0-9]+' | head -n 1 || true)
    fail "Port $1 on 127.0.0.1 is taken${owner:+ by $owner}." "$2"
}
