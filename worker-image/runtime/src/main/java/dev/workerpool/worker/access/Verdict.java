package dev.workerpool.worker.access;

/** On what a caller shows of itself. */
public enum Verdict {
    /** It may call. */
    KNOWN,
    /** It shows no bearer token. */
    MISSING,
    /** It shows one that nobody has. */
    UNKNOWN
}
