package dev.workerpool.worker.http;

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
    public void execute(Runnable task) {
        connection.loop().execute(task);
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
