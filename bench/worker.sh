# shellcheck shell=bash
# ./bench.sh worker and ./bench.sh soak; README.md beside this file says what is measured and why so.

prepare_worker_bench() {
    title "What is needed"
    [[ $(uname -s) == Linux ]] || fail "The worker is measured on Linux only: the figures come from /proc."
    ensure_docker
    ensure_jdk
    ensure_node
    ensure_command wrk
    ensure_command unshare util-linux
    confirm_own_mounts
    [[ -n ${image:-} ]] || ensure_worker_image
    has_image "${image:=$worker_image}" || fail "There is no image $image."
    run "Building the benchmark" mvn -B -ntp package -pl bench -am -DskipTests -Dspotless.check.skip
    run "Fetching piscina" fetch_node_peer
    choose_rows
    unpack_image
}

# The image's files become the worker's root in a mount namespace, for which an ordinary user needs a user namespace.
confirm_own_mounts() {
    local options=(--mount)
    is_root || options+=(--map-root-user)
    unshare "${options[@]}" true 2>/dev/null ||
        fail "This system does not let $(id -un) make a mount namespace, which the worker is measured in." "Run this as root."
}

fetch_node_peer() { (cd bench/node-peer && npm ci --no-audit --no-fund); }

choose_rows() {
    local row known
    bench_java=("$JAVA_HOME/bin/java" -XX:+UseSerialGC -cp 'bench/target/bench.jar:bench/target/lib/*' dev.workerpool.bench.WorkerBench)
    known=$("${bench_java[@]}" --rows)
    for row in ${only//,/ }; do
        grep -qxF "$row" <<<"$known" || fail "There is no row $row." "The rows are: $(tr '\n' ' ' <<<"$known")"
    done
}

# Once per image. The files' times are kept: the JVM refuses a cache that is older or newer than its jars.
unpack_image() {
    local id
    id=$(docker image inspect -f '{{.Id}}' "$image")
    bench_root=$PWD/target/bench/root-${id:7:12}
    bench_command=$(docker image inspect -f '{{join .Config.Entrypoint " "}}' "$image")
    # The worker itself, whose process is asked for its memory, and not the primary before it.
    bench_command=${bench_command#*/primary }
    if [[ ! -e $bench_root/opt/workerpool/worker.aot ]]; then
        rm -rf target/bench/root-*
        mkdir -p "$bench_root"
        run "Unpacking $image" export_image
    fi
    bench_folder=$PWD/target/bench/$(date -u +%Y%m%dT%H%M%SZ)
    mkdir -p "$bench_folder" bench/results
}

export_image() {
    local container
    container=$(docker create "$image")
    docker export "$container" | tar -x -C "$bench_root" --no-same-owner --exclude='dev/*'
    docker rm "$container" >/dev/null
}

# measure_worker [OPTION …]: those of the harness that are not the same each time
measure_worker() {
    title "Measuring ($(nproc) cores, load average $(cut -d ' ' -f 1 /proc/loadavg))"
    "${bench_java[@]}" --root="$bench_root" --command="$bench_command" --node-peer="$PWD/bench/node-peer" \
        --script="$PWD/bench/closed-loop.lua" --folder="$bench_folder" --results="$PWD/bench/results" \
        --commit="$(git rev-parse --short HEAD 2>/dev/null || true)" "$@" 2>"$bench_folder/harness.log" &
    bench_process=$!
    wait "$bench_process" || fail "Not everything could be measured." "The reasons: $bench_folder/harness.log"
    bench_process=''
}
