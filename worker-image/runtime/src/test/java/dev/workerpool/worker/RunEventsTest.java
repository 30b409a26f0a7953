package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.RunsFixture.Events;
import dev.workerpool.worker.http.RawClient;
import dev.workerpool.worker.http.RawClient.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes between a run and those who follow it, over real sockets. */
class RunEventsTest {
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

    private RawClient follow(String task, String body, String... headers) throws Exception {
        String[] all = java.util.Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = "Accept: text/event-stream";
        return RunsFixture.send(worker.connect(), "POST", "/tasks/" + task, body, all);
    }

    @Test
    void tellsProgressAndThenTheResult() throws Exception {
        try (var client = follow("report", "2")) {
            Answer head = client.readHead();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Content-Type")).isEqualTo("text/event-stream");
            assertThat(head.header("Cache-Control")).isEqualTo("no-store");
            assertThat(head.header("Workerpool-Replica")).isEqualTo("replica-1");
            String id = head.header("Workerpool-Run");
            var events = new Events(client);

            assertThat(events.next()).startsWith("event: run|data: {\"id\":\"" + id + "\",\"task\":\"report\"");
            assertThat(events.next()).isEqualTo("id: 1|event: progress|data: {\"step\":1}");
            assertThat(events.next()).isEqualTo("id: 2|event: progress|data: {\"step\":2}");
            worker.release();
            assertThat(events.next()).isEqualTo("id: 3|event: progress|data: \"last\"");
            assertThat(events.next())
                    .startsWith("id: 4|event: result|data: {\"id\":\"" + id + "\"")
                    .contains("\"state\":\"Succeeded\"")
                    .contains("\"result\":\"done\"");
            assertThat(events.next()).isNull();
            assertThat(client.get("/tasks").read().status()).isEqualTo(200);
        }
        await().until(() -> worker.metric("workerpool_event_streams").equals("0.0"));
    }

    @Test
    void tellsTheProblemInTheEnd() throws Exception {
        try (var client = follow("throws", "because")) {
            client.readHead();
            var events = new Events(client);
            events.next();

            assertThat(events.next())
                    .startsWith("id: 1|event: problem|data: {\"type\":\"urn:workerpool:problem:task-failed\"")
                    .contains("\"status\":422");
            assertThat(events.next()).isNull();
        }
    }

    @Test
    void splitsAResultOfSeveralLines() throws Exception {
        try (var client = follow("copy", "{\n\"a\":\n1}", "Content-Type: application/json")) {
            client.readHead();
            var events = new Events(client);
            events.next();

            assertThat(events.next()).contains("\"result\":{|data: \"a\":|data: 1},\"mediaType\"");
        }
    }

    @Test
    void refusesBeforeTheFirstEvent() throws Exception {
        try (var client = follow("other", "")) {
            assertThat(client.read().body()).contains("urn:workerpool:problem:unknown-task");
        }
    }

    @Test
    void streamsToHttp10UntilTheConnectionCloses() throws Exception {
        worker.release();
        try (var client = worker.connect()) {
            client.send("POST /tasks/report HTTP/1.0\r\nAccept: text/event-stream\r\nContent-Length: 1\r\n\r\n1");

            assertThat(client.readHead().header("Connection")).isEqualTo("close");
            assertThat(client.untilClosed())
                    .contains("event: progress\ndata: {\"step\":1}")
                    .contains("event: result");
        }
    }

    @Test
    void takesTheRunAlongWhenItsClientGoes() throws Exception {
        String run;
        try (var client = follow("report", "0")) {
            run = "/runs/" + client.readHead().header("Workerpool-Run");
            worker.awaitStarted();
            assertThat(worker.metric("workerpool_event_streams")).isEqualTo("1.0");
        }
        assertThat(worker.ended(run).get("state").textValue()).isEqualTo("Cancelled");
        assertThat(worker.metric("workerpool_event_streams")).isEqualTo("0.0");
    }

    @Test
    void letsADetachedRunGoOnWhenItsClientGoes() throws Exception {
        String run;
        try (var client = follow("report", "0", "Prefer: respond-async")) {
            Answer head = client.readHead();
            assertThat(head.header("Preference-Applied")).isEqualTo("respond-async");
            run = "/runs/" + head.header("Workerpool-Run");
            worker.awaitStarted();
        }
        await().until(() -> worker.metric("workerpool_event_streams").equals("0.0"));
        worker.release();
        assertThat(worker.ended(run).get("result").textValue()).isEqualTo("done");
    }

    private Events events(RawClient client, String run, String... headers) throws Exception {
        Answer head =
                RunsFixture.send(client, "GET", run + "/events", "", headers).readHead();
        assertThat(head.status()).isEqualTo(200);
        return new Events(client);
    }

    @Test
    void oneWhoOnlyWatchesTakesNothingAlong() throws Exception {
        String run = worker.submit("report", "1");
        try (var client = worker.connect()) {
            events(client, run).next();
        }
        await().until(() -> worker.metric("workerpool_event_streams").equals("0.0"));
        worker.release();
        assertThat(worker.ended(run).get("state").textValue()).isEqualTo("Succeeded");
    }

    @Test
    void tellsALateComerAllFromWhereItWas() throws Exception {
        String run = worker.submit("report", "3");
        worker.awaitStarted();
        worker.release();
        worker.ended(run);
        try (var client = worker.connect()) {
            var all = events(client, run);
            assertThat(all.next()).startsWith("event: run|");
            assertThat(all.next()).startsWith("id: 1|event: progress");
        }
        try (var client = worker.connect()) {
            var rest = events(client, run, "Last-Event-ID: 2");
            assertThat(rest.next()).startsWith("event: run|");
            assertThat(rest.next()).isEqualTo("id: 3|event: progress|data: {\"step\":3}");
            assertThat(rest.next()).isEqualTo("id: 4|event: progress|data: \"last\"");
            assertThat(rest.next()).startsWith("id: 5|event: result");
            assertThat(rest.next()).isNull();
        }
    }

    @Test
    void tellsABrowserThatHasSeenTheEndToStopAsking() throws Exception {
        String run = worker.submit("nothing", "");
        worker.ended(run);

        assertThat(worker.call("GET", run + "/events", "", "Last-Event-ID: 1").status())
                .isEqualTo(204);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-1", "1.5", "99999999999999999999"})
    void refusesAnEventIdThatIsNone(String id) throws Exception {
        Answer answer = worker.call("GET", worker.submit("nothing", "") + "/events", "", "Last-Event-ID: " + id);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("\"field\":\"Last-Event-ID\"");
    }

    @Test
    void tellsHowManyEventsASlowFollowerMissed() throws Exception {
        String run = worker.submit("report", "1000");
        worker.awaitStarted();
        try (var client = worker.connect()) {
            var events = events(client, run);
            events.next();

            assertThat(events.next()).isEqualTo("event: skipped|data: {\"events\":744}");
            assertThat(events.next()).isEqualTo("id: 745|event: progress|data: {\"step\":745}");
        }
    }

    @Test
    void holdsNothingForAFollowerWhoTakesNothing() throws Exception {
        worker.release();
        try (var idle = follow("report", "300000")) {
            idle.readHead();
            String run = worker.submit("nothing", "");
            assertThat(worker.ended(run).get("state").textValue()).isEqualTo("Succeeded");
        }
        assertThat(Double.parseDouble(worker.metric("workerpool_runs_retained_bytes")))
                .isLessThan(400_000);
    }

    @Test
    void handsMessagesToARunThatSomebodyElseStarted() throws Exception {
        try (var client = follow("chat", "")) {
            String run = "/runs/" + client.readHead().header("Workerpool-Run");
            worker.awaitStarted();
            var events = new Events(client);
            events.next();
            Answer sent = worker.call("POST", run + "/messages", "hello", "Content-Type: text/plain");
            assertThat(sent.status()).isEqualTo(202);
            assertThat(sent.body()).isEmpty();
            assertThat(events.next()).isEqualTo("id: 1|event: progress|data: \"hello (text/plain)\"");
            worker.call("POST", run + "/messages", "bye");

            assertThat(events.next()).contains("\"result\":\"hello (text/plain)\"");
            Answer late = worker.call("POST", run + "/messages", "late");
            assertThat(late.status()).isEqualTo(409);
            assertThat(late.body()).contains("urn:workerpool:problem:run-over").contains("\"state\":\"Succeeded\"");
        }
    }

    @Test
    void cancelsARunThatWaitsForAMessage() throws Exception {
        String run = worker.submit("chat", "");
        worker.awaitStarted();

        assertThat(worker.call("DELETE", run, "").body()).contains("\"cancelled\":true");
        assertThat(worker.call("POST", "/tasks/sum", "[1]").status()).isEqualTo(200);
    }

    @Test
    void refusesMessagesThatAreNotTaken() throws Exception {
        String run = worker.submit("gate", "held");
        try (var client = worker.connect()) {
            for (int i = 0; i < 64; i++) {
                assertThat(client.post(run + "/messages", "x").read().status()).isEqualTo(202);
            }
            Answer full = client.post(run + "/messages", "x").read();
            assertThat(full.status()).isEqualTo(503);
            assertThat(full.header("Retry-After")).isEqualTo("1");
            assertThat(full.body()).contains("urn:workerpool:problem:mailbox-full");
        }
    }

    @Test
    void refusesLargeMessagesByTheirLengthAndAsTheyCome() throws Exception {
        String run = worker.submit("gate", "held");
        Answer announced = worker.call("POST", run + "/messages", "x".repeat(1_048_577));
        assertThat(announced.status()).isEqualTo(413);
        try (var client = worker.connect()) {
            client.send("POST " + run + "/messages HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + ("10000\r\n" + "x".repeat(0x10000) + "\r\n").repeat(17) + "0\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(413);
        }
    }
}
