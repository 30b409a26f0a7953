package dev.workerpool.operator.report;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workerpool.operator.status.Load;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever listens at a replica's address. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReplicaClientTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: ";

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch hungUp = new CountDownLatch(1);
    private ServerSocket server;
    private ReplicaClient client;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        client = new ReplicaClient(threads, server.getLocalPort());
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
        threads.shutdownNow();
    }

    @Test
    void readsAWholeAnswer() throws Exception {
        answer(OK + "12\r\n\r\n{\"queued\":3}");

        assertThat(client.status("127.0.0.1").load()).isEqualTo(new Load(0, 0, 3));
    }

    @Test
    void doesNotWaitForTheEndOfAnAnswerThatStalls() throws Exception {
        answer(OK + "12\r\n\r\n{\"queu");

        assertThatThrownBy(() -> client.status("127.0.0.1")).isInstanceOf(IOException.class);
        assertThat(hungUp.await(20, TimeUnit.SECONDS))
                .as("the connection is closed")
                .isTrue();
    }

    @Test
    void readsNoMoreThanAReplicaAnswers() {
        answer(OK + "99999999\r\n\r\n" + "x".repeat(2 << 20));

        assertThatThrownBy(() -> client.status("127.0.0.1")).isInstanceOf(IOException.class);
    }

    @Test
    void takesAnotherStatusForNoAnswer() {
        answer("HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\n{}");

        assertThatThrownBy(() -> client.status("127.0.0.1"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("503");
    }

    /** Says so much, and then nothing until the other side hangs up. */
    private void answer(String bytes) {
        threads.execute(() -> {
            try (Socket socket = server.accept()) {
                socket.getOutputStream().write(bytes.getBytes(US_ASCII));
                socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
            } catch (IOException e) {
                // It hung up.
            }
            hungUp.countDown();
        });
    }
}
