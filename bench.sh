#!/usr/bin/env bash
# Measurements of workerpool, always against a peer in the same run. ./bench.sh --help says more.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
script=bench.sh script_arguments=("$@")
. .ci/setup.sh
. bench/pool-start.sh

usage() {
    cat <<EOF
Usage: ./bench.sh pool-start [--pairs N]
       ./bench.sh --help

  pool-start   from \`kubectl apply\` to every replica Ready: a WorkerPool against a plain Deployment and Service with the
               same pods, in alternation; and from the start of a worker's process to its pod being Ready
  --pairs N    so many of each, an even number of 2 or more (default: 20)

Prints medians, spread and ratio, and writes them with every sample to bench/results/. bench/README.md says how it is
measured. Leave the machine alone meanwhile.
EOF
}

cluster=workerpool-bench
export KUBECONFIG=$cache/bench.kubeconfig
pairs=20

main() {
    case ${1:-} in
    pool-start) shift ;;
    --help | -h) usage && return ;;
    '') usage >&2 && fail "Which measurement?" ;;
    *) fail "Unknown option $1." "./bench.sh --help lists the options." ;;
    esac
    while (($# > 0)); do
        case $1 in
        --pairs)
            (($# > 1)) || fail "--pairs needs a number."
            pairs=$2
            shift 2
            ;;
        *) fail "Unknown option $1." "./bench.sh --help lists the options." ;;
        esac
    done
    if [[ ! $pairs =~ ^[0-9]{1,3}$ ]] || ((pairs < 2 || pairs % 2)); then fail "--pairs must be an even number from 2 to 998, not '$pairs'."; fi

    title "What is needed"
    ensure_docker
    ensure_jdk
    ensure_k3s_image
    ensure_kubectl
    ensure_helm
    ensure_command jq
    ensure_command curl
    ensure_product_images

    title "A cluster with the operator"
    up=yes
    start_cluster "$worker_image" "$operator_image"
    run "Installing the chart" install_chart workerpool
    measure_pool_start
}

up=no
clean_up() {
    [[ -z ${proxy_process:-} ]] || kill "$proxy_process" 2>/dev/null
    [[ $up == no ]] || remove_cluster
}

main "$@"
