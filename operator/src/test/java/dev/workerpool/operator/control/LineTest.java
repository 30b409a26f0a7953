package dev.workerpool.operator.control;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.report.ReplicaReports;
import dev.workerpool.operator.report.Turns;
import dev.workerpool.operator.report.Worker;
import dev.workerpool.operator.status.Pods;
import dev.workerpool.operator.status.Replica;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a worker is told that is silent for a while. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LineTest {

    /** So many connections wait to be accepted; the kernel drops what comes after them without an answer. */
    private static final int BACKLOG = 1;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Turns turns = new Turns();
    private final BlockingQueue<Event> woken = new LinkedBlockingQueue<>();
    private final AtomicInteger signatures = new AtomicInteger();
    private final List<Socket> inTheWay = new ArrayList<>();
    private ServerSocket server;
    private ReplicaReports reports;
    private Line.Means means;
    private Replica replica;

    @TempDir
    private Path folder;

    @BeforeEach
    void prepare() throws Exception {
        server = new ServerSocket(0, BACKLOG, InetAddress.getByName("127.0.0.1"));
        reports = new ReplicaReports(server.getLocalPort(), turns, Clock.systemUTC(), _ -> {});
        reports.setEventHandler(woken::add);
        reports.start();
        Path file = folder.resolve("key");
        Files.writeString(file, """
                -----BEGIN PRIVATE KEY-----
                MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
                -----END PRIVATE KEY-----
                """);
        var key = new ControlKey(Optional.of(file));
        var pod = Pods.pod("a", true, 0, Pods.RUNNING);
        pod.getStatus().setPodIP("127.0.0.1");
        pod.getSpec()
                .getContainers()
                .getFirst()
                .setEnv(List.of(
                        new EnvVar("WORKERPOOL_CONTROL_KEY", key.publicKeys().orElseThrow(), null)));
        replica = new Replica(pod);
        InstantSource counting = () -> {
            signatures.incrementAndGet();
            return Clock.systemUTC().instant();
        };
        means = new Line.Means(
                key,
                new TokenSigner(counting.withZone(ZoneOffset.UTC)),
                new SettingsClient(threads, server.getLocalPort()),
                turns,
                reports,
                new PeerLists(key, Clock.systemUTC()));
    }

    @AfterEach
    void close() throws IOException {
        reports.stop();
        turns.close();
        means.client().close();
        server.close();
        threads.shutdownNow();
    }

    @Test
    void aReplicaThatIsSilentToTheReportsIsToldWhenItAnswersThem() throws Exception {
        WorkerPool pool = asksEverySecond();
        Worker worker = Worker.of(replica).orElseThrow();
        reports.follow(pool, List.of(replica));
        answerOnce();
        assertThat(woken.poll(30, TimeUnit.SECONDS)).as("its first report").isNotNull();
        beSilent();
        await().atMost(Duration.ofSeconds(30)).until(() -> reports.isSilent(worker));

        var line = new Line(means, worker, ResourceID.fromResource(pool), replica);
        var message = new Message("uid", 2, Map.of(), "{}");
        line.tell(message);
        await().atMost(Duration.ofSeconds(30)).until(() -> !line.isTelling());
        assertThat(signatures).as("messages signed for nobody").hasValue(0);

        answerFromNowOn();
        assertThat(woken.poll(30, TimeUnit.SECONDS))
                .as("its pool is looked at, though it reports the same as before")
                .isNotNull();
        line.tell(message);
        await().atMost(Duration.ofSeconds(30)).until(() -> signatures.get() > 0);
    }

    private static WorkerPool asksEverySecond() {
        return Serialization.unmarshal("""
                apiVersion: workerpool.dev/v1alpha1
                kind: WorkerPool
                metadata: {name: tasks, namespace: images, uid: uid}
                spec: {autoscaling: {maxReplicas: 2}}
                """, WorkerPool.class);
    }

    private void beSilent() throws IOException {
        try {
            while (true) {
                var socket = new Socket();
                socket.connect(server.getLocalSocketAddress(), 500);
                inTheWay.add(socket);
            }
        } catch (SocketTimeoutException e) {
            // No more are let in, whoever the last one was.
            return;
        }
    }

    private void answerFromNowOn() throws IOException {
        for (Socket socket : inTheWay) {
            server.accept().close();
            socket.close();
        }
        threads.execute(() -> {
            while (!server.isClosed()) {
                answerOnce();
            }
        });
    }

    private void answerOnce() {
        try (Socket connection = server.accept()) {
            connection.getInputStream().read(new byte[4096]);
            connection
                    .getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}".getBytes(US_ASCII));
        } catch (IOException e) {
            // Who asked did not wait. What is expected to come will not, and the test says so.
            Thread.yield();
        }
    }
}
