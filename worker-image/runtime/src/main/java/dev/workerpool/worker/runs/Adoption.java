package dev.workerpool.worker.runs;

/** What became of a run that another worker handed over. */
public enum Adoption {
    ADOPTED,
    /** It is here, or was, so that it is not taken a second time. */
    KNOWN,
    /** Its time is up already: there is nothing left to keep. */
    EXPIRED,
    NO_ROOM;

    /** Has whoever handed it over no more to do for it? */
    public boolean isSettled() {
        return this != NO_ROOM;
    }
}
