package dev.workerpool.worker.kept;

import dev.workerpool.worker.io.PacketSocket;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
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

    /** A connection of the worker before this one, and what became of its request. */
    public record Inherited(KeptConnection connection, KeptConnection.Left left) {}

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
        var found = new ArrayList<Inherited>();
        for (Keeper.Connection one : left) {
            free.clear(one.slot());
            var connection = KeptConnection.found(this, one.slot(), one.descriptor(), table.entry(one.slot()));
            found.add(new Inherited(
                    connection, connection.isFree() ? KeptConnection.Left.ANSWERING : connection.left(one.read())));
        }
        inherited = List.copyOf(found);
    }

    /** The connections that were kept when this process began. Each is to be gone on with, or forgotten. */
    public List<Inherited> inherited() {
        return inherited;
    }

    /**
     * Has a connection kept that is between two requests.
     *
     * @param read bytes that were read from it in its life
     * @return null when it cannot be kept: it ends with this process
     */
    public synchronized KeptConnection keep(int descriptor, long read) {
        flush();
        int slot = socket == null ? -1 : free.nextSetBit(0);
        if (slot < 0) {
            return null;
        }
        KeptConnection connection = KeptConnection.fresh(this, slot, descriptor, table.entry(slot), read);
        try {
            // A descriptor that no slot follows is dropped by the primary.
            if (!socket.sendDescriptor(descriptor) || !socket.send(slot)) {
                return null;
            }
        } catch (IOException e) {
            ended(e);
            return null;
        }
        free.clear(slot);
        return connection;
    }

    synchronized void forget(KeptConnection connection) {
        toForget.add(connection.slot());
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
