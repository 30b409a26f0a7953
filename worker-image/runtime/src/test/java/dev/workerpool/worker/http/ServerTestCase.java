package dev.workerpool.worker.http;

import static org.assertj.core.api.Assertions.assertThat;
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
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;

/** A server whose requests the test answers, one at a time; it ends with the test, and owes no memory then. */
abstract class ServerTestCase {
    static final Duration LONG = Duration.ofMinutes(1);
    static final Duration SHORT = Duration.ofMillis(50);
    static final HttpLimits LIMITS = new HttpLimits(1000, 100, LONG, LONG, LONG);

    private static final Response LARGE = Response.text(200, "text/plain", "x".repeat(20_000_000));
    private static final Response SMALL = Response.text(200, "text/plain", "x".repeat(ResponseEncoder.SMALL));

    final EventLoops loops = new EventLoops(1);
    final BlockingQueue<Held> held = new LinkedBlockingQueue<>();
    final AtomicInteger abandoned = new AtomicInteger();

    /** Thrown by the next answer that is to bear the server's name. */
    final AtomicReference<Error> failure = new AtomicReference<>();

    final BodyBudget budget = new BodyBudget(10_000_000);
    HttpServer server;

    /** A request whose answer the test gives. */
    record Held(Request request, String body, Exchange exchange) {
        void answer(String text) {
            exchange.respond(Response.text(200, "text/plain", text));
        }
    }

    /**
     * {@code /hold} waits for the test, {@code /refused} is refused by its head, {@code /fails} fails, {@code /large} and
     * {@code /small} answer with as much, all else is echoed.
     */
    final class TestRoutes implements Routes {
        @Override
        public Response refuse(Request request) {
            return request.path().equals("/refused") ? Problem.NOT_FOUND.because("not here") : null;
        }

        @Override
        public Response identified(Response response) {
            Error thrown = failure.getAndSet(null);
            if (thrown != null) {
                throw thrown;
            }
            return response.with("Workerpool-Replica", "replica-1");
        }

        @Override
        public void handle(Request request, ByteBuffer body, Exchange exchange) {
            String text = StandardCharsets.ISO_8859_1.decode(body).toString();
            if (request.path().equals("/hold")) {
                exchange.onAbandoned(abandoned::incrementAndGet);
                held.add(new Held(request, text, exchange));
            } else if (request.path().equals("/fails")) {
                throw new IllegalStateException("a fault");
            } else if (request.path().equals("/large")) {
                exchange.respond(LARGE);
            } else if (request.path().equals("/small")) {
                exchange.respond(SMALL);
            } else {
                exchange.respond(Response.text(200, "text/plain", request.method() + " " + text));
            }
        }
    }

    RawClient connect() throws IOException {
        return connect(LIMITS);
    }

    RawClient connect(HttpLimits limits) throws IOException {
        if (server == null) {
            server =
                    new HttpServer(Port.of(0), Tls.NONE, new TestRoutes(), limits, budget, KeptConnections.NONE, loops);
            server.start();
        }
        return new RawClient(server.port());
    }

    Held held() throws InterruptedException {
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
}
