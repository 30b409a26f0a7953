package dev.workerpool.worker;

import dev.workerpool.worker.http.RawClient;
import dev.workerpool.worker.http.RawClient.Answer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** A worker in a process of its own, as in its container but for the primary, with two threads unless a test says otherwise. */
final class WorkerProcess implements AutoCloseable {
    private final Map<String, String> environment = new HashMap<>();
    private final Path log;
    private final int port = freePort();
    private final int managementPort = freePort();
    private Process process;

    /** @param folder of task jars, which gets its log too */
    WorkerProcess(Path folder) throws IOException {
        log = folder.resolve("worker.log");
        with("WORKERPOOL_TASKS_DIR", folder.toString());
        with("WORKERPOOL_REPLICA", "replica-1");
        with("WORKERPOOL_PORT", "" + port);
        with("WORKERPOOL_MANAGEMENT_PORT", "" + managementPort);
        with("WORKERPOOL_THREADS", "2");
    }

    WorkerProcess with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Starts it, and waits until it is Ready. */
    WorkerProcess start() throws IOException {
        var command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx96m",
                "-cp",
                System.getProperty("java.class.path"),
                WorkerMain.class.getName());
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        // What the build itself is told is no setting of a worker, which warns of such.
        builder.environment().keySet().removeIf(name -> name.startsWith("WORKERPOOL_"));
        builder.environment().putAll(environment);
        process = builder.start();
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .ignoreExceptions()
                .until(() -> get("/health/ready").status() == 200);
        return this;
    }

    int port() {
        return port;
    }

    /** To the task port. */
    RawClient connect() throws IOException {
        return new RawClient(port);
    }

    /** To the task port, on a connection of its own. */
    Answer post(String path, String body) throws IOException {
        try (var client = connect()) {
            return client.post(path, body).read();
        }
    }

    /** To the management port. */
    RawClient manage() throws IOException {
        return new RawClient(managementPort);
    }

    /** From the management port. */
    Answer get(String path) throws IOException {
        try (var client = manage()) {
            return client.get(path).read();
        }
    }

    Process process() {
        return process;
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws Exception {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }
}
