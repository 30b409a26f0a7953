package dev.workerpool.worker.http;

import io.netty.util.concurrent.EventExecutor;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The connections of one server on one event loop, the one idle for longest first. Bounds their number by closing that
 * one: whoever holds ten thousand idle connections closes only his own.
 */
final class ConnectionGroup {
    private final int capacity;
    private final ResponseEncoder encoder = new ResponseEncoder();
    private final Unsent unsent;
    private final Wakeups wakeups;
    private final Runnable onEmpty;
    private Connection first;
    private Connection last;
    private volatile int size;

    ConnectionGroup(EventExecutor loop, int capacity, long maxUnsent, Runnable onEmpty) {
        this.unsent = new Unsent(maxUnsent);
        this.wakeups = new Wakeups(loop);
        this.capacity = capacity;
        this.onEmpty = onEmpty;
    }

    ResponseEncoder encoder() {
        return encoder;
    }

    Unsent unsent() {
        return unsent;
    }

    Wakeups wakeups() {
        return wakeups;
    }

    int size() {
        return size;
    }

    void add(Connection connection) {
        link(connection);
        if (size > capacity) {
            longestIdle().close();
        }
    }

    private Connection longestIdle() {
        for (Connection candidate = first; candidate != null; candidate = candidate.next) {
            if (candidate.state() == Connection.State.IDLE || candidate.state() == Connection.State.HEAD) {
                return candidate;
            }
        }
        return last;
    }

    /** The connection went idle just now. */
    void touched(Connection connection) {
        if (connection != last && isLinked(connection)) {
            unlink(connection);
            link(connection);
        }
    }

    void remove(Connection connection) {
        if (isLinked(connection)) {
            unlink(connection);
            if (size == 0) {
                onEmpty.run();
            }
        }
    }

    void sweep(long now) {
        forEach(connection -> {
            try {
                connection.check(now);
            } catch (RuntimeException | Error e) {
                // Where there is no memory to tell one client why, those behind it are to be looked at all the more.
                connection.giveUp(e);
            }
        });
    }

    void close(Predicate<Connection.State> which) {
        forEach(connection -> {
            if (which.test(connection.state())) {
                connection.close();
            }
        });
    }

    /** The action may remove the connection it is given. */
    private void forEach(Consumer<Connection> action) {
        Connection connection = first;
        while (connection != null) {
            Connection following = connection.next;
            action.accept(connection);
            connection = following;
        }
    }

    private boolean isLinked(Connection connection) {
        return connection.previous != null || connection.next != null || connection == first;
    }

    private void link(Connection connection) {
        connection.previous = last;
        if (last == null) {
            first = connection;
        } else {
            last.next = connection;
        }
        last = connection;
        size = size + 1;
    }

    private void unlink(Connection connection) {
        if (connection.previous == null) {
            first = connection.next;
        } else {
            connection.previous.next = connection.next;
        }
        if (connection.next == null) {
            last = connection.previous;
        } else {
            connection.next.previous = connection.previous;
        }
        connection.previous = null;
        connection.next = null;
        size = size - 1;
    }
}
