package dev.workerpool.worker.kept;

import dev.workerpool.worker.io.PacketSocket;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A socket as the next worker would find it, should this process be killed in the very next instruction. A few plain stores
 * for each request, into memory that outlives the process; no system call. For the socket's event loop only, but for what
 * says otherwise.
 */
public abstract sealed class KeptSocket permits KeptConnection, KeptPass {
    private static final Logger LOG = System.getLogger(KeptSocket.class.getName());

    /** In which order the process died is to be seen in the entry: each of these is one store. */
    static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** The number of the request in this slot, and in the lowest bits its state. */
    static final int WORD = 0;

    /** Of all bytes read, how many were seen to. */
    static final int READ = 8;

    /** Of the bytes kept; -1 when there were too many. */
    static final int LENGTH = 16;

    /** Whose connection it is. */
    static final int KIND = 20;

    static final int BYTES = 64;

    static final int STATES = 8;
    static final int FREE = 0;

    final ByteBuffer entry;
    private final KeptConnections all;
    private final int slot;
    private final int descriptor;
    /** Where the length of the bytes kept is, and where these begin. */
    private final int lengthAt;

    private final int start;
    private long number;
    private long read;

    /** Of the bytes kept; -1 when there were too many. */
    private int length;

    /** As it is found in the entry. */
    KeptSocket(KeptConnections all, int slot, int descriptor, ByteBuffer entry, int lengthAt, int start) {
        this.all = all;
        this.slot = slot;
        this.descriptor = descriptor;
        this.entry = entry;
        this.lengthAt = lengthAt;
        this.start = start;
        this.length = entry.getInt(lengthAt);
        this.number = (long) LONG.getAcquire(entry, WORD) / STATES;
        this.read = (long) LONG.getAcquire(entry, READ);
    }

    static boolean isPass(ByteBuffer entry) {
        return entry.getInt(KIND) == KeptPass.PEER;
    }

    /** @param readSoFar bytes, in the life of the socket */
    void begin(int whose, long readSoFar) {
        entry.putInt(KIND, whose);
        read = readSoFar;
        LONG.setRelease(entry, READ, read);
    }

    /** What was read so far of the request, or of the answer. */
    public ByteBuffer bytes() {
        return entry.slice(start, Math.max(0, length)).asReadOnlyBuffer();
    }

    /** Where the next bytes are to be put before {@link #received}; null when there is no place for so many. */
    public ByteBuffer place(int size) {
        return length < 0 || size > ConnectionTable.ENTRY - start - length
                ? null
                : entry.limit(start + length + size).position(start + length);
    }

    /** So many bytes were read. @param placed whether they were put where {@link #place} said */
    public void received(int size, boolean placed) {
        // In this order: who dies in between has read more than it accounts for.
        length(placed ? length + size : -1);
        read += size;
        LONG.setRelease(entry, READ, read);
    }

    /** Are all bytes that were read kept? */
    boolean isWhole() {
        return length >= 0;
    }

    /** Of what was read, nothing is of use any more. */
    void drop() {
        length(0);
    }

    private void length(int bytes) {
        length = bytes;
        entry.putInt(lengthAt, bytes);
    }

    int slot() {
        return slot;
    }

    public int descriptor() {
        return descriptor;
    }

    /** Bytes, in the life of the socket. */
    public long read() {
        return read;
    }

    /** Of the request that is in it, or the next one. */
    public long request() {
        return number;
    }

    void next(int state) {
        number++;
        state(state);
    }

    int state() {
        return (int) ((long) LONG.getAcquire(entry, WORD) % STATES);
    }

    void state(int state) {
        LONG.setRelease(entry, WORD, number * STATES + state);
    }

    /** Was it closed already? */
    boolean isFree() {
        return state() == FREE;
    }

    /** It is closed, or is to end with this process. */
    public void forget() {
        next(FREE);
        all.forget(this);
    }

    /** Closes what another worker left, and nobody here goes on with. */
    public void abandon() {
        forget();
        try {
            PacketSocket.closeDescriptor(descriptor);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "An inherited socket is not closed: {0}", e.toString());
        }
    }
}
