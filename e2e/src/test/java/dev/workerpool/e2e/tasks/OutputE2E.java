package dev.workerpool.e2e.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.fixtures.Print;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a task prints is in its replica's log, told apart by run, and no more of it than a log can bear. */
@ClusterTest
class OutputE2E {
    private static final int MOST_OF_A_RUN = 64 * 1024;

    private final TestNamespace namespace;
    private Pool pool;

    OutputE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @BeforeAll
    void apply() {
        namespace.configMap("fixtures", TaskJar.of("fixtures.jar", Print.class));
        pool = namespace
                .pool("chatty")
                .apply("threads: 1\ntasks: {artifacts: [{configMap: fixtures}]}")
                .awaitSettled();
    }

    @Test
    void kubectlLogsShowsItWithTaskAndRun() {
        String run = print(2);
        Wait.untilAsserted(
                "both lines are there", () -> assertThat(logged(run)).hasSize(2).allSatisfy(line -> assertThat(line)
                        .contains("[print " + run + " thread 1] printed line ")));
    }

    @Test
    void aFloodIsCutOffAndTheLastLineSaysSo() {
        String run = print(200_000);
        Wait.untilAsserted("its end is there", () -> assertThat(logged(run).getLast())
                .matches(".* \\([0-9]+ bytes more were printed and dropped\\)"));
        List<String> lines = logged(run);
        assertThat(lines.getFirst()).endsWith("printed line 1");
        assertThat(lines.stream()
                        .map(line -> line.replaceAll("^.*\\] ", ""))
                        .mapToInt(String::length)
                        .sum())
                .as("characters of %d lines", lines.size())
                .isBetween(MOST_OF_A_RUN / 2, MOST_OF_A_RUN + 100);
    }

    private String print(int lines) {
        Http.Answer answer =
                pool.send(Http.Request.json("/tasks/print", "" + lines).with("Idempotency-Key", "\"" + lines + "\""));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.header("Workerpool-Run");
    }

    private List<String> logged(String run) {
        return namespace
                .kubectl("logs", pool.onlyPod().getMetadata().getName(), "--tail=-1")
                .out()
                .lines()
                .filter(line -> line.contains(run))
                .toList();
    }
}
