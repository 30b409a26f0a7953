package dev.workerpool.worker.http;

import java.time.Duration;

/**
 * What a client may cost before it has done anything useful.
 *
 * @param maxBodySize in bytes
 * @param maxConnections open at the same time; beyond, the one idle for longest makes room
 * @param idle how long a connection may stay open between requests
 * @param head how long the head of a request may take to arrive
 * @param patience how long a body may take beyond the time its size takes at {@link #SLOWEST}; how long an answer may make
 *     no progress
 * @param maxUnsent bytes of native memory in which answers wait for their clients; beyond, each has only
 *     {@link Unsent#SMALL} waiting
 */
record HttpLimits(
        long maxBodySize, int maxConnections, Duration idle, Duration head, Duration patience, long maxUnsent) {
    /** Bytes a second that any honest client reaches. */
    static final long SLOWEST = 32 * 1024;

    /** A streamed answer that has nothing to say for so long says that: proxies cut silent connections. */
    static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

    static final int MAX_REQUEST_LINE = 8 * 1024;
    static final int MAX_HEADERS = 16 * 1024;
    static final int MAX_HEADER_COUNT = 256;

    /** What a replica that passes a request on adds to its headers, at most. */
    static final int PEER_HEADERS = 1024;

    static final int PEER_HEADER_COUNT = 16;

    /** An eighth of what Netty may take: where that ends, every connection fails. */
    private static final long MOST_UNSENT = 16L << 20;

    private static final int MAX_CONNECTIONS = 10_000;

    /** Of the heap, for connections over TLS: beside what bodies and runs may take. */
    private static final int HEAP_SHARE = 8;

    /** Bytes of a connection over TLS: 7 KiB when idle, more while it is being agreed on. */
    private static final int AGREED = 16 * 1024;

    /** Half of what Netty may take, for records that have not come whole. */
    private static final int NATIVE_SHARE = 64 << 20;

    /** Bytes that one such takes at most, with what was read behind it. */
    private static final int RECORD = 32 * 1024;

    HttpLimits(long maxBodySize, int maxConnections, Duration idle, Duration head, Duration patience) {
        this(maxBodySize, maxConnections, idle, head, patience, MOST_UNSENT);
    }

    /** @param encrypted whether each connection has what was agreed on for it on the heap */
    static HttpLimits ofBody(long maxBodySize, boolean encrypted) {
        long room = Math.min(Runtime.getRuntime().maxMemory() / HEAP_SHARE / AGREED, NATIVE_SHARE / RECORD);
        return new HttpLimits(
                maxBodySize,
                encrypted ? (int) Math.max(room, 100) : MAX_CONNECTIONS,
                Duration.ofSeconds(75),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10));
    }

    /** A config of 60 KiB, which the resource allows, may take six times that as JSON. */
    static HttpLimits ofManagement() {
        return new HttpLimits(512 * 1024, 100, Duration.ofSeconds(75), Duration.ofSeconds(10), Duration.ofSeconds(10));
    }

    /** How long a body of which so much has arrived may have taken. */
    long bodyNanos(long received) {
        return patience.toNanos() + received * (1_000_000_000L / SLOWEST);
    }
}
