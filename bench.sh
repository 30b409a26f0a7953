#!/usr/bin/env bash
# Measurements of workerpool, always against a peer in the same run. ./bench.sh --help says more.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
script=bench.sh script_arguments=("$@")
. .ci/setup.sh
. bench/pool-start.sh
. bench/operator.sh

usage() {
    cat <<EOF
Usage: ./bench.sh pool-start [--pairs N]
       ./bench.sh operator [--pools N]
       ./bench.sh --help

  pool-start   from \`kubectl apply\` to every replica Ready: a WorkerPool against a plain Deployment and Service with the
               same pods, in alternation; and from the start of a worker's process to its pod being Ready
  --pairs N    so many of each, an even number of 2 or more (default: 20)

  operator     many pools at once against a bare loop that writes the same children; the operator's writes, memory, idle CPU
               and restart with all of them
  --pools N    so many (default: 1000)

Prints medians, spread and ratio, and writes them with every sample to bench/results/. bench/README.md says how it is
measured. Leave the machine alone meanwhile.
EOF
}

cluster=workerpool-bench
export KUBECONFIG=$cache/bench.kubeconfig
pairs=20
pools=1000
# What the operator works with at once, and so the bare loop too.
writers=10

main() {
    local what=${1:-}
    case $what in
    pool-start | operator) shift ;;
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
        --pools)
            (($# > 1)) || fail "--pools needs a number."
            pools=$2
            shift 2
            ;;
        *) fail "Unknown option $1." "./bench.sh --help lists the options." ;;
        esac
    done
    if [[ ! $pairs =~ ^[0-9]{1,3}$ ]] || ((pairs < 2 || pairs % 2)); then fail "--pairs must be an even number from 2 to 998, not '$pairs'."; fi
    [[ $pools =~ ^[1-9][0-9]{0,4}$ ]] || fail "--pools must be a number from 1 to 99999, not '$pools'."

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
    case $what in
    pool-start) measure_pool_start ;;
    operator) measure_operator ;;
    esac
}

up=no
clean_up() {
    [[ -z ${proxy_process:-} ]] || kill "$proxy_process" 2>/dev/null
    [[ $up == no ]] || remove_cluster
}

main "$@"
