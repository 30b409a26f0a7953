package dev.workerpool.operator.report;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.Pools;
import dev.workerpool.operator.status.Pods;
import dev.workerpool.operator.status.Replica;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whom is asked when. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReplicaReportsTest {

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Turns turns = new Turns();
    private final BlockingQueue<Socket> questions = new LinkedBlockingQueue<>();
    private final WorkerPool pool = Pools.pool("{}");
    private final WorkerPool other = Pools.pool("{}");
    private ServerSocket server;
    private ReplicaReports reports;

    @BeforeEach
    void listen() throws IOException {
        other.getMetadata().setName("other");
        server = new ServerSocket(0, 500, InetAddress.getByName("0.0.0.0"));
        threads.execute(this::takeQuestions);
        reports = new ReplicaReports(server.getLocalPort(), turns, Clock.systemUTC(), _ -> {});
        reports.setEventHandler(_ -> {});
        reports.start();
    }

    @AfterEach
    void close() throws IOException {
        reports.stop();
        turns.close();
        server.close();
        threads.shutdownNow();
    }

    @Test
    void oneThatTurnsReadyIsAskedAtOnce() throws Exception {
        reports.follow(pool, List.of(replica("127.0.0.1", false)));
        for (int question = 1; question <= 2; question++) {
            isNotUp(question(30));
        }

        reports.follow(pool, List.of(replica("127.0.0.1", true)));

        assertThat(questions.poll(3, TimeUnit.SECONDS))
                .as("a question before the end of its pause of 4 s")
                .isNotNull();
    }

    @Test
    void oneThatTurnsReadyDoesNotWaitBehindThoseThatLetOneWait() throws Exception {
        List<Replica> starting = starting(100);
        reports.follow(pool, starting);
        for (int asked = 1; asked <= Turns.SLOW_AT_A_TIME; asked++) {
            question(30);
        }

        starting.set(99, replica("127.0.0.100", true));
        reports.follow(pool, starting);

        assertThat(questionsBefore("127.0.0.100"))
                .as("those that are asked as others time out")
                .isLessThanOrEqualTo(Turns.SLOW_AT_A_TIME);
    }

    @Test
    void replicasThatLetOneWaitDoNotHoldUpThoseOfOtherPools() throws Exception {
        reports.follow(pool, starting(100));

        reports.follow(other, List.of(replica("127.0.1.1", true)));

        assertThat(questionsBefore("127.0.1.1")).as("questions that wait").isLessThanOrEqualTo(Turns.SLOW_AT_A_TIME);
    }

    private int questionsBefore(String address) throws InterruptedException {
        int before = 0;
        while (!question(30).getLocalAddress().getHostAddress().equals(address)) {
            before++;
        }
        return before;
    }

    private Socket question(int seconds) throws InterruptedException {
        Socket question = questions.poll(seconds, TimeUnit.SECONDS);
        assertThat(question).as("a question").isNotNull();
        return question;
    }

    private static void isNotUp(Socket question) throws IOException {
        try (question) {
            question.getInputStream().read(new byte[4096]);
            question.getOutputStream().write("HTTP/1.1 503 Starting\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII));
        }
    }

    private void takeQuestions() {
        try {
            while (true) {
                questions.add(server.accept());
            }
        } catch (IOException e) {
            // The test is over.
            return;
        }
    }

    private static List<Replica> starting(int many) {
        return IntStream.rangeClosed(1, many)
                .mapToObj(number -> replica("127.0.0." + number, false))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static Replica replica(String address, boolean ready) {
        var pod = Pods.pod(address, ready, 0, Pods.RUNNING);
        pod.getStatus().setPodIP(address);
        return new Replica(pod);
    }
}
