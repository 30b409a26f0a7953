package dev.workerpool.worker.http;

import dev.workerpool.worker.handover.Adopter;
import dev.workerpool.worker.handover.HandOver;
import dev.workerpool.worker.handover.MalformedTransferException;
import dev.workerpool.worker.kept.KeptPass;
import dev.workerpool.worker.peers.LoadNews;
import dev.workerpool.worker.peers.PeerHeaders;
import dev.workerpool.worker.peers.Peers;
import dev.workerpool.worker.peers.Routing;
import dev.workerpool.worker.pool.TaskPool;
import dev.workerpool.worker.runs.RunStore;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * The task port as one of several: before a request is done here, sees whether a peer does it sooner, and takes what peers
 * pass. A request that finds a thread idle, or that comes to a replica that knows of no other, goes straight through.
 */
final class PeerRoutes implements Routes {
    private static final String LOAD = "/peers/load";

    private final TaskRoutes tasks;
    private final TaskPool pool;
    private final Peers peers;
    private final Adopter adopter;
    private final RunSearch search;
    private final KeyRoutes keys;
    private final Callers callers;
    private final BodyWork bodyWork;
    private final String replica;

    PeerRoutes(
            TaskRoutes tasks,
            TaskPool pool,
            Peers peers,
            RunStore store,
            Adopter adopter,
            Callers callers,
            BodyWork bodyWork) {
        this.tasks = tasks;
        this.bodyWork = bodyWork;
        this.callers = callers;
        this.adopter = adopter;
        this.search = new RunSearch(peers, store);
        this.pool = pool;
        this.peers = peers;
        this.keys = new KeyRoutes(tasks, pool, peers);
        this.replica = pool.settings().replica();
    }

    @Override
    public Response refuse(Request request) {
        String token = request.headers().get(PeerHeaders.TOKEN);
        if (token != null) {
            return refuseFromPeer(request, token);
        }
        Response stranger = callers.refuse(request);
        if (stranger != null) {
            return identified(stranger);
        }
        if (request.path().equals(LOAD)) {
            return identified(Problem.PEER_REFUSED.because("Only replicas of this pool may listen to its load"));
        }
        if (request.path().startsWith(HandOver.PATH)) {
            return identified(Problem.PEER_REFUSED.because("Only replicas of this pool may hand runs over"));
        }
        Response refusal = tasks.refuseAnywhere(request);
        if (refusal != null || search.isElsewhere(request) || runsElsewhere(request)) {
            return refusal;
        }
        return tasks.refuseHere(request);
    }

    private boolean runsElsewhere(Request request) {
        return tasks.isRun(request) && !keys.isKeyed(request) && mayGoElsewhere() && elsewhere(request) != null;
    }

    private Response refuseFromPeer(Request request, String token) {
        if (!peers.isToken(token)) {
            // Of the load a stranger is told nothing.
            return identified(Problem.PEER_REFUSED.because("The token is not that of this pool"))
                    .with(PeerHeaders.DECLINED, PeerHeaders.UNKNOWN_TOKEN);
        }
        if (request.path().equals(LOAD)) {
            return request.method().equals("GET")
                    ? null
                    : Problem.METHOD_NOT_ALLOWED.because("Allowed: GET").with("Allow", "GET");
        }
        if (request.path().startsWith(HandOver.PATH)) {
            return refuseHandOver(request);
        }
        // What the peer does itself then, or has another do, was not refused.
        Response refusal = tasks.refuse(request, uncounted -> {});
        if (keys.isKeyed(request)) {
            String why = refusal == null ? keys.passOn(request) : keys.passOn(request, refusal);
            return why == null ? tasks.refuse(request) : notMine(why);
        }
        if (refusal == null) {
            return tasks.isRun(request) ? refuseForWantOfRoom(request) : null;
        }
        String why = tasks.isRun(request) ? whyRefused(request) : search.passOn(request);
        return why == null ? refusal : tasks.declined(refusal, why);
    }

    private String whyRefused(Request request) {
        return tasks.isAble(request) ? "refused" : PeerHeaders.UNABLE;
    }

    /** What is passed may be megabytes, in vain. */
    private Response refuseForWantOfRoom(Request request) {
        int size = request.headers().getInt(HttpHeaderNames.CONTENT_LENGTH, 0);
        if (pool.idle() == 0 && pool.queued() >= Arrival.passed(request).maxQueued()) {
            return tasks.declined(
                    identified(Problem.QUEUE_FULL.because("As many wait here as may before it")), PeerHeaders.BUSY);
        }
        if (!tasks.budget().hasRoom(size)) {
            return bufferFull(request);
        }
        peers.comes(size);
        return null;
    }

    private Response refuseHandOver(Request request) {
        if (!request.method().equals("POST")) {
            return identified(
                    Problem.METHOD_NOT_ALLOWED.because("Allowed: POST").with("Allow", "POST"));
        }
        boolean isHere = adopter.has(handedOver(request));
        Duration tried = Arrival.tried(request);
        if (!isHere && adopter.isYoungerThan(tried)) {
            return identified(Problem.REPLICA_LOST.because("The worker before this one may have taken the run"));
        }
        if (!pool.isClosed()) {
            return isHere ? identified(Response.noContent()) : refuseMove(request, tried);
        }
        // What is here is to go from here too, or has gone: whether that is well is seen by what is brought.
        return isHere
                ? null
                : tasks.declined(
                        identified(Problem.DRAINING.retryAfter(1, "This replica goes too")), PeerHeaders.DRAINING);
    }

    /** One that is brought once more may be about to be taken, as it came before: it is not declined by its head. */
    private Response refuseMove(Request request, Duration tried) {
        return tried.isZero() && isAskedFor(request) ? refuseForWantOfRoom(request) : null;
    }

    /** Is it for an idle thread? What a replica that goes hands over may wait here. */
    private static boolean isAskedFor(Request request) {
        return request.headers().contains(PeerHeaders.MAX_QUEUED);
    }

    private static String handedOver(Request request) {
        return request.path().substring(HandOver.PATH.length());
    }

    private Response notMine(String why) {
        return tasks.declined(
                identified(Problem.DRAINING.because("The run under this key is not to be here: " + why)), why);
    }

    /** Is a run that comes now refused here, or has it to wait? */
    private boolean mayGoElsewhere() {
        return !peers.isAlone() && (pool.idle() == 0 || pool.isClosed());
    }

    private Routing.Choice elsewhere(Request request) {
        String type = TaskRoutes.type(request);
        return pool.isClosed() ? peers.elsewhere(type) : peers.onArrival(type);
    }

    @Override
    public void handle(Request request, ByteBuffer body, Exchange exchange) {
        if (request.headers().contains(PeerHeaders.TOKEN)) {
            fromPeer(request, body, exchange);
            return;
        }
        if (search.isElsewhere(request)) {
            search.ask(request, body, exchange, () -> tasks.handle(request, body, exchange));
            return;
        }
        if (keys.isElsewhere(request)) {
            keys.handle(request, body, exchange);
            return;
        }
        boolean mayGo = mayGoElsewhere() && tasks.isRun(request) && !keys.isKeyed(request);
        Routing.Choice choice = mayGo ? elsewhere(request) : null;
        if (choice != null) {
            new PassedRun(tasks, peers, request, body, exchange).pass(choice);
        } else {
            tasks.handle(request, body, exchange);
        }
    }

    @Override
    public void resume(Request request, ByteBuffer body, KeptPass pass, Exchange exchange) {
        var owner = new PassedCall.Owner() {
            @Override
            public Routing.Choice other(String why, boolean byPeer) {
                return null;
            }

            /** The peer has not begun with it: as if it came now, also where it waited, as all that waited here is gone. */
            @Override
            public void here() {
                Response refusal = refuse(request);
                if (refusal == null) {
                    handle(request, body, exchange);
                } else {
                    exchange.respond(refusal);
                }
            }
        };
        new PassedCall(peers, PassedCall.request(request, body, System.nanoTime()), exchange, owner).resume(pass);
    }

    private void fromPeer(Request request, ByteBuffer body, Exchange exchange) {
        if (request.path().equals(LOAD)) {
            listen(request, exchange);
        } else if (request.path().startsWith(HandOver.PATH)) {
            exchange.begins();
            // Decoding is no work for an event loop, which others wait for.
            bodyWork.submit(exchange, () -> {
                Response answer = adopt(request, body);
                exchange.execute(() -> exchange.respond(answer));
            });
        } else if (keys.isKeyed(request)) {
            keyedFromPeer(request, body, exchange);
        } else if (tasks.isRun(request)) {
            Response refusal = tasks.run(request, body, exchange, Arrival.passed(request));
            if (refusal == null) {
                peers.received();
            } else {
                exchange.respond(tasks.declined(refusal, PeerHeaders.BUSY));
            }
        } else {
            tasks.handle(request, body, exchange);
        }
    }

    private Response adopt(Request request, ByteBuffer transfer) {
        try {
            String why = adopter.adopt(transfer, Arrival.passed(request).maxQueued(), !pool.isClosed());
            if (why == null && isAskedFor(request)) {
                peers.received();
            }
            return why == null
                    ? identified(Response.noContent())
                    : tasks.declined(identified(Problem.RUNS_FULL.retryAfter(1, "The run is not taken: " + why)), why);
        } catch (MalformedTransferException e) {
            return identified(Problem.MALFORMED_INPUT.because("The run is not understood: " + e.getMessage()));
        }
    }

    private void keyedFromPeer(Request request, ByteBuffer body, Exchange exchange) {
        String why = keys.passOn(request);
        if (why != null) {
            exchange.respond(notMine(why));
        } else if (tasks.runKeyed(request, body, exchange, Arrival.passed(request), refusal -> {
            String since = keys.passOn(request); // The drain may have begun just now.
            exchange.respond(since == null ? refusal : notMine(since));
        })) {
            peers.received();
        }
    }

    private void listen(Request request, Exchange exchange) {
        String from = request.headers().get(PeerHeaders.FROM, "");
        LoadNews news = peers.subscribe(from, exchange::advance);
        if (news == null) {
            exchange.respond(identified(
                    Problem.TOO_MANY_PEERS.retryAfter(1, "As many as may already listen to the load of this replica")));
            return;
        }
        exchange.stream(Response.streamed(200, "text/plain", PeerHeaders.REPLICA, replica), () -> {
            ByteBuffer line = news.next();
            return line == null && news.isEnded() ? StreamedBody.END : line;
        });
        exchange.onAbandoned(() -> peers.unsubscribe(news));
        peers.listen(news);
    }

    @Override
    public Response identified(Response response) {
        return response.with(PeerHeaders.REPLICA, replica);
    }

    /** A peer that passed a run, or hands one over, has it still. */
    @Override
    public Response bufferFull(Request request) {
        return request != null && request.headers().contains(PeerHeaders.TOKEN) && mayBeDeclined(request)
                ? tasks.declined(identified(Routes.super.bufferFull(request)), PeerHeaders.BUFFER_FULL)
                : tasks.bufferFull(request);
    }

    /** A run under a key must not be done by another: it may be here. */
    private boolean mayBeDeclined(Request request) {
        return request.path().startsWith(HandOver.PATH) || tasks.isRun(request) && !keys.isKeyed(request);
    }
}
