package dev.workerpool.worker.http;

import dev.workerpool.worker.kept.KeptConnection;
import dev.workerpool.worker.kept.KeptPass;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** The request that a connection is busy with. */
final class Call implements Exchange {
    private final Connection connection;

    /** Null when the connection ends with this process. */
    private final KeptConnection kept;

    /** As the kept connection names it. */
    private final long number;

    private Runnable onAbandoned;
    private boolean abandoned;

    Call(Connection connection) {
        this.connection = connection;
        this.kept = connection.kept();
        this.number = kept == null ? 0 : kept.request();
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
    public BodyBudget budget() {
        return connection.budget();
    }

    @Override
    public void execute(Runnable task) {
        try {
            connection.loop().execute(task);
        } catch (RejectedExecutionException ended) {
            // The process ends, and with it the connection: nobody is left who could be answered.
        }
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

    @Override
    public void begins() {
        if (kept != null) {
            kept.begins(number);
        }
    }

    @Override
    public void declined() {
        if (kept != null && kept == connection.kept()) {
            kept.declined();
        }
    }

    @Override
    public void passed(KeptPass on) {
        if (on != null && kept != null && kept == connection.kept()) {
            kept.passed(on);
        }
    }

    void abandon() {
        abandoned = true;
        if (onAbandoned != null) {
            onAbandoned.run();
        }
    }
}
