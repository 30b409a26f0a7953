# shellcheck shell=bash
# ./bench.sh operator; README.md beside this file says what is measured and why so.
: "${cluster:=}" "${pools:=1000}" "${writers:=10}"

measure_operator() {
    rows=$(mktemp)
    kubectl create namespace bench-sample >/dev/null
    run "One pool, whose children the bare loop copies" pools sample bench-sample
    measure_many_pools
    measure_writes_and_memory
    measure_restart
    write_operator_result
}

# pools MODE NAMESPACE …: prints the seconds. The client is the operator's own, with its libraries.
pools() {
    "$JAVA_HOME/bin/java" -cp "operator/target/operator-runner.jar:operator/target/lib/*" bench/operator/Pools.java "$@" 2>/dev/null
}

# A B B A: the pools, and what the operator makes of them written by a plain loop with as many threads as the operator has.
measure_many_pools() {
    title "$pools pools at once, in turns with a bare loop that writes the same children"
    local order=(pools bare bare pools) number=0 kind seconds
    for kind in "${order[@]}"; do
        number=$((number + 1))
        kubectl create namespace "bench-$number" >/dev/null
        if [[ $kind == pools ]]; then
            seconds=$(pools pools "bench-$number" "$pools")
        else
            seconds=$(pools bare "bench-$number" "$pools" "$writers")
        fi
        [[ -n $seconds ]] || fail "The $kind of round $number were not written." "$(kubectl -n workerpool-system logs deploy/workerpool-operator --tail=20)"
        note "round $number, $kind: $seconds s"
        row "$kind" "$seconds"
        # The last round's pools stay: they are what the operator has to remember in what follows.
        if ((number < ${#order[@]})); then run "Removing round $number" remove_round "bench-$number"; fi
    done
}

remove_round() {
    kubectl delete -n "$1" workerpools --all --wait=false >/dev/null
    kubectl delete namespace "$1" --timeout=15m >/dev/null
}

measure_writes_and_memory() {
    title "What the operator writes and needs"
    local before after
    kubectl create namespace bench-writes >/dev/null
    settle
    before=$(writes)
    pools pools bench-writes 100 >/dev/null
    settle
    after=$(writes)
    row writesPerPool "$(awk -v a="$before" -v b="$after" 'BEGIN {printf "%.2f", (b - a) / 100}')"
    row residentMiB "$(operator_resident)"
    note "Idle for a minute"
    before=$(writes)
    local cpu
    cpu=$(operator_cpu)
    sleep 60
    row idleCpuPercent "$(awk -v a="$cpu" -v b="$(operator_cpu)" 'BEGIN {printf "%.2f", (b - a) * 100 / 60}')"
    row idleWrites "$(($(writes) - before))"
}

# From the kill of the operator's process to the pass over the last of its pools.
measure_restart() {
    title "The operator is killed with $((pools + 100)) pools"
    local before began
    before=$(writes) began=$EPOCHREALTIME
    kill_worker workerpool-system "$(operator_pod)" operator
    until (($(reconciled) >= pools + 100)); do
        sleep 0.5
        (($(seconds_since "$began") < 300)) || fail "The operator did not see all pools again within five minutes."
    done
    row restartSeconds "$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN {printf "%.1f", b - a}')"
    settle
    row restartWrites "$(($(writes) - before))"
    row residentAfterRestartMiB "$(operator_resident)"
}

row() {
    printf '{"row": "%s", "value": %s}\n' "$1" "$2" >>"$rows"
    note "$1: $2"
}

seconds_since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN {printf "%d", b - a}'; }

# Until nothing was written for five seconds.
settle() {
    local last=-1 now=0 quiet=0
    while ((quiet < 5)); do
        now=$(writes)
        if ((now == last)); then quiet=$((quiet + 1)); else quiet=0; fi
        last=$now
        sleep 1
    done
}

# Requests by which only the operator writes: what it applies, its status, and Events about pools are not told apart from
# others', so Events are left out.
writes() {
    kubectl get --raw /metrics | awk '
        /^apiserver_request_total/ && /verb="(APPLY|PATCH|PUT|POST)"/ &&
            (/resource="workerpools",.*subresource="status"/ ||
             /subresource="",.*verb="(APPLY|PATCH)"/ && /resource="(deployments|services|networkpolicies|poddisruptionbudgets)"/) { sum += $NF }
        END { printf "%d", sum }'
}

operator_pod() { kubectl -n workerpool-system get pods -l app.kubernetes.io/name=workerpool-operator -o jsonpath='{.items[0].metadata.name}'; }

operator_process() {
    local container
    container=$(kubectl -n workerpool-system get pod "$(operator_pod)" -o jsonpath='{.status.containerStatuses[0].containerID}')
    docker exec "$cluster" ctr -n k8s.io tasks ls | awk -v id="${container##*/}" '$1 == id {print $2}'
}

operator_resident() { docker exec "$cluster" awk '/^VmRSS/ {printf "%d", $2 / 1024}' "/proc/$(operator_process)/status"; }

# Seconds of CPU since its start.
operator_cpu() { docker exec "$cluster" awk '{printf "%.2f", ($14 + $15) / 100}' "/proc/$(operator_process)/stat"; }

# Pools that this process of the operator has had a pass over.
reconciled() {
    kubectl get --raw "/api/v1/namespaces/workerpool-system/pods/$(operator_pod):8080/proxy/q/metrics" 2>/dev/null |
        awk '/^reconciliations_success_total/ {sum += $NF} END {printf "%d", sum}'
}

write_operator_result() {
    local file
    file=bench/results/operator-$(date -u +%Y%m%dT%H%M%SZ).json
    mkdir -p bench/results
    jq -s --arg date "$(date -u +%FT%TZ)" --arg cpus "$(nproc)" --arg commit "$(git rev-parse --short HEAD 2>/dev/null || true)" \
        --argjson pools "$pools" --argjson writers "$writers" '
        def values(name): map(select(.row == name) | .value);
        def mean: add / length;
        {date: $date, cpus: $cpus, commit: $commit, pools: $pools, writers: $writers,
         ratio: ((values("pools") | mean) / (values("bare") | mean)), samples: .}' "$rows" >"$file"
    title "Result"
    jq -r --argjson pools "$pools" '
        def value(name): first(.samples[] | select(.row == name) | .value);
        "  all children and statuses of \($pools) pools, against a bare loop: \(.ratio * 100 | round / 100)× (target ≤ 1.25)",
        "  writes per new pool, its status included: \(value("writesPerPool")) (target ≤ 4 and the status)",
        "  resident: \(value("residentMiB")) MiB; after a restart \(value("residentAfterRestartMiB")) MiB (target ≤ 180)",
        "  idle: \(value("idleCpuPercent")) % of a core, \(value("idleWrites")) writes in a minute (target ≤ 1 %, 0)",
        "  killed → all pools seen again: \(value("restartSeconds")) s, \(value("restartWrites")) writes (target ≤ 20 s, 0)"' "$file"
    note "All samples: $file"
}
