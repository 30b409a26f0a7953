package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.worker.http.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten thousand clients that hold a connection and say nothing, or half a request. In a process of its own, as both ends of
 * so many connections are more files than one process may have.
 */
class IdleConnectionsTest {
    private static final int MANY = 10_000;

    /** What a connection may cost, kernel buffers apart. */
    private static final long MAX_BYTES_EACH = 8 * 1024;

    @TempDir
    Path folder;

    private final List<SocketChannel> idle = new ArrayList<>();
    private Process worker;
    private int port;

    @BeforeEach
    void start() throws Exception {
        TaskJars.jar().task("Copy", "Content", "Content", "return input;").writeTo(folder.resolve("tasks.jar"));
        port = freePort();
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx96m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WorkerMain.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("worker.log").toFile());
        // What the build itself is told is no setting of a worker, which warns of such.
        process.environment().keySet().removeIf(name -> name.startsWith("WORKERPOOL_"));
        process.environment()
                .putAll(Map.of(
                        "WORKERPOOL_TASKS_DIR",
                        folder.toString(),
                        "WORKERPOOL_PORT",
                        Integer.toString(port),
                        "WORKERPOOL_MANAGEMENT_PORT",
                        "0",
                        "WORKERPOOL_THREADS",
                        "2"));
        worker = process.start();
        Awaitility.await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> copies("started"));
    }

    @AfterEach
    void stop() throws Exception {
        for (SocketChannel connection : idle) {
            connection.close();
        }
        worker.destroyForcibly().waitFor();
    }

    @Test
    void holdNeitherMemoryNorOthersUp() throws Exception {
        long before = residentBytes();
        for (int i = 0; i < MANY; i++) {
            var connection = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
            idle.add(connection);
            if (i % 2 == 0) {
                connection.write(ByteBuffer.wrap("POST /tasks/copy HT".getBytes(StandardCharsets.US_ASCII)));
            }
            if (i % 500 == 0) {
                assertThat(copies("while " + i + " are idle")).isTrue();
            }
        }
        assertThat(copies("beside all of them")).isTrue();
        assertThat(worker.isAlive()).isTrue();
        assertThat(residentBytes() - before).as("memory for idle connections").isLessThan(MANY * MAX_BYTES_EACH);
        assertThat(Files.readString(folder.resolve("worker.log"))).doesNotContainPattern("Z (WARN|ERROR|SEVERE)");
    }

    private boolean copies(String text) throws IOException {
        try (var client = new RawClient(port)) {
            return client.post("/tasks/copy", text).read().body().equals(text);
        }
    }

    private long residentBytes() throws IOException {
        String status = Files.readString(Path.of("/proc", Long.toString(worker.pid()), "status"));
        String kilobytes = status.lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow()
                .replaceAll("[^0-9]", "");
        return Long.parseLong(kilobytes) * 1024;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
