# shellcheck shell=bash
# ./bench.sh pool; README.md beside this file says what is measured and why so.
: "${cluster:=}" "${quick:=no}"

prepare_pool_bench() {
    ensure_jdk
    run "Building the benchmark" mvn -B -ntp package -pl bench -am -DskipTests -Dspotless.check.skip
    pool_java=("$JAVA_HOME/bin/java" -XX:+UseSerialGC -cp 'bench/target/bench.jar:bench/target/lib/*' dev.workerpool.bench.PoolBench)
    choose_pool_rows
}

# Sets $java_rows to those of the harness that were asked for, and $start_too to whether pool-start is one of them.
choose_pool_rows() {
    local row known
    known=$("${pool_java[@]}" --rows 2>/dev/null)
    java_rows='' start_too=no
    for row in ${only//,/ }; do
        if [[ $row == start ]]; then
            start_too=yes
        elif grep -qxF "$row" <<<"$known"; then
            java_rows+=${java_rows:+,}$row
        else
            fail "There is no row $row." "The rows are: $(tr '\n' ' ' <<<"$known")start"
        fi
    done
    if [[ -z $only ]]; then
        start_too=yes java_rows=$(paste -sd , <<<"$known")
    fi
}

# The generator runs on this machine and calls the node's port at the container's own address, not through Docker's proxy.
measure_pool() {
    local node folder
    if [[ -n $java_rows ]]; then
        title "Measuring ($(nproc) cores, load average $(cut -d ' ' -f 1 /proc/loadavg))"
        node=$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$cluster")
        folder=$PWD/target/bench/pool-$(date -u +%Y%m%dT%H%M%SZ)
        mkdir -p "$folder" bench/results
        "${pool_java[@]}" --container="$cluster" --node="$node" --folder="$folder" --results="$PWD/bench/results" \
            --only="$java_rows" --quick="$quick" --commit="$(git rev-parse --short HEAD 2>/dev/null || true)" 2>"$folder/harness.log" &
        bench_process=$!
        wait "$bench_process" || fail "Not everything could be measured." "The reasons: $folder/harness.log"
        bench_process=''
    fi
    if [[ $start_too == yes ]]; then
        # shellcheck disable=SC2034 # pool-start.sh reads it
        [[ $quick == no ]] || pairs=4
        measure_pool_start
    fi
}
