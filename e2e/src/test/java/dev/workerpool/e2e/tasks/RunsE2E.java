package dev.workerpool.e2e.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.fixtures.Count;
import dev.workerpool.e2e.fixtures.Hold;
import dev.workerpool.e2e.fixtures.Spin;
import dev.workerpool.e2e.fixtures.Talk;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.PortForward;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Runs that nobody waits for, of a pool of two replicas. Every call has a connection of its own, which the Service leads
 * to either of them: whichever is asked answers for every run.
 */
@ClusterTest
class RunsE2E {
    private final TestNamespace namespace;
    private Pool pool;

    RunsE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @BeforeAll
    void apply() {
        namespace.configMap("fixtures", TaskJar.of("fixtures.jar", Count.class, Hold.class, Spin.class, Talk.class));
        pool = namespace
                .pool("patient")
                .apply("replicas: 2\nthreads: 2\ntasks: {artifacts: [{configMap: fixtures}]}")
                .awaitSettled();
    }

    @Test
    void theResultIsThereForWhoeverAsksLater() {
        String run = submit("fibonacci", "{\"n\":27}");
        Wait.untilAsserted("the run is over", () -> assertThat(state(run)).isEqualTo("Succeeded"));
        for (int i = 0; i < 8; i++) {
            Http.Answer result = pool.send(Http.Request.get(run + "/result"));
            assertThat(result.status()).as(result.toString()).isEqualTo(200);
            assertThat(result.body()).isEqualTo("{\"value\":196418}");
        }
    }

    @Test
    void aRunThatIsDeletedIsCancelled() {
        String run = submit("hold", "30000");
        Wait.untilAsserted("it runs", () -> assertThat(state(run)).isEqualTo("Active"));
        assertThat(pool.send(Http.Request.delete(run)).status()).isBetween(200, 204);
        Wait.untilAsserted("it is over", () -> assertThat(state(run)).isEqualTo("Cancelled"));
        assertThat(pool.send(Http.Request.get(run + "/result")).status()).isEqualTo(409);
    }

    @Test
    void anEndlessLoopThatIsDeletedFreesItsThreadAtOnce() {
        String run = submit("spin", "1");
        Wait.untilAsserted("it runs", () -> assertThat(state(run)).isEqualTo("Active"));
        Pod pod = pool.pods().stream()
                .filter(each -> pool.management(each, "/status").contains("\"task\":\"spin\""))
                .findFirst()
                .orElseThrow();

        assertThat(pool.send(Http.Request.delete(run)).body()).contains("\"cancelled\":true");

        Wait.within(Duration.ofSeconds(2), "the loop is left", () -> {
            assertThat(pool.management(pod, "/status")).doesNotContain("\"task\":\"spin\"");
            assertThat(pool.metric(pod, "workerpool_threads")).isEqualTo(2);
        });
        assertThat(state(run)).isEqualTo("Cancelled");
        assertThat(pool.status().restarts()).isZero();
    }

    @Test
    void aRunTellsHowItGetsOnAndTakesMessages() {
        String run = submit("talk", "hello");
        Wait.untilAsserted("it runs", () -> assertThat(state(run)).isEqualTo("Active"));
        CompletableFuture<Http.Answer> events = pool.sendInBackground(Http.Request.get(run + "/events"));
        Http.Answer told = pool.send(
                Http.Request.bytes(run + "/messages", "text/plain", "world".getBytes(StandardCharsets.UTF_8)));
        assertThat(told.status()).as(told.toString()).isBetween(200, 204);
        assertThat(events.join().header("Content-Type")).startsWith("text/event-stream");
        assertThat(events.join().body()).contains("hello", "heard world", "event: result");
    }

    @Test
    void progressComesBeforeTheResultToACallerWhoWaits() {
        Http.Answer answer = pool.send(Http.Request.bytes("/tasks/primes", "application/json", "{\"n\":10}".getBytes())
                .with("Accept", "text/event-stream"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("text/event-stream");
        assertThat(answer.body()).contains("event: result").contains("{\"count\":4}");
    }

    @Test
    void theSameKeyIsTheSameRunWhicheverReplicaIsCalled() {
        pool.awaitPeers();
        Http.Request request = new Http.Request(
                "POST", "/tasks/count", Map.of("Prefer", "respond-async", "Idempotency-Key", "\"once\""), new byte[0]);
        try (PortForward one = namespace.portForward(pool.pods().getFirst());
                PortForward other = namespace.portForward(pool.pods().getLast())) {
            List<CompletableFuture<Http.Answer>> answers = IntStream.range(0, 8)
                    .mapToObj(i -> (i % 2 == 0 ? one : other).sendInBackground(request))
                    .toList();
            assertThat(answers)
                    .allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(202));
            assertThat(answers.stream().map(answer -> answer.join().header("Location")))
                    .doesNotContain("")
                    .containsOnly(answers.getFirst().join().header("Location"));
            String run = answers.getFirst().join().header("Location");
            Wait.untilAsserted("the run is over", () -> assertThat(state(run)).isEqualTo("Succeeded"));
        }
        assertThat(pool.pods().stream()
                        .mapToDouble(
                                pod -> pool.metric(pod, "workerpool_runs_total{outcome=\"succeeded\",task=\"count\"}"))
                        .sum())
                .as("executions")
                .isEqualTo(1);
    }

    @Test
    void aRunThatNeverWasIsUnknown() {
        Http.Answer answer = pool.send(Http.Request.get("/runs/nobody-abc-1"));
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).contains("urn:workerpool:problem:unknown-run");
    }

    private String submit(String task, String input) {
        Http.Answer answer =
                pool.send(Http.Request.json("/tasks/" + task, input).with("Prefer", "respond-async"));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
        assertThat(answer.header("Preference-Applied")).isEqualTo("respond-async");
        return answer.header("Location");
    }

    private String state(String run) {
        Http.Answer answer = pool.send(Http.Request.get(run));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.body().replaceAll("(?s).*\"state\":\"([A-Za-z]+)\".*", "$1");
    }
}
