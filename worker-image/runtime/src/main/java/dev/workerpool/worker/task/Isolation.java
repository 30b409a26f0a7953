package dev.workerpool.worker.task;

/** Who shares the classes, and so the statics, of a task jar. */
public enum Isolation {
    /** One class loader per jar: all threads share its statics. */
    SHARED,
    /** One class loader per jar and thread, as each Node worker has a context of its own. */
    PER_THREAD
}
