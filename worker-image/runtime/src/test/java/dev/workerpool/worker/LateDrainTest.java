package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.http.BodyWork;
import dev.workerpool.worker.http.RawClient;
import dev.workerpool.worker.http.RawClient.Answer;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer's call under a key that was let in, and then its replica begins to drain: it is for the next replica. */
class LateDrainTest extends PeerFixture {
    /** Looked at beside the event loop. */
    private static final int LARGE = 100_000;

    private Worker draining;
    private Thread stopping;

    @BeforeEach
    void aReplicaThatIsBusy() throws Exception {
        draining = start("b");
        start("a");
        introduceAll();
        hold(draining, "held");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, LARGE})
    void betweenItsHeadAndItsBody(int length) throws Exception {
        RawClient peer = pass(length, "Expect: 100-continue\r\n");
        assertThat(peer.readHead().status()).isEqualTo(100);
        drain();

        assertThatItIsForTheNext(peer.send("x".repeat(length)).read());
    }

    /** What the body is, is found out beside the event loop, and takes a while where it is large. */
    @Test
    void whileItsBodyIsLookedAt() throws Exception {
        var goOn = new CountDownLatch(1);
        RawClient peer;
        try {
            for (int i = 0; i < BodyWork.THREADS; i++) {
                draining.bodyWork().threads().execute(() -> waitFor(goOn));
            }
            peer = pass(LARGE, "").send("x".repeat(LARGE));
            await().atMost(PATIENCE).until(() -> metric(draining, "workerpool_passes_received_total") == 1);
            drain();
        } finally {
            goOn.countDown();
        }

        assertThatItIsForTheNext(peer.read());
    }

    private RawClient pass(int length, String more) throws Exception {
        var peer = new RawClient(draining.taskPort());
        closeables.add(peer);
        return peer.send("POST /tasks/quick HTTP/1.1\r\nHost: t\r\nIdempotency-Key: key\r\nWorkerpool-Peer: " + TOKEN
                + "\r\n" + more + "Content-Length: " + length + "\r\n\r\n");
    }

    private void drain() {
        workers.remove("b");
        stopping = Thread.ofPlatform().start(() -> {
            try {
                draining.stop();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        await().atMost(PATIENCE).until(draining::isClosed);
    }

    private static void waitFor(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void assertThatItIsForTheNext(Answer answer) throws Exception {
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Workerpool-Declined")).isEqualTo("draining");
        release("held");
        assertThat(stopping.join(PATIENCE)).isTrue();
        assertThat(begun).containsExactly("held");
    }
}
