package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.workerpool.worker.http.RawClient;
import io.netty.channel.epoll.Epoll;
import io.netty.util.concurrent.EventExecutor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A worker that is as good as killed, and the next one, which is left its connections. */
abstract class KeptFixture {
    private static final String DIED = "died 1 137 signal 2026-01-01T10:00:00.250Z gate\n";

    @TempDir
    Path folder;

    private final CountDownLatch over = new CountDownLatch(1);
    private boolean frozen;

    final Gate gate = new Gate();
    FakePrimary primary;
    LocalWorker dead;
    LocalWorker next;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Epoll.isAvailable());
        Path tasks = Files.createDirectory(folder.resolve("tasks"));
        gate.addTo(TaskJars.jar())
                .task("Copy", "String", "String", "return input;")
                .writeTo(tasks.resolve("tasks.jar"));
        primary = new FakePrimary(folder);
        dead = primary.watch(new LocalWorker(tasks));
        next = new LocalWorker(tasks).with("WORKERPOOL_DEATHS", DIED);
    }

    @AfterEach
    void stop() throws Exception {
        gate.open();
        over.countDown();
        if (next != null) {
            next.close();
            dead.close();
            primary.close();
        }
    }

    /** The worker of until now does nothing more of itself; its sockets are left to the next one as they are. */
    void die(int connections, long unaccounted) throws Exception {
        primary.awaitKept(connections);
        freeze();
        primary.bequeath(connections, unaccounted, next);
        next.running();
    }

    /** Its loops stand still, or it would read what the next one is to read. */
    void freeze() throws Exception {
        if (frozen) {
            return;
        }
        frozen = true;
        var loops = dead.running().loops().loops();
        var still = new CountDownLatch(loops.size());
        for (EventExecutor loop : loops) {
            loop.execute(() -> {
                still.countDown();
                try {
                    over.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        assertThat(still.await(20, TimeUnit.SECONDS)).isTrue();
    }

    RawClient waiting(String input) throws Exception {
        RawClient client = dead.connect().post("/tasks/copy", input);
        await().until(() -> dead.get("/metrics").body().contains("workerpool_queued 1.0"));
        return client;
    }
}
