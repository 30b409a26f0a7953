package dev.workerpool.worker.http;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** What went wrong, as RFC 9457 has it. The last part of {@code type} is what programs should look at. */
enum Problem {
    MALFORMED_REQUEST(400, "malformed-request", "The request is not well-formed HTTP"),
    MALFORMED_INPUT(400, "malformed-input", "The input breaks a rule"),
    TLS_REQUIRED(400, "tls-required", "The port speaks HTTPS"),
    UNAUTHENTICATED(401, "unauthenticated", "The call bears no token that is known"),
    CONTROL_REFUSED(401, "control-refused", "The control message was refused"),
    CONTROL_CLOSED(403, "control-refused", "This worker takes no control messages"),
    PEER_REFUSED(403, "peer-refused", "This is for replicas of the same pool"),
    UNKNOWN_TASK(404, "unknown-task", "There is no such task type"),
    UNKNOWN_RUN(404, "unknown-run", "There never was such a run"),
    NOT_FOUND(404, "not-found", "There is nothing at this path"),
    METHOD_NOT_ALLOWED(405, "method-not-allowed", "The path does not take this method"),
    REQUEST_TIMEOUT(408, "request-timeout", "The request did not arrive in time"),
    CANCELLED(409, "cancelled", "The run was cancelled"),
    STALE_GENERATION(409, "stale-generation", "The settings are older than those in force"),
    RUN_NOT_OVER(409, "run-not-over", "The run has no result yet"),
    RUN_OVER(409, "run-over", "The run is over"),
    RUN_EXPIRED(410, "run-expired", "The run is no longer kept"),
    BODY_TOO_LARGE(413, "body-too-large", "The body is over the limit"),
    TARGET_TOO_LONG(414, "target-too-long", "The request line is over the limit"),
    UNSUPPORTED_MEDIA_TYPE(415, "unsupported-media-type", "The path does not take this media type or encoding"),
    EXPECTATION_FAILED(417, "expectation-failed", "The expectation cannot be met"),
    TASK_FAILED(422, "task-failed", "The task threw an exception"),
    ALLOCATION_EXCEEDED(422, "allocation-exceeded", "The task allocated more than it may"),
    IDEMPOTENCY_CONFLICT(422, "idempotency-conflict", "The key names another run"),
    HEADERS_TOO_LARGE(431, "headers-too-large", "The headers are over the limit"),
    WORKER_STOPPED(500, "worker-stopped", "The task stopped its worker, or its worker died with it"),
    INTERNAL_ERROR(500, "internal-error", "The worker failed at it"),
    REPLICA_LOST(502, "replica-lost", "The replica that had the request does not answer"),
    WORKER_DIED(503, "worker-died", "The worker died before it began with the request"),
    OWNER_UNREACHABLE(503, "owner-unreachable", "The replica that has the run cannot be reached"),
    TOO_MANY_PEERS(503, "too-many-peers", "Too many replicas listen"),
    QUEUE_FULL(503, "queue-full", "The queue is full"),
    WAIT_EXCEEDED(503, "wait-exceeded", "No thread became free in time"),
    TASK_REFUSED(503, "task-refused", "The task type is refused for now"),
    DRAINING(503, "draining", "The replica drains"),
    BUFFER_FULL(503, "buffer-full", "The memory for requests is used up"),
    RUNS_FULL(503, "runs-full", "The memory for runs is used up"),
    MAILBOX_FULL(503, "mailbox-full", "The run has not taken its messages"),
    CONTROL_BUSY(503, "control-busy", "Too many control messages come in"),
    TASK_TIMEOUT(504, "task-timeout", "The task ran over its time");

    static final String MEDIA_TYPE = "application/problem+json";

    private final int status;
    private final String type;
    private final String title;

    Problem(int status, String name, String title) {
        this.status = status;
        this.type = "urn:workerpool:problem:" + name;
        this.title = title;
    }

    int status() {
        return status;
    }

    String type() {
        return type;
    }

    String title() {
        return title;
    }

    /** A request that was passed to a replica from which no answer comes. */
    static Response lostWith(String replica, String why) {
        return REPLICA_LOST.because(
                "The request was passed to replica " + replica + ", and " + why + "; it may have been carried out",
                Map.of("replica", replica));
    }

    /** The thread, or the whole process, that executed the task ended. */
    static Response stopped(int exitCode) {
        return WORKER_STOPPED.because("Worker stopped with exit code " + exitCode, Map.of("exitCode", exitCode));
    }

    /** The process that had the request ended, and the next one does not have it whole. */
    static Response notBegun(int exitCode) {
        return WORKER_DIED.retryAfter(
                1, "Worker stopped with exit code " + exitCode + " before it began with the request");
    }

    Response because(String detail) {
        return because(detail, Map.of());
    }

    /** @param members of this type of problem, beside those that all have */
    Response because(String detail, Map<String, ?> members) {
        var problem = new LinkedHashMap<String, Object>();
        problem.put("type", type);
        problem.put("title", title);
        problem.put("status", status);
        problem.put("detail", detail);
        problem.putAll(members);
        return new Response(status, MEDIA_TYPE, ByteBuffer.wrap(Json.bytes(problem)));
    }

    /** For the problems that pass. */
    Response retryAfter(long seconds, String detail) {
        return because(detail).with("Retry-After", Long.toString(Math.max(1, seconds)));
    }
}
