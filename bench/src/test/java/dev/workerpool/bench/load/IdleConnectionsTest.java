package dev.workerpool.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.bench.load.Client.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class IdleConnectionsTest {
    private static final Answer GOOD = new Answer(200, new byte[0], null, false);

    private final AtomicLong now = new AtomicLong();

    @Test
    void closeWhatNobodyNeededForAWhileBeforeTheServerWould() throws Exception {
        try (var server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                var connections = new IdleConnections(endpoint(server), now::get)) {
            var needed = connections.take(0);
            connections.giveBack(connections.take(1), GOOD);
            var unneeded = server.accept();
            unneeded = server.accept();
            unneeded.setSoTimeout(10_000);

            now.addAndGet(TimeUnit.SECONDS.toNanos(IdleConnections.KEPT_SECONDS) + 1);
            connections.giveBack(needed, GOOD);

            assertThat(unneeded.getInputStream().read()).isEqualTo(-1);
            assertThat(connections.take(2)).isSameAs(needed);
        }
    }

    private static Endpoint endpoint(ServerSocket server) {
        return new Endpoint() {
            @Override
            public String name() {
                return "server";
            }

            @Override
            public Client connect() throws IOException {
                return new Client(server.getLocalPort());
            }
        };
    }
}
