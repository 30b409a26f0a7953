package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.workerpool.worker.http.RawClient.Answer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that are asked for by their id, over real sockets. */
class RunsTest {
    @TempDir
    Path folder;

    private RunsFixture worker;

    @BeforeEach
    void prepare() {
        worker = new RunsFixture(folder);
    }

    @AfterEach
    void stop() throws Exception {
        worker.close();
    }

    /** Another replica may do the run, long after its caller was answered. */
    @Test
    void refusesAQueryThatCannotBeReadBeforeThereIsARun() throws Exception {
        Answer answer = worker.call("POST", "/tasks/gate?size=%zz", "x", "Prefer: respond-async");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("Workerpool-Replica")).isEqualTo("replica-1");
        assertThat(answer.body())
                .contains("{\"field\":\"query\",\"rule\":\"must have two hexadecimal digits behind each %\"}");
    }

    @Test
    void answersAtOnceAndTellsWhereTheRunIs() throws Exception {
        Answer answer = worker.call("POST", "/tasks/gate", "held", "Prefer: respond-async");
        worker.awaitStarted();

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.header("Preference-Applied")).isEqualTo("respond-async");
        String id = answer.header("Workerpool-Run");
        assertThat(id).matches("replica-1-[0-9a-z]+-[0-9a-z]+");
        assertThat(answer.header("Location")).isEqualTo("/runs/" + id);
        assertThat(RunsFixture.json(answer.body()).get("id").textValue()).isEqualTo(id);
        JsonNode active = worker.get("/runs/" + id);
        assertThat(active.get("state").textValue()).isEqualTo("Active");
        assertThat(active.get("task").textValue()).isEqualTo("gate");
        assertThat(active.get("replica").textValue()).isEqualTo("replica-1");
        assertThat(active.get("thread").intValue()).isEqualTo(1);
        assertThat(active.has("startedAt")).isTrue();
        assertThat(active.has("endedAt")).isFalse();
    }

    @Test
    void tellsAllOfARunThatIsOver() throws Exception {
        JsonNode ended = worker.ended(worker.submit("sum", "[1,2,3]"));

        assertThat(ended.get("state").textValue()).isEqualTo("Succeeded");
        assertThat(ended.get("result").toString()).isEqualTo("{\"sum\":6}");
        assertThat(ended.get("mediaType").textValue()).isEqualTo("application/json");
        assertThat(ended.get("size").intValue()).isEqualTo(9);
        assertThat(ended.get("waitMs").isNumber()).isTrue();
        assertThat(ended.get("runMs").doubleValue()).isPositive();
        assertThat(ended.get("expiresAt").textValue())
                .isGreaterThan(ended.get("endedAt").textValue());
        assertThat(ended.get("createdAt").textValue())
                .isLessThanOrEqualTo(ended.get("startedAt").textValue());
    }

    @Test
    void givesTheTaskTheIdThatTheCallerHas() throws Exception {
        JsonNode ended = worker.ended(worker.submit("id", ""));

        assertThat(ended.get("result")).isEqualTo(ended.get("id"));
    }

    @Test
    void givesTheResultAsItIs() throws Exception {
        String run = worker.submit("copy", "\u0001\u0002", "Content-Type: image/png");
        JsonNode ended = worker.ended(run);
        Answer result = worker.call("GET", run + "/result", "");

        assertThat(ended.has("result")).isFalse();
        assertThat(ended.get("resultUrl").textValue()).isEqualTo(run + "/result");
        assertThat(result.status()).isEqualTo(200);
        assertThat(result.header("Content-Type")).isEqualTo("image/png");
        assertThat(result.header("Workerpool-Replica")).isEqualTo("replica-1");
        assertThat(result.header("Workerpool-Thread")).isEqualTo("1");
        assertThat(result.header("Server-Timing")).startsWith("wait;dur=");
        assertThat(result.body()).isEqualTo("\u0001\u0002");
        assertThat(worker.call("HEAD", run + "/result", "").header("Content-Length"))
                .isEqualTo("2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json|{\"a\": 1}|{\"a\":1}",
                "application/problem+json; charset=utf-8|[1]|[1]",
                "text/plain|<a>|\"<a>\"",
                "application/json|{\"a\":|null",
                "application/json|{} {}|null",
                "application/octet-stream|abc|null",
            })
    void putsResultsThatAreJsonOrTextIntoTheObject(String type, String body, String result) throws Exception {
        JsonNode ended = worker.ended(worker.submit("copy", body, "Content-Type: " + type));

        assertThat(String.valueOf(ended.get("result"))).isEqualTo(result);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "//", "/result/", "/other"})
    void knowsNoOtherPartsOfARun(String part) throws Exception {
        String run = worker.submit("sum", "[1]");
        worker.ended(run);

        Answer answer = worker.call("GET", run + part, "");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).contains("urn:workerpool:problem:not-found");
    }

    @Test
    void leavesLargeResultsOutOfTheObject() throws Exception {
        String run = worker.submit("copy", "x".repeat(70_000), "Content-Type: text/plain");

        assertThat(worker.ended(run).has("result")).isFalse();
        assertThat(worker.call("GET", run + "/result", "").body()).hasSize(70_000);
    }

    @Test
    void tellsThatThereIsNoResultOfATaskThatGivesNothing() throws Exception {
        String run = worker.submit("nothing", "");

        assertThat(worker.ended(run).has("mediaType")).isFalse();
        assertThat(worker.call("GET", run + "/result", "").status()).isEqualTo(204);
    }

    @Test
    void tellsTheProblemAsTheWaitingCallerWouldHaveHadIt() throws Exception {
        Answer waited = worker.call("POST", "/tasks/throws", "because");
        String run = worker.submit("throws", "because");
        JsonNode ended = worker.ended(run);
        Answer result = worker.call("GET", run + "/result", "");

        assertThat(ended.get("state").textValue()).isEqualTo("Failed");
        assertThat(ended.get("problem")).isEqualTo(RunsFixture.json(waited.body()));
        assertThat(result.status()).isEqualTo(422);
        assertThat(result.body()).isEqualTo(waited.body());
        assertThat(result.header("Content-Type")).isEqualTo("application/problem+json");
    }

    @Test
    void saysWhyThereIsNoResultYet() throws Exception {
        String run = worker.submit("gate", "held");
        worker.awaitStarted();
        Answer answer = worker.call("GET", run + "/result", "");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        assertThat(answer.body())
                .contains("urn:workerpool:problem:run-not-over")
                .contains("\"state\":\"Active\"");
        String queued = worker.submit("gate", "queued");
        assertThat(worker.call("GET", queued + "/result", "").body()).contains("\"state\":\"Queued\"");
        assertThat(worker.get(queued).has("thread")).isFalse();
    }

    @Test
    void letsACallerWaitForAWhile() throws Exception {
        String run = worker.submit("gate", "held");
        Answer early = worker.call("GET", run, "", "Prefer: wait=1");
        assertThat(early.header("Preference-Applied")).isEqualTo("wait=1");
        assertThat(early.body()).contains("\"state\":\"Active\"");

        var late = CompletableFuture.supplyAsync(() -> call("GET", run + "/result", "Prefer: wait=\"100\""));
        worker.release();
        assertThat(late.get(20, TimeUnit.SECONDS).body()).isEqualTo("held");
        assertThat(late.get().header("Preference-Applied")).isEqualTo("wait=60");
    }

    private Answer call(String method, String path, String... headers) {
        try {
            return worker.call(method, path, "", headers);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void answersWithTheOutcomeWhenItComesWhileTheCallerIsReadyToWait() throws Exception {
        Answer inTime = worker.call("POST", "/tasks/sum", "[1]", "Prefer: respond-async, wait=20");
        Answer late = worker.call("POST", "/tasks/gate", "held", "Prefer: respond-async", "Prefer: wait=1");

        assertThat(inTime.status()).isEqualTo(200);
        assertThat(inTime.header("Preference-Applied")).isEqualTo("wait=20");
        assertThat(inTime.header("Workerpool-Run")).isNotNull();
        assertThat(inTime.body()).isEqualTo("{\"sum\":1}");
        assertThat(late.status()).isEqualTo(202);
        assertThat(late.header("Preference-Applied")).isEqualTo("respond-async, wait=1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "wait=5", "handling=lenient", "respond-asynchronous", "\"respond-async\"", ",;=", "wait=-1"})
    void doesNotHearPreferencesItDoesNotKnow(String preference) throws Exception {
        Answer answer = worker.call("POST", "/tasks/sum", "[1]", "Prefer: " + preference);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Workerpool-Run")).isNull();
    }

    @Test
    void cancelsOnceAndSaysWhatItDid() throws Exception {
        String active = worker.submit("gate", "held");
        worker.awaitStarted();
        String queued = worker.submit("sum", "[1]");
        for (String run : new String[] {queued, active}) {
            Answer first = worker.call("DELETE", run, "");
            Answer second = worker.call("DELETE", run, "");

            assertThat(first.status()).isEqualTo(200);
            assertThat(first.body()).contains("\"state\":\"Cancelled\"").contains("\"cancelled\":true");
            assertThat(second.body()).contains("\"state\":\"Cancelled\"").contains("\"cancelled\":false");
            assertThat(worker.call("GET", run + "/result", "").body()).contains("urn:workerpool:problem:cancelled");
        }
        String over = worker.submit("sum", "[1]");
        worker.ended(over);
        assertThat(worker.call("DELETE", over, "").body())
                .contains("\"state\":\"Succeeded\"")
                .contains("\"cancelled\":false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/result", "/events"})
    void tellsARunThatNeverWasFromOneThatIsGone(String part) throws Exception {
        worker.environment.put("WORKERPOOL_RUN_RETENTION", "1s");
        String gone = worker.submit("sum", "[1]");
        await().untilAsserted(() ->
                assertThat(worker.call("GET", gone + part, "").status()).isEqualTo(410));
        Answer expired = worker.call("GET", gone + part, "");
        Answer unknown = worker.call("GET", gone + "zz" + part, "");

        assertThat(expired.body())
                .contains("urn:workerpool:problem:run-expired")
                .contains("for 1 s");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.body())
                .contains("urn:workerpool:problem:unknown-run")
                .contains("replica-1-");
        assertThat(unknown.header("Workerpool-Replica")).isEqualTo("replica-1");
    }

    @ParameterizedTest
    @CsvSource({
        "PUT,'',405,'GET, HEAD, DELETE'",
        "POST,/result,405,'GET, HEAD'",
        "HEAD,/events,405,GET",
        "GET,/messages,405,POST",
        "GET,/other,404,",
        "GET,/result/more,404,",
    })
    void tellsWhatItServesAtOtherPathsAndMethods(String method, String part, int status, String allowed)
            throws Exception {
        Answer answer = worker.call(method, worker.submit("nothing", "") + part, "");

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Allow")).isEqualTo(allowed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/runs/", "/runs/x", "/runs/%00", "/runs/-1-1", "/runs/replica-1-zz-zzzzzzzzzzzzzzzzzzzzzzzz"})
    void findsNothingUnderWhatIsNoId(String path) throws Exception {
        assertThat(worker.call("GET", path, "").body()).contains("urn:workerpool:problem:unknown-run");
    }

    @Test
    void refusesWhatItCannotKeep() throws Exception {
        worker.environment.put("WORKERPOOL_RUN_RETENTION_SIZE", "1Mi");
        Answer never = worker.call("POST", "/tasks/copy", "x".repeat(1_100_000), "Prefer: respond-async");
        worker.submit("gate", "x".repeat(600_000));
        worker.awaitStarted();
        Answer notNow = worker.call("POST", "/tasks/gate", "x".repeat(600_000), "Prefer: respond-async");

        assertThat(never.status()).isEqualTo(413);
        assertThat(never.body())
                .contains("urn:workerpool:problem:body-too-large")
                .contains("1048576 bytes");
        assertThat(notNow.status()).isEqualTo(503);
        assertThat(notNow.body()).contains("urn:workerpool:problem:runs-full");
        assertThat(notNow.header("Retry-After")).isEqualTo("1");
        assertThat(worker.metric("workerpool_rejected_total{reason=\"runs-full\"}"))
                .isEqualTo("2.0");
    }

    @Test
    void refusesWhenTheQueueIsFullAndKeepsNothing() throws Exception {
        worker.environment.put("WORKERPOOL_QUEUE_CAPACITY", "0");
        // Without a queue a run is taken by a thread that is idle already.
        await().until(() -> worker.call("POST", "/tasks/gate", "held", "Prefer: respond-async")
                        .status()
                == 202);
        Answer answer = worker.call("POST", "/tasks/gate", "", "Prefer: respond-async");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).contains("urn:workerpool:problem:queue-full");
        assertThat(answer.header("Location")).isNull();
    }

    @Test
    void finishesWhatItAcceptedWhileItDrainsAndTellsUntilItGoes() throws Exception {
        String active = worker.submit("gate", "active");
        worker.awaitStarted();
        String queued = worker.submit("sum", "[1]");
        try (var following = worker.connect()) {
            RunsFixture.send(following, "GET", queued + "/result", "", "Prefer: wait=60");
            var drained = CompletableFuture.supplyAsync(worker::stop);
            await().until(() -> worker.call("POST", "/tasks/sum", "[1]", "Prefer: respond-async")
                    .body()
                    .contains("urn:workerpool:problem:draining"));
            assertThat(worker.get(active).get("state").textValue()).isEqualTo("Active");
            worker.release();

            Answer answer = following.read();
            assertThat(answer.body()).isEqualTo("{\"sum\":1}");
            following.close();
            assertThat(drained.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void countsWhatItKeeps() throws Exception {
        worker.ended(worker.submit("copy", "x".repeat(10_000)));

        assertThat(worker.metric("workerpool_runs_retained")).isEqualTo("1.0");
        assertThat(Double.parseDouble(worker.metric("workerpool_runs_retained_bytes")))
                .isBetween(10_000.0, 20_000.0);
        assertThat(worker.metric("workerpool_runs_evicted_total{reason=\"age\"}"))
                .isEqualTo("0.0");
    }
}
