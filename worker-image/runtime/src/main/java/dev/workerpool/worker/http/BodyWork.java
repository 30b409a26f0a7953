package dev.workerpool.worker.http;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * What is to be done with a large body and takes longer than an event loop has, on a few threads that nothing else is done on:
 * those that carry virtual threads can be kept busy by task code. Where all are busy it waits; what waits has come whole, so
 * there is no more of it than all bodies may take together, and who goes takes along what waits for him. Thread-safe.
 */
public final class BodyWork {
    /** One that takes long does not hold up all others, and the cores belong to tasks. */
    public static final int THREADS = 2;

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name("bodies").daemon().factory());

    public BodyWork() {
        threads.allowCoreThreadTimeOut(true);
    }

    /** Has it done, unless the client of the exchange goes before it is begun. On the exchange's event loop. */
    void submit(Exchange exchange, Runnable work) {
        // With its client the body is given back to the budget.
        exchange.onAbandoned(() -> threads.remove(work));
        try {
            threads.execute(work);
        } catch (OutOfMemoryError e) {
            // Not of the heap, that ends the process: the system refuses the thread. Better late than not at all.
            work.run();
        }
    }

    /** What it is done on, for those who want to keep that busy. */
    public Executor threads() {
        return threads;
    }
}
