package dev.workerpool.e2e.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.fixtures.Hold;
import dev.workerpool.e2e.fixtures.Talk;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
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
        namespace.configMap("fixtures", TaskJar.of("fixtures.jar", Hold.class, Talk.class));
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
    void theSameKeyIsTheSameRun() throws IOException {
        Http.Request request = Http.Request.json("/tasks/fibonacci", "{\"n\":20}")
                .with("Prefer", "respond-async")
                .with("Idempotency-Key", "\"once\"");
        // To one replica: a key is known to the replica that was given it.
        try (Http connection = pool.connect()) {
            Http.Answer first = connection.send(request);
            Http.Answer second = connection.send(request);
            assertThat(second.header("Location")).isNotBlank().isEqualTo(first.header("Location"));
        }
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
