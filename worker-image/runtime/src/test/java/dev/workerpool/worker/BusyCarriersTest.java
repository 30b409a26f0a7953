package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.worker.http.RawClient;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** All that carries virtual threads spins, as task code on virtual threads may have it do. */
class BusyCarriersTest extends PeerFixture {
    private final AtomicBoolean busy = new AtomicBoolean(true);

    @BeforeEach
    void keepThemBusy() throws Exception {
        int carriers = Integer.getInteger(
                "jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors());
        var spinning = new CountDownLatch(carriers);
        for (int i = 0; i < carriers; i++) {
            Thread.startVirtualThread(() -> {
                spinning.countDown();
                while (busy.get()) {
                    Thread.onSpinWait();
                }
            });
        }
        assertThat(spinning.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @AfterEach
    void letThemGo() {
        busy.set(false);
    }

    @Test
    void aLargeBodyUnderAKeyIsLookedAtMeanwhile() throws Exception {
        Worker worker = start("a");
        String large = "x".repeat(100_000);

        var client = new RawClient(worker.taskPort());
        closeables.add(client);
        client.send(
                "POST /tasks/quick HTTP/1.1\r\nHost: t\r\nIdempotency-Key: \"key\"\r\nContent-Length: 100000\r\n\r\n"
                        + large);

        assertThat(client.read().body()).isEqualTo(large);
    }

    @Test
    void aReplicaHandsOverAndAnotherTakesMeanwhile() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        introduceAll();
        String run;
        try (var client = new RawClient(a.taskPort())) {
            run = client.send(
                            "POST /tasks/quick HTTP/1.1\r\nHost: t\r\nPrefer: respond-async, wait=20\r\nContent-Length: 4\r\n\r\ndone")
                    .read()
                    .header("Workerpool-Run");
        }

        workers.remove("a");
        var stopped = new CompletableFuture<Boolean>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                stopped.complete(a.stop());
            } catch (Throwable e) {
                stopped.completeExceptionally(e);
            }
        });
        assertThat(stopped.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        try (var client = new RawClient(b.taskPort())) {
            assertThat(client.get("/runs/" + run + "/result").read().body()).isEqualTo("done");
        }
    }
}
