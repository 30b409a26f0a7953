# shellcheck shell=bash
# ./bench.sh operator; README.md beside this file says what is measured and why so.
: "${cluster:=}" "${pools:=1000}" "${replicas:=2}" "${writers:=10}" "${only:=}"

operator_rows=(many-pools writes share memory deaths restart)

measure_operator() {
    rows=$(mktemp)
    population=0
    ((replicas == 0)) || start_fake_nodes
    local name
    for name in "${operator_rows[@]}"; do
        if [[ -z $only || ",$only," == *",$name,"* ]]; then "measure_${name//-/_}"; fi
    done
    write_operator_result
}

confirm_operator_rows() {
    local name
    for name in ${only//,/ }; do
        [[ " ${operator_rows[*]} " == *" $name "* ]] || fail "--only $name: there is no such row." "The rows are: ${operator_rows[*]}."
    done
    # Without pods there is nobody to die.
    ((replicas > 0)) || [[ ",$only," != *,deaths,* ]] || fail "The row deaths needs --replicas of at least 1."
}

# KWOK plays the nodes: a pod that is scheduled there is Running and Ready at once and has an address that nobody answers.
start_fake_nodes() {
    ensure_tool kwok "$kwok_version" sigs.k8s.io/kwok cmd/kwok
    # What is sent there is lost without an answer, as behind a firewall: the dearest way not to be reached.
    docker exec "$cluster" iptables -I FORWARD -d "$fake_pods" -j DROP
    kwok --kubeconfig "$KUBECONFIG" --config bench/operator/stages.yaml --manage-nodes-with-label-selector=workerpool.dev/bench=fake \
        --node-lease-duration-seconds=40 >"$logs/kwok.log" 2>&1 &
    kwok_process=$!
    kubectl apply -f - >/dev/null <<EOF
apiVersion: v1
kind: Node
metadata: {name: fake, labels: {workerpool.dev/bench: fake}}
spec: {podCIDR: $fake_pods, taints: [{key: workerpool.dev/bench, effect: NoSchedule}]}
EOF
    run "A node that KWOK plays" kubectl wait node/fake --for=condition=Ready --timeout=60s
}

# pools MODE NAMESPACE …: prints seconds. The client is the operator's own, with its libraries.
pools() {
    local mode=$1 namespace=$2
    shift 2
    "$JAVA_HOME/bin/java" -cp "operator/target/operator-runner.jar:operator/target/lib/*" bench/operator/Pools.java \
        "$mode" "$namespace" "$replicas" "$@" 2>"$logs/pools.log"
}

# A B B A: the pools, and what the operator makes of them written by a plain loop with as many threads as the operator has.
measure_many_pools() {
    title "$pools pools at once, in turns with a bare loop that writes the same children"
    sample_children
    local order=(pools bare bare pools) number=0 kind
    local -a took
    for kind in "${order[@]}"; do
        number=$((number + 1))
        kubectl create namespace "bench-$number" >/dev/null
        if [[ $kind == pools ]]; then
            mapfile -t took < <(pools pools "bench-$number" "$pools")
        else
            mapfile -t took < <(pools bare "bench-$number" "$pools" "$writers")
        fi
        ((${#took[@]} > 0)) || fail "The $kind of round $number were not written." "$(tail -n 5 "$logs/pools.log")"
        row "$kind" "${took[0]}"
        [[ $kind == bare ]] || row statuses "${took[1]}"
        # Else the last round's pods are still being made while the next one is measured.
        run "Until all is quiet" settle
        # The last round's pools stay: they are what the operator has to remember in what follows.
        if ((number < ${#order[@]})); then run "Removing round $number" remove_round "bench-$number"; fi
    done
    population=$pools populated=bench-$number
}

sample_children() {
    kubectl get namespace bench-sample >/dev/null 2>&1 && return
    kubectl create namespace bench-sample >/dev/null
    run "One pool, whose children are copied where they are written bare" pools sample bench-sample
}

remove_round() {
    kubectl delete -n "$1" workerpools --all --wait=false >/dev/null
    kubectl delete namespace "$1" --timeout=15m >/dev/null
}

measure_writes() {
    title "What the operator writes for a new pool"
    count_writes ''
    # From the second replica on there is a PodDisruptionBudget too.
    ((replicas < 2)) || count_writes OfTwo
}

count_writes() { # '' or OfTwo: what the rows' names end with
    local before statuses mine=1
    ((replicas > 0)) || mine=0
    [[ $1 != OfTwo ]] || mine=2
    kubectl create namespace "bench-writes-$mine" >/dev/null
    settle
    before=$(writes) statuses=$(writes_of workerpools)
    pools same "bench-writes-$mine" 100 "$mine" >/dev/null
    settle
    row "writesPerPool$1" "$(per_pool "$before" "$(writes)" 100)"
    row "statusWritesPerPool$1" "$(per_pool "$statuses" "$(writes_of workerpools)" 100)"
}

per_pool() { awk -v a="$1" -v b="$2" -v n="$3" 'BEGIN {printf "%.2f", (b - a) / n}'; }

# One pool after the other, so that none waits for another.
measure_share() {
    title "From a pool's being seen to its children's being written, 100 pools, one after the other, in turns with the same written bare"
    local seconds names=(share{Median,P99,Longest} bare{Median,P99,Longest}) i
    sample_children
    kubectl create namespace bench-share >/dev/null
    mapfile -t seconds < <(pools share bench-share 100)
    ((${#seconds[@]} == ${#names[@]})) || fail "The pools were not taken up." "$(tail -n 5 "$logs/pools.log")"
    for i in "${!names[@]}"; do row "${names[i]}" "${seconds[i]}"; done
    run "Removing them" remove_round bench-share
}

# There may be pools from the rows before; else they are made now.
populate() {
    ((population == 0)) || return 0
    title "$pools pools"
    populated=bench-population
    kubectl create namespace $populated >/dev/null
    row made "$(pools pools $populated "$pools" | tail -n 1)"
    population=$pools
    run "Until all is quiet" settle
}

measure_memory() {
    populate
    title "What the operator needs for $population pools"
    local before cpu
    row residentMiB "$(operator_resident)"
    note "Idle for a minute"
    before=$(writes) cpu=$(operator_cpu)
    sleep 60
    row idleCpuPercent "$(awk -v a="$cpu" -v b="$(operator_cpu)" 'BEGIN {printf "%.2f", (b - a) * 100 / 60}')"
    row idleWrites "$(($(writes) - before))"
    row residentIdleMiB "$(operator_resident)"
    row threads "$(docker exec "$cluster" awk '/^Threads/ {print $2}' "/proc/$(operator_process)/status")"
}

measure_deaths() {
    ((replicas > 0)) || return 0
    populate
    title "All workers of $population pools die at once and are back"
    local before seconds
    before=$(writes)
    seconds=$(pools deaths "$populated" || true)
    [[ -n $seconds ]] || fail "Not every pool counted its deaths." "$(tail -n 5 "$logs/pools.log")"
    row deathsSeconds "$seconds"
    settle
    row writesPerDeath "$(per_pool "$before" "$(writes)" "$(kubectl get pods -n "$populated" --no-headers | wc -l)")"
}

# From the kill of the operator's process to the pass over the last of its pools.
measure_restart() {
    populate
    local before began all pause=0.5
    all=$(kubectl get workerpools -A --no-headers | wc -l)
    title "The operator is killed with $all pools"
    # The answer is long where the pools are many, and asking for it all the time would be what is measured.
    ((all < 5000)) || pause=3
    before=$(writes) began=$EPOCHREALTIME
    kill_container workerpool-system "$(operator_pod)" operator
    until (($(reconciled) >= all)); do
        sleep "$pause"
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

# Requests by which only the operator writes: what it applies, and its statuses. Others write Events and pods too, so these
# are left out.
writes() { writes_of 'workerpools|deployments|services|networkpolicies|poddisruptionbudgets'; }

# The API server gives a resource in the line's middle and the count at its end.
writes_of() {
    kubectl get --raw /metrics | awk -v resources="resource=\"($1)\"" '
        /^apiserver_request_total/ && $0 ~ resources && /verb="(APPLY|PATCH|PUT|POST)"/ &&
            (/resource="workerpools"/ && /subresource="status"/ ||
             !/resource="workerpools"/ && /subresource=""/ && /verb="(APPLY|PATCH)"/) { sum += $NF }
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

# Pools that this process of the operator has had a pass over; none while it does not answer.
reconciled() {
    kubectl get --raw "/api/v1/namespaces/workerpool-system/pods/$(operator_pod):8080/proxy/q/metrics" 2>/dev/null |
        grep -c '^workerpool_pool_desired_replicas' || true
}

write_operator_result() {
    local file
    file=bench/results/operator-$(date -u +%Y%m%dT%H%M%SZ).json
    mkdir -p bench/results
    jq -s --arg date "$(date -u +%FT%TZ)" --arg cpus "$(nproc)" --arg commit "$(git rev-parse --short HEAD 2>/dev/null || true)" \
        --argjson pools "$pools" --argjson replicas "$replicas" --argjson writers "$writers" '
        def values(name): map(select(.row == name) | .value);
        def mean: add / length;
        {date: $date, cpus: $cpus, commit: $commit, pools: $pools, replicas: $replicas, writers: $writers,
         ratio: (if values("bare") == [] then null else (values("pools") | mean) / (values("bare") | mean) end),
         statusRatio: (if values("bare") == [] then null else (values("statuses") | mean) / (values("bare") | mean) end),
         samples: .}' "$rows" >"$file"
    title "Result"
    jq -r '
        def value(name): first(.samples[] | select(.row == name) | .value);
        def ms(name): value(name) * 1000 | round;
        def line(name; text): [.samples[] | select(.row == name)] | if . == [] then empty else text end;
        .pools as $pools |
        (if $pools > 1000 then 320 else 180 end) as $memory |
        (if .ratio == null then empty else
            "  all children of \($pools) pools, against a bare loop: \(.ratio * 100 | round / 100)× (target ≤ 1.25)",
            "  … and their statuses, which the loop does not write: \(.statusRatio * 100 | round / 100)×" end),
        (. as $all | line("writesPerPool"; $all |
            "  writes per new pool: \(value("writesPerPool")), of these statuses \(value("statusWritesPerPool")) (target ≤ 4)")),
        (. as $all | line("writesPerPoolOfTwo"; $all |
            "  … of two replicas: \(value("writesPerPoolOfTwo")), of these statuses \(value("statusWritesPerPoolOfTwo"))")),
        (. as $all | line("shareP99"; $all |
            "  seen → children written: p99 \(ms("shareP99")) ms, median \(ms("shareMedian")); the same written bare: \(ms("bareP99")) and \(ms("bareMedian"))",
            "  … the operator adds at p99 \(ms("shareP99") - ms("bareP99")) ms (target ≤ 100)")),
        (. as $all | line("residentMiB"; $all |
            "  resident: \(value("residentMiB")) MiB after the burst, \(value("residentIdleMiB")) MiB idle (target ≤ \($memory)), \(value("threads")) threads",
            "  idle: \(value("idleCpuPercent")) % of a core, \(value("idleWrites")) writes in a minute (target ≤ 1 %, 0)")),
        (. as $all | line("deathsSeconds"; $all |
            "  all workers die → every pool says so: \(value("deathsSeconds")) s, \(value("writesPerDeath")) writes per death")),
        (. as $all | line("restartSeconds"; $all |
            "  killed → all pools seen again: \(value("restartSeconds")) s, \(value("restartWrites")) writes (target ≤ 20 s, 0), then \(value("residentAfterRestartMiB")) MiB"))' "$file"
    note "All samples: $file"
}
