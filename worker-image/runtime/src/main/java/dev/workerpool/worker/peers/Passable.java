package dev.workerpool.worker.peers;

/** Whoever has submitted a run that may be done elsewhere as long as it waits. */
public interface Passable {
    /** May it still? What came from a peer stays. */
    boolean isPassable();

    /**
     * The run was taken out of the queue: pass it, and put it back if the peer does not take it. On any thread, so this must
     * hand over and return at once.
     */
    void pass(Routing.Choice choice);
}
