package dev.workerpool.worker.kept;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/**
 * One connection as the next worker would find it, should this process be killed in the very next instruction: whether its
 * request may be begun anew, and with which bytes. A few plain stores for each request, into memory that outlives the
 * process; no system call.
 *
 * <p>For the connection's event loop only, but for {@link #begins}, by which a worker thread says that task code is about to
 * see the request. Only a request that nobody has begun with is ever begun with again.
 */
public final class KeptConnection {
    /** What became of the connection's request. */
    public enum Left {
        /** Nothing yet: whatever was read of it is here, perhaps nothing at all. */
        UNTOUCHED,
        /** Nothing yet, but not all that was read of it is here. */
        TORN,
        /** It was being acted on. */
        BEGUN,
        /** Its answer was on its way, perhaps whole, perhaps in part. */
        ANSWERING;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** In which order the process died is to be seen in the entry: each of these is one store. */
    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** The number of the request in this slot, and in the two lowest bits its state. */
    private static final int WORD = 0;

    /** Of all bytes read, how many were seen to. */
    private static final int READ = 8;

    /** Of the bytes kept; -1 when there were too many. */
    private static final int LENGTH = 16;

    private static final int BYTES = 64;
    private static final int CAPACITY = ConnectionTable.ENTRY - BYTES;

    private static final int STATES = 4;
    private static final int FREE = 0;
    private static final int UNTOUCHED = 1;
    private static final int BEGUN = 2;
    private static final int ANSWERING = 3;

    private final KeptConnections all;
    private final int slot;
    private final int descriptor;
    private final ByteBuffer entry;
    private long number;
    private long read;
    private int length;

    private KeptConnection(KeptConnections all, int slot, int descriptor, ByteBuffer entry) {
        this.all = all;
        this.slot = slot;
        this.descriptor = descriptor;
        this.entry = entry;
        this.number = (long) LONG.getAcquire(entry, WORD) / STATES;
    }

    /** A connection with no request begun. */
    static KeptConnection fresh(KeptConnections all, int slot, int descriptor, ByteBuffer entry, long read) {
        var fresh = new KeptConnection(all, slot, descriptor, entry);
        fresh.read = read;
        LONG.setRelease(entry, READ, read);
        fresh.idle();
        return fresh;
    }

    /** A connection that another worker wrote of. */
    static KeptConnection found(KeptConnections all, int slot, int descriptor, ByteBuffer entry) {
        var found = new KeptConnection(all, slot, descriptor, entry);
        found.read = (long) LONG.getAcquire(entry, READ);
        found.length = entry.getInt(LENGTH);
        return found;
    }

    int slot() {
        return slot;
    }

    public int descriptor() {
        return descriptor;
    }

    /** Bytes, in the life of the connection. */
    public long read() {
        return read;
    }

    /** Of the request that is in it, or the next one. */
    public long request() {
        return number;
    }

    /** Was it closed already? */
    boolean isFree() {
        return (long) LONG.getAcquire(entry, WORD) % STATES == FREE;
    }

    /** @param readInAll by the kernel's account, -1 when it gives none */
    Left left(long readInAll) {
        boolean whole = length >= 0 && (readInAll < 0 || readInAll == read);
        return switch ((int) ((long) LONG.getAcquire(entry, WORD) % STATES)) {
            case UNTOUCHED -> whole ? Left.UNTOUCHED : Left.TORN;
            case BEGUN -> Left.BEGUN;
            default -> Left.ANSWERING;
        };
    }

    /** What was read of the request so far. */
    public ByteBuffer bytes() {
        return entry.slice(BYTES, Math.max(0, length)).asReadOnlyBuffer();
    }

    /** Where the next bytes of the request are to be put before {@link #received}; null when there is no place for so many. */
    public ByteBuffer place(int size) {
        return length < 0 || size > CAPACITY - length
                ? null
                : entry.limit(BYTES + length + size).position(BYTES + length);
    }

    /** So many bytes were read. @param placed whether they were put where {@link #place} said */
    public void received(int size, boolean placed) {
        // In this order: who dies in between has read more than it accounts for.
        length = placed ? length + size : -1;
        entry.putInt(LENGTH, length);
        read += size;
        LONG.setRelease(entry, READ, read);
    }

    /** The request is whole, and whoever gets it may act on it. */
    public void handled() {
        state(BEGUN);
    }

    /** It waits: nobody has acted on it, and who does says {@link #begins} before. */
    public void waits() {
        state(UNTOUCHED);
    }

    /**
     * Task code is about to see the request. From any thread, also when the connection has gone on to other requests.
     *
     * @param request as {@link #request} named it
     */
    public void begins(long request) {
        LONG.compareAndSet(entry, WORD, request * STATES + UNTOUCHED, request * STATES + BEGUN);
    }

    /** The first byte of the answer is about to be sent. */
    public void answering() {
        state(ANSWERING);
    }

    /** The last byte of the answer was sent, and nothing was read behind the request. */
    public void idle() {
        length = 0;
        entry.putInt(LENGTH, 0);
        number++;
        state(UNTOUCHED);
    }

    /** It is closed, or is to end with this process. */
    public void forget() {
        number++;
        state(FREE);
        all.forget(this);
    }

    private void state(int state) {
        LONG.setRelease(entry, WORD, number * STATES + state);
    }
}
