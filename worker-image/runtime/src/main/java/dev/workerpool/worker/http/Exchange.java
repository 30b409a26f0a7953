package dev.workerpool.worker.http;

import dev.workerpool.worker.kept.KeptPass;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.Future;

/** One request to be answered once: whole, or as a stream. */
interface Exchange {
    /** Answers. From any thread; does nothing when the client has gone. */
    void respond(Response response);

    /**
     * Answers with a body that is made while it is sent: with its length where it knows that, else in chunks for HTTP/1.1, and
     * until the connection closes for HTTP/1.0.
     * From any thread; does nothing when the client has gone.
     *
     * @param head as {@link Response#streamed} makes it
     */
    void stream(Response head, StreamedBody body);

    /** The body that is streamed may have a next part again. From any thread; does nothing when nothing is streamed. */
    void advance();

    /** The connection's event loop. */
    EventExecutor loop();

    /** What is held to be sent is charged to it. */
    BodyBudget budget();

    /**
     * Has {@code task} run on the connection's event loop, where {@link #respond} is direct. From any thread, once or more.
     */
    void execute(Runnable task);

    /** Wakes a worker thread that was given a run: at the end of the event loop's turn when called on it, else at once. */
    void wake(Thread thread);

    /** Has {@code task} run on the event loop after a while, also when the client has gone, unless cancelled. */
    Future<?> schedule(Runnable task, Duration delay);

    /**
     * The request is about to be acted on, and nobody may begin with it a second time. Without it, the next worker begins with
     * it anew should this process die, so whatever changes anything says this before. From any thread.
     */
    void begins();

    /** Who was about to act on it has not: it is as if it came now. On the event loop, while it is not answered. */
    void declined();

    /**
     * A peer has the request, and answers on a connection that the next worker would go on with, should this process die. On
     * the event loop, while it is not answered.
     *
     * @param on null when it ends with this process
     */
    void passed(KeptPass on);

    /** Calls back, on the event loop, when the client goes before it is answered whole; at once if it has gone already. */
    void onAbandoned(Runnable callback);
}
