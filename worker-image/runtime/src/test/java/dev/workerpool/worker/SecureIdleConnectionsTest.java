package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.worker.access.TestAuthority;
import dev.workerpool.worker.http.ClosedSockets;
import dev.workerpool.worker.http.RawClient;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More clients than a small heap has room for: what was agreed on with each is kept there, as long as it is connected. */
class SecureIdleConnectionsTest {
    private static final int MANY = 1500;

    /** Of a handshake; the rest never comes. */
    private static final byte[] BEGUN = {0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00};

    @TempDir
    Path folder;

    private final List<Socket> idle = new ArrayList<>();
    private SSLContext trust;
    private WorkerProcess worker;

    @BeforeEach
    void start() throws Exception {
        var authority = new TestAuthority("authority");
        trust = TestAuthority.trusting(authority);
        Path certificates = folder.resolve("tls");
        authority.certify("localhost").writeTo(certificates);
        TaskJars.jar().task("Copy", "Content", "Content", "return input;").writeTo(folder.resolve("tasks.jar"));
        worker = new WorkerProcess(folder)
                .with("WORKERPOOL_TLS_DIR", certificates.toString())
                .start();
    }

    @AfterEach
    void stop() throws Exception {
        for (Socket each : idle) {
            each.close();
        }
        worker.close();
    }

    private SSLSocket connect() throws Exception {
        var socket = (SSLSocket) trust.getSocketFactory().createSocket("localhost", worker.port());
        socket.startHandshake();
        return socket;
    }

    @Test
    void makeRoomForThoseThatAskForSomething() throws Exception {
        for (int i = 0; i < MANY; i++) {
            if (i % 3 == 0) {
                var half = new Socket("localhost", worker.port());
                half.getOutputStream().write(BEGUN);
                idle.add(half);
            } else {
                idle.add(connect());
            }
            if (i % 250 == 0) {
                try (var client = new RawClient(connect())) {
                    assertThat(client.post("/tasks/copy", "still there").read().body())
                            .as("beside " + i)
                            .isEqualTo("still there");
                }
            }
        }
        assertThat(idle.size() - ClosedSockets.among(idle)).as("of " + MANY).isBetween(100L, 800L);
        assertThat(worker.process().isAlive()).isTrue();
        assertThat(worker.log()).doesNotContainPattern("Z (WARN|ERROR|SEVERE)");
    }
}
