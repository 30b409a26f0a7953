package dev.workerpool.worker.http;

/** One request to be answered once. */
interface Exchange {
    /** Answers. From any thread; does nothing when the client has gone. */
    void respond(Response response);

    /**
     * Has {@code task} run on the connection's event loop, where {@link #respond} is direct. From any thread, once or more.
     */
    void execute(Runnable task);

    /** Calls back, on the event loop, when the client goes before it is answered; at once if it has gone already. */
    void onAbandoned(Runnable callback);
}
