package dev.workerpool.worker.kept;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * A client's connection: whether its request may be begun anew, and with which bytes. Only a request that nobody has begun
 * with is ever begun with again. Whoever is about to act on one, be it by running task code, says {@link #begins} before: a
 * request that is read, looked at or waits, however long, is none that has begun.
 */
public final class KeptConnection extends KeptSocket {
    /** What became of the connection's request. */
    public enum Left {
        /** Nothing yet: whatever was read of it is here, perhaps nothing at all. */
        UNTOUCHED,
        /** Nothing yet, but not all that was read of it is here. */
        TORN,
        /** It was being acted on, or done and nothing of its answer sent. */
        BEGUN,
        /** A peer has it, and the answer is to come on a connection that was kept too. */
        PASSED,
        /** The answer was sent, whole, and nobody got to write that down. */
        ANSWERED,
        /** Its answer was on its way, perhaps in part. */
        ANSWERING;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static final int CLIENT = 0;

    /** Where the answer comes from: the slot of the pass, and the number of the request in that. */
    private static final int PASS = 24;

    private static final int PASSED_REQUEST = 32;

    /** Of all bytes sent, how many before the answer that is on its way. */
    private static final int ANSWER_START = 40;

    /** … and how many when it is whole; {@link #UNKNOWN} when the connection does not just go on then. */
    private static final int ANSWER_END = 48;

    /** For a number of bytes. */
    public static final long UNKNOWN = -1;

    private static final int UNTOUCHED = 1;
    private static final int BEGUN = 2;
    private static final int ANSWERING = 3;
    private static final int PASSED = 4;

    private KeptConnection(KeptConnections all, int slot, int descriptor, ByteBuffer entry) {
        super(all, slot, descriptor, entry, LENGTH, BYTES);
    }

    /** A connection with no request begun. */
    static KeptConnection fresh(KeptConnections all, int slot, int descriptor, ByteBuffer entry, long read) {
        var fresh = new KeptConnection(all, slot, descriptor, entry);
        fresh.begin(CLIENT, read);
        fresh.idle();
        return fresh;
    }

    /** A connection that another worker wrote of. */
    static KeptConnection found(KeptConnections all, int slot, int descriptor, ByteBuffer entry) {
        return new KeptConnection(all, slot, descriptor, entry);
    }

    /**
     * @param readInAll by the kernel's account, {@link #UNKNOWN} when it gives none
     * @param sentInAll likewise
     */
    Left left(long readInAll, long sentInAll) {
        boolean whole = isWhole() && (readInAll < 0 || readInAll == read());
        return switch (state()) {
            case UNTOUCHED -> whole ? Left.UNTOUCHED : Left.TORN;
            case BEGUN -> Left.BEGUN;
            case PASSED -> whole ? Left.PASSED : Left.BEGUN;
            default -> answered(readInAll, sentInAll);
        };
    }

    /** What is not known is not told of: then the connection ends. */
    private Left answered(long readInAll, long sentInAll) {
        if (sentInAll == UNKNOWN || readInAll != read()) {
            return Left.ANSWERING;
        }
        if (sentInAll == entry.getLong(ANSWER_START)) {
            return Left.BEGUN;
        }
        return sentInAll == entry.getLong(ANSWER_END) ? Left.ANSWERED : Left.ANSWERING;
    }

    /** The slot of the connection that the answer comes on. */
    int passSlot() {
        return entry.getInt(PASS);
    }

    /** As {@link KeptPass#request} named it. */
    long passedRequest() {
        return entry.getLong(PASSED_REQUEST);
    }

    /** As it turned out, nobody has acted on it. */
    public void declined() {
        state(UNTOUCHED);
    }

    /**
     * The request is about to be acted on. From any thread, also when the connection has gone on to other requests.
     *
     * @param request as {@link #request} named it
     */
    public void begins(long request) {
        LONG.compareAndSet(entry, WORD, request * STATES + UNTOUCHED, request * STATES + BEGUN);
    }

    /** A peer has it, whole, and answers on that connection. */
    public void passed(KeptPass on) {
        entry.putInt(PASS, on.slot());
        entry.putLong(PASSED_REQUEST, on.request());
        state(PASSED);
    }

    /**
     * The first byte of the answer is about to be sent.
     *
     * @param sent bytes so far, in the life of the connection
     * @param end bytes when the answer was sent whole, if then the connection waits for the next request, and nothing else;
     *     otherwise {@link #UNKNOWN}
     */
    public void answering(long sent, long end) {
        entry.putLong(ANSWER_START, sent);
        entry.putLong(ANSWER_END, end);
        state(ANSWERING);
    }

    /** The last byte of the answer was sent, and nothing was read behind the request. */
    public void idle() {
        drop();
        next(UNTOUCHED);
    }
}
