# shellcheck shell=bash
# For *-test.sh beside this file: every function named like a sentence in `tests` runs in an empty home, with nothing on
# the PATH but the basic tools and the fakes it asks for.

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
basics=(awk basename bash cat chmod cp cut date df dirname env find getent grep head id ln mkdir mktemp mv ps readlink rm
    sed seq setsid sh sha256sum sleep sort stat tail tee timeout touch tr uname wc xargs)

# fake NAME BODY: a command on the PATH.
fake() {
    printf '#!/bin/bash\n%s\n' "$2" >"$home/bin/$1"
    chmod +x "$home/bin/$1"
}

# script BODY: runs it as demo.sh would, after the common set-up. Leaves $status and $output.
script() {
    cat >"$home/script.sh" <<EOF
set -euo pipefail
cd '$checkout'
script=demo.sh script_arguments=()
. .ci/setup.sh
logs=$home/logs PATH=$home/bin:$home/basics
$1
EOF
    command_in_home bash "$home/script.sh"
}

# entry SCRIPT [ARGUMENT …]: runs one of the scripts a user calls.
entry() { command_in_home "$checkout/$1" "${@:2}"; }

command_in_home() {
    status=0
    output=$(env -i PATH="$home/bin:$home/basics" HOME="$home" "${settings[@]}" "$@" 2>&1) || status=$?
}

says() { [[ $output == *"$1"* ]] || wrong "does not say: $1"; }
does_not_say() { [[ $output != *"$1"* ]] || wrong "says: $1"; }
succeeds() { ((status == 0)) || wrong "ended with status $status"; }
gives_up() { ((status == 1)) || wrong "ended with status $status, not 1"; }
is() { [[ $output == "$1" ]] || wrong "is not: $1"; }

wrong() {
    printf '    %s\n    it said:\n' "$1"
    printf '      | %s\n' "${output//$'\n'/$'\n'      | }"
    exit 1
}

run_tests() {
    local passed=0 failed=0 name
    for name; do
        if (
            home=$(mktemp -d) settings=()
            trap 'rm -rf "$home"' EXIT
            mkdir "$home/bin" "$home/basics"
            for tool in "${basics[@]}"; do ln -s "$(command -v "$tool")" "$home/basics/$tool"; done
            "$name"
        ); then
            passed=$((passed + 1))
            echo "ok    $name"
        else
            failed=$((failed + 1))
            echo "FAIL  $name"
        fi
    done
    echo "$passed passed, $failed failed, 0 skipped"
    ((failed == 0))
}

# The functions a test file defines.
tests_in() { sed -n 's/^\([a-z_]*\)() {.*/\1/p' "$1"; }
