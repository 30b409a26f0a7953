# shellcheck shell=bash
# What test.sh adds up: JUnit reports of Maven and the last line of every check script.

tests_passed=0 tests_failed=0 tests_skipped=0
failures=() flaky=()

# check LABEL COMMAND …: a step that prints `N passed, N failed, N skipped` as its last line, or counts as one test.
check() {
    local before=$tests_failed result
    try "$@"
    result=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$tried_log" | tail -n 1 || true)
    if [[ $result =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
        add_up "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}"
    elif ((tried == 0)); then
        add_up 1 0 0
    fi
    if ((tried != 0 && tests_failed == before)); then add_up 0 1 0; fi
    if ((tests_failed > before)); then
        failures+=("$1: see $tried_log")
        show_end_of "$tried_log"
    fi
}

# maven LABEL ARGUMENTS …: counts every report that this call wrote. Leaves the exit status in $tried.
# What fails is run once more: on a busy machine a patience can be too short. What then passes is named all the same.
maven() {
    local label=$1 before=$tests_failed stamp
    shift
    stamp=$(mktemp)
    # No test may hang for ever: nothing takes half an hour here.
    progress=maven_progress try "$label" timeout --foreground -k 10 30m \
        mvn -B -ntp -Dsurefire.rerunFailingTestsCount=1 -Dfailsafe.rerunFailingTestsCount=1 "$@"
    while read -r report; do count_report "$report"; done < <(reports_since "$stamp")
    rm -f "$stamp"
    if ((tried == 0)); then return; fi
    if ((tests_failed == before)); then
        add_up 0 1 0
        failures+=("$label: see $tried_log")
        grep -E '^\[ERROR\]' "$tried_log" | head -n 20 | sed 's/^/    | /' >&2 || show_end_of "$tried_log"
    fi
    if ((tried == 124)); then note "Stopped after half an hour."; else note "$(meaning_of "$tried_log")"; fi
    note "The whole log: $tried_log"
}

maven_progress() { grep -E '^\[INFO\] (Running|Building) ' "$1" | tail -n 1 | cut -c8- || true; }

reports_since() { find . -path '*/target/*-reports/TEST-*.xml' -newer "$1"; }

count_report() {
    local suite tests errors failed skipped name
    suite=$(grep -m 1 '<testsuite ' -A 3 "$1" | tr '\n' ' ')
    tests=$(attribute tests "$suite") errors=$(attribute errors "$suite")
    failed=$(attribute failures "$suite") skipped=$(attribute skipped "$suite")
    add_up $((tests - errors - failed - skipped)) $((errors + failed)) "$skipped"
    while read -r name; do flaky+=("$name"); done < <(tests_with "flaky(Failure|Error)" "$1")
    if ((errors + failed > 0)); then while read -r name; do failures+=("$name"); done < <(tests_with "(failure|error)" "$1"); fi
}

attribute() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$2"; }

# tests_with ELEMENT REPORT: Class.method: the message, on one line, of every test that has the element.
tests_with() {
    awk -v element="<$1[ >]" '
        match($0, /<testcase [^>]*>/) { name = value("classname") "." value("name") }
        $0 ~ element { print name ": " value("message") }
        function value(key,   at) {
            at = match($0, " " key "=\"[^\"]*")
            return at ? substr($0, at + length(key) + 3, RLENGTH - length(key) - 3) : ""
        }' "$2" | sed 's/&#10;/ /g; s/  */ /g; s/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&apos;/'\''/g; s/&amp;/\&/g'
}

add_up() {
    tests_passed=$((tests_passed + $1)) tests_failed=$((tests_failed + $2)) tests_skipped=$((tests_skipped + $3))
}

# The last line of the whole; false when a test failed, or none ran.
sum_up() {
    if ((${#flaky[@]} > 0)); then
        title "Failed, and passed when run again"
        printf '  %.300s\n' "${flaky[@]}"
    fi
    if ((${#failures[@]} > 0)); then
        title "Failed"
        printf '  %.300s\n' "${failures[@]}"
    fi
    printf '\n%d passed, %d failed, %d skipped\n' "$tests_passed" "$tests_failed" "$tests_skipped"
    ((tests_failed == 0 && tests_passed > 0))
}
