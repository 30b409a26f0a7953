package dev.workerpool.worker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.io.EventLoops;
import dev.workerpool.worker.io.Port;
import dev.workerpool.worker.io.Tls;
import dev.workerpool.worker.kept.KeptConnections;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamedAnswerTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final EventLoops loops = new EventLoops(1);
    private final BodyBudget budget = new BodyBudget(1000);
    private final BlockingQueue<Streamed> streams = new LinkedBlockingQueue<>();
    private final AtomicInteger abandoned = new AtomicInteger();
    private HttpServer server;

    /** An answer whose parts the test gives. */
    private static final class Streamed implements StreamedBody {
        private final Exchange exchange;
        private final BlockingQueue<ByteBuffer> parts = new LinkedBlockingQueue<>();
        private final AtomicInteger asked = new AtomicInteger();

        Streamed(Exchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public ByteBuffer next() {
            asked.incrementAndGet();
            return parts.poll();
        }

        Streamed give(String text) {
            return give(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
        }

        Streamed give(ByteBuffer part) {
            parts.add(part);
            exchange.advance();
            return this;
        }
    }

    /** {@code /stream} streams what the test gives, {@code /endless} what never ends; everything else is a short answer. */
    private final class TestRoutes implements Routes {
        private final ByteBuffer block = ByteBuffer.wrap(new byte[64 * 1024]);

        @Override
        public Response refuse(Request request) {
            return null;
        }

        @Override
        public void handle(Request request, ByteBuffer body, Exchange exchange) {
            Response head = Response.streamed(200, "text/plain", "X-Header", "value");
            exchange.onAbandoned(abandoned::incrementAndGet);
            switch (request.path()) {
                case "/stream" -> {
                    var streamed = new Streamed(exchange);
                    exchange.stream(head, streamed);
                    streams.add(streamed);
                }
                case "/endless" -> exchange.stream(head, block::duplicate);
                case "/fails" ->
                    exchange.stream(head, () -> {
                        throw new IllegalStateException("expected by this test");
                    });
                default -> exchange.respond(Response.text(200, "text/plain", "short"));
            }
        }
    }

    @BeforeEach
    void start() throws Exception {
        start(LONG);
    }

    private void start(Duration patience) throws Exception {
        server = new HttpServer(
                Port.of(0),
                Tls.NONE,
                new TestRoutes(),
                new HttpLimits(1000, 100, LONG, LONG, patience),
                budget,
                KeptConnections.NONE,
                loops);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.close(Duration.ZERO);
        await().until(() -> server.connections() == 0);
        assertThat(budget.used()).as("memory still charged").isZero();
        loops.close();
    }

    private RawClient connect() throws IOException {
        return new RawClient(server.port());
    }

    private Streamed streamed() throws InterruptedException {
        Streamed next = streams.poll(20, TimeUnit.SECONDS);
        assertThat(next).as("an answer that is streamed").isNotNull();
        return next;
    }

    @Test
    void sendsPartsAsTheyAreMadeAndKeepsTheConnection() throws Exception {
        try (var client = connect()) {
            client.post("/stream", "body");
            var head = client.readHead();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("transfer-encoding")).isEqualTo("chunked");
            assertThat(head.header("content-length")).isNull();
            assertThat(head.header("x-header")).isEqualTo("value");

            Streamed streamed = streamed().give("first");
            assertThat(client.chunk()).isEqualTo("first");
            streamed.give("second");
            assertThat(client.chunk()).isEqualTo("second");
            streamed.give(StreamedBody.END);
            assertThat(client.chunk()).isNull();
            assertThat(client.get("/").read().body()).isEqualTo("short");
        }
        assertThat(abandoned).hasValue(0);
    }

    @Test
    void sendsLargePartsInSlices() throws Exception {
        try (var client = connect()) {
            client.get("/stream");
            streamed()
                    .give("x".repeat(1_000_000))
                    .give("")
                    .give("y".repeat(9_000))
                    .give(StreamedBody.END);

            assertThat(client.read().body()).isEqualTo("x".repeat(1_000_000) + "y".repeat(9_000));
        }
    }

    @Test
    void answersWhatWasPipelinedOnceTheStreamHasEnded() throws Exception {
        try (var client = connect()) {
            client.get("/stream").get("/");
            streamed().give("first").give(StreamedBody.END);

            assertThat(client.read().body()).isEqualTo("first");
            assertThat(client.read().body()).isEqualTo("short");
        }
    }

    @Test
    void endsWithTheConnectionForHttp10() throws Exception {
        try (var client = connect()) {
            client.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            streamed().give("first").give("second").give(StreamedBody.END);
            var head = client.readHead();

            assertThat(head.header("transfer-encoding")).isNull();
            assertThat(head.header("connection")).isEqualTo("close");
            assertThat(client.untilClosed()).isEqualTo("firstsecond");
        }
    }

    @Test
    void sendsOnlyTheHeadToHead() throws Exception {
        try (var client = connect()) {
            client.send("HEAD /stream HTTP/1.1\r\nHost: t\r\n\r\n");

            assertThat(client.readHead().status()).isEqualTo(200);
            assertThat(client.get("/").read().body()).isEqualTo("short");
        }
    }

    @Test
    void cutsTheConnectionWhenTheBodyBreaksOff() throws Exception {
        try (var client = connect()) {
            client.get("/stream").readHead();
            streamed().give("first").give(StreamedBody.BROKEN);

            assertThat(client.chunk()).isEqualTo("first");
            assertThatThrownBy(client::chunk).isInstanceOf(IOException.class);
        }
        await().untilAsserted(() -> assertThat(abandoned).hasValue(1));
    }

    @Test
    void cutsTheConnectionWhenTheBodyCannotBeMade() throws Exception {
        try (var client = connect()) {
            client.get("/fails").readHead();

            assertThat(client.isClosed()).isTrue();
        }
        try (var client = connect()) {
            assertThat(client.get("/").read().body()).isEqualTo("short");
        }
    }

    @Test
    void tellsWhenAClientGoesInTheMiddle() throws Exception {
        try (var client = connect()) {
            client.get("/stream").readHead();
            streamed().give("first");
            client.chunk();
        }
        await().untilAsserted(() -> assertThat(abandoned).hasValue(1));
    }

    @Test
    void doesNotAskForMoreThanASlowClientTakesAndServesOthers() throws Exception {
        try (var slow = connect();
                var other = connect()) {
            slow.get("/stream").readHead();
            Streamed streamed = streamed();
            for (int i = 0; i < 1000; i++) {
                streamed.give("x".repeat(64 * 1024));
            }
            assertThat(other.get("/").read().body()).isEqualTo("short");
            assertThat(streamed.parts).as("parts not asked for").isNotEmpty();
        }
    }

    @Test
    void servesOthersBesideAStreamThatNeverEnds() throws Exception {
        try (var greedy = connect();
                var other = connect()) {
            greedy.get("/endless").readHead();
            for (int i = 0; i < 100; i++) {
                greedy.chunk();
            }
            assertThat(other.get("/").read().body()).isEqualTo("short");
        }
    }

    @Test
    void closesAClientThatTakesNothing() throws Exception {
        server.close(Duration.ZERO);
        start(SHORT);
        try (var client = connect()) {
            client.get("/endless").readHead();

            await().until(() -> server.connections() == 0);
        }
    }

    @Test
    void keepsAClientThatHasNothingToTake() throws Exception {
        server.close(Duration.ZERO);
        start(SHORT);
        try (var client = connect()) {
            client.get("/stream").readHead();
            Streamed streamed = streamed();
            // Several sweeps, in which a client that owes something would be closed.
            try (var owing = connect()) {
                owing.get("/endless").readHead();
                await().until(() -> server.connections() == 1);
            }
            streamed.give("still here").give(StreamedBody.END);
            assertThat(client.chunk()).isEqualTo("still here");
        }
    }
}
