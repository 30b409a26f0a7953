package dev.workerpool.worker.runs;

/** What became of a run that another worker handed over. */
public enum Adoption {
    ADOPTED,
    /** It is here, or was, so that it is not taken a second time: whoever handed it over has no more to do for it. */
    KNOWN,
    /** It is on its way from here, and this worker has not heard yet that it has come there. */
    LEAVING,
    /** Its time is up already: there is nothing left to keep. */
    EXPIRED,
    NO_ROOM
}
