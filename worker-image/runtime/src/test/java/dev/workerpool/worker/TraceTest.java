package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker, and a collector that keeps what it is sent. */
class TraceTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";

    @TempDir
    Path folder;

    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final List<String> keys = new CopyOnWriteArrayList<>();
    private HttpServer collector;
    private LocalWorker worker;

    @BeforeEach
    void start() throws Exception {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("key")));
            messages.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        TaskJars.jar()
                .task("Copy", "String", "String", "return input;")
                .task("Throws", "String", "String", "throw new IllegalStateException(input);")
                .writeTo(folder.resolve("tasks.jar"));
        worker = new LocalWorker(folder)
                .with("WORKERPOOL_POOL", "thumbnails")
                .with(
                        "OTEL_EXPORTER_OTLP_ENDPOINT",
                        "http://127.0.0.1:" + collector.getAddress().getPort() + "/")
                .with("OTEL_EXPORTER_OTLP_HEADERS", "key=a%20b");
    }

    @AfterEach
    void stop() throws Exception {
        worker.close();
        collector.stop(0);
    }

    private void post(String type, String context) throws Exception {
        try (var client = worker.connect()) {
            client.send("POST /tasks/" + type + " HTTP/1.1\r\nHost: t\r\ntraceparent: " + context
                    + "\r\nContent-Length: 1\r\n\r\nx");
            client.read();
        }
    }

    private static String raw(String hex) {
        return new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
    }

    @Test
    void sendsSpansOfCallQueueAndRunWithinTheCallersTrace() throws Exception {
        post("copy", "00-" + TRACE + "-" + SPAN + "-01");

        await().atMost(Duration.ofSeconds(30)).until(() -> !messages.isEmpty());
        assertThat(messages.getFirst())
                .contains(raw(TRACE), raw(SPAN), "task copy", "queue", "run", "succeeded", "thumbnails", "replica-1");
        assertThat(keys).containsOnly("a b");
    }

    @Test
    void tellsWhatBecameOfARunThatFailed() throws Exception {
        post("throws", "00-" + TRACE + "-" + SPAN + "-01");

        await().atMost(Duration.ofSeconds(30)).until(() -> !messages.isEmpty());
        assertThat(messages.getFirst()).contains("task throws", "failed");
    }

    @Test
    void tracesOnlyWhatItsCallerTraces() throws Exception {
        post("copy", "00-" + TRACE + "-" + SPAN + "-00");
        post("copy", "no context");
        post("throws", "00-" + TRACE + "-" + SPAN + "-01");

        await().atMost(Duration.ofSeconds(30)).until(() -> !messages.isEmpty());
        assertThat(messages).singleElement().asString().doesNotContain("task copy");
    }
}
