package dev.workerpool.worker.task;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The checkpoints that are armed for one kill. Off, a checkpoint costs nothing; armed, every thread that comes to it asks
 * its host whether it is to die, and what was compiled of its class is thrown away. So only those classes are armed whose
 * code the threads are in: whatever goes on without end has the frame that does on its stack. Meant to be armed for the few
 * milliseconds a kill takes. For one thread.
 */
public final class Checkpoints {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** Nanoseconds of its own in which a thread comes from the JDK's code back to task code, unless it is in a long loop there. */
    private static final long ENOUGH = 1_500_000;

    /** Those that threads were found in. */
    private final Set<CheckpointSwitch> found = new HashSet<>();

    private final Set<CheckpointSwitch> armed = new HashSet<>();

    /** What of the processor each thread had used when it was last found in a new class; by its id. */
    private final Map<Long, Long> usedBefore = new HashMap<>();

    /**
     * Arms the checkpoints of the classes that the threads are in now, beside those they were found in before, and no others.
     *
     * @return false when a thread stays in code of the JDK, which may call back any class
     */
    public boolean arm(Collection<Thread> threads) {
        boolean enough = true;
        found.add(CheckpointSwitch.SHARED);
        for (Thread thread : threads) {
            StackTraceElement[] stack = stack(thread);
            long id = thread.threadId();
            long used = THREADS.getThreadCpuTime(id);
            if (find(stack) || !usedBefore.containsKey(id)) {
                usedBefore.put(id, used);
            }
            boolean insideJdk = stack.length > 0
                    && CheckpointSwitch.named(stack[0].getClassName()).isEmpty();
            // Where the JVM does not tell, as of virtual threads, it stays.
            enough &= !insideJdk || used >= 0 && used - usedBefore.get(id) < ENOUGH;
        }
        armOnly(found);
        return enough;
    }

    /** Task code may override what a thread says of itself, and must not run here. */
    private static StackTraceElement[] stack(Thread thread) {
        if (thread.getClass().getClassLoader() == null) {
            return thread.getStackTrace();
        }
        ThreadInfo told = THREADS.getThreadInfo(thread.threadId(), Integer.MAX_VALUE);
        return told == null ? new StackTraceElement[0] : told.getStackTrace();
    }

    /** @return whether there are classes that it was not found in before */
    private boolean find(StackTraceElement[] stack) {
        var names = new HashSet<String>();
        boolean more = false;
        for (StackTraceElement frame : stack) {
            if (names.add(frame.getClassName())) {
                more |= found.addAll(CheckpointSwitch.named(frame.getClassName()));
            }
        }
        return more;
    }

    /** Arms those of all classes. */
    public void armAll() {
        var all = new ArrayList<>(CheckpointSwitch.all());
        all.add(CheckpointSwitch.SHARED);
        armOnly(all);
    }

    public void disarm() {
        armOnly(List.of());
    }

    private void armOnly(Collection<CheckpointSwitch> wanted) {
        for (CheckpointSwitch one : wanted) {
            if (armed.add(one)) {
                one.arm();
            }
        }
        var superfluous = new HashSet<>(armed);
        superfluous.removeAll(Set.copyOf(wanted));
        superfluous.forEach(CheckpointSwitch::disarm);
        armed.removeAll(superfluous);
    }
}
