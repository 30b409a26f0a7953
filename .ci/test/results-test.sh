#!/usr/bin/env bash
# How test.sh adds up.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2317 # the harness expands, reads and calls
set -euo pipefail
# shellcheck source=harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"

results() { script ". .ci/lib/results.sh; $1"; }

report() { # FILE TESTS ERRORS SKIPPED FAILURES [TESTCASES]
    mkdir -p "$(dirname "$1")"
    cat >"$1" <<EOF
<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0" name="a.B" time="1.2" tests="$2" errors="$3" skipped="$4" failures="$5">
  <properties><property name="tests=" value="tests=&quot;9&quot;"/></properties>
${6:-}
</testsuite>
EOF
}

reports_add_up() {
    report "$home/x/TEST-one.xml" 5 1 1 1
    report "$home/x/TEST-two.xml" 3 0 0 0
    results 'count_report $HOME/x/TEST-one.xml; count_report $HOME/x/TEST-two.xml; sum_up || echo failed'
    says '5 passed, 2 failed, 1 skipped'
    says failed
}

failed_tests_are_named_with_their_message() {
    report "$home/x/TEST-one.xml" 2 0 0 1 '  <testcase name="refusesWhenTheQueueIsFull" classname="a.BTest" time="0.1">
    <failure message="expected: &lt;503&gt; but was: &lt;200&gt;&#10;more" type="x"><![CDATA[..]]></failure>
  </testcase>
  <testcase name="passes" classname="a.BTest" time="0.1"/>'
    results 'count_report $HOME/x/TEST-one.xml; sum_up || true'
    says 'a.BTest.refusesWhenTheQueueIsFull: expected: <503> but was: <200> more'
    does_not_say 'a.BTest.passes'
}

a_test_that_passed_only_when_run_again_is_named() {
    report "$home/x/TEST-one.xml" 1 0 0 0 '  <testcase name="waits" classname="a.BIT" time="0.1">
    <flakyFailure message="too late" type="x"><stackTrace><![CDATA[..]]></stackTrace></flakyFailure>
  </testcase>'
    results 'count_report $HOME/x/TEST-one.xml; sum_up'
    succeeds
    says 'Failed, and passed when run again'
    says 'a.BIT.waits: too late'
    says '1 passed, 0 failed, 0 skipped'
}

nothing_run_is_a_failure() {
    results 'sum_up && echo fine || echo failed'
    says failed
}

the_sum_is_the_last_line() {
    results 'add_up 2 0 1; sum_up'
    succeeds
    [[ ${output##*$'\n'} == '2 passed, 0 failed, 1 skipped' ]] || wrong 'has another last line'
}

the_last_line_of_a_check_counts() {
    fake chart-check 'echo "3 passed, 9 failed, 0 skipped (so far)"; echo "7 passed, 0 failed, 1 skipped"'
    results 'check chart chart-check; sum_up'
    says '7 passed, 0 failed, 1 skipped'
}

a_check_without_a_count_is_one_test() {
    fake lint 'exit 1'
    results 'check lint lint; check true true; sum_up || true'
    says '1 passed, 1 failed, 0 skipped'
    says 'lint: see '
}

a_check_that_dies_after_good_counts_is_a_failure() {
    fake lint 'echo "7 passed, 0 failed, 0 skipped"; exit 3'
    results 'check lint lint; sum_up || true'
    says '7 passed, 1 failed, 0 skipped'
}

a_build_that_does_not_compile_is_a_failure_and_shows_why() {
    fake mvn 'echo "[INFO] Building x"; echo "[ERROR] A.java:[3,1] cannot find symbol"; exit 1'
    results 'maven "mvn verify" verify; sum_up || true'
    says '0 passed, 1 failed, 0 skipped'
    says 'A.java:[3,1] cannot find symbol'
}

reports_of_earlier_builds_do_not_count() {
    fake mvn 'true'
    results 'cd $HOME; mkdir -p m/target/surefire-reports; echo "<testsuite tests=\"4\" errors=\"0\" skipped=\"0\" failures=\"0\">" >m/target/surefire-reports/TEST-old.xml
        touch -d "1 hour ago" m/target/surefire-reports/TEST-old.xml
        maven "mvn verify" verify; sum_up || true'
    says '0 passed, 0 failed, 0 skipped'
}

mapfile -t tests < <(tests_in "${BASH_SOURCE[0]}" | grep -vx -e results -e report)
run_tests "${tests[@]}"
