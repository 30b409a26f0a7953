package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.worker.http.RawClient;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The task {@code gate}, whose runs keep their thread until a test opens it, and then give back their input. */
final class Gate {
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    /** Makes this the gate that the task's code finds. */
    TaskJars addTo(TaskJars jar) {
        System.getProperties().put("started", started);
        System.getProperties().put("release", open);
        return jar.task(
                "Gate",
                "String",
                "String",
                TaskJars.gate("started") + ".countDown(); " + TaskJars.gate("release") + ".await(); return input;");
    }

    /** @return a client whose run, with input {@code held}, has its thread */
    RawClient occupy(LocalWorker worker) throws Exception {
        RawClient client = worker.connect().post("/tasks/gate", "held");
        assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
        return client;
    }

    void open() {
        open.countDown();
    }
}
