#!/usr/bin/env bash
# Measurements of workerpool, always against a peer in the same run. ./bench.sh --help says more.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
script=bench.sh script_arguments=("$@")
. .ci/setup.sh
. bench/pool-start.sh
. bench/operator.sh
. bench/pool.sh
. bench/worker.sh

usage() {
    cat <<EOF
Usage: ./bench.sh worker [--quick] [--only ROW,…] [--image IMAGE]
       ./bench.sh soak [--minutes N] [--image IMAGE]
       ./bench.sh pool [--quick] [--only ROW,…]
       ./bench.sh pool-start [--pairs N]
       ./bench.sh operator [--pools N] [--replicas N] [--only ROW,…]
       ./bench.sh --help

  worker       one worker process of two threads beside Node with cluster and piscina on the same work, and beside its own
               limits: throughput, latency, overload, kills, start, memory; in about 25 minutes
  --quick      the same in about 5 minutes: for a look, not for a verdict
  --only ROW   these rows only, separated by commas: empty, tasks, hand-over, checkpoints, open-loop, overload, echo, kill,
               kill-storm, kills-in-a-row, start, memory
  --image      the worker image to measure (default: built from this checkout)

  soak         load at 80% with a kill every second: does heap, metaspace, threads or file descriptors grow?
  --minutes N  for so long (default: 30)

  pool         a pool of replicas on a cluster in Docker, beside the same pods without the operator and beside a perfect
               queue: routing, rollouts, scale-in, kills, live changes, a burst; in about 45 minutes, --quick in 12
  --only ROW   these rows only, separated by commas: routing, idle-hop, rollout, scale-in, kills, live-change, burst, start

  pool-start   from \`kubectl apply\` to every replica Ready: a WorkerPool against a plain Deployment and Service with the
               same pods, in alternation; and from the start of a worker's process to its pod being Ready
  --pairs N    so many of each, an even number of 2 or more (default: 20)

  operator     many pools at once against a bare loop that writes the same children; the operator's writes, share of a pool's
               start, memory, idle CPU, and what it does about deaths and its own restart with all of them
  --pools N    so many (default: 1000)
  --replicas N each with 1 to N replicas, on nodes that KWOK plays; 0: none (default: 2)
  --only ROW   these rows only, separated by commas: many-pools, writes, share, memory, deaths, restart

Prints a table with spread and noise, and writes it with every sample to bench/results/. bench/README.md says how it is
measured. Leave the machine alone meanwhile.
EOF
}

cluster=workerpool-bench
export KUBECONFIG=$cache/bench.kubeconfig
pairs=20 pools=1000 replicas=2 minutes=30 quick=no only='' image=''
# What the operator works with at once, and so the bare loop too.
writers=10
# A range that RFC 2544 keeps for measurements: nothing is there.
fake_pods=198.18.0.0/15

main() {
    local what=${1:-}
    case $what in
    worker | soak | pool | pool-start | operator) shift ;;
    --help | -h) usage && return ;;
    '') usage >&2 && fail "Which measurement?" ;;
    *) fail "Unknown option $what." "./bench.sh --help lists the options." ;;
    esac
    while (($# > 0)); do
        case $what$1 in
        worker--quick | pool--quick) quick=yes ;;
        worker--only | pool--only | worker--image | soak--image | soak--minutes | pool-start--pairs | operator--pools | operator--replicas | operator--only)
            (($# > 1)) || fail "$1 needs a value." "./bench.sh --help lists the options."
            declare -g "${1#--}=$2"
            shift
            ;;
        *) fail "Unknown option $1 for $what." "./bench.sh --help lists the options." ;;
        esac
        shift
    done
    case $what in
    worker) bench_worker --quick="$quick" --only="$only" ;;
    soak)
        if [[ ! $minutes =~ ^[1-9][0-9]{0,3}$ ]]; then fail "--minutes must be a number from 1 to 9999, not '$minutes'."; fi
        bench_worker --soak="$minutes"
        ;;
    pool)
        prepare_pool_bench
        start_bench_cluster
        measure_pool
        ;;
    pool-start)
        if [[ ! $pairs =~ ^[0-9]{1,3}$ ]] || ((pairs < 2 || pairs % 2)); then fail "--pairs must be an even number from 2 to 998, not '$pairs'."; fi
        start_bench_cluster
        measure_pool_start
        ;;
    operator)
        [[ $pools =~ ^[1-9][0-9]{0,4}$ ]] || fail "--pools must be a number from 1 to 99999, not '$pools'."
        [[ $replicas =~ ^[0-9]$ ]] || fail "--replicas must be a number from 0 to 9, not '$replicas'."
        confirm_operator_rows
        # It computes over all policies at each new one, for pods that nobody has.
        server_options=(--disable-network-policy)
        start_bench_cluster
        measure_operator
        ;;
    esac
}

bench_worker() {
    prepare_worker_bench
    measure_worker "$@"
}

start_bench_cluster() {
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
}

up=no
clean_up() {
    [[ -z ${proxy_process:-} ]] || kill "$proxy_process" 2>/dev/null
    [[ -z ${kwok_process:-} ]] || kill "$kwok_process" 2>/dev/null
    [[ -z ${bench_process:-} ]] || kill "$bench_process" 2>/dev/null
    [[ $up == no ]] || remove_cluster
}

main "$@"
