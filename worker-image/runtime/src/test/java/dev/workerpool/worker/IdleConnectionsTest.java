package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    private WorkerProcess worker;

    @BeforeEach
    void start() throws Exception {
        TaskJars.jar().task("Copy", "Content", "Content", "return input;").writeTo(folder.resolve("tasks.jar"));
        worker = new WorkerProcess(folder).start();
        assertThat(copies("at first")).isTrue();
    }

    @AfterEach
    void stop() throws Exception {
        for (SocketChannel connection : idle) {
            connection.close();
        }
        worker.close();
    }

    @Test
    void holdNeitherMemoryNorOthersUp() throws Exception {
        long before = residentBytes();
        for (int i = 0; i < MANY; i++) {
            var connection = SocketChannel.open(new InetSocketAddress("127.0.0.1", worker.port()));
            idle.add(connection);
            if (i % 2 == 0) {
                connection.write(ByteBuffer.wrap("POST /tasks/copy HT".getBytes(StandardCharsets.US_ASCII)));
            }
            if (i % 500 == 0) {
                assertThat(copies("while " + i + " are idle")).isTrue();
            }
        }
        assertThat(copies("beside all of them")).isTrue();
        assertThat(worker.process().isAlive()).isTrue();
        assertThat(residentBytes() - before).as("memory for idle connections").isLessThan(MANY * MAX_BYTES_EACH);
        assertThat(worker.log()).doesNotContainPattern("Z (WARN|ERROR|SEVERE)");
    }

    private boolean copies(String text) throws IOException {
        return worker.post("/tasks/copy", text).body().equals(text);
    }

    private long residentBytes() throws IOException {
        String status =
                Files.readString(Path.of("/proc", Long.toString(worker.process().pid()), "status"));
        String kilobytes = status.lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow()
                .replaceAll("[^0-9]", "");
        return Long.parseLong(kilobytes) * 1024;
    }
}
