#!/usr/bin/env bash
# workerpool on a real cluster, in one command. ./demo.sh --help says more.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
script=demo.sh script_arguments=("$@")
. .ci/setup.sh

usage() {
    cat <<EOF
Usage: ./demo.sh [--keep | --down | --help]

Starts a Kubernetes cluster in Docker, installs the operator with Helm, applies examples/, and has a WorkerPool draw a
large picture, make photos small and compute the classics, while one of its workers is killed. Then it says who did
what, and removes the cluster.

  --keep   leave the cluster up, and print how to use it
  --down   remove the cluster that --keep left
  --help   this page

It finds or installs what is missing (Docker, JDK $jdk_version, Maven, Go for the tools) and says so.
The pool answers on 127.0.0.1:$port; choose another port with WORKERPOOL_DEMO_PORT. WORKERPOOL_DEMO_SIZE is the side of the
picture in pixels (1024, 2048, 4096, …), and WORKERPOOL_DEMO_NAME another name for the cluster, so that two can be up.
EOF
}

cluster=workerpool-${WORKERPOOL_DEMO_NAME:-demo}
export CLUSTER=$cluster KUBECONFIG=$cache/${WORKERPOOL_DEMO_NAME:-demo}.kubeconfig
port=${WORKERPOOL_DEMO_PORT:-8000}
size=${WORKERPOOL_DEMO_SIZE:-4096}
namespace=workerpool-demo pool=demo node_port=30800 # as examples/demo.yaml has them
out=target/${WORKERPOOL_DEMO_NAME:-demo}
keep=no up=no
users_kubectl=$(command -v kubectl || true)

main() {
    case ${1:-} in
    '') ;;
    --keep) keep=yes ;;
    --down) down && return ;;
    --help | -h) usage && return ;;
    *) fail "Unknown option $1." "./demo.sh --help lists the options." ;;
    esac
    (($# < 2)) || fail "Too many arguments: $*" "./demo.sh --help says how to call it."

    prepare
    bring_up
    work
    report
    if [[ $keep == yes ]]; then
        up=no # not ours to remove any more
        say_how_to_use_it
    fi
    title "Done in $(duration $SECONDS)."
}

prepare() {
    title "1. What is needed"
    if [[ ! $port =~ ^[0-9]{1,5}$ ]] || ((port < 1 || port > 65535)); then
        fail "WORKERPOOL_DEMO_PORT must be a port from 1 to 65535, not $port."
    fi
    if [[ ! $cluster =~ ^[a-z0-9][a-z0-9-]{0,50}$ ]]; then
        fail "WORKERPOOL_DEMO_NAME must be of small letters, digits and hyphens, not ${WORKERPOOL_DEMO_NAME-}."
    fi
    ensure_docker
    ensure_jdk
    ! cluster_exists || run "Removing the cluster of an earlier run" remove_cluster
    confirm_port_free "$port" "Free it, or choose another one: WORKERPOOL_DEMO_PORT=$((port + 1)) ./demo.sh"
    ensure_k3s_image
    ensure_kubectl
    ensure_helm
    passed "Docker $(docker version -f '{{.Server.Version}}'), $("$JAVA_HOME/bin/javac" -version), kubectl, helm"
    ensure_product_images
}

bring_up() {
    title "2. A cluster with the operator and its pools"
    up=yes
    cluster_options=(-p "127.0.0.1:$port:$node_port")
    start_cluster "$worker_image" "$operator_image"
    run "Installing the chart" install_chart workerpool
    run "Applying examples/" kubectl apply -f examples/
    progress=readiness run "Waiting until every replica is ready" wait_for_pool 180s
    kubectl -n "$namespace" get workerpools | sed 's/^/  /'
}

wait_for_pool() { # TIMEOUT
    kubectl -n "$namespace" wait "workerpool/$pool" --for=condition=Available --timeout="$1"
    kubectl -n "$namespace" wait "workerpool/$pool" --for=jsonpath='{.status.readyReplicas}'=2 --timeout="$1"
}

# The node notices nothing of a worker that is forked again in its container: the operator hears of it from the worker, within seconds.
wait_for_the_story() {
    wait_for_pool 60s
    local _
    for _ in {1..60}; do
        if [[ $(events) == *WorkerRestarted* ]]; then return; fi
        sleep 0.5
    done
}

readiness() { kubectl -n "$namespace" get workerpools --no-headers 2>/dev/null | awk '{print $2 " of " $3 " replicas are ready"}'; }

work() {
    title "3. Work, and a worker killed in the middle of it"
    "$JAVA_HOME/bin/java" -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8 examples/demo/Demo.java --url "http://127.0.0.1:$port" --out "$out" --size "$size" \
        --at-half "exec .ci/kill-worker.sh $namespace $pool" ||
        fail "The work on the pool did not end well; the lines above say why." "With --keep the cluster stays for a closer look."
}

report() {
    title "4. What the operator saw"
    progress=readiness run "Waiting until the killed worker is back, and told of" wait_for_the_story
    events
    local reasons
    reasons=$(events | cut -c1-20)
    [[ $reasons == *WorkerDied* && $reasons == *WorkerStarted* && $reasons == *WorkerRestarted* ]] ||
        fail "The events do not tell of the worker that was killed, or not that it is back."
    note ""
    note "The picture: $PWD/$out/mandelbrot.png"
}

# Reason and message in columns; the last words of a worker may be several lines.
events() {
    kubectl -n "$namespace" get events --field-selector involvedObject.kind=WorkerPool --sort-by=.metadata.resourceVersion \
        -o go-template='{{range .items}}{{.reason}}{{"\t"}}{{.message}}{{"\x01"}}{{end}}' |
        awk -F '\t' -v RS='\001' '{gsub(/\n/, "\n" sprintf("%20s", "")); printf "  %-16s  %s\n", $1, $2}'
}

say_how_to_use_it() {
    title "The cluster stays. Use it:"
    [[ -n $users_kubectl ]] || note "alias kubectl=$(command -v kubectl)"
    cat <<EOF
  export KUBECONFIG=$KUBECONFIG
  kubectl config set-context --current --namespace $namespace
  kubectl get workerpools,pods
  kubectl scale workerpool/$pool --replicas=3
  kubectl explain workerpool.spec
  curl http://127.0.0.1:$port/tasks
  curl -d '{"n":1000000}' http://127.0.0.1:$port/tasks/primes
  ./demo.sh --down
EOF
}

down() {
    title "Removing what the demo made"
    if command -v docker >/dev/null && { docker_answers || docker_refuses_user; }; then ensure_docker; fi
    remove_cluster
    passed "The container $cluster with its volumes, and $KUBECONFIG"
    note "Kept, so that the next run is quick:"
    local image images=()
    for image in "$worker_image" "$operator_image" "$toolbox_image" "$k3s_image_built" "$k3s_node_image" "$k3s_image_public" "$base_image"; do
        ! has_image "$image" || images+=("$image")
    done
    ((${#images[@]} == 0)) || note "  images   docker image rm ${images[*]}"
    note "  caches   rm -rf $cache $(dirname "$(dirname "$kubernetes_bin")")"
    note "  build    rm -rf target */target (the picture is in $out)"
}

clean_up() {
    if [[ $up == no ]]; then return; fi
    if [[ $keep == yes ]]; then
        note "The cluster is still there, for a closer look: export KUBECONFIG=$KUBECONFIG; remove it with ./demo.sh --down"
        return
    fi
    note "Removing the cluster"
    remove_cluster
}

main "$@"
