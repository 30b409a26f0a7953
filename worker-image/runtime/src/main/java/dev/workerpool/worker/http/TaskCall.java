package dev.workerpool.worker.http;

import dev.workerpool.mapping.ResultStream;
import dev.workerpool.task.Content;
import dev.workerpool.worker.pool.Outcome;
import dev.workerpool.worker.pool.Run;
import dev.workerpool.worker.pool.RunObserver;
import dev.workerpool.worker.pool.RunRejectedException;
import dev.workerpool.worker.pool.TaskPool;
import dev.workerpool.worker.task.TaskEntry;
import java.nio.ByteBuffer;

/** A run and the exchange that waits for it. One object, since every request makes one. */
final class TaskCall implements RunObserver, Runnable {
    private final TaskRoutes routes;
    private final Exchange exchange;
    private final Run run;
    private volatile Outcome outcome;

    /** Null for most: the result is there whole when the run is over. */
    private volatile StreamedResult stream;

    TaskCall(TaskRoutes routes, Exchange exchange, TaskEntry task, Request request, ByteBuffer body) {
        this.routes = routes;
        this.exchange = exchange;
        this.run = new Run(task, new Content(request.contentType(), body), request::parameters, this)
                .with(RunHeaders.options(request));
    }

    void submitTo(TaskPool pool, Arrival arrival) throws RunRejectedException {
        arrival.submit(pool, run);
        // Once the client has gone, nobody wants the result.
        exchange.onAbandoned(() -> abandoned(pool));
    }

    private void abandoned(TaskPool pool) {
        pool.cancel(run);
        if (stream != null) {
            stream.abandon();
        }
    }

    @Override
    public ResultStream streams(Run active, String mediaType) {
        var begun = new StreamedResult(exchange, routes.streamed(active, mediaType), routes.budget());
        stream = begun;
        if (outcome != null) {
            begun.abandon(); // It ended meanwhile, and nobody saw this stream.
        }
        return begun;
    }

    /** Off the worker thread at once; the answer is made on the event loop. */
    @Override
    public void completed(Run completed, Outcome how) {
        outcome = how;
        if (stream != null) {
            stream.end(how instanceof Outcome.Succeeded);
        }
        exchange.execute(this);
    }

    @Override
    public void run() {
        if (stream != null && stream.hasBegun()) {
            exchange.advance();
        } else {
            exchange.respond(routes.answer(run, outcome));
        }
    }
}
