package dev.workerpool.worker.kept;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A connection to a peer. The answer to a request that the peer has is still to be had on it when the process that passed the
 * request has died, with what that had read of it already.
 */
public final class KeptPass extends KeptSocket {
    static final int PEER = 1;

    private static final int IDLE = 1;
    private static final int AWAITING = 2;

    /** Of the bytes kept of the answer. They are behind the replica's name. */
    private static final int ANSWER_LENGTH = 40;

    private static final int ANSWER = BYTES + 256;

    private KeptPass(KeptConnections all, int slot, int descriptor, ByteBuffer entry) {
        super(all, slot, descriptor, entry, ANSWER_LENGTH, ANSWER);
    }

    /** @param replica whom it leads to */
    static KeptPass fresh(KeptConnections all, int slot, int descriptor, ByteBuffer entry, String replica) {
        var fresh = new KeptPass(all, slot, descriptor, entry);
        byte[] name = replica.getBytes(StandardCharsets.US_ASCII);
        entry.put(BYTES, name);
        entry.putInt(LENGTH, name.length);
        fresh.begin(PEER, 0);
        fresh.idle();
        return fresh;
    }

    static KeptPass found(KeptConnections all, int slot, int descriptor, ByteBuffer entry) {
        return new KeptPass(all, slot, descriptor, entry);
    }

    /** Whom it leads to. */
    public String replica() {
        byte[] name = new byte[entry.getInt(LENGTH)];
        entry.get(BYTES, name);
        return new String(name, StandardCharsets.US_ASCII);
    }

    /** The request is with the peer, whole. */
    public void awaits() {
        state(AWAITING);
    }

    /** The answer was read to its end. */
    public void idle() {
        drop();
        next(IDLE);
    }

    /**
     * Is the answer to this request to come, and nothing of it lost with the worker that asked?
     *
     * @param readInAll by the kernel's account, -1 when it gives none
     */
    boolean awaits(long request, long readInAll) {
        return state() == AWAITING && request() == request && isWhole() && readInAll == read();
    }
}
