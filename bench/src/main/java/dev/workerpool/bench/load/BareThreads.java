package dev.workerpool.bench.load;

import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Threads of this process with one queue before them, and neither a server nor a connection: what the machine and its
 * scheduler leave of the perfect queue to anybody who has as many threads as there are cores, and a generator beside them.
 */
public final class BareThreads implements AutoCloseable {
    private static final long LEAD_NANOS = 20_000_000;

    private final int threads;
    private final Runnable task;
    private final ExecutorService pool;

    public BareThreads(int threads, Runnable task) {
        this.threads = threads;
        this.task = task;
        this.pool = Executors.newFixedThreadPool(threads);
    }

    /** @return seconds per task while all threads do nothing else for so long */
    public double service(double seconds) throws Exception {
        Callable<Double> loop = () -> {
            long start = System.nanoTime();
            long took;
            int count = 0;
            do {
                task.run();
                count++;
                took = System.nanoTime() - start;
            } while (took < seconds * 1e9);
            return took / 1e9 / count;
        };
        double sum = 0;
        for (Future<Double> one : pool.invokeAll(Collections.nCopies(threads, loop))) {
            sum += one.get();
        }
        return sum / threads;
    }

    /** @param arrivals in seconds from the start, ascending. @return response times from when each was due, in seconds */
    public double[] responses(double[] arrivals) throws InterruptedException {
        double[] responses = new double[arrivals.length];
        long start = System.nanoTime() + LEAD_NANOS;
        for (int i = 0; i < arrivals.length; i++) {
            long due = start + (long) (arrivals[i] * 1e9);
            Arrivals.await(due);
            int index = i;
            pool.execute(() -> {
                task.run();
                responses[index] = (System.nanoTime() - due) / 1e9;
            });
        }
        close();
        return responses;
    }

    /** When all that was begun is done. */
    @Override
    public void close() throws InterruptedException {
        pool.shutdown();
        if (!pool.awaitTermination(90, TimeUnit.SECONDS)) {
            throw new IllegalStateException("Tasks are left undone");
        }
    }
}
