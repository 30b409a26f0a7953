#!/usr/bin/env bash
# What a user is told when the machine is not as it should be: what is wrong, what to do, and an exit status of 1.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2317 # the harness expands, reads and calls
set -euo pipefail
# shellcheck source=harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"

a_running_docker_is_used() {
    fake docker 'echo 26.1.5'
    script ensure_docker
    succeeds
    is ''
}

an_old_docker_is_refused() {
    fake docker 'echo 20.10.24+dfsg1'
    script ensure_docker
    gives_up
    says 'Docker 20.10.24+dfsg1 is too old: 23 is needed'
    says 'Upgrade it'
}

an_old_docker_that_does_not_run_is_refused_before_it_is_started() {
    fake docker 'exit 1'
    fake dockerd '[[ $1 == --version ]] && echo "Docker version 20.10.24+dfsg1, build 297e128" || touch "$HOME/started"'
    fake id 'echo 0'
    script ensure_docker
    gives_up
    says 'Docker 20.10.24 is too old'
    [[ ! -e $home/started ]] || wrong 'was started'
}

a_remote_docker_that_does_not_answer_is_named() {
    fake docker 'exit 1'
    settings=(DOCKER_HOST=tcp://elsewhere:2375)
    script ensure_docker
    gives_up
    says 'Docker at DOCKER_HOST=tcp://elsewhere:2375 does not answer'
    says 'unset DOCKER_HOST'
}

a_user_without_rights_on_docker_is_told_how_to_get_them() {
    fake docker 'echo "permission denied while trying to connect" >&2; exit 1'
    fake id '[[ $1 == -u ]] && echo 1000 || echo alice'
    fake getent 'echo docker:x:999:bob'
    script ensure_docker
    gives_up
    says 'alice may not use Docker: not root, not in the group docker, and no sudo'
    says 'usermod -aG docker alice'
}

a_member_of_the_group_docker_need_not_log_in_again() {
    fake docker 'echo "permission denied while trying to connect" >&2; exit 1'
    fake id '[[ $1 == -u ]] && echo 1000 || echo alice'
    fake getent 'echo docker:x:999:bob,alice'
    fake sg 'echo "sg $*"'
    script ensure_docker
    succeeds
    says "sg docker -c $checkout/demo.sh"
}

a_sudoer_joins_the_group_docker() {
    fake docker 'echo "permission denied while trying to connect" >&2; exit 1'
    fake id '[[ $1 == -u ]] && echo 1000 || echo alice'
    fake getent 'echo docker:x:999:bob'
    fake sudo 'echo "sudo $*"'
    fake sg 'echo "sg $*"'
    script ensure_docker
    succeeds
    says 'sudo usermod -aG docker alice'
    says 'undo: sudo gpasswd -d alice docker'
    says 'sg docker -c'
}

a_sudoer_joins_the_group_also_when_docker_had_to_be_started() {
    [[ ! -d /run/systemd/system ]] || return 0
    fake docker '[[ ! -e $HOME/started ]] || echo "permission denied while trying to connect" >&2; exit 1'
    fake dockerd '[[ $1 == --version ]] && echo "Docker version 26.1.5, build 1" || touch "$HOME/started"'
    fake id '[[ $1 == -u ]] && echo 1000 || echo alice'
    fake getent 'echo docker:x:999:bob'
    fake sudo '[[ $1 != sh ]] || "$@"'
    fake sg 'echo "sg $*"'
    script 'docker_log=$HOME/dockerd.log; ensure_docker'
    succeeds
    says 'Docker was started by this script and stays up after it'
    says 'Adding alice to the group docker'
    says 'sg docker -c'
}

without_docker_and_without_apt_the_user_installs_it() {
    script ensure_docker
    gives_up
    says 'Docker 23 or newer is missing'
    says 'only on Debian and Ubuntu'
}

without_docker_root_and_sudo_the_user_asks_somebody() {
    fake apt-get ''
    fake id '[[ $1 == -u ]] && echo 1000 || echo alice'
    script ensure_docker
    gives_up
    says 'needs root, and there is no sudo here'
}

a_refusing_sudo_is_named() {
    fake apt-get ''
    fake id '[[ $1 == -u ]] && echo 1000 || echo alice'
    fake sudo 'exit 1'
    script ensure_docker
    gives_up
    says 'sudo refuses it to alice'
}

a_daemon_that_does_not_start_shows_its_log() {
    [[ ! -d /run/systemd/system ]] || return 0
    fake docker 'exit 1'
    fake dockerd '[[ $1 == --version ]] && echo "Docker version 26.1.5" || echo "failed to start daemon: no iptables"'
    fake id 'echo 0'
    fake sleep ''
    script 'docker_log=$HOME/dockerd.log; ensure_docker'
    gives_up
    says 'Starting Docker: failed.'
    says 'failed to start daemon: no iptables'
}

an_old_distribution_that_is_not_debian_says_what_it_offers() {
    fake apt-get ''
    fake apt-cache 'echo "  Candidate: 1:20.10.2-0"'
    fake id 'echo 0'
    script ensure_docker
    gives_up
    says 'This system offers Docker 20.10.2-0, and 23 is needed'
}

on_an_old_debian_docker_comes_from_trixie_pinned_low() {
    fake docker 'exit 1'
    fake id 'echo 0'
    fake apt-cache 'echo "  Candidate: 20.10.24+dfsg1"'
    fake apt-get 'case $1 in
        indextargets) printf "%s\n" "Debian-Security|bookworm-security|http://security" "Debian|bookworm|http://mirror/debian";;
        *) echo "$@" >>"$HOME/apt";; esac'
    fake tee 'echo "== $1" >>"$HOME/files"; cat >>"$HOME/files"'
    script install_docker
    succeeds
    says 'Adding Debian trixie to the package sources'
    output=$(cat "$home/apt" "$home/files")
    says 'install -y --no-install-recommends docker.io/trixie docker-cli/trixie iptables'
    says 'URIs: http://mirror/debian'
    says 'Suites: trixie'
    says 'Pin-Priority: 100'
}

a_full_disk_is_said_with_what_is_needed() {
    fake df 'printf "%s\n" "Filesystem 1024-blocks Used Available Capacity Mounted" "/dev/x 99 99 1048576 99% /"'
    script 'confirm_room /var 9 "compiling Kubernetes"'
    gives_up
    says 'No room for compiling Kubernetes: it needs 9 GiB and the disk of /var has 1 GiB free.'
    says 'docker system prune'
}

enough_room_is_enough() {
    fake df 'printf "%s\n" "Filesystem 1024-blocks Used Available Capacity Mounted" "/dev/x 99 99 9437184 99% /"'
    script 'confirm_room /does/not/exist/yet 9 "compiling Kubernetes"'
    succeeds
    is ''
}

a_disk_that_fills_up_on_the_way_is_named() {
    script 'run "Building" sh -c "echo write /x: no space left on device; exit 1"'
    gives_up
    says '| write /x: no space left on device'
    says 'The disk is full.'
}

a_network_that_is_away_is_named() {
    script 'run "Building" sh -c "echo dial tcp: lookup modules.example.com: no such host; exit 1"'
    gives_up
    says 'The network did not answer.'
    says 'https_proxy'
}

a_taken_port_is_named_with_the_way_out() {
    local port listener
    fake docker 'case "$*" in *Server.Version*) echo 26.1.5;; *) exit 1;; esac'
    fake javac 'echo javac 25.0.1'
    fake mvn ''
    mkdir -p "$home/jdk/bin"
    cp "$home/bin/javac" "$home/jdk/bin/javac"
    coproc perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") or die; $| = 1; print $s->sockport, "\n"; sleep' 2>/dev/null
    listener=$COPROC_PID
    read -r port <&"${COPROC[0]}"
    settings=(WORKERPOOL_DEMO_PORT="$port" JAVA_HOME="$home/jdk")
    entry demo.sh
    kill "$listener"
    gives_up
    says "Port $port on 127.0.0.1 is taken"
    says "WORKERPOOL_DEMO_PORT=$((port + 1)) ./demo.sh"
}

a_port_that_is_none_is_refused() {
    settings=(WORKERPOOL_DEMO_PORT=80000)
    entry demo.sh
    gives_up
    says 'WORKERPOOL_DEMO_PORT must be a port from 1 to 65535, not 80000'
}

an_unknown_option_is_refused() {
    for name in demo.sh test.sh bench.sh; do
        entry "$name" --kep
        gives_up
        says 'Unknown option --kep'
        says "./$name --help"
    done
}

help_needs_nothing() {
    for name in demo.sh test.sh bench.sh; do
        entry "$name" --help
        succeeds
        says "Usage: ./$name"
    done
}

down_without_docker_is_no_error() {
    entry demo.sh --down
    succeeds
    says 'Kept, so that the next run is quick'
}

a_jdk_of_another_version_is_not_taken() {
    mkdir -p "$home/jdk/bin"
    printf '#!/bin/bash\necho javac 17.0.15\n' >"$home/jdk/bin/javac"
    chmod +x "$home/jdk/bin/javac"
    settings=(JAVA_HOME="$home/jdk")
    script 'is_jdk "$JAVA_HOME" && echo taken || echo refused'
    is refused
}

without_a_jdk_in_the_distribution_the_script_goes_on_in_a_container() {
    fake docker 'case "$*" in *Server.Version*) echo 26.1.5;; "context show") echo default;; run*) echo "docker $*";; esac'
    fake apt-get ''
    fake apt-cache 'echo "  Candidate: (none)"'
    fake id 'echo 0'
    fake stat 'echo 999'
    settings=(WORKERPOOL_DEMO_PORT=8123)
    script 'find_jdk() { return 1; }; ensure_jdk'
    succeeds
    says 'No JDK 25 here'
    says 'docker run --rm --init --network host --user 0:0'
    says '-e WORKERPOOL_DEMO_PORT'
    says './demo.sh'
}

without_a_jdk_and_with_a_docker_elsewhere_the_user_installs_one() {
    fake docker 'case "$*" in *Server.Version*) echo 26.1.5;; esac'
    fake apt-get ''
    fake apt-cache ''
    fake id 'echo 0'
    settings=(DOCKER_HOST=tcp://elsewhere:2375)
    script 'find_jdk() { return 1; }; ensure_jdk'
    gives_up
    says 'There is no JDK 25 here'
    says 'set JAVA_HOME'
}

a_fault_of_the_script_says_where_it_is() {
    script 'false'
    gives_up
    says '"false" failed with status 1'
    says 'please report it'
}

an_error_in_a_sub_shell_is_told_once() {
    script 'x=$(fail "The reason."); echo "not reached $x"'
    gives_up
    says 'The reason.'
    does_not_say 'please report it'
    does_not_say 'not reached'
}

a_step_stops_at_its_first_failure() {
    script 'step() { false; touch "$HOME/went-on"; }; run "Step" step'
    gives_up
    [[ ! -e $home/went-on ]] || wrong 'went on'
}

mapfile -t tests < <(tests_in "${BASH_SOURCE[0]}")
run_tests "${tests[@]}"
