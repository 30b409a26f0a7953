package dev.workerpool.worker;

import dev.workerpool.worker.access.InvalidAccessException;
import dev.workerpool.worker.task.TaskOutput;
import dev.workerpool.worker.task.TaskThreads;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import sun.misc.Signal;

/**
 * The process. Its main thread starts the worker, waits until something wants it to end, stops it and exits: 0 after a
 * clean drain, 1 when runs had to be interrupted, 2 for settings, a certificate or
 * tokens that cannot be used or a port that cannot be had, 70 when
 * too many threads were lost. The JVM itself exits with 3 when the heap is full.
 */
public final class WorkerMain {
    private static final int CLEAN = 0;
    private static final int RUNS_INTERRUPTED = 1;
    private static final int CANNOT_START = 2;
    private static final int THREADS_LOST = 70;

    private WorkerMain() {}

    /** Settings come from the environment; there are no arguments. */
    public static void main(String[] arguments) throws InterruptedException {
        WorkerSettings settings;
        try {
            settings = WorkerSettings.from(System.getenv());
        } catch (InvalidSettingsException e) {
            e.problems().forEach(problem -> System.err.println("Worker cannot start: " + problem));
            System.exit(CANNOT_START);
            return;
        }
        Logs.configure(settings.jsonLog());
        // After the log has taken hold of the streams as they were.
        TaskOutput.capture();
        System.exit(run(settings));
    }

    private static int run(WorkerSettings settings) throws InterruptedException {
        Logger log = System.getLogger(WorkerMain.class.getName());
        TaskThreads.handleUncaught(
                (thread, thrown) -> log.log(Level.ERROR, "Thread " + thread.getName() + " ended", thrown));
        var end = new CompletableFuture<Integer>();
        endOnSignal(end);
        Worker worker;
        try {
            worker = new Worker(settings, lost -> end.complete(THREADS_LOST));
            worker.start();
        } catch (InvalidAccessException | IOException e) {
            log.log(
                    Level.ERROR,
                    "Worker {0} cannot start: {1}",
                    settings.threads().replica(),
                    e.getMessage());
            return CANNOT_START;
        }
        int exitCode = end.join();
        boolean finished = worker.stop();
        if (exitCode == CLEAN && !finished) {
            exitCode = RUNS_INTERRUPTED;
        }
        log.log(Level.INFO, "Worker {0} exits with code {1}", worker.replica(), exitCode);
        return exitCode;
    }

    /** Handlers, not a shutdown hook: only so can a drain end with exit code 0. Whoever signals twice does not wait. */
    private static void endOnSignal(CompletableFuture<Integer> end) {
        for (String name : new String[] {"TERM", "INT"}) {
            Signal.handle(new Signal(name), signal -> {
                if (!end.complete(CLEAN)) {
                    Runtime.getRuntime().halt(RUNS_INTERRUPTED);
                }
            });
        }
    }
}
