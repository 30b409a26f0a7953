package dev.workerpool.worker.peers;

/** What came of asking a peer. */
public sealed interface PeerReply {
    /** It answered, with a success or a refusal of its own. */
    record Answered(int status) implements PeerReply {
        public boolean isSuccess() {
            return status >= 200 && status < 300;
        }
    }

    /**
     * It has done nothing.
     *
     * @param byPeer whether it says so itself; otherwise the request has not reached it
     */
    record Declined(String why, boolean byPeer) implements PeerReply {}

    /** It may have done what it was asked. */
    record Lost(String why) implements PeerReply {}
}
