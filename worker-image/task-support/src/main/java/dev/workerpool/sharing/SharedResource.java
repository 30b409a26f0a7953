package dev.workerpool.sharing;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CountDownLatch;

/** One resource: being made by the thread that made this, then made or failed. */
final class SharedResource {
    private final String name;
    private final Thread maker = Thread.currentThread();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile Object value;
    private volatile Exception failure;

    SharedResource(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    void made(Object made) {
        value = made;
        over.countDown();
    }

    /** @param why null when it says nothing about the next attempt */
    void failed(Exception why) {
        failure = why;
        over.countDown();
    }

    boolean isMade() {
        return value != null;
    }

    Object value() {
        return value;
    }

    /** @return false when it has to be made anew */
    boolean await() throws Exception {
        if (value != null) {
            return true;
        }
        if (maker == Thread.currentThread() && over.getCount() > 0) {
            throw new IllegalStateException("Shared resource '" + name + "' needs itself to be made");
        }
        over.await();
        if (failure != null) {
            throw failure;
        }
        return value != null;
    }

    void close(Logger log) {
        if (value instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Throwable e) {
                log.log(Level.WARNING, "Shared resource '" + name + "' failed to close", e);
            }
        }
    }
}
