package dev.workerpool.worker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are not whole, from clients of which there are many. */
class HalfRequestsTest extends ServerTestCase {
    private static final HttpLimits MANY = new HttpLimits(1_000_000, 5000, LONG, LONG, LONG);

    /** So many times 15,000 bytes are more than may wait. */
    private static final int TOO_MANY = 1300;

    private final List<RawClient> clients = new ArrayList<>();

    @AfterEach
    void leave() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\r\nContent-Length: 5\r\n\r\nhal"})
    void areRefusedWhereTheirHeadsTakeTooMuchAndWholeOnesAreServed(String rest) throws Exception {
        String half = "POST / HTTP/1.1\r\nHost: t\r\nX: " + "x".repeat(15_000) + rest;
        for (int i = 0; i < TOO_MANY; i++) {
            client().send(half);
        }

        var refused = clients.getLast().read();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.body()).contains("buffer-full");
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(client().post("/", "whole").read().body()).isEqualTo("POST whole");
        assertThat(client().send("GET / HTTP/1.1\r\nHo")
                        .send("st: t\r\n\r\n")
                        .read()
                        .status())
                .as("a small head may come in parts")
                .isEqualTo(200);

        String remainder = rest.isEmpty() ? "\r\nContent-Length: 5\r\n\r\nhalf!" : "f!";
        assertThat(clients.getFirst().send(remainder).read().body()).isEqualTo("POST half!");
        leave();
        await().until(() -> server.connections() == 0);
        assertThat(client().send(half).send(remainder).read().body())
                .as("what has gone counts no longer")
                .isEqualTo("POST half!");
    }

    /** Behind a request that takes long, where nobody can be told of it. */
    @Test
    void areReadNoFurtherBehindAnAnswerWhereMuchWaits() throws Exception {
        String half = "GET / HTTP/1.1\r\nHost: t\r\nX: " + "x".repeat(8_000);
        for (int i = 0; i < TOO_MANY; i++) {
            client().post("/hold", "" + i).send(half);
        }
        List<Held> requests = new ArrayList<>();
        while (requests.size() < TOO_MANY) {
            requests.add(held());
        }
        assertThat(client().send("GET / HTTP/1.1\r\nHost: t\r\nX: " + "x".repeat(9_000))
                        .read()
                        .status())
                .as("much waits, also what is not answered yet")
                .isEqualTo(503);
        assertThat(client().post("/", "whole").read().body()).isEqualTo("POST whole");

        requests.forEach(request -> request.answer("held"));
        for (RawClient client : clients.subList(0, TOO_MANY)) {
            assertThat(client.read().body()).isEqualTo("held");
        }
    }

    /** The buffers that large bodies were read into: 64 KiB each. */
    @Test
    void keepNoLargeBuffer() throws Exception {
        String large = "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 200000\r\n\r\n" + "x".repeat(200_000);
        client().send(large).read();
        long before = memory();
        for (int i = 0; i < 400; i++) {
            assertThat(client().send(large + "G").read().status()).isEqualTo(200);
        }
        assertThat(memory() - before).isLessThan(8 << 20);
        assertThat(clients.getLast()
                        .send("ET / HTTP/1.1\r\nHost: t\r\n\r\n")
                        .read()
                        .body())
                .isEqualTo("GET ");
    }

    private RawClient client() throws IOException {
        clients.add(connect(MANY));
        return clients.getLast();
    }

    private static long memory() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }
}
