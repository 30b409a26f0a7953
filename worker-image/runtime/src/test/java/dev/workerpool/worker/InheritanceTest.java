package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.workerpool.worker.http.RawClient;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.LinuxSocket;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker takes over what its primary hands it; the primary itself is tested in the image. */
class InheritanceTest {
    private static final String DIED = "died 2 137 signal 2026-01-01T10:00:00.250Z echo\n";

    @TempDir
    static Path tasks;

    @Test
    void answersWhoConnectedBeforeItWasThere() throws Exception {
        assumeTrue(Epoll.isAvailable());
        LinuxSocket listener = LinuxSocket.newSocketStream();
        listener.bind(new InetSocketAddress(0));
        listener.listen(16);
        int port = listener.localAddress().getPort();
        try (var early = new RawClient(port)) {
            early.get("/tasks");
            try (var worker = new LocalWorker(tasks).with("WORKERPOOL_LISTENER", "" + listener.intValue())) {
                assertThat(worker.running().taskPort()).isEqualTo(port);
                assertThat(early.read().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void tellsOfThoseThatDiedBefore() throws Exception {
        try (var worker = new LocalWorker(tasks).with("WORKERPOOL_DEATHS", DIED)) {
            assertThat(worker.get("/status").body())
                    .contains(
                            "\"restarts\":2",
                            "\"deaths\":[{\"restart\":2,\"exitCode\":137,\"cause\":\"signal\",\"at\":\"2026-01-01T10:00:00.250Z\",\"executing\":[\"echo\"]}]");
            assertThat(worker.get("/metrics").body()).contains("workerpool_restarts_total 2.0");
        }
    }

    @Test
    void hasNoneOfItWithoutAPrimary() throws Exception {
        try (var worker = new LocalWorker(tasks)) {
            assertThat(worker.get("/status").body()).contains("\"restarts\":0", "\"deaths\":[]");
        }
    }

    @Test
    void refusesDescriptorsAndDeathsThatAreNone() {
        assertThatThrownBy(() -> WorkerSettings.from(Map.of("WORKERPOOL_LISTENER", "x", "WORKERPOOL_DEATHS", "y")))
                .hasMessageContaining("WORKERPOOL_LISTENER must be a whole number")
                .hasMessageContaining("WORKERPOOL_DEATHS must be lines of the primary");
    }
}
