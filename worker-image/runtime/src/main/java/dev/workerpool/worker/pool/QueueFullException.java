package dev.workerpool.worker.pool;

/** All threads are active and as many runs wait as may. */
public final class QueueFullException extends RunRejectedException {
    private static final long serialVersionUID = 1L;

    private final int capacity;

    QueueFullException(int capacity) {
        super("The queue is full: " + capacity + " runs are waiting");
        this.capacity = capacity;
    }

    public int capacity() {
        return capacity;
    }
}
