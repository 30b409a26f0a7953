package dev.workerpool.worker;

import dev.workerpool.worker.http.RawClient;
import dev.workerpool.worker.http.RawClient.Answer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The whole worker in this process, on ports that the system chooses, with one thread unless a test says otherwise. It
 * starts when something is first asked of it; until then its environment can be changed.
 */
final class LocalWorker implements AutoCloseable {
    private final Map<String, String> environment = new HashMap<>();
    private Worker worker;
    private CompletableFuture<Boolean> drained;

    /** @param tasks the folder of task jars */
    LocalWorker(Path tasks) {
        with("WORKERPOOL_TASKS_DIR", tasks.toString());
        with("WORKERPOOL_REPLICA", "replica-1");
        with("WORKERPOOL_PORT", "0");
        with("WORKERPOOL_MANAGEMENT_PORT", "0");
        with("WORKERPOOL_THREADS", "1");
    }

    LocalWorker with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    LocalWorker without(String variable) {
        environment.remove(variable);
        return this;
    }

    Worker running() throws Exception {
        if (worker == null) {
            worker = new Worker(WorkerSettings.from(environment), lost -> {});
            worker.start();
        }
        return worker;
    }

    /** To the task port. */
    RawClient connect() throws Exception {
        return new RawClient(running().taskPort());
    }

    /** To the management port. */
    RawClient manage() throws Exception {
        return new RawClient(running().managementPort());
    }

    Answer post(String path, String body) throws Exception {
        try (var client = connect()) {
            return client.post(path, body).read();
        }
    }

    /** From the management port. */
    Answer get(String path) throws Exception {
        try (var client = manage()) {
            return client.get(path).read();
        }
    }

    /**
     * Drains and ends, while it can still be asked.
     *
     * @return whether all runs ended by themselves
     */
    CompletableFuture<Boolean> drain() throws Exception {
        Worker draining = running();
        drained = CompletableFuture.supplyAsync(() -> {
            try {
                return draining.stop();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        return drained;
    }

    /** Ends it if it runs; the next question starts a new one. */
    @Override
    public void close() throws Exception {
        if (drained != null) {
            drained.get(20, TimeUnit.SECONDS);
        } else if (worker != null) {
            worker.stop();
        }
        worker = null;
        drained = null;
    }
}
