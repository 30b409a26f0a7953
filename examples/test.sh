#!/usr/bin/env bash
# What can be checked of the examples without a cluster. Closes with "N passed, N failed, N skipped".
# Needs JDK 25 (JAVA_HOME) and Maven. Installs this checkout's task API and test kit into ~/.m2, as a newcomer would.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

jdk=${JAVA_HOME:+$JAVA_HOME/bin/}
passed=0 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# check WHAT COMMAND …: its output is shown only when it fails.
check() {
    local what=$1
    shift
    if "$@" >"$work/output" 2>&1; then
        passed=$((passed + 1))
        echo "  ok    $what"
    else
        failed=$((failed + 1))
        echo "  FAIL  $what"
        sed 's/^/        /' "$work/output"
    fi
}

# ends STATUS MESSAGE COMMAND …: the command must end with that status and say that.
ends() {
    local expected=$1 message=$2 status=0
    shift 2
    "$@" >"$work/said" 2>&1 || status=$?
    cat "$work/said"
    echo "status $status, expected $expected and: $message"
    ((status == expected)) && grep -qF -e "$message" "$work/said"
}
# counted WHAT COMMAND …: its lines that begin with ok or FAIL count as checks; none at all is a failure.
counted() {
    local what=$1 status=0 ok bad
    shift
    "$@" >"$work/output" 2>&1 || status=$?
    cat "$work/output"
    ok=$(grep -c '^  ok ' "$work/output") || true
    bad=$(grep -c '^  FAIL ' "$work/output") || true
    passed=$((passed + ok)) failed=$((failed + bad))
    if ((bad == 0 && (status != 0 || ok == 0))); then
        failed=$((failed + 1))
        echo "  FAIL  $what: ended with status $status"
    fi
}
demo() { "${jdk}java" -cp "$work/demo" Demo "$@"; }

echo "demo client"
check "compiles without a warning" "${jdk}javac" -Xlint:all -Werror -d "$work/demo" examples/demo/*.java examples/demo/test/*.java
check "explains itself" ends 0 "--at-half COMMAND" demo --help
check "refuses an unknown option" ends 2 "--colour is not an option" demo --colour red
check "refuses an option without its value" ends 2 "--out needs a value" demo --out
check "refuses a size that does not divide into tiles" ends 2 "--size must be 1024, 2048" demo --size 5000
check "refuses a number out of bounds" ends 2 "--connections must be a whole number from 1 to 256, not 0" demo --connections 0
check "refuses an address that is none" ends 2 "--url must be like http://HOST:PORT" demo --url localhost:8000
check "says that nothing answers" ends 1 "no pool answers at http://127.0.0.1:9" demo --url http://127.0.0.1:9 --out "$work/out"
counted "against pools with faults" "${jdk}java" -cp "$work/demo" DemoTest

echo "task project"
check "task API and test kit install" mvn -q -B install -pl worker-image/task-test -am -DskipTests
cp -r examples/task-project "$work/project"
rm -rf "$work/project/target"
jar=$work/project/target/qr-code.jar
contents() { "${jdk}jar" --list --file "$jar"; }
has() { contents | grep -qxF "$1"; }
lacks() { ! contents | grep "$1"; }
check "builds and passes its tests in a folder of its own" mvn -q -B -f "$work/project/pom.xml" package
check "the jar names its task" has META-INF/services/dev.workerpool.task.Task
check "the jar brings its dependency" has io/nayuki/qrcodegen/QrCode.class
check "the jar leaves the task API to the worker" lacks '^dev/workerpool/'
check "the jar fits into a ConfigMap" test "$(stat -c %s "$jar" 2>/dev/null || echo 9999999)" -lt 1048576

echo
echo "$passed passed, $failed failed, 0 skipped"
((failed == 0))
