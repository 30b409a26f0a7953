#!/usr/bin/env bash
# Kills the worker of one Ready replica of a pool with SIGKILL; demo.sh has its client call it in the middle of the work.
#
#   CLUSTER=container KUBECONFIG=file kill-worker.sh NAMESPACE POOL
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. .ci/lib/pins.sh
. .ci/lib/say.sh
. .ci/lib/cluster.sh

cluster=${CLUSTER:?the name of the cluster\'s container} namespace=$1 pool=$2
pod=$(kubectl -n "$namespace" get pods -l "workerpool.dev/pool=$pool" --field-selector=status.phase=Running -o jsonpath='{.items[0].metadata.name}')
kill_worker "$namespace" "$pod"
note "SIGKILL to the worker of $pod"
