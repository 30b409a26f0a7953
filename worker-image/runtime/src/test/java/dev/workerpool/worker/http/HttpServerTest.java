package dev.workerpool.worker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.io.EventLoops;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpServerTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final HttpLimits LIMITS = new HttpLimits(1000, 100, LONG, LONG, LONG);

    private final EventLoops loops = new EventLoops(1);
    private final BlockingQueue<Held> held = new LinkedBlockingQueue<>();
    private final AtomicInteger abandoned = new AtomicInteger();
    private final BodyBudget budget = new BodyBudget(10_000_000);
    private HttpServer server;

    /** A request whose answer the test gives. */
    private record Held(Request request, String body, Exchange exchange) {
        void answer(String text) {
            exchange.respond(Response.text(200, "text/plain", text));
        }
    }

    /** {@code /hold} waits for the test, {@code /refused} is refused by its head, everything else is echoed. */
    private final class TestRoutes implements Routes {
        @Override
        public Response refuse(Request request) {
            return request.path().equals("/refused") ? Problem.NOT_FOUND.because("not here") : null;
        }

        @Override
        public void handle(Request request, ByteBuffer body, Exchange exchange) {
            String text = StandardCharsets.ISO_8859_1.decode(body).toString();
            if (request.path().equals("/hold")) {
                exchange.onAbandoned(abandoned::incrementAndGet);
                held.add(new Held(request, text, exchange));
            } else if (request.path().equals("/large")) {
                exchange.respond(Response.text(200, "text/plain", "x".repeat(20_000_000)));
            } else {
                exchange.respond(Response.text(200, "text/plain", request.method() + " " + text));
            }
        }
    }

    private RawClient connect() throws IOException {
        return connect(LIMITS);
    }

    private RawClient connect(HttpLimits limits) throws IOException {
        if (server == null) {
            server = new HttpServer(0, new TestRoutes(), limits, budget, loops);
            server.start();
        }
        return new RawClient(server.port());
    }

    private Held held() throws InterruptedException {
        Held next = held.poll(20, TimeUnit.SECONDS);
        assertThat(next).as("a request that reached its handler").isNotNull();
        return next;
    }

    @AfterEach
    void stop() throws Exception {
        server.close(Duration.ZERO);
        await().until(() -> server.connections() == 0);
        assertThat(budget.used()).as("memory still charged").isZero();
        loops.close();
    }

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
            client.send("POST /hold HTTP/1.1\r\nContent-Length: 1\r\n\r\na"
                    + "POST /hold HTTP/1.1\r\nContent-Length: 1\r\n\r\nb" + "GET /c HTTP/1.1\r\n\r\n".repeat(200));
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
            client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");

            assertThat(client.read().body()).isEqualTo("POST abcde");
        }
    }

    @Test
    void answersHeadWithoutABody() throws Exception {
        try (var client = connect()) {
            var answer = client.send("HEAD / HTTP/1.1\r\n\r\n").read(false);

            assertThat(answer.header("content-length")).isEqualTo("5");
            assertThat(client.get("/").read().body()).isEqualTo("GET ");
        }
    }

    @Test
    void asksForTheBodyWhenTheClientWaitsForThat() throws Exception {
        try (var client = connect()) {
            client.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(100);

            assertThat(client.send("hello").read().body()).isEqualTo("POST hello");
        }
    }

    @Test
    void refusesWithoutAskingForTheBody() throws Exception {
        try (var client = connect()) {
            var answer = client.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n")
                    .read();

            assertThat(answer.status()).isEqualTo(413);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void refusesExpectationsItDoesNotKnow() throws Exception {
        try (var client = connect()) {
            assertThat(client.send("POST / HTTP/1.1\r\nExpect: miracles\r\nContent-Length: 1\r\n\r\nx")
                            .read()
                            .status())
                    .isEqualTo(417);
        }
    }

    @Test
    void refusesABodyOverTheLimitByItsLengthAndSkipsIt() throws Exception {
        try (var client = connect()) {
            var answer = client.post("/", "x".repeat(1001)).read();

            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
            assertThat(answer.body())
                    .contains("urn:workerpool:problem:body-too-large")
                    .contains("1000 bytes");
            assertThat(client.post("/", "next").read().body()).isEqualTo("POST next");
        }
    }

    @Test
    void closesWhenARefusedBodyIsNotWorthSkipping() throws Exception {
        try (var client = connect()) {
            client.send("POST / HTTP/1.1\r\nContent-Length: 100000000\r\n\r\nabc");
            var answer = client.read();

            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void refusesAChunkedBodyOverTheLimitAsItComes() throws Exception {
        try (var client = connect()) {
            client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + ("100\r\n" + "x".repeat(256) + "\r\n").repeat(5));

            assertThat(client.read().status()).isEqualTo(413);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void refusesByTheHeadAndSkipsTheBody() throws Exception {
        try (var client = connect()) {
            assertThat(client.post("/refused", "body").read().status()).isEqualTo(404);
            assertThat(client.post("/", "next").read().body()).isEqualTo("POST next");
        }
    }

    @Test
    void refusesABodyThatTheBudgetHasNoRoomFor() throws Exception {
        budget.charge(10_000_000 - 100);
        try (var client = connect()) {
            var answer = client.post("/", "x".repeat(101)).read();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("retry-after")).isEqualTo("1");

            budget.release(10_000_000 - 100);
            assertThat(client.post("/", "x").read().status()).isEqualTo(200);
        }
    }

    @Test
    void refusesWhatIsNotHttp() throws Exception {
        try (var client = connect()) {
            var answer = client.send("\u0016\u0003\u0001 hello\r\n\r\n").read();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("malformed-request");
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void refusesTwoLengthsForOneBody() throws Exception {
        try (var client = connect()) {
            client.send("POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");

            assertThat(client.read().status()).isEqualTo(400);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void refusesAMalformedChunk() throws Exception {
        try (var client = connect()) {
            client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n");

            assertThat(client.read().status()).isEqualTo(400);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void refusesHeadersAndTargetsOverTheLimit() throws Exception {
        try (var client = connect()) {
            client.send("GET / HTTP/1.1\r\nX: " + "x".repeat(20_000) + "\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(431);
        }
        try (var client = connect()) {
            client.send("GET /" + "x".repeat(10_000) + " HTTP/1.1\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(414);
        }
    }

    @Test
    void closesAHalfRequestThatDoesNotGoOn() throws Exception {
        try (var client = connect(new HttpLimits(1000, 100, LONG, SHORT, LONG))) {
            client.send("POST / HTTP/1.1\r\nContent-Le");

            assertThat(client.read().status()).isEqualTo(408);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void closesABodyThatDripsTooSlowly() throws Exception {
        try (var client = connect(new HttpLimits(1000, 100, LONG, LONG, SHORT))) {
            client.send("POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc");

            assertThat(client.read().status()).isEqualTo(408);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void closesIdleConnections() throws Exception {
        try (var client = connect(new HttpLimits(1000, 100, SHORT, LONG, LONG))) {
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void closesTheConnectionIdleForLongestToMakeRoom() throws Exception {
        var limits = new HttpLimits(1000, 3, LONG, LONG, LONG);
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(connect(limits));
            clients.getLast().get("/").read();
        }
        clients.get(0).get("/").read(); // The second is now the one idle for longest.

        try (var newcomer = connect(limits)) {
            assertThat(newcomer.get("/").read().status()).isEqualTo(200);
            assertThat(clients.get(1).isClosed()).isTrue();
            assertThat(clients.get(0).get("/").read().status()).isEqualTo(200);
        }
        for (RawClient client : clients) {
            client.close();
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
    void sendsLargeAnswersWithoutHoldingThemTwice() throws Exception {
        try (var client = connect()) {
            var answer = client.get("/large").read();

            assertThat(answer.body()).hasSize(20_000_000);
            assertThat(client.get("/").read().status()).isEqualTo(200);
        }
    }

    @Test
    void closesAClientThatDoesNotReadItsAnswer() throws Exception {
        try (var client = connect(new HttpLimits(1000, 100, LONG, LONG, SHORT))) {
            client.get("/large");

            await().until(() -> server.connections() == 0);
        }
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
    void saysThatAPortIsTaken() throws Exception {
        try (var client = connect()) {
            var second = new HttpServer(server.port(), new TestRoutes(), LIMITS, budget, loops);

            org.assertj.core.api.Assertions.assertThatThrownBy(second::start)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Port " + server.port());
        }
    }
}
