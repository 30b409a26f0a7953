package dev.workerpool.worker.peers;

/** Whoever has submitted a run that may be done elsewhere as long as it waits. */
public interface Passable {
    /** What it is a run of. */
    String type();

    /** May it still? What came from a peer may go back to that, once. */
    boolean isPassable();

    /** Does it get to that peer without the detour over the one that it came from? */
    boolean isPassableTo(String replica);

    /**
     * The run was taken out of the queue: pass it, and put it back if the peer does not take it; or give it back to the peer
     * that it came from. On any thread, so this must hand over and return at once.
     */
    void pass(Routing.Choice choice);
}
