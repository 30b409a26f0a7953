package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.http.RawClient;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A worker goes on with what it is left of another's connections, as that one's memory tells at any moment of its life. */
class KeptConnectionsTest extends KeptFixture {
    @Test
    void anIdleConnectionGoesOn() throws Exception {
        try (RawClient client = dead.connect()) {
            assertThat(client.post("/tasks/copy", "one").read().body()).isEqualTo("one");
            die(1, 0);
            assertThat(client.post("/tasks/copy", "two").read().body()).isEqualTo("two");
            assertThat(client.post("/tasks/copy", "three").read().body()).isEqualTo("three");
        }
        assertThat(next.get("/metrics").body())
                .contains("workerpool_connections_inherited_total{request=\"untouched\"} 1.0");
    }

    /** The client has its answer, and the next request may be on its way already. */
    @Test
    void aConnectionGoesOnWhoseLastAnswerNobodyGotToWriteDown() throws Exception {
        try (RawClient client = answered()) {
            primary.takeBackTheLastAnswer(FakePrimary.Sent.WHOLE);
            freeze();
            client.post("/tasks/copy", "two");
            die(1, 0);
            assertThat(client.read().body()).isEqualTo("two");
            assertThat(client.post("/tasks/copy", "three").read().body()).isEqualTo("three");
        }
        assertThat(next.get("/metrics").body())
                .contains("workerpool_connections_inherited_total{request=\"answered\"} 1.0");
    }

    @Test
    void ofAnAnswerOfWhichNothingWasSentIsToldThatItIsLost() throws Exception {
        try (RawClient client = answered()) {
            primary.takeBackTheLastAnswer(FakePrimary.Sent.NOTHING);
            die(1, 0);
            assertThat(client.read().body()).contains("problem:worker-stopped");
            assertThat(client.isClosed()).isTrue();
        }
    }

    /** Where each answer ends, to the byte: the kernel's account is compared with it. */
    @Test
    void itIsNotedHowMuchIsSent() throws Exception {
        String large = "x".repeat(100_000);
        List<String> requests = List.of(
                "POST /tasks/copy HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\n\r\nx",
                "HEAD /tasks HTTP/1.1\r\nHost: t\r\n\r\n",
                "GET /nothing HTTP/1.1\r\nHost: t\r\n\r\n",
                "POST /tasks/copy HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
                "POST /tasks/copy HTTP/1.1\r\nHost: t\r\nContent-Length: 100000\r\n\r\n" + large,
                "POST /tasks/copy HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx");
        try (var client = new Socket("127.0.0.1", dead.running().taskPort())) {
            var received = new AtomicLong();
            for (String request : requests) {
                long before = received.get();
                client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                await().until(() -> {
                    received.addAndGet(client.getInputStream()
                            .readNBytes(client.getInputStream().available())
                            .length);
                    return received.get() > before && received.get() == primary.answerEnd();
                });
            }
        }
    }

    @Test
    void aConnectionWhoseAnswerWasSentInPartIsClosed() throws Exception {
        try (RawClient client = answered()) {
            primary.takeBackTheLastAnswer(FakePrimary.Sent.PART);
            die(1, 0);
            awaitClosed();
        }
    }

    /** What comes of the refused body would be taken for the next request. */
    @Test
    void aConnectionWhoseRequestWasRefusedBeforeItsEndIsClosed() throws Exception {
        try (RawClient client = dead.connect()) {
            client.send("POST /tasks/unknown HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\n\r\nha");
            assertThat(client.read().status()).isEqualTo(404);
            die(1, 0);
            awaitClosed();
        }
    }

    @Test
    void ofALastAnswerOfWhichNothingWasSentIsToldToo() throws Exception {
        try (RawClient client = answered()) {
            primary.takeBackTheLastAnswer(FakePrimary.Sent.NOTHING);
            primary.makeItTheLast();
            die(1, 0);
            assertThat(client.read().body()).contains("problem:worker-stopped");
        }
    }

    /** What is closed is forgotten; the dead worker, which is in this process, keeps it open nevertheless. */
    private void awaitClosed() throws Exception {
        await().until(() -> primary.hasForgotten(1));
        assertThat(next.get("/metrics").body())
                .contains("workerpool_connections_inherited_total{request=\"answering\"} 1.0");
    }

    private RawClient answered() throws Exception {
        RawClient client = dead.connect();
        assertThat(client.post("/tasks/copy", "one").read().body()).isEqualTo("one");
        return client;
    }

    @Test
    void whatWaitedIsDoneAndWhatExecutedIsToldOf() throws Exception {
        try (RawClient executing = gate.occupy(dead);
                RawClient waiting = waiting("late")) {
            die(2, 0);

            assertThat(waiting.read().body()).isEqualTo("late");
            RawClient.Answer told = executing.read();
            assertThat(told.status()).isEqualTo(500);
            assertThat(told.body())
                    .contains("problem:worker-stopped", "Worker stopped with exit code 137", "\"exitCode\":137");
            assertThat(executing.isClosed()).isTrue();
        }
    }

    /** Nothing is begun with by having been read and looked at. */
    @Test
    void aQuestionThatWaitsForItsAnswerIsAskedAgain() throws Exception {
        String run = later("/tasks/gate", "").header("Location");
        String poll = "GET " + run + " HTTP/1.1\r\nHost: t\r\nPrefer: wait=20\r\n\r\n";
        try (RawClient client = dead.connect().send(poll)) {
            primary.awaitRead(poll.length());
            die(1, 0);
            RawClient.Answer gone = client.read();
            assertThat(gone.status()).isEqualTo(410);
            assertThat(gone.body()).contains("problem:run-expired");
        }
    }

    @Test
    void aRunThatCanBeAskedForIsBegunAlsoWhileItWaits() throws Exception {
        try (RawClient executing = gate.occupy(dead);
                RawClient keyed = dead.connect()) {
            keyed.send("POST /tasks/copy HTTP/1.1\r\nHost: t\r\nIdempotency-Key: \"k\"\r\nContent-Length: 1\r\n\r\nx");
            await().until(() -> dead.get("/metrics").body().contains("workerpool_queued 1.0"));
            die(2, 0);
            assertThat(keyed.read().body()).contains("problem:worker-stopped");
            assertThat(executing.read().status()).isEqualTo(500);
        }
    }

    private RawClient.Answer later(String path, String body) throws Exception {
        try (RawClient client = dead.connect()) {
            return client.send("POST " + path + " HTTP/1.1\r\nHost: t\r\nPrefer: respond-async\r\nContent-Length: "
                            + body.length() + "\r\n\r\n" + body)
                    .read();
        } finally {
            primary.awaitKept(0);
        }
    }

    @Test
    void halfARequestIsReadToItsEnd() throws Exception {
        try (RawClient client = dead.connect()) {
            String half = "POST /tasks/copy HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\n\r\nha";
            client.send(half);
            primary.awaitRead(half.length());
            die(1, 0);
            assertThat(client.send("lf").read().body()).isEqualTo("half");
        }
    }

    @Test
    void whatWaitedAndIsNotAllThereIsRefusedAsNotBegun() throws Exception {
        try (RawClient executing = gate.occupy(dead);
                RawClient waiting = waiting("x".repeat(20_000))) {
            die(2, 0);
            RawClient.Answer refused = waiting.read();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            assertThat(refused.body()).contains("problem:worker-died", "exit code 137");
            assertThat(waiting.isClosed()).isTrue();
        }
    }

    @Test
    void whatWasReadAndNotAccountedForIsRefusedAsNotBegun() throws Exception {
        try (RawClient client = dead.connect()) {
            assertThat(client.post("/tasks/copy", "one").read().body()).isEqualTo("one");
            die(1, 17);
            assertThat(client.read().body()).contains("problem:worker-died");
        }
    }

    @Test
    void aClientThatSendsAheadOfTheAnswerIsNotKept() throws Exception {
        try (RawClient client = dead.connect()) {
            client.send("GET /tasks HTTP/1.1\r\nHost: t\r\n\r\nGET /tasks HTTP/1.1\r\nHost: t\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(200);
            primary.awaitKept(0);
        }
    }

    @Test
    void aConnectionIsKeptAgainAfterAStream() throws Exception {
        String streamed =
                "POST /tasks/copy HTTP/1.1\r\nHost: t\r\nAccept: text/event-stream\r\nContent-Length: 1\r\n\r\nx";
        String refused = "POST /tasks/unknown HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\n\r\nx";
        try (RawClient client = dead.connect()) {
            assertThat(client.send(streamed).read().body()).contains("event: result");
            assertThat(client.send(refused).read().status()).isEqualTo(404);
            primary.awaitRead(streamed.length() + refused.length());
            die(1, 0);
            assertThat(client.post("/tasks/copy", "two").read().body()).isEqualTo("two");
        }
    }

    @Test
    void aConnectionIsNotKeptAgainAfterAStreamThatItsClientDidNotWaitFor() throws Exception {
        String head = " HTTP/1.1\r\nHost: t\r\nAccept: text/event-stream\r\nContent-Length: 1\r\n\r\nx";
        try (RawClient client = dead.connect()) {
            client.send("POST /tasks/gate" + head).readHead();
            assertThat(client.chunk()).startsWith("event: run\n");
            client.post("/tasks/copy", "ahead");
            awaitReadByAllLoops();
            gate.open();
            while (client.chunk() != null) {
                // To its end.
            }
            assertThat(client.read().body()).isEqualTo("ahead");
            assertThat(client.post("/tasks/copy", "behind").read().body()).isEqualTo("behind");
            primary.awaitKept(0);
        }
    }

    /** What was sent before has been read: connections go to the loops in turn, and a loop reads what came first first. */
    private void awaitReadByAllLoops() throws Exception {
        for (int i = 0; i < dead.running().loops().loops().size(); i++) {
            try (RawClient client = dead.connect()) {
                client.get("/tasks").read();
            }
        }
    }

    @Test
    void aConnectionThatWasResetMeanwhileIsForgotten() throws Exception {
        RawClient idle = dead.connect();
        idle.get("/tasks").read();
        RawClient executing = gate.occupy(dead);
        primary.awaitKept(2);
        freeze();
        idle.reset();
        executing.reset();
        die(2, 0);

        await().until(() -> primary.hasForgotten(2));
    }

    @Test
    void aConnectionThatIsClosedIsForgotten() throws Exception {
        try (RawClient client = dead.connect()) {
            client.get("/tasks").read();
            primary.awaitKept(1);
        }
        primary.awaitKept(0);
    }
}
