# shellcheck shell=bash
# Go, Node.js, kubectl, Helm and the chart's linters: from the PATH when new enough, else from the distribution's packages or
# built from Go modules into the cache.

# ensure_go: only needed when something must be built. Any Go since 1.21 fetches the version a module asks for.
ensure_go() {
    if go_is_new_enough; then return; fi
    refresh_packages "Go $go_minimum or newer"
    if [[ $(candidate golang-go) =~ ^1\.([0-9]+) ]] && ((BASH_REMATCH[1] >= ${go_minimum#*.})); then
        install Go golang-go
    elif offer_trixie; then
        install Go golang-go/trixie golang-src/trixie "golang-$go_trixie-go/trixie" "golang-$go_trixie-src/trixie"
    fi
    hash -r
    go_is_new_enough || fail "This system has no Go $go_minimum or newer, and its packages have none." \
        "Install it (https://go.dev/doc/install), then run this script again."
}

go_is_new_enough() {
    command -v go >/dev/null && [[ $(cd / && GOTOOLCHAIN=local go env GOVERSION) =~ ^go1\.([0-9]+) ]] && ((BASH_REMATCH[1] >= ${go_minimum#*.})) &&
        (cd / && GOTOOLCHAIN=auto go version >/dev/null 2>&1)
}

# ensure_tool NAME VERSION MODULE PACKAGE [LDFLAGS]: on the PATH afterwards.
# Built in the module's own directory: `go install` refuses modules that replace a dependency.
ensure_tool() {
    local name=$1 version=$2
    if [[ ! -x $tools/$name-$version/$name ]]; then
        ensure_go
        run "Building $name $version" build_tool "$@"
    fi
    PATH=$tools/$name-$version:$PATH
}

build_tool() {
    local name=$1 version=$2 module=$3 package=$4 ldflags=${5:-} source
    export GOTOOLCHAIN=auto CGO_ENABLED=0 GOFLAGS=-buildvcs=false
    source=$(go mod download -json "$module@v$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
    mkdir -p "$tools/$name-$version"
    (cd "$source" && go build -trimpath -ldflags "-s -w $ldflags" -o "$tools/$name-$version/$name" "./$package")
}

# ensure_node: what the benchmark's peer runs on.
ensure_node() {
    if node_is_new_enough && command -v npm >/dev/null; then return; fi
    refresh_packages "Node.js $node_minimum or newer"
    if [[ $(candidate nodejs) =~ ^([0-9]+)\. ]] && ((BASH_REMATCH[1] >= node_minimum)); then
        install Node.js nodejs npm
    elif offer_trixie; then
        install Node.js nodejs/trixie npm/trixie
    fi
    hash -r
    if ! node_is_new_enough || ! command -v npm >/dev/null; then
        fail "This system has no Node.js $node_minimum or newer with npm, and its packages have none." \
            "Install it (https://nodejs.org), then run this script again."
    fi
}

node_is_new_enough() { [[ $(node --version 2>/dev/null) =~ ^v([0-9]+) ]] && ((BASH_REMATCH[1] >= node_minimum)); }

# kubectl may be one minor version away from the cluster.
ensure_kubectl() {
    local minor=${kubernetes_version#*.}
    minor=${minor%%.*}
    if [[ $(kubectl version --client 2>/dev/null) =~ v1\.([0-9]+) ]] && ((BASH_REMATCH[1] >= minor - 1 && BASH_REMATCH[1] <= minor + 1)); then return; fi
    ensure_kubernetes_binaries kubectl
    PATH=$kubernetes_bin:$PATH
}

ensure_helm() {
    if [[ $(helm version --short 2>/dev/null) =~ ^v3\.([0-9]+) ]] && ((BASH_REMATCH[1] >= 14)); then return; fi
    ensure_tool helm "$helm_version" helm.sh/helm/v3 cmd/helm "-X helm.sh/helm/v3/internal/version.version=v$helm_version"
}

# kubeconform, kube-score and helm-unittest, and in KUBERNETES_SCHEMAS the directory of the schemas kubeconform checks
# against: kubeconform -strict -schema-location "$KUBERNETES_SCHEMAS/{{.ResourceKind}}{{.KindSuffix}}.json"
ensure_chart_linters() {
    ensure_tool kubeconform "$kubeconform_version" github.com/yannh/kubeconform cmd/kubeconform
    ensure_tool kube-score "$kube_score_version" github.com/zegl/kube-score cmd/kube-score
    ensure_tool helm-unittest "$helm_unittest_version" github.com/helm-unittest/helm-unittest cmd/helm-unittest
    export KUBERNETES_SCHEMAS=$tools/schemas-$kubernetes_version
    if [[ ! -e $KUBERNETES_SCHEMAS/deployment-apps-v1.json ]]; then
        ensure_go
        run "Writing the Kubernetes $kubernetes_version schemas" write_schemas
    fi
}

write_schemas() {
    local source
    source=$(cd e2e/k3s-image/go && GOTOOLCHAIN=auto go mod download -json k8s.io/kubernetes | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
    rm -rf "$KUBERNETES_SCHEMAS.part"
    GOTOOLCHAIN=auto go run .ci/schemas/main.go "$source/api/openapi-spec/swagger.json" "$KUBERNETES_SCHEMAS.part"
    rm -rf "$KUBERNETES_SCHEMAS"
    mv "$KUBERNETES_SCHEMAS.part" "$KUBERNETES_SCHEMAS"
}

# ensure_kubernetes_binaries NAME …: compiled from the pinned modules of e2e/k3s-image/go, kept in the cache. The name
# `kubernetes` is all programs of a node in one binary, which also serves as each of them.
ensure_kubernetes_binaries() {
    local name missing=()
    copy_kubernetes_from_image
    for name; do
        if [[ -x $kubernetes_bin/$name ]]; then continue; fi
        if [[ -x $kubernetes_bin/kubernetes ]]; then ln -s kubernetes "$kubernetes_bin/$name"; else missing+=("$name"); fi
    done
    if ((${#missing[@]} == 0)); then return; fi
    ensure_go
    confirm_room "$HOME" 9 "compiling Kubernetes"
    run "Fetching the sources of Kubernetes $kubernetes_version" kubernetes_go list -deps "${missing[@]}"
    compiled_packages=$(grep -vc '^go: ' "$tried_log")
    progress=compiled run "Compiling ${missing[*]} $kubernetes_version" build_kubernetes "${missing[@]}"
}

# Where the image is there and the cache is not, the image has what took minutes to compile.
copy_kubernetes_from_image() {
    if [[ -x $kubernetes_bin/kubernetes ]] || ! command -v docker >/dev/null || ! has_image "$k3s_image_built"; then return; fi
    mkdir -p "$kubernetes_bin"
    local container
    container=$(docker create "$k3s_image_built" server)
    docker cp -q "$container:/bin/kubernetes" "$kubernetes_bin/kubernetes" 2>/dev/null || true
    docker rm -v "$container" >/dev/null
}

build_kubernetes() {
    local stamp=k8s.io/component-base/version minor=${kubernetes_version#*.} name
    mkdir -p "$kubernetes_bin"
    for name; do
        kubernetes_go build -v -trimpath -o "$kubernetes_bin/$name.part" -ldflags \
            "-s -w -X $stamp.gitVersion=v$kubernetes_version -X $stamp.gitMajor=1 -X $stamp.gitMinor=${minor%%.*}" "$name"
        mv "$kubernetes_bin/$name.part" "$kubernetes_bin/$name"
    done
}

# kubernetes_go COMMAND [FLAG …] NAME …
kubernetes_go() {
    local word words=()
    for word; do
        case $word in
        kubernetes) words+=(.) ;;
        kube-apiserver | kubectl) words+=("k8s.io/kubernetes/cmd/$word") ;;
        *) words+=("$word") ;;
        esac
    done
    (cd e2e/k3s-image/go && CGO_ENABLED=0 GOTOOLCHAIN=auto GOFLAGS=-buildvcs=false go "${words[@]}")
}

# `go build -v` writes a line per package it compiles.
compiled() { echo "$(grep -vc '^go: ' "$1") of at most $compiled_packages packages, $(tail -n 1 "$1")"; }

# ensure_apiserver: kube-apiserver, etcd and kubectl in one directory, for the tests that need an API server and no
# cluster. WORKERPOOL_APISERVER_BIN tells them where.
ensure_apiserver() {
    export WORKERPOOL_APISERVER_BIN=${WORKERPOOL_APISERVER_BIN:-$tools/apiserver-$kubernetes_version}
    ensure_kubernetes_binaries kube-apiserver kubectl
    mkdir -p "$WORKERPOOL_APISERVER_BIN"
    [[ -x $WORKERPOOL_APISERVER_BIN/etcd ]] || fetch_etcd
    ln -sf "$kubernetes_bin/kube-apiserver" "$kubernetes_bin/kubectl" "$WORKERPOOL_APISERVER_BIN/"
}

# Unpacked, not installed: the package would start a service.
fetch_etcd() {
    if [[ -x $(command -v etcd) ]]; then
        ln -sf "$(command -v etcd)" "$WORKERPOOL_APISERVER_BIN/etcd"
        return
    fi
    refresh_packages etcd
    local package=etcd-server
    if offer_trixie; then package=etcd-server/trixie; fi
    run "Fetching etcd" unpack_etcd "$package"
}

unpack_etcd() {
    local directory
    directory=$(mktemp -d)
    chmod 755 "$directory"
    (cd "$directory" && apt-get download "$1")
    dpkg -x "$directory"/etcd-server_*.deb "$directory"
    cp "$directory/usr/bin/etcd" "$WORKERPOOL_APISERVER_BIN/etcd"
    rm -rf "$directory"
}
