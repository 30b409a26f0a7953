package dev.workerpool.worker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.io.Port;
import dev.workerpool.worker.io.Tls;
import dev.workerpool.worker.kept.KeptConnections;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpServerTest extends ServerTestCase {
    @Test
    void answersAndKeepsTheConnection() throws Exception {
        try (var client = connect()) {
            for (int i = 0; i < 3; i++) {
                var answer = client.post("/", "hello").read();

                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("POST hello");
                assertThat(answer.header("content-type")).isEqualTo("text/plain");
                assertThat(answer.header("date")).endsWith("GMT");
                assertThat(answer.header("connection")).isNull();
            }
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        try (var client = connect()) {
            client.send("POST /hold HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\n\r\na"
                    + "POST /hold HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\n\r\nb"
                    + "GET /c HTTP/1.1\r\nHost: t\r\n\r\n".repeat(200));
            Held first = held();
            assertThat(held).as("requests handled before their turn").isEmpty();
            first.answer("first");
            held().answer("second");

            assertThat(client.read().body()).isEqualTo("first");
            assertThat(client.read().body()).isEqualTo("second");
            for (int i = 0; i < 200; i++) {
                assertThat(client.read().body()).isEqualTo("GET ");
            }
        }
    }

    @Test
    void takesChunkedBodies() throws Exception {
        try (var client = connect()) {
            client.send(
                    "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");

            assertThat(client.read().body()).isEqualTo("POST abcde");
        }
    }

    @Test
    void answersHeadWithoutABody() throws Exception {
        try (var client = connect()) {
            var answer = client.send("HEAD / HTTP/1.1\r\nHost: t\r\n\r\n").read(false);

            assertThat(answer.header("content-length")).isEqualTo("5");
            assertThat(client.get("/").read().body()).isEqualTo("GET ");
        }
    }

    @Test
    void asksForTheBodyWhenTheClientWaitsForThat() throws Exception {
        try (var client = connect()) {
            client.send("POST / HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(100);

            assertThat(client.send("hello").read().body()).isEqualTo("POST hello");
        }
    }

    @Test
    void refusesWithoutAskingForTheBody() throws Exception {
        try (var client = connect()) {
            var answer = client.send(
                            "POST / HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n")
                    .read();

            assertThat(answer.status()).isEqualTo(413);
            assertThat(client.isClosed()).isTrue();
        }
    }

    /** RFC 9110, sections 10.1.1 and 15.2: it knows neither. */
    @ParameterizedTest
    @ValueSource(strings = {"100-continue", "miracles"})
    void tellsAnHttp10ClientNothingBeforeTheAnswer(String expectation) throws Exception {
        try (var client = connect()) {
            client.send("POST / HTTP/1.0\r\nExpect: " + expectation + "\r\nContent-Length: 1\r\n\r\nx");

            assertThat(client.read().body()).isEqualTo("POST x");
        }
    }

    @Test
    void refusesExpectationsItDoesNotKnow() throws Exception {
        try (var client = connect()) {
            assertThat(client.send("POST / HTTP/1.1\r\nHost: t\r\nExpect: miracles\r\nContent-Length: 1\r\n\r\nx")
                            .read()
                            .status())
                    .isEqualTo(417);
        }
    }

    @Test
    void tellsWhenAClientGoesBeforeItsAnswer() throws Exception {
        Held request;
        try (var client = connect()) {
            client.post("/hold", "x");
            request = held();
        }
        await().untilAtomic(abandoned, org.hamcrest.Matchers.is(1));
        request.answer("too late"); // does nothing, and harms nobody
        try (var client = connect()) {
            assertThat(client.get("/").read().status()).isEqualTo(200);
        }
    }

    @Test
    void answersAlsoWhenAHandlerFails() throws Exception {
        try (var client = connect()) {
            client.post("/hold", "x").get("/fails").get("/");
            held().answer("first");

            assertThat(client.read().body()).isEqualTo("first");
            var failed = client.read();
            assertThat(failed.status()).isEqualTo(500);
            assertThat(failed.body()).contains("urn:workerpool:problem:internal-error");
            assertThat(client.read().body()).isEqualTo("GET ");
            assertThat(client.get("/fails").read().status()).isEqualTo(500);
        }
    }

    @Test
    void sendsLargeAnswersWithoutHoldingThemTwice() throws Exception {
        try (var client = connect()) {
            var answer = client.get("/large").read();

            assertThat(answer.body()).hasSize(20_000_000);
            assertThat(client.get("/").read().status()).isEqualTo(200);
        }
    }

    /** Bodies of both ways pass through memory that all connections share; none may see another's bytes. */
    @Test
    void keepsLargeBodiesApartThatAreUnderWayAtOnce() throws Exception {
        var limits = new HttpLimits(2_000_000, 100, LONG, LONG, LONG);
        int size = 1_000_000;
        try (var a = connect(limits);
                var b = connect(limits);
                var c = connect(limits)) {
            for (int round = 0; round < 4; round++) {
                List<RawClient> clients = List.of(a, b, c);
                for (RawClient client : clients) {
                    client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: " + size + "\r\n\r\n");
                }
                for (int sent = 0; sent < size; sent += size / 10) {
                    for (int i = 0; i < clients.size(); i++) {
                        clients.get(i).send(letter(round, i).repeat(size / 10));
                    }
                }
                for (int i = 0; i < clients.size(); i++) {
                    // Not with a diff: it would be a megabyte long.
                    assertThat(clients.get(i)
                                    .read()
                                    .body()
                                    .equals("POST " + letter(round, i).repeat(size)))
                            .as("client %s got its own bytes in round %s", i, round)
                            .isTrue();
                }
            }
        }
    }

    private static String letter(int round, int client) {
        return String.valueOf((char) ('a' + 3 * round + client));
    }

    @Test
    void speaksHttp10() throws Exception {
        try (var client = connect()) {
            var kept = client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                    .read();
            assertThat(kept.header("connection")).isEqualTo("keep-alive");
            var closed = client.send("GET / HTTP/1.0\r\n\r\n").read();
            assertThat(closed.header("connection")).isEqualTo("close");
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void asksClientsToLeaveWhenItDrains() throws Exception {
        try (var client = connect()) {
            assertThat(client.get("/").read().header("connection")).isNull();
            server.drain();
            assertThat(client.get("/").read().header("connection")).isEqualTo("close");
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void letsTheAnswersUnderWayOutBeforeItCloses() throws Exception {
        try (var client = connect();
                var idle = connect()) {
            client.post("/hold", "x");
            Held request = held();
            var closed = CompletableFuture.runAsync(() -> {
                try {
                    server.close(LONG);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(idle.isClosed()).isTrue();
            request.answer("in time");

            assertThat(client.read().body()).isEqualTo("in time");
            assertThat(client.isClosed()).isTrue();
            client.close();
            closed.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void waitsForClientsThatReadTheirAnswersAndForNobodyElse() throws Exception {
        try (var slow = connect();
                var half = connect()) {
            slow.get("/large");
            assertThat(slow.readHead().status()).isEqualTo(200);
            half.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Le");
            var closed = CompletableFuture.runAsync(() -> {
                try {
                    server.close(SHORT, LONG);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(half.isClosed()).isTrue();

            assertThat(slow.untilClosed()).hasSize(20_000_000);
            slow.close();
            closed.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void saysThatAPortIsTaken() throws Exception {
        try (var client = connect()) {
            var second = new HttpServer(
                    Port.of(server.port()), Tls.NONE, new TestRoutes(), LIMITS, budget, KeptConnections.NONE, loops);

            org.assertj.core.api.Assertions.assertThatThrownBy(second::start)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Port " + server.port());
        }
    }
}
