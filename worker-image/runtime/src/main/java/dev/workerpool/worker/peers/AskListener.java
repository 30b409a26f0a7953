package dev.workerpool.worker.peers;

/** Has runs for peers that ask for some, besides those whose callers wait. */
@FunctionalInterface
public interface AskListener {
    /**
     * On an event loop, so this must hand over and return at once.
     *
     * @param peer that has threads idle
     * @param runs how many more it could begin with
     */
    void asked(Routing.Choice peer, int runs);
}
