package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.control.OperatorKey;
import dev.workerpool.worker.http.RawClient;
import dev.workerpool.worker.http.RawClient.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica all of whose memory for bodies is taken: whoever passes it a request has the body still, and may do it. */
class FullPeerTest {
    private static final String CLIENT = "";
    private static final String PEER = "workerpool-peer: " + PeerFixture.TOKEN + "\r\n";

    /** Of which memory for bodies, a third of the heap, takes two and no third one. */
    private static final int LARGE = 12_000_000;

    @TempDir
    Path folder;

    private final OperatorKey operator = new OperatorKey();
    private final List<RawClient> clients = new ArrayList<>();
    private WorkerProcess worker;

    @BeforeEach
    void fill() throws Exception {
        TaskJars.jar()
                .task("Hold", "Content", "Void", "Thread.sleep(60_000); return null;")
                .writeTo(folder.resolve("tasks.jar"));
        worker = new WorkerProcess(folder)
                .with("WORKERPOOL_NAMESPACE", "shop")
                .with("WORKERPOOL_POD_UID", "0a1b")
                .with("WORKERPOOL_CONTROL_KEY", operator.encoded())
                .start();
        String peers =
                "{\"generation\":1,\"peers\":{\"version\":1,\"token\":\"" + PeerFixture.TOKEN + "\",\"replicas\":[]}}";
        try (var client = worker.manage()) {
            String head =
                    "PUT /settings HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nAuthorization: Bearer "
                            + operator.sign("shop/replica-1/0a1b", peers, Instant.now());
            assertThat(client.send(head + "\r\nContent-Length: " + peers.length() + "\r\n\r\n" + peers)
                            .read()
                            .status())
                    .isEqualTo(200);
        }
        // A body counts until its request is answered.
        for (int i = 0; i < 2; i++) {
            var client = worker.connect();
            clients.add(client);
            client.send(head(CLIENT, "Content-Length: " + LARGE) + "x".repeat(LARGE));
        }
        await().atMost(Duration.ofMinutes(1)).until(() -> metric("workerpool_active") == 2);
    }

    @AfterEach
    void end() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        if (worker != null) {
            worker.close();
        }
    }

    private static String head(String from, String length) {
        return "POST /tasks/hold HTTP/1.1\r\nHost: t\r\n" + from + length + "\r\n\r\n";
    }

    private Answer answer(String request) throws IOException {
        try (var client = worker.connect()) {
            return client.send(request).read();
        }
    }

    private double metric(String name) throws IOException {
        try (var client = worker.manage()) {
            return client.metric(name);
        }
    }

    private double refusals() throws IOException {
        return metric("workerpool_rejected_total{reason=\"buffer-full\"}");
    }

    private static void isDeclined(Answer answer) {
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).contains("urn:workerpool:problem:buffer-full");
        assertThat(answer.header("Workerpool-Declined")).isEqualTo("buffer-full");
        assertThat(answer.header("Workerpool-Load")).isNotNull();
        assertThat(answer.header("Workerpool-Replica")).isEqualTo("replica-1");
    }

    private static void isRefused(Answer answer) {
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).contains("urn:workerpool:problem:buffer-full");
        assertThat(answer.header("Workerpool-Declined")).isNull();
    }

    @Test
    void declinesWhatAPeerPassesBeforeItIsSent() throws Exception {
        isDeclined(answer(head(PEER, "Content-Length: " + LARGE)));
        assertThat(refusals()).isZero();
    }

    /** How long it is to be is told by nobody. */
    @Test
    void declinesWhatAPeerPassesWhenThereIsNoRoomForMoreOfIt() throws Exception {
        String chunk = Integer.toHexString(LARGE) + "\r\n" + "x".repeat(LARGE) + "\r\n0\r\n\r\n";

        isDeclined(answer(head(PEER, "Transfer-Encoding: chunked") + chunk));
        assertThat(refusals()).isZero();
    }

    @Test
    void declinesARunThatAPeerHandsOver() throws Exception {
        isDeclined(answer("POST /peers/runs/a-1-1 HTTP/1.1\r\nHost: t\r\n" + PEER + "Content-Length: " + LARGE
                + "\r\n\r\n" + "x".repeat(LARGE)));
    }

    /** Whoever passed it must not do it: its run may be here. */
    @Test
    void refusesWhatAPeerPassesUnderAKey() throws Exception {
        isRefused(answer(head(PEER + "Idempotency-Key: \"k\"\r\n", "Content-Length: " + LARGE) + "x".repeat(LARGE)));
    }

    @Test
    void refusesWhatAClientSends() throws Exception {
        isRefused(answer(head(CLIENT, "Content-Length: " + LARGE) + "x".repeat(LARGE)));
        assertThat(refusals()).isEqualTo(1);
    }
}
