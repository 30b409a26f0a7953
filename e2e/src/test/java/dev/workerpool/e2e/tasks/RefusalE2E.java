package dev.workerpool.e2e.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.fixtures.Fail;
import dev.workerpool.e2e.fixtures.Hoard;
import dev.workerpool.e2e.fixtures.Hold;
import dev.workerpool.e2e.fixtures.Spin;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a pool does not do, it refuses at once, with a problem that names the cause. */
@ClusterTest
class RefusalE2E {
    /** A loop that hears of nothing is given up a few milliseconds after its time. */
    private static final Duration SOON = Duration.ofSeconds(2);

    private static final String KILLED = "workerpool_threads_replaced_total{reason=\"killed\"}";

    private final TestNamespace namespace;
    private Pool pool;

    RefusalE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @BeforeAll
    void apply() {
        namespace.configMap("fixtures", TaskJar.of("fixtures.jar", Fail.class, Hoard.class, Hold.class, Spin.class));
        pool = namespace.pool("strict").apply("""
                        threads: 1
                        queue: {capacity: 1, maxWait: 1s}
                        tasks:
                          timeout: 3s
                          maxAllocation: 64Mi
                          maxBodySize: 64Ki
                          artifacts: [{configMap: fixtures}]
                        """).awaitSettled();
    }

    @Test
    void anUnknownTaskListsTheKnown() {
        assertThat(problem(pool.run("prime", "{}"), 404, "unknown-task"))
                .contains("\"known\"", "\"primes\"", "\"hold\"");
    }

    @Test
    void anUnknownPath() {
        problem(pool.send(Http.Request.get("/nothing")), 404, "not-found");
    }

    @Test
    void anotherMethod() {
        problem(pool.send(new Http.Request("PUT", "/tasks/echo", Map.of(), new byte[0])), 405, "method-not-allowed");
    }

    @Test
    void malformedInputNamesTheField() {
        problem(pool.run("primes", "{\"n\":"), 400, "malformed-input");
        assertThat(problem(pool.run("primes", "{\"n\":-1}"), 400, "malformed-input"))
                .contains("\"field\":\"n\"", "\"rule\":");
        assertThat(problem(pool.run("primes", "{\"n\":1,\"m\":2}"), 400, "malformed-input"))
                .contains("\"field\":\"m\"");
    }

    @Test
    void aBodyOverTheLimit() {
        byte[] justFits = new byte[64 * 1024];
        assertThat(pool.send(Http.Request.bytes("/tasks/echo", "application/octet-stream", justFits))
                        .status())
                .isEqualTo(200);
        byte[] tooLarge = new byte[64 * 1024 + 1];
        problem(
                pool.send(Http.Request.bytes("/tasks/echo", "application/octet-stream", tooLarge)),
                413,
                "body-too-large");
    }

    @Test
    void aTaskThatThrowsTellsTypeAndMessage() {
        Http.Answer answer = pool.send(Http.Request.bytes("/tasks/fail", "text/plain", "no luck".getBytes()));
        assertThat(problem(answer, 422, "task-failed")).contains("java.lang.IllegalStateException", "no luck");
    }

    @Test
    void anEndlessLoopRunsOutOfTimeAndItsThreadIsSoonAnother() {
        Pod pod = pool.onlyPod();
        double killed = pool.metric(pod, KILLED);

        problem(pool.run("spin", "1"), 504, "task-timeout");
        long stopped = System.nanoTime();
        Http.Answer next = pool.run("primes", "{\"n\":10}");

        assertThat(next.body()).as(next.toString()).isEqualTo("{\"count\":4}");
        assertThat(Duration.ofNanos(System.nanoTime() - stopped)).isLessThan(SOON);
        assertThat(pool.metric(pod, KILLED) - killed).as("threads killed").isEqualTo(1);
        assertThat(pool.management(pod, "/status")).contains("\"restarts\":0,");
        assertThat(pool.status().restarts()).isZero();
    }

    @Test
    void aTaskThatAllocatesWithoutEndIsStopped() {
        assertThat(problem(pool.run("hoard", "100000"), 422, "allocation-exceeded"))
                .contains("67108864");
        Wait.untilAsserted(
                "the thread is free again",
                () -> assertThat(pool.run("primes", "{\"n\":10}").status()).isEqualTo(200));
    }

    @Test
    void aTimeOutOfTheCallersOwnIsShorterThanThePools() {
        Http.Request spin = Http.Request.json("/tasks/spin", "1");
        problem(pool.send(spin.with("Workerpool-Timeout", "200ms")), 504, "task-timeout");
        assertThat(problem(pool.send(spin.with("Workerpool-Timeout", "1h")), 400, "malformed-input"))
                .contains("Workerpool-Timeout");
    }

    @Test
    void oneRunsOneWaitsAndTheNextIsRefusedWithATimeToComeBack() {
        CompletableFuture<Http.Answer> running = pool.sendInBackground(Http.Request.json("/tasks/hold", "2500"));
        awaitStatus("\"active\":1");
        CompletableFuture<Http.Answer> waiting = pool.sendInBackground(Http.Request.json("/tasks/hold", "1"));
        awaitStatus("\"queued\":1");

        Http.Answer refused = pool.run("hold", "1");
        problem(refused, 503, "queue-full");
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isPositive();

        Http.Answer gaveUp = waiting.join();
        problem(gaveUp, 503, "wait-exceeded");
        assertThat(Integer.parseInt(gaveUp.header("Retry-After"))).isPositive();
        assertThat(running.join().body()).isEqualTo("held");
    }

    private void awaitStatus(String part) {
        Wait.until("the replica reports " + part, () -> pool.management(pool.onlyPod(), "/status")
                .contains(part));
    }

    private static String problem(Http.Answer answer, int status, String type) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        assertThat(answer.body()).contains("\"type\":\"urn:workerpool:problem:" + type + "\"", "\"status\":" + status);
        return answer.body();
    }
}
