package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.worker.http.RawClient;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a worker had passed to a peer when it died is not lost with it: the next one waits for the peer's answer. */
class KeptPassesTest extends KeptFixture {
    private static final String HEAD = "HTTP/1.1 200 OK\r\nWorkerpool-Replica: peer\r\n";

    private final CompletableFuture<Socket> passed = new CompletableFuture<>();
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private FakePeer peer;
    private RawClient executing;
    private RawClient client;

    @BeforeEach
    void passARequest() throws Exception {
        peer = new FakePeer("peer", (socket, head) -> {
            assertThat(head).startsWith("POST /tasks/copy ");
            assertThat(new String(socket.getInputStream().readNBytes(4))).isEqualTo("mine");
            passed.complete(socket);
            over.get();
        });
        var section = new JsonMapper()
                .readTree("{\"version\":1,\"token\":\"" + PeerFixture.TOKEN
                        + "\",\"replicas\":[{\"replica\":\"peer\",\"address\":\"127.0.0.1:" + peer.port() + "\"}]}");
        dead.running()
                .peers()
                .read(section, (field, rule) -> {
                    throw new AssertionError(field + " " + rule);
                })
                .run();
        await().until(() -> dead.get("/metrics").body().contains("workerpool_peers_heard 1.0"));
        executing = gate.occupy(dead);
        client = dead.connect().post("/tasks/copy", "mine");
        primary.awaitPassed(1);
    }

    @AfterEach
    void forget() throws Exception {
        over.complete(null);
        executing.close();
        client.close();
        peer.close();
    }

    /** The peer says that, and closes. */
    private void answer(String text) throws Exception {
        write(text);
        over.complete(null);
    }

    private void write(String text) throws Exception {
        OutputStream out = passed.get(20, TimeUnit.SECONDS).getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private void assertThatNextHas(String... metrics) throws Exception {
        assertThat(next.get("/metrics").body().lines()).contains(metrics);
        assertThat(peer.passed()).hasSize(1);
    }

    @Test
    void thePeersAnswerIsTheClients() throws Exception {
        die(3, 0);
        answer(HEAD + "Content-Length: 5\r\n\r\nyours");

        RawClient.Answer answer = client.read();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("yours");
        assertThat(executing.read().status()).isEqualTo(500);
        assertThatNextHas(
                "workerpool_connections_inherited_total{request=\"passed\"} 1.0",
                "workerpool_passes_total{outcome=\"answered\",reason=\"inherited\"} 1.0");
    }

    @Test
    void theConnectionGoesOnBehindIt() throws Exception {
        die(3, 0);
        answer(HEAD + "Content-Length: 5\r\n\r\nyours");
        client.read();

        assertThat(client.post("/tasks/copy", "another").read().body()).isEqualTo("another");
    }

    @Test
    void whatThePeerDeclinesIsDoneHere() throws Exception {
        die(3, 0);
        answer("HTTP/1.1 503 Service Unavailable\r\nWorkerpool-Replica: peer\r\nWorkerpool-Declined: busy\r\n"
                + "Content-Length: 0\r\n\r\n");

        assertThat(client.read().body()).isEqualTo("mine");
        assertThatNextHas("workerpool_passes_total{outcome=\"declined\",reason=\"inherited\"} 1.0");
    }

    @Test
    void thatThePeerIsLostTooIsTold() throws Exception {
        die(3, 0);
        answer("");

        RawClient.Answer answer = client.read();
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.body()).contains("problem:replica-lost", "\"replica\":\"peer\"");
        assertThatNextHas("workerpool_passes_total{outcome=\"lost\",reason=\"inherited\"} 1.0");
    }

    @Test
    void thatThePeerWasLostBeforeThereWasANextWorkerIsTold() throws Exception {
        primary.awaitKept(3);
        freeze();
        Socket socket = passed.get(20, TimeUnit.SECONDS);
        socket.setSoLinger(true, 0);
        socket.close();
        die(3, 0);

        RawClient.Answer answer = client.read();
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.body()).contains("problem:replica-lost", "\"replica\":\"peer\"");
        assertThatNextHas("workerpool_passes_total{outcome=\"lost\",reason=\"inherited\"} 1.0");
    }

    @Test
    void anAnswerThatWasReadInPartIsTheClientsToo() throws Exception {
        write(HEAD);
        primary.awaitReadOfAPass(HEAD.length());
        die(3, 0);
        answer("Content-Length: 5\r\n\r\nyours");

        RawClient.Answer answer = client.read();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("yours");
        assertThatNextHas("workerpool_passes_total{outcome=\"answered\",reason=\"inherited\"} 1.0");
    }

    @Test
    void itsConnectionIsGoneOnWithBehindIt() throws Exception {
        write(HEAD);
        primary.awaitReadOfAPass(HEAD.length());
        die(3, 0);
        answer("Content-Length: 5\r\n\r\nyours");
        client.read();

        assertThat(client.post("/tasks/copy", "another").read().body()).isEqualTo("another");
    }

    @Test
    void anAnswerThatWasReadAndNotAccountedForIsNotWaitedFor() throws Exception {
        die(3, 17);

        assertThat(client.read().body()).contains("problem:worker-stopped");
    }

    @Test
    void aClientThatGoesEndsTheRunAtThePeer() throws Exception {
        die(3, 0);
        client.close();

        await().untilAsserted(() ->
                assertThatNextHas("workerpool_passes_total{outcome=\"cancelled\",reason=\"inherited\"} 1.0"));
    }

    @Test
    void aClientThatWentBeforeThereWasANextWorkerEndsItToo() throws Exception {
        primary.awaitKept(3);
        freeze();
        client.close();
        die(3, 0);

        await().untilAsserted(() ->
                assertThatNextHas("workerpool_passes_total{outcome=\"cancelled\",reason=\"inherited\"} 1.0"));
    }
}
