package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.worker.http.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** A worker for whatever a test sends it: {@code copy} takes bytes, {@code order} a record with a field of each kind. */
final class FuzzedWorker implements AutoCloseable {
    private final Path folder = Files.createTempDirectory("fuzz");
    private final Worker worker;
    private final Queue<LogRecord> unexpected = new ConcurrentLinkedQueue<>();
    private final Logger logger = Logger.getLogger("dev.workerpool.worker");
    private final Handler listener = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
                unexpected.add(entry);
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private FuzzedWorker() throws Exception {
        TaskJars.jar()
                .task("Copy", "Content", "Content", "return input;")
                .taskClass("Order", """
                        @TaskType("order")
                        public class Order implements Task<Order.Input, String> {
                            public enum Kind { ONE, TWO }
                            public record Line(String sku, int amount) {}
                            public record Input(String name, int count, double price, boolean open, Kind kind,
                                    List<Line> lines, Map<String, String> tags) {}
                            public String run(Input input, TaskContext context) { return String.valueOf(input); }
                        }
                        """)
                .writeTo(folder.resolve("tasks.jar"));
        worker = new Worker(
                WorkerSettings.from(Map.of(
                        "WORKERPOOL_TASKS_DIR", folder.toString(),
                        "WORKERPOOL_REPLICA", "replica-1",
                        "WORKERPOOL_PORT", "0",
                        "WORKERPOOL_MANAGEMENT_PORT", "0",
                        "WORKERPOOL_THREADS", "2")),
                lost -> {});
        worker.start();
        logger.addHandler(listener);
    }

    static FuzzedWorker start() throws Exception {
        return new FuzzedWorker();
    }

    int port() {
        return worker.taskPort();
    }

    void assertNothingUnexpectedLogged() {
        assertThat(unexpected)
                .as("warnings and errors in the log")
                .extracting(entry -> entry.getMessage() + " " + entry.getThrown())
                .isEmpty();
    }

    void assertServes() throws IOException {
        try (var client = new RawClient(port())) {
            assertThat(client.post("/tasks/copy", "hello").read().body()).isEqualTo("hello");
        }
        assertNothingUnexpectedLogged();
    }

    @Override
    public void close() throws Exception {
        logger.removeHandler(listener);
        worker.stop();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
