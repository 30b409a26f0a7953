package dev.workerpool.worker.peers;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.AsciiString;
import java.util.Set;
import java.util.TreeSet;

/** The headers between replicas, and those that concern one connection only. */
public final class PeerHeaders {
    /** The token of the pool. Whoever sends it asks as a replica: what it sends is never passed a second time. */
    public static final AsciiString TOKEN = AsciiString.cached("workerpool-peer");

    /** Which replica asks. */
    public static final AsciiString FROM = AsciiString.cached("workerpool-from");

    /** With a run that is passed: take it only while fewer than so many wait; 0: only into an idle thread. */
    public static final AsciiString MAX_QUEUED = AsciiString.cached("workerpool-max-queued");

    /** With a run that is passed: for how many microseconds it has waited already. */
    public static final AsciiString WAITED = AsciiString.cached("workerpool-waited");

    /** With a run that is passed: whoever passed it has it back while it waits. */
    public static final AsciiString RETURNABLE = AsciiString.cached("workerpool-returnable");

    /** With a call under a key: answer it only if the key is known. */
    public static final AsciiString KNOWN_ONLY = AsciiString.cached("workerpool-known-only");

    /** With a run that is brought once more, as the answer was lost: for how many milliseconds that has been tried. */
    public static final AsciiString TRIED = AsciiString.cached("workerpool-tried");

    /** In an answer: nothing was begun, and why. Only with this may whoever passed a run do it itself. */
    public static final String DECLINED = "Workerpool-Declined";

    /** Why it declines: the replica goes. Another may take its place. */
    public static final String DRAINING = "draining";

    /** Why it declines: no thread is idle, or more wait than may. */
    public static final String BUSY = "busy";

    /** Why it declines: its memory for requests is used up now. */
    public static final String BUFFER_FULL = "buffer-full";

    /** Why it declines: the run has waited here so far, and there is a thread for it elsewhere. */
    public static final String RETURNED = "returned";

    /** Why it declines: it does not run tasks of this type, at least for now. */
    public static final String UNABLE = "unable";

    /** Why it declines: the run alone is more than all that it may keep. */
    public static final String TOO_LARGE = "too-large";

    /** Why it declines: it has not heard of the pool's token, as a worker that has just started. */
    public static final String UNKNOWN_TOKEN = "unknown-token";

    /** Reasons to decline that pass, or that another replica will not have. */
    private static final Set<String> PASSING = Set.of(DRAINING, BUSY, BUFFER_FULL);

    /** In an answer that declines: the load, as in the stream of it. */
    public static final String LOAD = "Workerpool-Load";

    /** Who answers. */
    public static final String REPLICA = "Workerpool-Replica";

    /** In an answer that a peer gave: which replica the client's connection leads to (RFC 9110, section 7.6.3). */
    public static final String VIA = "Via";

    private static final Set<AsciiString> OF_ONE_CONNECTION = Set.of(
            HttpHeaderNames.CONNECTION,
            AsciiString.cached("keep-alive"),
            AsciiString.cached("proxy-connection"),
            HttpHeaderNames.TRANSFER_ENCODING,
            HttpHeaderNames.CONTENT_LENGTH,
            HttpHeaderNames.TE,
            HttpHeaderNames.TRAILER,
            HttpHeaderNames.UPGRADE,
            HttpHeaderNames.EXPECT,
            HttpHeaderNames.HOST,
            // Of one caller: a peer knows the pool's own token.
            HttpHeaderNames.AUTHORIZATION,
            TOKEN,
            FROM,
            MAX_QUEUED,
            WAITED,
            RETURNABLE,
            KNOWN_ONLY);

    private PeerHeaders() {}

    /** May who declines for this reason, or another in its place, take later what it does not take now? */
    public static boolean mayPass(String why) {
        return PASSING.contains(why);
    }

    /**
     * The headers that a sender meant for this connection only (RFC 9110, section 7.6.1).
     *
     * @param connection the names that its header Connection lists; null when there is none
     */
    static Set<String> named(String connection) {
        if (connection == null) {
            return Set.of();
        }
        var names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (String name : connection.split(",")) {
            names.add(name.strip());
        }
        return names;
    }

    /** Is the header, of a request or an answer, one that the next connection has its own of? */
    public static boolean isOfOneConnection(CharSequence name) {
        return OF_ONE_CONNECTION.contains(AsciiString.of(name).toLowerCase());
    }
}
