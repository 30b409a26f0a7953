package dev.workerpool.worker.kept;

import dev.workerpool.worker.io.PacketSocket;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The connections that the primary keeps for the worker after this one. Thread-safe.
 *
 * <p>The primary holds a second descriptor of each, so a connection that this process closes is not closed before the primary
 * has forgotten it; its slot is used again only then.
 */
public final class KeptConnections {
    private static final Logger LOG = System.getLogger(KeptConnections.class.getName());

    /** For a process that none comes after. */
    public static final KeptConnections NONE = new KeptConnections(null, null);

    /**
     * A client's connection of the worker before this one, and what became of its request.
     *
     * @param sent bytes that were sent on it in its life; {@link KeptConnection#UNKNOWN}, perhaps
     * @param pass where the answer comes from, if a peer has the request; else null
     */
    public record Inherited(KeptConnection connection, KeptConnection.Left left, long sent, KeptPass pass) {
        /** It cannot be gone on with. */
        public void forget() {
            connection.forget();
            if (pass != null) {
                pass.abandon();
            }
        }
    }

    private final ConnectionTable table;

    /** Null when nothing is kept, or nothing any more. Guarded by this. */
    private PacketSocket socket;

    private final BitSet free = new BitSet(ConnectionTable.SLOTS);
    private final ArrayDeque<Integer> toForget = new ArrayDeque<>();
    private List<Inherited> inherited = List.of();

    private KeptConnections(ConnectionTable table, PacketSocket socket) {
        this.table = table;
        this.socket = socket;
    }

    /** @param keeper none: nothing is kept */
    public static KeptConnections open(Optional<Keeper> keeper) {
        if (keeper.isEmpty() || !PacketSocket.isSupported()) {
            return NONE;
        }
        try {
            var table = ConnectionTable.in(keeper.get().table());
            var connections =
                    new KeptConnections(table, new PacketSocket(keeper.get().socket()));
            connections.inherit(keeper.get().left());
            return connections;
        } catch (IOException e) {
            LOG.log(Level.WARNING, "Connections end with this worker, should it die: {0}", e.toString());
            return NONE;
        }
    }

    private synchronized void inherit(List<Keeper.Connection> left) {
        free.set(0, ConnectionTable.SLOTS);
        var clients = new LinkedHashMap<KeptConnection, Keeper.Connection>();
        var passes = new HashMap<Integer, KeptPass>();
        var read = new HashMap<Integer, Long>();
        for (Keeper.Connection one : left) {
            free.clear(one.slot());
            ByteBuffer entry = table.entry(one.slot());
            if (KeptSocket.isPass(entry)) {
                passes.put(one.slot(), KeptPass.found(this, one.slot(), one.descriptor(), entry));
                read.put(one.slot(), one.read());
            } else {
                clients.put(KeptConnection.found(this, one.slot(), one.descriptor(), entry), one);
            }
        }
        inherited = clients.entrySet().stream()
                .map(client -> inherited(client.getKey(), client.getValue(), passes, read))
                .toList();
        passes.values().forEach(KeptSocket::abandon);
    }

    private static Inherited inherited(
            KeptConnection client, Keeper.Connection kernel, Map<Integer, KeptPass> passes, Map<Integer, Long> read) {
        if (client.isFree()) {
            return new Inherited(client, KeptConnection.Left.ANSWERING, kernel.sent(), null);
        }
        KeptConnection.Left left = client.left(kernel.read(), kernel.sent());
        if (left != KeptConnection.Left.PASSED) {
            return new Inherited(client, left, kernel.sent(), null);
        }
        KeptPass pass = passes.get(client.passSlot());
        if (pass == null || !pass.awaits(client.passedRequest(), read.get(client.passSlot()))) {
            return new Inherited(client, KeptConnection.Left.BEGUN, kernel.sent(), null);
        }
        passes.remove(client.passSlot());
        return new Inherited(client, left, kernel.sent(), pass);
    }

    /** The connections that were kept when this process began. Each is to be gone on with, or forgotten. */
    public List<Inherited> inherited() {
        return inherited;
    }

    /**
     * Has a client's connection kept that is between two requests.
     *
     * @param read bytes that were read from it in its life
     * @return null when it cannot be kept: it ends with this process
     */
    public synchronized KeptConnection keep(int descriptor, long read) {
        int slot = freeSlot();
        return slot < 0 ? null : kept(KeptConnection.fresh(this, slot, descriptor, table.entry(slot), read));
    }

    /**
     * Has a connection to a peer kept on which nothing was sent yet.
     *
     * @return null when it cannot be kept: it ends with this process
     */
    public synchronized KeptPass keepPass(int descriptor, String replica) {
        int slot = freeSlot();
        return slot < 0 ? null : kept(KeptPass.fresh(this, slot, descriptor, table.entry(slot), replica));
    }

    /** @return -1 when there is none */
    private int freeSlot() {
        flush();
        return socket == null ? -1 : free.nextSetBit(0);
    }

    private <T extends KeptSocket> T kept(T fresh) {
        try {
            // A descriptor that no slot follows is dropped by the primary.
            if (!socket.sendDescriptor(fresh.descriptor()) || !socket.send(fresh.slot())) {
                return null;
            }
        } catch (IOException e) {
            ended(e);
            return null;
        }
        free.clear(fresh.slot());
        return fresh;
    }

    synchronized void forget(KeptSocket closed) {
        toForget.add(closed.slot());
        flush();
    }

    /** Tells the primary what it did not take before. To be called now and then. */
    public synchronized void flush() {
        try {
            while (socket != null && !toForget.isEmpty() && socket.send(~toForget.peek())) {
                free.set(toForget.poll());
            }
        } catch (IOException e) {
            ended(e);
        }
    }

    /** As when the replica drains: from then on connections are this process's alone. */
    private void ended(IOException why) {
        LOG.log(Level.DEBUG, "The primary keeps no connections any more: {0}", why.toString());
        socket = null;
    }
}
