package dev.workerpool.worker.task;

/**
 * The switch for all checkpoints in task code. Off, they cost nothing; on, every thread in task code asks its host at each
 * loop iteration and method call whether it is to die. Meant to be on for the few milliseconds a kill takes.
 */
public final class Checkpoints {
    /** Pools that want them armed. */
    private static int wanted;

    private Checkpoints() {}

    public static synchronized void arm() {
        if (wanted++ == 0) {
            TaskHooks.arm(true);
        }
    }

    public static synchronized void disarm() {
        if (--wanted == 0) {
            TaskHooks.arm(false);
        }
    }
}
