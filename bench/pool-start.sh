# shellcheck shell=bash
# ./bench.sh pool-start; README.md beside this file says what is measured and why so.

bench_namespace=bench
bench_replicas=2

measure_pool_start() {
    title "Apply → all $bench_replicas replicas Ready, $pairs pairs"
    samples=$(mktemp) manifests=$(mktemp -d)
    kubectl create namespace "$bench_namespace" >/dev/null
    start_proxy
    write_manifests
    local pair kind
    for ((pair = 1; pair <= pairs; pair++)); do
        # A B, B A, A B, …: what drifts hits both alike, and neighbours of a kind show the noise.
        if ((pair % 2)); then set -- pool plain; else set -- plain pool; fi
        for kind; do take_sample "$pair" "$kind"; done
        note "pair $pair of $pairs: $(jq -rs --argjson pair "$pair" 'map(select(.pair == $pair)) | map("\(.kind) \(.seconds) s") | sort | reverse | join(", ")' "$samples")"
    done
    write_result
}

start_proxy() {
    local line
    exec {proxy_output}< <(exec kubectl proxy --port=0)
    proxy_process=$!
    read -r line <&"$proxy_output"
    api=http://${line##* }/api/v1/namespaces/$bench_namespace
}

# The plain Deployment and Service are the pool's own, taken over word for word but for what ties them to the pool.
write_manifests() {
    cp bench/pool.yaml "$manifests/pool.yaml"
    kubectl apply -n "$bench_namespace" -f "$manifests/pool.yaml" >/dev/null
    run "Starting the pool once, to take over its Deployment and Service" \
        kubectl wait -n "$bench_namespace" workerpool/bench-pool --for=condition=Available --timeout=120s
    kubectl get -n "$bench_namespace" deployment/bench-pool service/bench-pool -o json | jq '
        del(.items[] | .status, .metadata.ownerReferences, .metadata.uid, .metadata.resourceVersion, .metadata.generation,
            .metadata.creationTimestamp, .metadata.managedFields, .metadata.annotations, .spec.clusterIP, .spec.clusterIPs)
        | walk(if type == "string" then sub("^bench-pool$"; "bench-plain") elif type == "object" then del(."app.kubernetes.io/managed-by") else . end)
        ' >"$manifests/plain.yaml"
    remove_sample pool
    take_sample 0 plain # not counted: warms what the pool's first start has warmed
    : >"$samples"
}

# take_sample PAIR pool|plain: appends {pair, kind, seconds, workers: [process start → pod Ready]}
take_sample() {
    local pair=$1 kind=$2 events began pod seen=' ' last workers=()
    exec {events}< <(ready_pods "$kind")
    sleep 0.3 # the watch stands
    began=$EPOCHREALTIME
    kubectl apply -n "$bench_namespace" -f "$manifests/$kind.yaml" >/dev/null
    while ((${#workers[@]} < bench_replicas)); do
        read -r -t 120 -u "$events" pod || fail "The replicas of the $kind did not become Ready within two minutes." "$(kubectl get pods -A)"
        if [[ $seen == *" $pod "* ]]; then continue; fi
        last=$EPOCHREALTIME seen+="$pod "
        workers+=("$(awk -v ready="$last" -v start="$(worker_start "$pod")" 'BEGIN {printf "%.2f", ready - start}')")
    done
    exec {events}<&-
    awk -v pair="$pair" -v kind="$kind" -v began="$began" -v ready="$last" -v workers="$(IFS=,; echo "${workers[*]}")" 'BEGIN {
        printf "{\"pair\": %d, \"kind\": \"%s\", \"seconds\": %.3f, \"workers\": [%s]}\n", pair, kind, ready - began, workers }' >>"$samples"
    remove_sample "$kind"
}

# A line with the pod's name at each change of a pod that is Ready.
ready_pods() {
    curl -sN "$api/pods?watch=1&labelSelector=workerpool.dev/pool=bench-$1" |
        jq --unbuffered -r 'select(any(.object.status.conditions[]?; .type == "Ready" and .status == "True")) | .object.metadata.name' || true
}

# The second at which the pod's worker process was started, to a hundredth, from the node's process table.
worker_start() {
    local container
    container=$(kubectl get -n "$bench_namespace" pod "$1" -o jsonpath='{.status.containerStatuses[0].containerID}')
    docker exec "$cluster" bash -c '
        process=$(ctr -n k8s.io tasks ls | awk -v id="$1" "\$1 == id {print \$2}")
        read -r uptime _ </proc/uptime
        awk -v now="$EPOCHREALTIME" -v uptime="$uptime" "{printf \"%.2f\", now - uptime + \$22 / 100}" "/proc/$process/stat"' bash "${container##*/}"
}

remove_sample() {
    kubectl delete -n "$bench_namespace" -f "$manifests/$1.yaml" --wait >/dev/null
    kubectl wait -n "$bench_namespace" --for=delete pod -l "workerpool.dev/pool=bench-$1" --timeout=120s >/dev/null
}

write_result() {
    local file
    file=bench/results/pool-start-$(date -u +%Y%m%dT%H%M%SZ).json
    mkdir -p bench/results
    jq -s -f bench/pool-start.jq \
        --arg date "$(date -u +%FT%TZ)" --arg cpus "$(nproc)" --arg kernel "$(uname -r)" \
        --arg commit "$(git rev-parse --short HEAD 2>/dev/null || true)" \
        --arg docker "$(docker version -f '{{.Server.Version}}')" \
        --arg kubernetes "$(kubectl version -o json | jq -r .serverVersion.gitVersion)" --arg replicas "$bench_replicas" "$samples" >"$file"
    jq -r '
        def line(name): "  \(name): median \(.median) s, quartiles \(.quartiles | map(tostring) | join("–")) s, range \(.range | map(tostring) | join("–")) s";
        (.pool | line("WorkerPool")), (.plain | line("Deployment + Service")),
        "  ratio, median of the pairs: \(.ratio.median) (quartiles \(.ratio.quartiles | map(tostring) | join("–")))",
        "  noise, like against like: WorkerPool \(.noise.pool), Deployment \(.noise.plain)",
        (.workerStart | line("worker process → pod Ready"))' "$file"
    note "All samples: $file"
}
