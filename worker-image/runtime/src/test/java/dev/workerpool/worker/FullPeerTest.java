package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.control.OperatorKey;
import dev.workerpool.worker.http.RawClient;
import dev.workerpool.worker.http.RawClient.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica all of whose memory for bodies is taken: whoever passes it a request has the body still, and may do it. */
class FullPeerTest {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    /** Of which memory for bodies, a third of the heap, takes two and no third one. */
    private static final int LARGE = 12_000_000;

    @TempDir
    Path folder;

    private final OperatorKey operator = new OperatorKey();
    private final List<RawClient> clients = new ArrayList<>();
    private WorkerProcess worker;

    @BeforeEach
    void fill() throws Exception {
        TaskJars.jar().task("Echo", "Content", "Content", "return input;").writeTo(folder.resolve("tasks.jar"));
        worker = new WorkerProcess(folder)
                .with("WORKERPOOL_NAMESPACE", "shop")
                .with("WORKERPOOL_POD_UID", "0a1b")
                .with("WORKERPOOL_CONTROL_KEY", operator.encoded())
                .start();
        String peers = "{\"generation\":1,\"peers\":{\"version\":1,\"token\":\"" + TOKEN + "\",\"replicas\":[]}}";
        try (var client = worker.manage()) {
            String head =
                    "PUT /settings HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nAuthorization: Bearer "
                            + operator.sign("shop/replica-1/0a1b", peers, Instant.now());
            assertThat(client.send(head + "\r\nContent-Length: " + peers.length() + "\r\n\r\n" + peers)
                            .read()
                            .status())
                    .isEqualTo(200);
        }
        // They wait for one byte each.
        for (int i = 0; i < 2; i++) {
            var client = worker.connect();
            clients.add(client);
            client.send(head("", LARGE + 1) + "x".repeat(LARGE));
        }
        await().until(() -> answer("").status() == 503);
    }

    @AfterEach
    void end() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        worker.close();
    }

    private static String head(String headers, int size) {
        return "POST /tasks/echo HTTP/1.1\r\nHost: t\r\n" + headers + "Content-Length: " + size + "\r\n\r\n";
    }

    private Answer answer(String headers) throws IOException {
        try (var client = worker.connect()) {
            return client.send(head(headers, LARGE) + "x".repeat(LARGE)).read();
        }
    }

    @Test
    void declinesWhatAPeerPasses() throws Exception {
        Answer passed = answer("workerpool-peer: " + TOKEN + "\r\n");

        assertThat(passed.status()).isEqualTo(503);
        assertThat(passed.header("Workerpool-Declined")).isEqualTo("buffer-full");
        assertThat(passed.header("Workerpool-Load")).isNotNull();
        assertThat(passed.header("Workerpool-Replica")).isEqualTo("replica-1");
    }

    /** Whoever passed it must not do it: its run may be here. */
    @Test
    void refusesWhatAPeerPassesUnderAKey() throws Exception {
        Answer keyed = answer("workerpool-peer: " + TOKEN + "\r\nIdempotency-Key: \"k\"\r\n");

        assertThat(keyed.status()).isEqualTo(503);
        assertThat(keyed.header("Workerpool-Declined")).isNull();
    }

    @Test
    void refusesWhatAClientSendsAndCountsOnlyThat() throws Exception {
        double before = refusals();

        assertThat(answer("").header("Workerpool-Declined")).isNull();
        answer("workerpool-peer: " + TOKEN + "\r\n");
        assertThat(refusals()).isEqualTo(before + 1);
    }

    private double refusals() throws IOException {
        return worker.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("workerpool_rejected_total{reason=\"buffer-full\"} "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .sum();
    }
}
