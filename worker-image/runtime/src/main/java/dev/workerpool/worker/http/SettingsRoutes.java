package dev.workerpool.worker.http;

import dev.workerpool.worker.control.ControlChannel;
import dev.workerpool.worker.control.ControlRefusedException;
import dev.workerpool.worker.control.ControlRefusedException.Reason;
import dev.workerpool.worker.control.InvalidMessageException;
import dev.workerpool.worker.control.StaleGenerationException;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** {@code GET /settings} and {@code PUT /settings} on the management port. */
final class SettingsRoutes implements Routes {
    private static final Logger LOG = System.getLogger(SettingsRoutes.class.getName());

    static final String PATH = "/settings";
    private static final String BEARER = "Bearer ";
    private static final int MAX_WAITING = 16;

    private final ControlChannel channel;

    /** Signatures take longer than an event loop may be kept, and whoever forges them must not keep a core busy. */
    private final ThreadPoolExecutor executor = new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().name("control").daemon().factory());

    SettingsRoutes(ControlChannel channel) {
        this.channel = channel;
        executor.allowCoreThreadTimeOut(true);
    }

    @Override
    public Response refuse(Request request) {
        if (request.method().equals("GET") || request.method().equals("HEAD")) {
            return null;
        }
        if (!request.method().equals("PUT")) {
            return Problem.METHOD_NOT_ALLOWED.because("Allowed: GET, HEAD, PUT").with("Allow", "GET, HEAD, PUT");
        }
        try {
            channel.glance(token(request));
        } catch (ControlRefusedException e) {
            return refused(e);
        }
        return isJson(request.contentType())
                ? null
                : Problem.UNSUPPORTED_MEDIA_TYPE.because("The header Content-Type must be application/json");
    }

    private static String token(Request request) {
        String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
        return authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? authorization.substring(BEARER.length()).strip()
                : null;
    }

    private static boolean isJson(String contentType) {
        int parameters = contentType.indexOf(';');
        String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
        return type.strip().equalsIgnoreCase("application/json");
    }

    @Override
    public void handle(Request request, ByteBuffer body, Exchange exchange) {
        if (!request.method().equals("PUT")) {
            exchange.respond(Response.json(200, channel.description()));
            return;
        }
        try {
            executor.execute(() -> exchange.respond(change(token(request), body)));
        } catch (RejectedExecutionException e) {
            exchange.respond(Problem.CONTROL_BUSY.retryAfter(1, MAX_WAITING + " messages are waiting already"));
        }
    }

    private Response change(String token, ByteBuffer body) {
        try {
            channel.change(token, body);
            return Response.json(200, channel.description());
        } catch (ControlRefusedException e) {
            return refused(e);
        } catch (InvalidMessageException e) {
            return Problem.MALFORMED_INPUT.because(e.getMessage(), Map.of("errors", e.violations()));
        } catch (StaleGenerationException e) {
            return Problem.STALE_GENERATION.because(e.getMessage(), Map.of("generation", e.inForce()));
        } catch (RuntimeException e) {
            // Nobody else would answer, and the connection would be kept for ever.
            LOG.log(Level.ERROR, "A control message could not be handled", e);
            return Problem.INTERNAL_ERROR.because("The control message could not be handled: " + e);
        }
    }

    private static Response refused(ControlRefusedException e) {
        var reason = Map.of("reason", e.reason().label());
        return e.reason() == Reason.NO_KEY
                ? Problem.CONTROL_CLOSED.because(e.getMessage(), reason)
                : Problem.CONTROL_REFUSED.because(e.getMessage(), reason).with("WWW-Authenticate", "Bearer");
    }
}
