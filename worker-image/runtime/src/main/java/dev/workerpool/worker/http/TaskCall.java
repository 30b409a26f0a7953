package dev.workerpool.worker.http;

import dev.workerpool.mapping.ResultStream;
import dev.workerpool.task.Content;
import dev.workerpool.worker.peers.Passable;
import dev.workerpool.worker.peers.Routing;
import dev.workerpool.worker.pool.Outcome;
import dev.workerpool.worker.pool.Run;
import dev.workerpool.worker.pool.RunObserver;
import dev.workerpool.worker.pool.RunRejectedException;
import dev.workerpool.worker.task.TaskEntry;
import java.nio.ByteBuffer;

/** A run and the exchange that waits for it. One object, since every request makes one. */
final class TaskCall implements RunObserver, Runnable, Passable, PassedCall.Owner {
    private final TaskRoutes routes;
    private final Exchange exchange;
    private final Request request;
    private final ByteBuffer body;
    private final Run run;

    private Arrival arrival;

    /** Whom it was passed to while it waited. */
    private Routing.Choice asked;

    private volatile Outcome outcome;

    /** Null for most: the result is there whole when the run is over. */
    private volatile StreamedResult stream;

    TaskCall(TaskRoutes routes, Exchange exchange, TaskEntry task, Request request, ByteBuffer body) {
        this.routes = routes;
        this.exchange = exchange;
        this.request = request;
        this.body = body;
        this.run = new Run(task, new Content(request.contentType(), body), request::parameters, this)
                .with(RunHeaders.options(request, routes.tracer()));
    }

    void submit(Arrival how) throws RunRejectedException {
        arrival = how;
        arrival.submit(routes.pool(), run);
        // Once the client has gone, nobody wants the result.
        exchange.onAbandoned(this::abandoned);
    }

    private void abandoned() {
        routes.pool().cancel(run);
        if (stream != null) {
            stream.abandon();
        }
    }

    @Override
    public String type() {
        return run.task().type();
    }

    @Override
    public boolean isPassable() {
        return arrival.isPassable();
    }

    @Override
    public boolean isPassableTo(String replica) {
        return arrival.isPassableTo(replica);
    }

    @Override
    public void pass(Routing.Choice choice) {
        exchange.execute(() -> {
            if (outcome != null) {
                routes.pool().gone(); // Its client went meanwhile.
                return;
            }
            if (arrival.passed()) {
                routes.pool().gone();
                exchange.respond(routes.returned());
                return;
            }
            asked = choice;
            var request = PassedCall.request(this.request, body, run.admittedAt());
            new PassedCall(routes.peers(), request, exchange, this).pass(choice);
        });
    }

    @Override
    public Routing.Choice other(String why, boolean byPeer) {
        routes.peers().declined(asked, type(), why);
        return null;
    }

    @Override
    public void here() {
        exchange.onAbandoned(this::abandoned);
        routes.pool().putBack(run);
    }

    @Override
    public void over() {
        routes.pool().gone();
    }

    @Override
    public void starting() {
        exchange.begins();
    }

    @Override
    public void wake(Thread thread) {
        exchange.wake(thread);
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
            exchange.respond(isUnbegun() ? routes.returned() : routes.answer(run, outcome));
        }
    }

    /** This replica goes, and the peer that passed it may still do it. */
    private boolean isUnbegun() {
        return arrival.passed() && outcome instanceof Outcome.Drained && run.threadNumber() == 0;
    }
}
