package dev.workerpool.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.workerpool.bench.load.OpenLoop.Call;
import dev.workerpool.bench.process.Server;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpenLoopTest {
    private final AtomicInteger answered = new AtomicInteger();
    private final CountDownLatch lastCameIn = new CountDownLatch(1);
    private HttpServer http;

    @BeforeEach
    void listen() throws Exception {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.start();
    }

    @AfterEach
    void close() {
        http.stop(0);
    }

    private void answer(String path, int status, Runnable before) {
        http.createContext(path, exchange -> {
            exchange.getRequestBody().readAllBytes();
            before.run();
            answered.incrementAndGet();
            byte[] body = "{}".getBytes();
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    @Test
    void sendsEveryArrivalOnceAndTellsGoodFromRefused() throws Exception {
        answer("/good", 200, () -> {});
        answer("/refused", 503, () -> {});

        var outcome = OpenLoop.run(
                server(), Arrivals.constant(200, 0.5), i -> new Call(i % 4 == 0 ? "/refused" : "/good", "{}"));

        assertThat(answered).hasValue(100);
        assertThat(outcome.count(200)).isEqualTo(75);
        assertThat(outcome.count(503)).isEqualTo(25);
        assertThat(outcome.answered()).isEqualTo(1);
        assertThat(outcome.goodMillis(0)).hasSize(75).doesNotContain(0);
    }

    /** A closed loop would have kept the last one back until the first were answered, and the test would not end. */
    @Test
    void aServerThatStallsDoesNotHoldUpTheGenerator() throws Exception {
        answer("/stalls", 200, this::awaitLast);
        answer("/last", 200, lastCameIn::countDown);
        var paths = new String[] {"/stalls", "/stalls", "/last"};

        var outcome = OpenLoop.run(server(), new double[] {0, 0.1, 0.3}, i -> new Call(paths[i], "{}"));

        assertThat(outcome.count(200)).isEqualTo(3);
        assertThat(outcome.latencies()[0]).isGreaterThan(250_000_000);
    }

    private void awaitLast() {
        try {
            lastCameIn.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void poissonArrivalsAreRepeatableAndComeAtTheirRate() {
        double[] arrivals = Arrivals.poisson(100, 100, 3);

        assertThat(arrivals).isEqualTo(Arrivals.poisson(100, 100, 3)).isSorted();
        assertThat(arrivals.length).isBetween(9_500, 10_500);
        assertThat(arrivals[arrivals.length - 1]).isLessThan(100);
    }

    private Server server() {
        return new Server(
                "test", ProcessHandle.current().pid(), http.getAddress().getPort());
    }
}
