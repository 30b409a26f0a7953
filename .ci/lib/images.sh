# shellcheck shell=bash
# The images: pulled where a container registry answers, else made here from Debian packages and Go modules.

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

# registry_answers: asked once per run, with an image of a few kilobytes.
registry_answers() {
    if [[ -z ${registry:-} ]]; then
        registry=no
        ! timeout 20 docker pull -q hello-world >/dev/null 2>&1 || registry=yes
        [[ $registry == yes ]] || note "No container registry answers: images are made here from Debian packages and Go modules."
    fi
    [[ $registry == yes ]]
}

# A Debian without documentation, as the official slim image is, under the same name: Dockerfiles need not differ.
ensure_base_image() {
    if has_image "$base_image"; then return; fi
    if registry_answers; then
        run "Pulling $base_image" docker pull -q "$base_image"
    else
        ensure_debian_bootstrap
        run "Making $base_image" import_debian "$base_image" ''
    fi
}

ensure_debian_bootstrap() {
    ensure_command mmdebstrap
    [[ -e /usr/share/keyrings/debian-archive-keyring.gpg ]] || install "Debian's keys" debian-archive-keyring
    need_root "Making a Debian image"
}

# import_debian IMAGE PACKAGES, comma-separated; the image's label then says them
import_debian() {
    as_root mmdebstrap --variant=minbase ${2:+--include="$2"} \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
        trixie - | docker import --change 'CMD ["bash"]' ${2:+--change "LABEL $inputs_label=$2"} - "$1"
}

# ensure_k3s_image: sets $k3s_image.
ensure_k3s_image() {
    if [[ -n ${WORKERPOOL_K3S_IMAGE:-} ]]; then
        k3s_image=$WORKERPOOL_K3S_IMAGE
        has_image "$k3s_image" || run "Pulling $k3s_image" docker pull -q "$k3s_image"
    elif has_image "$k3s_image_public"; then
        k3s_image=$k3s_image_public
    elif has_image "$k3s_image_built" && k3s_image_is_current; then
        k3s_image=$k3s_image_built
    elif registry_answers && pull_public_k3s; then
        k3s_image=$k3s_image_public
    else
        build_k3s_image
        k3s_image=$k3s_image_built
    fi
}

pull_public_k3s() {
    try "Pulling $k3s_image_public" docker pull -q "$k3s_image_public"
    ((tried == 0))
}

# One that another hand made under this name has no such label; it may lack what the suite counts on, so it is made anew.
k3s_image_is_current() { [[ $(built_from "$k3s_image_built") == "$(hash_of_k3s_image)" ]]; }

hash_of_k3s_image() { hash_of_files e2e/k3s-image .ci/lib/pins.sh; }

build_k3s_image() {
    if [[ ! -x $kubernetes_bin/kubernetes ]]; then
        title "Building a k3s-compatible image, once: about 10 minutes on 2 cores"
    fi
    e2e/k3s-image/build.sh "$k3s_image_built"
}

# ensure_product_images: worker and operator, rebuilt when a source changed; with jars_are_built=yes Maven is left out.
ensure_product_images() {
    ensure_base_image
    local worker operator
    worker=$(hash_of_inputs pom.xml worker-image) operator=$(hash_of_inputs pom.xml crds operator)
    if [[ $(built_from "$worker_image") == "$worker" && $(built_from "$operator_image") == "$operator" ]]; then
        passed "$worker_image and $operator_image are up to date"
        return
    fi
    confirm_docker_room 3 "the worker and operator images"
    [[ ${jars_are_built:-no} == yes ]] || run "Building the jars" build_jars
    ensure_image "$worker_image" worker-image "$worker"
    ensure_image "$operator_image" operator "$operator"
}

# ensure_worker_image: that alone.
ensure_worker_image() {
    ensure_base_image
    local worker
    worker=$(hash_of_inputs pom.xml worker-image)
    if [[ $(built_from "$worker_image") == "$worker" ]]; then return; fi
    confirm_docker_room 2 "the worker image"
    run "Building the worker's jars" mvn -B -ntp package -pl worker-image/runtime,worker-image/tasks -am -DskipTests -Dspotless.check.skip
    ensure_image "$worker_image" worker-image "$worker"
}

build_jars() {
    mvn -B -ntp package -pl operator,worker-image/runtime,worker-image/tasks -am -DskipTests -Dspotless.check.skip
}

ensure_image() { # IMAGE DIRECTORY HASH
    if [[ $(built_from "$1") == "$3" ]]; then return; fi
    run "Building $1" docker build -t "$1" --label "$inputs_label=$3" --label "$project_label=image" "$2"
}

built_from() { docker image inspect -f "{{index .Config.Labels \"$inputs_label\"}}" "$1" 2>/dev/null || true; }

# Everything that ends up in an image, and the base it stands on.
hash_of_inputs() {
    {
        hash_of_files "$@"
        docker image inspect -f '{{.Id}}' "$base_image"
    } | sha256sum | cut -c1-16
}

hash_of_files() {
    find "$@" -type f -not -path '*/target/*' -not -path '*/src/test/*' -not -name '*.md' -print0 |
        LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16
}

confirm_docker_room() {
    local root
    root=$(docker info -f '{{.DockerRootDir}}')
    [[ ! -d $root ]] || confirm_room "$root" "$1" "$2"
}
