package dev.workerpool.worker.http;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The request that a connection is busy with. */
final class Call implements Exchange {
    private final Connection connection;
    private Runnable onAbandoned;
    private boolean abandoned;

    Call(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void respond(Response response) {
        if (connection.loop().inEventLoop()) {
            connection.answer(this, response);
        } else {
            execute(() -> connection.answer(this, response));
        }
    }

    @Override
    public void stream(Response head, StreamedBody body) {
        if (connection.loop().inEventLoop()) {
            connection.stream(this, head, body);
        } else {
            execute(() -> connection.stream(this, head, body));
        }
    }

    @Override
    public void advance() {
        if (connection.loop().inEventLoop()) {
            connection.advance(this);
        } else {
            execute(() -> connection.advance(this));
        }
    }

    @Override
    public EventExecutor loop() {
        return connection.loop();
    }

    @Override
    public void execute(Runnable task) {
        connection.loop().execute(task);
    }

    @Override
    public void wake(Thread thread) {
        connection.wakeups().add(thread);
    }

    @Override
    public Future<?> schedule(Runnable task, Duration delay) {
        return connection.loop().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void onAbandoned(Runnable callback) {
        onAbandoned = callback;
        if (abandoned) {
            callback.run();
        }
    }

    void abandon() {
        abandoned = true;
        if (onAbandoned != null) {
            onAbandoned.run();
        }
    }
}
