# shellcheck shell=bash disable=SC2034
# Versions and places: the one file to change them in.

version=0.1.0
worker_image=workerpool/worker:$version
operator_image=workerpool/operator:$version
base_image=debian:trixie-slim

# cgroup v1 hosts still exist, and Kubernetes 1.35 refuses them by default.
kubernetes_version=1.34.4
k3s_image_public=rancher/k3s:v$kubernetes_version-k3s1
k3s_image_built=workerpool/k3s:v$kubernetes_version
k3s_node_image=workerpool/k3s-node:trixie # what it is built on
toolbox_image=workerpool/toolbox:$version

docker_minimum=23 # older ones cannot start a privileged container where a capability is missing
jdk_version=25
go_minimum=1.21 # from here on Go fetches the version that a module asks for
go_trixie=1.24  # Debian trixie's
node_minimum=20  # piscina's
helm_version=3.22.0
kubeconform_version=0.7.0
kube_score_version=1.20.0
helm_unittest_version=1.1.2
kwok_version=0.8.0

cache=${WORKERPOOL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/workerpool}
tools=$cache/tools
kubernetes_bin=${XDG_CACHE_HOME:-$HOME/.cache}/workerpool-k3s/$kubernetes_version/bin
logs=$PWD/target/logs

# On everything the scripts make in Docker.
project_label=dev.workerpool
inputs_label=dev.workerpool.inputs
