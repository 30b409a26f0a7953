#!/usr/bin/env bash
# Every test of workerpool. ./test.sh --help says more.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
script=test.sh script_arguments=("$@")
. .ci/setup.sh
. .ci/lib/results.sh

usage() {
    cat <<EOF
Usage: ./test.sh [--fast | --help]

Checks the scripts and the chart, builds every module with its unit tests and its tests against an API server, then
builds the images, runs the end-to-end suite on a Kubernetes cluster in Docker, and the demo in small.

  --fast   leave out what needs a cluster
  --help   this page

It finds or installs what is missing and says so. The last line is "N passed, N failed, N skipped"; the exit status is
0 only when something passed and nothing failed. Logs are in target/logs.
EOF
}

main() {
    local fast=no
    case ${1:-} in
    '') ;;
    --fast) fast=yes ;;
    --help | -h) usage && return ;;
    *) fail "Unknown option $1." "./test.sh --help lists the options." ;;
    esac
    (($# < 2)) || fail "Too many arguments: $*" "./test.sh --help says how to call it."

    prepare "$fast"
    testing=yes
    check_scripts_and_chart
    build_and_test
    [[ $fast == yes ]] || test_on_a_cluster
    testing=no
    title "Tests, in $(duration $SECONDS)"
    sum_up || exit 1
}

prepare() {
    title "What is needed"
    [[ $1 == yes ]] || ensure_docker
    ensure_jdk
    [[ $1 == yes ]] || ensure_k3s_image
    ensure_command shellcheck
    ensure_kubectl
    ensure_helm
    ensure_chart_linters
    ensure_apiserver
    passed "$("$JAVA_HOME/bin/javac" -version), $(mvn -B -v 2>&1 | sed -n $'1{s/\e\\[[0-9;]*m//g;p}'), $(helm version --short), shellcheck, chart linters, API server"
}

check_scripts_and_chart() {
    title "Scripts and chart"
    check "shellcheck" shellcheck --check-sourced --external-sources --source-path=SCRIPTDIR \
        demo.sh test.sh bench.sh .ci/run .ci/kill-worker.sh .ci/test/*-test.sh e2e/k3s-image/build.sh e2e/k3s-image/k3s helm/*.sh worker-image/*.sh examples/*.sh
    local suite
    for suite in .ci/test/*-test.sh; do check "$(basename "$suite" .sh)" "$suite"; done
    check "chart" helm/test.sh
}

build_and_test() {
    title "Build, unit tests, tests against an API server"
    # Operator and worker do not know each other, and the tests of both wait more than they work.
    maven "mvn verify" verify -T 2 --fail-at-end
    if ((tried == 0)); then jars_are_built=yes; fi
    check "examples" examples/test.sh
}

test_on_a_cluster() {
    title "On a cluster"
    if [[ ${jars_are_built:-no} == no ]]; then
        note "Left out: the build failed."
        return
    fi
    ensure_product_images
    confirm_docker_room 3 "the cluster"
    export WORKERPOOL_K3S_IMAGE=$k3s_image WORKERPOOL_WORKER_IMAGE=$worker_image WORKERPOOL_OPERATOR_IMAGE=$operator_image
    clusters_of_others=$(e2e_clusters)
    on_a_cluster=yes
    # Its helper containers need a registry; what is left over is removed below instead.
    export TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_CHECKS_DISABLE=true
    maven "mvn verify -pl e2e" verify -pl e2e -am -De2e -Dit.test='*E2E' -Dtest=none \
        -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false
    ((tried == 0)) || note "Logs, events and manifests of what failed: e2e/target/failures/"
    # In small, and beside one that somebody keeps up.
    check "demo" env WORKERPOOL_DEMO_NAME=demo-in-test WORKERPOOL_DEMO_PORT=18473 WORKERPOOL_DEMO_SIZE=2048 ./demo.sh
}

e2e_clusters() { docker ps -aq --filter "label=$project_label.e2e"; }

# A suite that was killed could not remove its cluster.
testing=no on_a_cluster=no
clean_up() {
    [[ $on_a_cluster == no ]] || e2e_clusters | grep -vxF "${clusters_of_others:-none}" | xargs -r docker rm -fv >/dev/null
    if [[ $testing == yes ]]; then
        add_up 0 1 0
        failures+=("stopped before the end")
        sum_up
    fi
}

main "$@"
