#!/usr/bin/env bash
# Every check of the chart that needs no cluster. Closes with "N passed, N failed, N skipped".
#   helm/test.sh        needs helm, helm-unittest, kubeconform and kube-score on the PATH, and in KUBERNETES_SCHEMAS the
#                       directory of the Kubernetes schemas; ./test.sh --fast provides all of them and runs this
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

. .ci/lib/pins.sh # for kubernetes_version

chart=helm/workerpool-operator
passed=0 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for tool in helm helm-unittest kubeconform kube-score; do
    command -v $tool >/dev/null || { echo "helm/test.sh: $tool is not on the PATH; ./test.sh --fast provides it" >&2; exit 2; }
done
[[ -e ${KUBERNETES_SCHEMAS:-}/deployment-apps-v1.json ]] || {
    echo "helm/test.sh: KUBERNETES_SCHEMAS must name the directory with deployment-apps-v1.json and so on, not '${KUBERNETES_SCHEMAS:-}'" >&2
    exit 2
}

pass() { passed=$((passed + 1)); echo "  ok    $1"; }
fail() { failed=$((failed + 1)); echo "  FAIL  $1"; }

# check WHAT COMMAND …: its output is shown only when it fails.
check() {
    local what=$1
    shift
    if "$@" >"$work/output" 2>&1; then pass "$what"; else fail "$what"; sed 's/^/        /' "$work/output"; fi
}

# refused VALUES PATTERN: the chart must not take these values, and must say why.
refused() {
    local status=0
    helm template any "$chart" --kube-version $kubernetes_version --set-json "$1" >"$work/output" 2>&1 || status=$?
    if ((status == 0)); then
        fail "refuses $1: it was taken"
    elif grep -qE -e "$2" "$work/output"; then
        pass "refuses $1"
    else
        fail "refuses $1, but does not say $2"
        sed 's/^/        /' "$work/output"
    fi
}

render() { helm template workerpool-operator $chart --namespace workerpool-system --kube-version $kubernetes_version "$@"; }

# Kinds that come from CRDs are skipped: the suites below and a real API server look after them.
conforms() {
    kubeconform -strict -summary -skip ServiceMonitor,PodMonitor,PrometheusRule,WorkerPool \
        -schema-location "$KUBERNETES_SCHEMAS/{{.ResourceKind}}{{.KindSuffix}}.json" "$@"
}

# helm/README.md gives the reason for each check that is left out.
scores() {
    render --no-hooks --set networkPolicy.enabled=true -f "$1" |
        kube-score score --kubernetes-version "v${kubernetes_version%.*}" --exit-one-on-warning --output-format ci --ignore-container-cpu-limit \
            --ignore-test container-image-pull-policy,deployment-replicas,deployment-strategy,deployment-has-host-podantiaffinity - |
        { grep -v -e '^\[OK\]' -e '^\[SKIPPED\]' || true; }
}

# Helm parses and prints the CRD anew. No bound may change on the way; large numbers are what is at risk.
bounds() { sed -E "s/[\"' ]//g; s/^-//; s/\.0$//" "$1" | grep -E '^(maximum|minimum|max[A-Z][a-z]+|min[A-Z][a-z]+|default):' | sort; }
crd_keeps_its_bounds() {
    render -s templates/crd.yaml >"$work/crd.yaml"
    bounds crds/workerpools.workerpool.dev-v1.yaml >"$work/bounds"
    [[ -s $work/bounds ]] && diff "$work/bounds" <(bounds "$work/crd.yaml")
}

# Both READMEs list the metrics that there are.
alerts_name_metrics_that_there_are() {
    local metric
    render -s templates/prometheusrule.yaml --set metrics.prometheusRule.enabled=true | grep -oE 'workerpool_[a-z_]+' | sort -u >"$work/metrics"
    [[ -s $work/metrics ]] || return 1
    while read -r metric; do
        grep -qE "\`$metric\`" operator/README.md worker-image/README.md || { echo "$metric is in neither README" && return 1; }
    done <"$work/metrics"
}

nothing_but_the_chart_is_packaged() {
    helm package "$chart" --destination "$work" >/dev/null
    ! tar -tzf "$work"/workerpool-operator-*.tgz | grep -E 'workerpool-operator/(tests|ci)/'
}

# The operator's build drops what is below its lowest level.
log_levels_are_in_the_build() {
    grep -q '"TRACE"' "$chart/values.schema.json" && grep -qx 'quarkus.log.min-level=TRACE' operator/src/main/resources/application.properties
}

echo "copies"
check "the chart's CRD and helm/install.yaml are up to date" helm/sync.sh --check
check "the CRD keeps its bounds on its way through Helm" crd_keeps_its_bounds
check "the operator logs at every level that the values may name" log_levels_are_in_the_build
check "the alerts name metrics that there are" alerts_name_metrics_that_there_are
check "tests stay out of the package" nothing_but_the_chart_is_packaged

echo "renderings"
for values in "$chart"/ci/*-values.yaml; do
    name=$(basename "$values" -values.yaml)
    check "$name: helm lint" helm lint --strict --quiet --kube-version $kubernetes_version -f "$values" "$chart"
    if render -f "$values" >"$work/$name.yaml" 2>"$work/output"; then
        check "$name: kubeconform" conforms "$work/$name.yaml"
    else
        fail "$name: helm template"
        cat "$work/output"
    fi
    check "$name: kube-score" scores "$values"
done
helm template y $chart --namespace 1e3 --kube-version $kubernetes_version --set-json 'imagePullSecrets=["7"],priorityClassName="on",podLabels.a="true"' \
    >"$work/yes.yaml"
check "names that YAML would take for something else: kubeconform" conforms "$work/yes.yaml"
check "helm/install.yaml: kubeconform" conforms helm/install.yaml

echo "refusals"
refused 'unknown=1' "'unknown' not allowed"
refused 'image.tga="1"' "'/image'.*'tga' not allowed"
refused 'replicas=0' "'/replicas'.*want 1"
refused 'replicas="2"' "'/replicas'.*want integer"
refused 'replicas=6' "'/replicas'.*want 5"
refused 'replicas=2,leaderElection.enabled=false' "'/replicas'.*must be 1"
refused 'watchNamespaces="a"' "'/watchNamespaces'.*want array"
refused 'watchNamespaces=["Team"]' "'/watchNamespaces/0'.*'Team' does not match"
refused 'watchNamespaces=["a","a"]' "'/watchNamespaces'.*equal"
refused 'image.repository=""' "'/image/repository'.*minLength"
refused 'image.tag="a:b"' "'/image/tag'.*'a:b' does not match"
refused 'image.digest="sha256:1"' "'/image/digest'.*does not match"
refused 'image.pullPolicy="Sometimes"' "'/image/pullPolicy'.*'Always', 'IfNotPresent', 'Never'"
refused 'worker.image.repository=""' "'/worker/image/repository'.*minLength"
refused 'log.format="xml"' "'/log/format'.*'text', 'json'"
refused 'worker.log.format="xml"' "'/worker/log/format'.*'text', 'json'"
refused 'log.level="LOUD"' "'/log/level'.*'INFO'"
refused 'crds.install="yes"' "'/crds/install'.*want boolean"
refused 'serviceAccount.create=false' "'/serviceAccount/name'.*minLength"
refused 'controlKey.enabled="yes"' "'/controlKey/enabled'.*want boolean"
refused 'controlKey.existingSecret="A key"' "'/controlKey/existingSecret'.*'A key' does not match"
refused 'resources.requests.cpu="lots"' "'/resources/requests/cpu'.*'lots' does not match"
refused 'metrics.serviceMonitor.interval="often"' "'/metrics/serviceMonitor/interval'.*'often' does not match"
refused 'networkPolicy.apiServerPorts=[]' "'/networkPolicy/apiServerPorts'.*minItems"
refused 'networkPolicy.apiServerPorts=[70000]' "'/networkPolicy/apiServerPorts/0'.*maximum"
refused 'affinity.nodes={}' "'/affinity'.*'nodes' not allowed"
refused 'podLabels.a=1' "'/podLabels/a'.*want string"
refused 'terminationGracePeriodSeconds=1' "'/terminationGracePeriodSeconds'.*minimum"
refused 'test.timeout=0' "'/test/timeout'.*minimum"

echo "suites"
# Each of its tests counts; a run that found no test is a failure.
status=0
helm-unittest --strict "$chart" >"$work/output" 2>&1 || status=$?
read -r suite_failed suite_passed < <(awk '/^Tests: / {f = 0; p = 0; for (i = 2; i < NF; i++) {if ($(i + 1) ~ /^failed/) f += $i; if ($(i + 1) ~ /^errored/) f += $i; if ($(i + 1) ~ /^passed/) p += $i} print f, p}' "$work/output") || true
if ((status == 0 && ${suite_passed:-0} > 0 && ${suite_failed:-0} == 0)); then
    passed=$((passed + suite_passed))
    echo "  ok    helm-unittest: $suite_passed tests"
else
    passed=$((passed + ${suite_passed:-0}))
    failed=$((failed + (${suite_failed:-0} > 0 ? suite_failed : 1)))
    echo "  FAIL  helm-unittest"
    sed 's/^/        /' "$work/output"
fi

echo
echo "$passed passed, $failed failed, 0 skipped"
((failed == 0))
