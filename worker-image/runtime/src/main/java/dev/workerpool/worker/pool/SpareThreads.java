package dev.workerpool.worker.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;

/** Threads that do nothing but take places, so that as many are free when these have ended. */
final class SpareThreads implements AutoCloseable {
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private final int wanted;

    /** As many as there are places for. */
    SpareThreads(int wanted, ThreadFactory factory) {
        this.wanted = wanted;
        try {
            while (threads.size() < wanted) {
                Thread thread = factory.newThread(this::rest);
                thread.start();
                threads.add(thread);
            }
        } catch (OutOfMemoryError e) {
            // Not of the heap, that ends the process: of the system's threads. To find out is what these are for.
        }
    }

    boolean areAll() {
        return threads.size() == wanted;
    }

    private void rest() {
        try {
            over.await();
        } catch (InterruptedException e) {
            // It is over, too.
        }
    }

    /** Returns when they have ended. */
    @Override
    public void close() {
        over.countDown();
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
